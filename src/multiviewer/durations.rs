//! Asks CloudWatch how long each feed has been in each faulty condition. The SDK's types end here.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::MetricDataResult;
use futures_util::TryStreamExt;

use super::reading::{Durations, Reading};
use crate::{
    calls::CallError,
    feed::FeedKey,
    metric::Metric,
    resume::{Asking, answers},
};

/// The newest durations of these feeds.
///
/// # Errors
/// When CloudWatch gave no answer to any one of the calls: half an answer would show feeds as not watched.
pub(super) async fn ask(asking: &Asking<'_>, feeds: &[FeedKey]) -> Result<Durations, CallError> {
    let answers: Vec<_> = answers(asking, feeds, newest).try_collect().await?;
    let mut durations = Durations::new();
    for (feed, reading) in answers.into_iter().flatten() {
        durations.entry(feed).or_default().push(reading);
    }
    Ok(durations)
}

/// The newest datapoint of a result, if it can be a duration.
fn newest(result: &MetricDataResult, metric: Metric) -> Option<Reading> {
    let fault = metric.fault()?;
    let (time, &seconds) = result.timestamps().iter().zip(result.values()).max_by_key(|(time, _)| **time)?;
    let lasted = Duration::try_from_secs_f64(seconds).ok()?;
    Some(Reading { fault, lasted, at: SystemTime::try_from(*time).ok()? })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::primitives::DateTime;

    use super::*;
    use crate::judge::Fault;

    fn result(points: &[(i64, f64)]) -> MetricDataResult {
        MetricDataResult::builder()
            .set_timestamps(Some(points.iter().map(|(time, _)| DateTime::from_secs(*time)).collect()))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    #[test]
    fn the_newest_datapoint_counts_and_zero_is_one() {
        let reading = newest(&result(&[(1_000_010, 30.0), (1_000_021, 0.0)]), Metric::BlackSeconds).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_021);
        assert_eq!(reading, Reading { fault: Fault::Black, lasted: Duration::ZERO, at });
    }

    #[test]
    fn what_is_no_duration_is_not_read() {
        for points in [&[][..], &[(1_000_010, f64::NAN)], &[(1_000_010, -1.0)], &[(1_000_010, 1e300)]] {
            assert_eq!(newest(&result(points), Metric::BlackSeconds), None);
        }
    }
}
