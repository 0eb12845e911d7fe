//! Reads the published durations back from CloudWatch, which is the only state store: after a cold
//! start for the monitor, and for each view of the multiviewer. The SDK's types end here.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Metric as CloudWatchMetric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy},
};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use crate::{
    aws::{CallError, Service},
    feed::FeedKey,
    metric::Metric,
    publish::feed_dimensions,
};

/// The largest number of queries in one GetMetricData call
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const MAX_QUERIES: usize = 500;

/// Concurrent GetMetricData calls.
const CONCURRENT_CALLS: usize = 4;

/// How far back to read. A process that ends leaves a gap of a minute or two; anything older says
/// nothing about now.
const LOOK_BACK: Duration = Duration::from_mins(5);

/// The finest periods that CloudWatch aggregates to, in seconds; the next is whole minutes.
const PERIODS: [i32; 6] = [1, 5, 10, 20, 30, 60];

/// A fault that lasted at the latest datapoint of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OngoingFault {
    /// Which duration: `FrozenSeconds` and its like.
    pub metric: Metric,
    /// When it began: the datapoint's time less its value.
    pub since: SystemTime,
    /// The time of the latest datapoint.
    pub until: SystemTime,
}

/// A query for the durations of feeds.
#[derive(Clone, Copy, Debug)]
pub struct DurationQuery<'a> {
    /// GetMetricData.
    pub service: &'a Service<Client>,
    /// The namespace of the monitor's metrics.
    pub namespace: &'a str,
    /// The durations that are published.
    pub metrics: &'a [Metric],
    /// The time from one datapoint to the next.
    pub interval: Duration,
    /// The time to look back from.
    pub now: SystemTime,
}

/// The faults that lasted when these feeds were last sampled; each item covers the feeds of one
/// call. A feed without a fault, or without datapoints, is in no item.
pub fn restore<'a>(
    query: &'a DurationQuery<'a>,
    feeds: &'a [FeedKey],
) -> impl Stream<Item = Result<Vec<(FeedKey, OngoingFault)>, CallError>> + 'a {
    durations(query, feeds, ongoing).map_ok(one_for_each_feed)
}

/// What `read` makes of each duration of these feeds; each item covers the feeds of one call.
pub fn durations<'a, T: 'a>(
    query: &'a DurationQuery<'a>,
    feeds: &'a [FeedKey],
    read: fn(&MetricDataResult, Metric) -> Option<T>,
) -> impl Stream<Item = Result<Vec<(FeedKey, T)>, CallError>> + 'a {
    let feeds = if query.metrics.is_empty() { &[] } else { feeds };
    let feeds_per_call = MAX_QUERIES / query.metrics.len().max(1);
    let calls = feeds.chunks(feeds_per_call).map(move |feeds| durations_of(query, feeds, read));
    stream::iter(calls).buffer_unordered(CONCURRENT_CALLS)
}

/// The latest datapoint of a result, if its value can be a duration.
#[must_use]
pub fn latest(result: &MetricDataResult) -> Option<(SystemTime, Duration)> {
    let (time, &seconds) =
        result.timestamps().iter().zip(result.values()).max_by_key(|(time, _)| **time)?;
    Some((SystemTime::try_from(*time).ok()?, Duration::try_from_secs_f64(seconds).ok()?))
}

/// The fault that lasted at the latest datapoint.
fn ongoing(result: &MetricDataResult, metric: Metric) -> Option<OngoingFault> {
    let (until, lasted) = latest(result)?;
    if lasted.is_zero() {
        return None;
    }
    // The value is untrusted: anyone with PutMetricData on this namespace could have written it.
    // Reject start times before the epoch.
    let since = until.checked_sub(lasted).filter(|since| *since >= SystemTime::UNIX_EPOCH)?;
    Some(OngoingFault { metric, since, until })
}

/// A feed has one condition at a time; if two durations are non-zero, the latest datapoint wins.
fn one_for_each_feed(faults: Vec<(FeedKey, OngoingFault)>) -> Vec<(FeedKey, OngoingFault)> {
    let mut latest: BTreeMap<_, OngoingFault> = BTreeMap::new();
    for (feed, fault) in faults {
        let known = latest.entry(feed).or_insert(fault);
        if fault.until > known.until {
            *known = fault;
        }
    }
    latest.into_iter().collect()
}

async fn durations_of<T>(
    query: &DurationQuery<'_>,
    feeds: &[FeedKey],
    read: fn(&MetricDataResult, Metric) -> Option<T>,
) -> Result<Vec<(FeedKey, T)>, CallError> {
    let mut series = Vec::with_capacity(feeds.len() * query.metrics.len());
    for feed in feeds {
        series.extend(query.metrics.iter().map(|&metric| (feed, metric)));
    }
    let queries: Vec<_> = (0..)
        .zip(&series)
        .map(|(number, (feed, metric))| metric_query(number, query, feed, *metric))
        .collect();
    let mut found = Vec::new();
    for result in get_metric_data(query, &queries).await? {
        let number = result.id().and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
        let Some(&(feed, metric)) = number.and_then(|number| series.get(number)) else { continue };
        if let Some(value) = read(&result, metric) {
            found.push((feed.clone(), value));
        }
    }
    Ok(found)
}

async fn get_metric_data(
    query: &DurationQuery<'_>,
    queries: &[MetricDataQuery],
) -> Result<Vec<MetricDataResult>, CallError> {
    let mut results = Vec::new();
    let mut token = None;
    loop {
        let page = query
            .service
            .call(|client| {
                client
                    .get_metric_data()
                    .set_metric_data_queries(Some(queries.to_vec()))
                    .start_time(DateTime::from(query.now - LOOK_BACK))
                    .end_time(DateTime::from(query.now + Duration::from_secs(1)))
                    .scan_by(ScanBy::TimestampDescending)
                    .set_next_token(token.clone())
                    .send()
            })
            .await?;
        results.extend(page.metric_data_results.unwrap_or_default());
        if page.next_token.is_none() || page.next_token == token {
            return Ok(results);
        }
        token = page.next_token;
    }
}

fn metric_query(
    number: usize,
    query: &DurationQuery<'_>,
    feed: &FeedKey,
    metric: Metric,
) -> MetricDataQuery {
    let metric = CloudWatchMetric::builder()
        .namespace(query.namespace)
        .metric_name(metric.name())
        .set_dimensions(Some(feed_dimensions(feed)))
        .build();
    let stat =
        MetricStat::builder().metric(metric).period(period(query.interval)).stat("Maximum").build();
    MetricDataQuery::builder().id(format!("q{number}")).metric_stat(stat).return_data(true).build()
}

/// The coarsest period that still keeps two slots apart: a maximum over more would hide that a
/// fault has ended.
fn period(interval: Duration) -> i32 {
    let fits =
        |period: &&i32| u64::try_from(**period).is_ok_and(|period| period <= interval.as_secs());
    PERIODS.iter().rev().find(fits).copied().unwrap_or(PERIODS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_never_spans_two_slots() {
        for (interval, expected) in
            [(2, 1), (5, 5), (10, 10), (15, 10), (25, 20), (59, 30), (60, 60)]
        {
            assert_eq!(period(Duration::from_secs(interval)), expected);
        }
    }

    fn result(points: &[(i64, f64)]) -> MetricDataResult {
        MetricDataResult::builder()
            .set_timestamps(Some(
                points.iter().map(|(time, _)| DateTime::from_secs(*time)).collect(),
            ))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    #[test]
    fn the_latest_datapoint_counts_and_zero_is_a_duration() {
        let latest = latest(&result(&[(1_000_010, 30.0), (1_000_021, 0.0)])).unwrap();
        assert_eq!(
            latest,
            (SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_021), Duration::ZERO)
        );
    }

    #[test]
    fn a_value_that_is_no_duration_is_ignored() {
        for points in
            [&[][..], &[(1_000_010, f64::NAN)], &[(1_000_010, -1.0)], &[(1_000_010, 1e300)]]
        {
            assert_eq!(latest(&result(points)), None);
        }
    }

    #[test]
    fn the_latest_datapoint_reports_when_a_fault_began() {
        let fault =
            ongoing(&result(&[(1_000_020, 3_600.0), (1_000_010, 3_590.0)]), Metric::FrozenSeconds)
                .unwrap();
        assert_eq!(fault.since, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_020 - 3_600));
        assert_eq!(fault.until, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_020));
    }

    #[test]
    fn a_fault_that_has_ended_is_not_restored() {
        assert_eq!(
            ongoing(&result(&[(1_000_020, 0.0), (1_000_010, 3_590.0)]), Metric::FrozenSeconds),
            None
        );
        assert_eq!(ongoing(&result(&[]), Metric::FrozenSeconds), None);
    }

    #[test]
    fn a_fault_that_would_have_begun_before_1970_is_not_restored() {
        for seconds in [1_000_021.0, 1e18, 1e300, f64::INFINITY, -1.0] {
            assert_eq!(
                ongoing(&result(&[(1_000_020, seconds)]), Metric::FrozenSeconds),
                None,
                "{seconds}"
            );
        }
    }
}
