//! Asks CloudWatch how long each feed has been in each faulty condition. The SDK's types end here.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::{Client, types::MetricDataResult};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::reading::{Durations, Reading};
use crate::{
    calls::{Api, CallError},
    feed::FeedKey,
    judge::Fault,
    metric::Metric,
    resume::{self, MOST_QUERIES},
};

/// Calls under way at once.
const CONCURRENT: usize = 4;

/// Whom to ask, and what for.
#[derive(Debug)]
pub(super) struct Asking<'a> {
    pub(super) client: &'a Client,
    pub(super) api: &'a Api,
    pub(super) namespace: &'a str,
    /// The durations that are published.
    pub(super) metrics: &'a [Metric],
    /// From one datapoint to the next.
    pub(super) interval: Duration,
    pub(super) now: SystemTime,
}

/// The newest durations of these feeds.
///
/// # Errors
/// When CloudWatch gave no answer to any one of the calls: half an answer would show feeds as not watched.
pub(super) async fn ask(asking: &Asking<'_>, feeds: &[FeedKey]) -> Result<Durations, CallError> {
    let wanted: Vec<_> =
        feeds.iter().flat_map(|feed| asking.metrics.iter().map(move |&metric| (feed, metric))).collect();
    let answers: Vec<_> = stream::iter(wanted.chunks(MOST_QUERIES).map(|batch| ask_batch(asking, batch)))
        .buffer_unordered(CONCURRENT)
        .try_collect()
        .await?;
    let mut durations = Durations::new();
    for (feed, reading) in answers.into_iter().flatten() {
        durations.entry(feed).or_default().push(reading);
    }
    Ok(durations)
}

async fn ask_batch(
    asking: &Asking<'_>,
    batch: &[(&FeedKey, Metric)],
) -> Result<Vec<(FeedKey, Reading)>, CallError> {
    let period = resume::period(asking.interval);
    let queries: Vec<_> = batch
        .iter()
        .enumerate()
        .map(|(number, (feed, metric))| resume::query(number, asking.namespace, feed, *metric, period))
        .collect();
    let results = resume::ask(asking.client, asking.api, &queries, asking.now).await?;
    let readings = results.iter().filter_map(|result| {
        let number: usize = result.id()?.get(1..)?.parse().ok()?;
        let (feed, metric) = batch.get(number)?;
        Some(((*feed).clone(), newest(result, metric.fault()?)?))
    });
    Ok(readings.collect())
}

/// The newest datapoint of a result, if it can be a duration.
fn newest(result: &MetricDataResult, fault: Fault) -> Option<Reading> {
    let (time, &seconds) = result.timestamps().iter().zip(result.values()).max_by_key(|(time, _)| **time)?;
    let lasted = Duration::try_from_secs_f64(seconds).ok()?;
    Some(Reading { fault, lasted, at: SystemTime::try_from(*time).ok()? })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::primitives::DateTime;

    use super::*;

    fn result(points: &[(i64, f64)]) -> MetricDataResult {
        MetricDataResult::builder()
            .set_timestamps(Some(points.iter().map(|(time, _)| DateTime::from_secs(*time)).collect()))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    #[test]
    fn the_newest_datapoint_counts_and_zero_is_one() {
        let reading = newest(&result(&[(1_000_010, 30.0), (1_000_021, 0.0)]), Fault::Black).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_021);
        assert_eq!(reading, Reading { fault: Fault::Black, lasted: Duration::ZERO, at });
    }

    #[test]
    fn what_is_no_duration_is_not_read() {
        for points in [&[][..], &[(1_000_010, f64::NAN)], &[(1_000_010, -1.0)], &[(1_000_010, 1e300)]] {
            assert_eq!(newest(&result(points), Fault::Black), None);
        }
    }
}
