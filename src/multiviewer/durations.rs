//! Reads from CloudWatch how long each feed has been in each fault. The SDK's types end here.

use aws_sdk_cloudwatch::types::MetricDataResult;
use futures_util::TryStreamExt;

use super::reading::{DurationReading, Durations};
use crate::{
    aws::CallError,
    feed::FeedKey,
    metric::Metric,
    restore::{DurationQuery, durations, latest},
};

/// The latest durations of these feeds.
///
/// # Errors
/// Fails if any of the calls failed: with partial data, feeds would look as if the monitor did not
/// watch them.
pub(super) async fn read(
    query: &DurationQuery<'_>,
    feeds: &[FeedKey],
) -> Result<Durations, CallError> {
    let responses: Vec<_> = durations(query, feeds, reading).try_collect().await?;
    let mut by_feed = Durations::new();
    for (feed, reading) in responses.into_iter().flatten() {
        by_feed.entry(feed).or_default().push(reading);
    }
    Ok(by_feed)
}

/// The latest datapoint of a result, if it can be a duration.
fn reading(result: &MetricDataResult, metric: Metric) -> Option<DurationReading> {
    let fault = metric.fault()?;
    let (at, lasted) = latest(result)?;
    Some(DurationReading { fault, lasted, at })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use aws_sdk_cloudwatch::primitives::DateTime;
    use source_detection::Fault;

    use super::*;

    #[test]
    fn a_reading_is_the_latest_datapoint_and_zero_is_one() {
        let times = [1_000_010, 1_000_021].map(DateTime::from_secs).to_vec();
        let result = MetricDataResult::builder()
            .set_timestamps(Some(times))
            .set_values(Some(vec![30.0, 0.0]))
            .build();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_021);
        let expected = DurationReading { fault: Fault::Black, lasted: Duration::ZERO, at };
        assert_eq!(reading(&result, Metric::BlackSeconds), Some(expected));
        assert_eq!(reading(&result, Metric::Brightness), None);
    }
}
