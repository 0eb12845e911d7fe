//! Reads a count of the fleet, which has no dimensions.

use super::{DurationQuery, get_metric_data, metric_query};
use crate::{aws::CallError, metric::Metric};

/// Whether this count of the fleet was above 0 in the last minutes.
///
/// # Errors
/// [`CallError`] if CloudWatch could not be asked.
pub async fn has_counted(query: &DurationQuery<'_>, count: Metric) -> Result<bool, CallError> {
    let series = get_metric_data(query, &[metric_query(0, query, None, count)]).await?;
    Ok(series.iter().flat_map(|series| &series.points).any(|(_, count)| *count > 0.0))
}
