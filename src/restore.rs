//! Asks CloudWatch, after a cold start, for how long each feed has been faulty. CloudWatch is the only store there is.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::{
    Client,
    operation::get_metric_data::GetMetricDataError,
    primitives::DateTime,
    types::{Dimension, Metric as CloudWatchMetric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy},
};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use crate::{
    calls::{Api, ApiName, CallError, none_expected},
    feed::FeedKey,
    metric::Metric,
};

/// The most queries in one GetMetricData call
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const MOST_QUERIES: usize = 500;

/// GetMetricData calls under way at once.
const CALLS_AT_ONCE: usize = 4;

/// How far back is looked. A process that ends leaves a gap of a minute or two; what is older says nothing about now.
const LOOK_BACK: Duration = Duration::from_mins(5);

/// The finest periods that CloudWatch aggregates to, in seconds; the next is whole minutes.
const PERIODS: [i32; 6] = [1, 5, 10, 20, 30, 60];

/// The newest that CloudWatch has of one duration of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasted {
    /// Which duration: `FrozenSeconds` and so on.
    pub metric: Metric,
    /// Since when, going by the newest datapoint: its time less its value.
    pub since: SystemTime,
    /// The time of the newest datapoint.
    pub until: SystemTime,
}

/// Whom to ask, and what for.
#[derive(Debug)]
pub struct Asking<'a> {
    /// CloudWatch.
    pub client: &'a Client,
    /// GetMetricData.
    pub api: &'a Api,
    /// Where the monitor publishes.
    pub namespace: &'a str,
    /// The durations that are published.
    pub metrics: &'a [Metric],
    /// From one datapoint to the next.
    pub interval: Duration,
    /// The time to look back from.
    pub now: SystemTime,
}

/// Which of these feeds were in a faulty condition when they were last looked at, a part of them with each answer, some calls
/// at once. A feed that was fine, or that CloudWatch doesn't know, is in no answer.
pub fn resume<'a>(
    asking: &'a Asking<'a>,
    feeds: &'a [FeedKey],
) -> impl Stream<Item = Result<Vec<(FeedKey, Lasted)>, CallError>> + 'a {
    answers(asking, feeds, newest).map_ok(of_each_feed)
}

/// What `read` makes of each duration of these feeds, a part of the feeds with each answer, some calls at once.
pub(crate) fn answers<'a, T: 'a>(
    asking: &'a Asking<'a>,
    feeds: &'a [FeedKey],
    read: fn(&MetricDataResult, Metric) -> Option<T>,
) -> impl Stream<Item = Result<Vec<(FeedKey, T)>, CallError>> + 'a {
    let feeds = if asking.metrics.is_empty() { &[] } else { feeds };
    let feeds_a_call = MOST_QUERIES / asking.metrics.len().max(1);
    let calls = feeds.chunks(feeds_a_call).map(move |feeds| answer(asking, feeds, read));
    stream::iter(calls).buffer_unordered(CALLS_AT_ONCE)
}

async fn answer<T>(
    asking: &Asking<'_>,
    feeds: &[FeedKey],
    read: fn(&MetricDataResult, Metric) -> Option<T>,
) -> Result<Vec<(FeedKey, T)>, CallError> {
    let period = period(asking.interval);
    let asked: Vec<_> =
        feeds.iter().flat_map(|feed| asking.metrics.iter().map(move |&metric| (feed, metric))).collect();
    let queries: Vec<_> = asked
        .iter()
        .enumerate()
        .map(|(number, (feed, metric))| query(number, asking.namespace, feed, *metric, period))
        .collect();
    let results = ask(asking, &queries).await?;
    let read = results.iter().filter_map(|result| {
        let number: usize = result.id()?.get(1..)?.parse().ok()?;
        let &(feed, metric) = asked.get(number)?;
        Some((feed.clone(), read(result, metric)?))
    });
    Ok(read.collect())
}

/// One condition at a time; should two be told, the newer word holds.
fn of_each_feed(found: Vec<(FeedKey, Lasted)>) -> Vec<(FeedKey, Lasted)> {
    let mut newest: BTreeMap<_, Lasted> = BTreeMap::new();
    for (feed, found) in found {
        let known = newest.entry(feed).or_insert(found);
        if found.until > known.until {
            *known = found;
        }
    }
    newest.into_iter().collect()
}

async fn ask(asking: &Asking<'_>, queries: &[MetricDataQuery]) -> Result<Vec<MetricDataResult>, CallError> {
    let &Asking { client, api, now, .. } = asking;
    let mut results = Vec::new();
    let mut token = None;
    loop {
        let page = api
            .call(none_expected::<GetMetricDataError>, || {
                client
                    .get_metric_data()
                    .set_metric_data_queries(Some(queries.to_vec()))
                    .start_time(DateTime::from(now - LOOK_BACK))
                    .end_time(DateTime::from(now + Duration::from_secs(1)))
                    .scan_by(ScanBy::TimestampDescending)
                    .set_next_token(token.clone())
                    .send()
            })
            .await
            .map_err(|error| CallError::new(ApiName::GetMetricData, error))?;
        results.extend(page.metric_data_results.unwrap_or_default());
        if page.next_token.is_none() || page.next_token == token {
            return Ok(results);
        }
        token = page.next_token;
    }
}

fn query(number: usize, namespace: &str, feed: &FeedKey, metric: Metric, period: i32) -> MetricDataQuery {
    let metric = CloudWatchMetric::builder()
        .namespace(namespace)
        .metric_name(metric.name())
        .dimensions(Dimension::builder().name("ChannelId").value(&*feed.channel_id).build())
        .dimensions(Dimension::builder().name("Pipeline").value(feed.pipeline.as_str()).build())
        .build();
    let stat = MetricStat::builder().metric(metric).period(period).stat("Maximum").build();
    MetricDataQuery::builder().id(format!("q{number}")).metric_stat(stat).return_data(true).build()
}

/// The coarsest period that still keeps two slots apart: a maximum over more would hide that a fault has ended.
fn period(interval: Duration) -> i32 {
    let fits = |period: &&i32| u64::try_from(**period).is_ok_and(|period| period <= interval.as_secs());
    PERIODS.iter().rev().find(fits).copied().unwrap_or(PERIODS[0])
}

/// The newest datapoint of a result, if it says that the condition lasted.
fn newest(result: &MetricDataResult, metric: Metric) -> Option<Lasted> {
    let (time, &seconds) = result.timestamps().iter().zip(result.values()).max_by_key(|(time, _)| **time)?;
    let until = SystemTime::try_from(*time).ok()?;
    let lasted = Duration::try_from_secs_f64(seconds).ok().filter(|lasted| !lasted.is_zero())?;
    // Anybody who may write to the namespace can have put in any number. Before 1970 nothing began.
    let since = until.checked_sub(lasted).filter(|since| *since >= SystemTime::UNIX_EPOCH)?;
    Some(Lasted { metric, since, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_never_spans_two_slots() {
        for (interval, expected) in [(2, 1), (5, 5), (10, 10), (15, 10), (25, 20), (59, 30), (60, 60)] {
            assert_eq!(period(Duration::from_secs(interval)), expected);
        }
    }

    fn result(points: &[(i64, f64)]) -> MetricDataResult {
        MetricDataResult::builder()
            .set_timestamps(Some(points.iter().map(|(time, _)| DateTime::from_secs(*time)).collect()))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    #[test]
    fn the_newest_datapoint_tells_since_when() {
        let lasted =
            newest(&result(&[(1_000_020, 3_600.0), (1_000_010, 3_590.0)]), Metric::FrozenSeconds).unwrap();
        assert_eq!(lasted.since, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_020 - 3_600));
        assert_eq!(lasted.until, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_020));
    }

    #[test]
    fn a_fault_that_is_over_is_not_resumed() {
        assert_eq!(newest(&result(&[(1_000_020, 0.0), (1_000_010, 3_590.0)]), Metric::FrozenSeconds), None);
        assert_eq!(newest(&result(&[]), Metric::FrozenSeconds), None);
        assert_eq!(newest(&result(&[(1_000_020, f64::NAN)]), Metric::FrozenSeconds), None);
    }

    #[test]
    fn a_fault_that_would_have_begun_before_1970_is_not_resumed() {
        for seconds in [1_000_021.0, 1e18, 1e300, f64::INFINITY, -1.0] {
            assert_eq!(newest(&result(&[(1_000_020, seconds)]), Metric::FrozenSeconds), None, "{seconds}");
        }
    }
}
