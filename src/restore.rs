//! Reads the published durations back from CloudWatch, which is the only state store: after a cold
//! start for the monitor, and for each view of the multiviewer. The SDK's types end here.

mod fleet;
mod series;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Metric as CloudWatchMetric, MetricDataQuery, MetricStat, ScanBy},
};
pub use fleet::has_counted;
use futures_util::{Stream, StreamExt, stream};
use series::{Series, fill, latest_durations, need_details, past};
use source_detection::Fault;
#[cfg(test)]
pub(crate) use tests::restored_from;

use crate::{
    aws::{CallError, Service},
    feed::FeedKey,
    metric::{Metric, Scope},
    publish::feed_dimensions,
    settings::Settings,
};

/// The largest number of queries in one GetMetricData call
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const MAX_QUERIES: usize = 500;

/// The largest number of datapoints that one call may return, so that its response stays well below
/// the limit of 1 MB that is read: a datapoint takes up to 20 bytes, and each series 100 more.
const MAX_POINTS: u64 = 30_000;

/// Concurrent GetMetricData calls.
const CONCURRENT_CALLS: usize = 4;

/// How far back to read. A process that ends leaves a gap of a minute or two; anything older says
/// nothing about now.
pub const LOOK_BACK: Duration = Duration::from_mins(5);

/// The finest periods that CloudWatch aggregates to, in seconds; the next is whole minutes.
const PERIODS: [i32; 6] = [1, 5, 10, 20, 30, 60];

/// A fault that lasts, and for how long; `None` for a feed without a fault.
pub type Lasting = Option<(Fault, Duration)>;

/// What the datapoints of a feed say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedState {
    /// The slot of the latest datapoint.
    pub slot: SystemTime,
    /// The fault that lasted then.
    pub fault: Lasting,
    /// The fault that lasted in each slot of the last minutes, oldest first.
    pub past: Vec<(SystemTime, Lasting)>,
    /// The slot in which the grace after the latest start ends, or ended.
    pub grace_until: Option<SystemTime>,
    /// Whether it had had a thumbnail since it was watched.
    pub had_thumbnail: bool,
}

/// What could be read of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Its latest state.
    State(PublishedState),
    /// It has no recent datapoints.
    NoDatapoints,
    /// CloudWatch did not return all of its durations: nothing is known, not even that it is
    /// healthy.
    Unreadable,
    /// No response came, or nothing is published that could be read.
    NotRead,
}

impl Restored {
    /// The same with other times.
    #[must_use]
    pub fn map_times(self, map: impl Fn(SystemTime) -> SystemTime) -> Self {
        let Self::State(state) = self else { return self };
        let (slot, grace_until) = (map(state.slot), state.grace_until.map(&map));
        let past = state.past.into_iter().map(|(slot, lasting)| (map(slot), lasting)).collect();
        Self::State(PublishedState { slot, past, grace_until, ..state })
    }

    /// Whether another process has followed the feed after `sampled`, the slot of the asking
    /// process's own latest sample, and has also seen why its datapoints end: at `slot`, the latest
    /// one is at least two intervals old.
    #[must_use]
    pub fn shows_another_process(
        &self,
        sampled: SystemTime,
        slot: SystemTime,
        interval: Duration,
    ) -> bool {
        let Self::State(published) = self else { return false };
        let age = slot.duration_since(published.slot).unwrap_or_default();
        published.slot > sampled && age >= interval * 2
    }
}

/// The latest datapoint of one metric of a feed that is a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatestDuration {
    /// The metric.
    pub metric: Metric,
    /// The slot of the datapoint.
    pub slot: SystemTime,
    /// Its value: how long a fault had lasted, 0 for an absent fault.
    pub seconds: Duration,
}

#[cfg(test)]
impl LatestDuration {
    /// A fault that had lasted for so many seconds.
    pub(crate) fn of_fault(fault: Fault, slot: SystemTime, seconds: u64) -> Self {
        let metric = Metric::ALL.into_iter().find(|metric| metric.fault() == Some(fault));
        let metric = metric.expect("a fault that has a metric");
        Self { metric, slot, seconds: Duration::from_secs(seconds) }
    }
}

/// A query for the durations of feeds.
#[derive(Clone, Copy, Debug)]
pub struct DurationQuery<'a> {
    /// GetMetricData.
    pub service: &'a Service<Client>,
    /// The namespace of the monitor's metrics.
    pub namespace: &'a str,
    /// What to read: durations, and what belongs to them.
    pub metrics: &'a [Metric],
    /// The time from one datapoint to the next.
    pub interval: Duration,
    /// The time to look back from.
    pub now: SystemTime,
}

impl<'a> DurationQuery<'a> {
    /// A query for these metrics of what a monitor with these settings publishes.
    #[must_use]
    pub fn new(
        service: &'a Service<Client>,
        settings: &'a Settings,
        metrics: &'a [Metric],
        now: SystemTime,
    ) -> Self {
        Self { service, namespace: &settings.namespace, metrics, interval: settings.interval, now }
    }

    /// Of how many feeds one call reads what is read of every feed.
    #[must_use]
    pub fn feeds_per_call(&self) -> usize {
        (self.max_queries() / Steps::of(self.metrics).first.len().max(1)).max(1)
    }

    /// How many series one call may ask for.
    fn max_queries(&self) -> usize {
        let points = LOOK_BACK.as_secs() / self.interval.as_secs().max(1) + 2;
        usize::try_from(MAX_POINTS / points).unwrap_or(MAX_QUERIES).clamp(1, MAX_QUERIES)
    }
}

/// Metrics in the order in which they are read.
#[derive(Debug)]
struct Steps {
    /// What is read of every feed.
    first: Vec<Metric>,
    /// What is read of those for which that calls for it.
    details: Vec<Metric>,
}

impl Steps {
    fn of(metrics: &[Metric]) -> Self {
        let all = metrics.iter().copied();
        if all.clone().all(|metric| metric.fault().is_none() || metric.scope() == Scope::Channel) {
            return Self { first: all.collect(), details: Vec::new() };
        }
        let (grace, details): (Vec<_>, Vec<_>) =
            all.partition(|metric| *metric == Metric::StartGraceSeconds);
        Self { first: [vec![Metric::FaultSeconds], grace].concat(), details }
    }
}

/// What the datapoints of these feeds say; each item covers the feeds of one call.
pub fn restore<'a>(
    query: &'a DurationQuery<'a>,
    feeds: &'a [FeedKey],
) -> impl Stream<Item = Result<Vec<(FeedKey, Restored)>, CallError>> + 'a {
    read(query, feeds, restored)
}

fn restored(metrics: &[Metric], series: &[Series]) -> Restored {
    let Some(durations) = latest_durations(metrics, series) else { return Restored::Unreadable };
    let state = published_state(&durations, past(metrics, series));
    state.map_or(Restored::NoDatapoints, Restored::State)
}

/// What CloudWatch returned of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// The latest datapoint of each metric.
    pub latest: Vec<LatestDuration>,
    /// The fault that lasted in each slot of the last minutes, oldest first.
    pub past: Vec<(SystemTime, Lasting)>,
}

/// The readings of a feed; `None` if any duration of a fault could not be read, because without it
/// the others would look healthy.
pub type FeedDurations = (FeedKey, Option<Readings>);

/// The durations of these feeds; each item covers the feeds of one call.
pub fn durations<'a>(
    query: &'a DurationQuery<'a>,
    feeds: &'a [FeedKey],
) -> impl Stream<Item = Result<Vec<FeedDurations>, CallError>> + 'a {
    read(query, feeds, |metrics, series| {
        let latest = latest_durations(metrics, series)?;
        Some(Readings { latest, past: past(metrics, series) })
    })
}

/// What `of_feed` makes of the series of each feed, one for each metric that was read; each item
/// covers feeds of one call.
fn read<'a, T: 'a>(
    query: &'a DurationQuery<'a>,
    feeds: &'a [FeedKey],
    of_feed: fn(&[Metric], &[Series]) -> T,
) -> impl Stream<Item = Result<Vec<(FeedKey, T)>, CallError>> + 'a {
    let feeds = if query.metrics.is_empty() { &[] } else { feeds };
    let calls = feeds.chunks(query.feeds_per_call()).map(move |feeds| async move {
        let read = read_in_steps(query, feeds).await;
        stream::iter(read.into_iter().map(move |read| {
            let Read { metrics, by_feed } = read?;
            let of_feeds = by_feed.into_iter().map(|(feed, mut series)| {
                fill(&metrics, &mut series);
                (feed, of_feed(&metrics, &series))
            });
            Ok(of_feeds.collect())
        }))
    });
    stream::iter(calls).buffer_unordered(CONCURRENT_CALLS).flatten()
}

/// What was read of some feeds.
struct Read {
    metrics: Vec<Metric>,
    /// A series for each of the metrics.
    by_feed: Vec<(FeedKey, Vec<Series>)>,
}

/// The series of these feeds, as many as one call returns: first what says of which of them more
/// has to be read, and then that.
async fn read_in_steps(
    query: &DurationQuery<'_>,
    feeds: &[FeedKey],
) -> Vec<Result<Read, CallError>> {
    let Steps { first, details } = Steps::of(query.metrics);
    let read = match series_of(query, feeds, &first).await {
        Ok(read) => read,
        Err(error) => return vec![Err(error)],
    };
    let (detailed, mut by_feed): (Vec<_>, Vec<_>) = read
        .into_iter()
        .partition(|(_, series)| !details.is_empty() && need_details(&first, series));
    let metrics = [first, details.clone()].concat();
    for (_, series) in &mut by_feed {
        series.resize(metrics.len(), Series::complete());
    }
    let mut read = vec![Ok(Read { metrics: metrics.clone(), by_feed })];
    for feeds in detailed.chunks((query.max_queries() / details.len().max(1)).max(1)) {
        let keys: Vec<_> = feeds.iter().map(|(feed, _)| feed.clone()).collect();
        let of_feeds = series_of(query, &keys, &details).await.map(|details| {
            let joined = feeds.iter().zip(details);
            let by_feed = joined
                .map(|((feed, first), (_, rest))| (feed.clone(), [&first[..], &rest].concat()));
            Read { metrics: metrics.clone(), by_feed: by_feed.collect() }
        });
        read.push(of_feeds);
    }
    read
}

/// A feed has one condition at a time; if two durations are non-zero, the latest datapoint wins.
fn published_state(
    durations: &[LatestDuration],
    past: Vec<(SystemTime, Lasting)>,
) -> Option<PublishedState> {
    let slot = durations.iter().map(|duration| duration.slot).max()?;
    let mut lasting = durations.iter().filter(|one| one.slot == slot && !one.seconds.is_zero());
    let fault = lasting.find_map(|one| Some((one.metric.fault()?, one.seconds)));
    let grace = durations.iter().find(|one| one.metric == Metric::StartGraceSeconds);
    let grace_until = grace.and_then(|rest| rest.slot.checked_add(rest.seconds));
    let had_thumbnail = had_thumbnail(durations)?;
    Some(PublishedState { slot, fault, past, grace_until, had_thumbnail })
}

/// Whether the feed had had a thumbnail in the slot of its latest datapoint; `None` without one.
#[must_use]
pub fn had_thumbnail(durations: &[LatestDuration]) -> Option<bool> {
    let slot = durations.iter().map(|duration| duration.slot).max()?;
    let is_without = |one: &LatestDuration| one.metric == Metric::NoThumbnailSeconds;
    Some(!durations.iter().any(|one| is_without(one) && one.slot == slot))
}

/// The series of these metrics of each feed.
async fn series_of(
    query: &DurationQuery<'_>,
    feeds: &[FeedKey],
    metrics: &[Metric],
) -> Result<Vec<(FeedKey, Vec<Series>)>, CallError> {
    let mut queries = Vec::with_capacity(feeds.len() * metrics.len());
    for feed in feeds {
        for &metric in metrics {
            queries.push(metric_query(queries.len(), query, Some(feed), metric));
        }
    }
    let series = get_metric_data(query, &queries).await?;
    let by_feed = feeds.iter().zip(series.chunks(metrics.len()));
    Ok(by_feed.map(|(feed, series)| (feed.clone(), series.to_vec())).collect())
}

/// The series of these queries, in their order.
async fn get_metric_data(
    query: &DurationQuery<'_>,
    queries: &[MetricDataQuery],
) -> Result<Vec<Series>, CallError> {
    let mut series = vec![Series::default(); queries.len()];
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
        for result in page.metric_data_results.unwrap_or_default() {
            let number = result.id().and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
            if let Some(series) = number.and_then(|number| series.get_mut(number)) {
                series.add(&result);
            }
        }
        if page.next_token.is_none() || page.next_token == token {
            return Ok(series);
        }
        token = page.next_token;
    }
}

fn metric_query(
    number: usize,
    query: &DurationQuery<'_>,
    feed: Option<&FeedKey>,
    metric: Metric,
) -> MetricDataQuery {
    let metric = CloudWatchMetric::builder()
        .namespace(query.namespace)
        .metric_name(metric.name())
        .set_dimensions(feed.map(feed_dimensions))
        .build();
    let stat =
        MetricStat::builder().metric(metric).period(period(query.interval)).stat("Maximum").build();
    MetricDataQuery::builder().id(format!("q{number}")).metric_stat(stat).return_data(true).build()
}

/// The coarsest period that the interval is a multiple of: each slot is then the time of its own
/// datapoint. A maximum over two slots would hide that a fault has ended, and a period that slots
/// don't fall on would return other times than theirs, by which durations would grow at each
/// restart.
fn period(interval: Duration) -> i32 {
    let divides = |period: &&i32| {
        u64::try_from(**period).is_ok_and(|period| interval.as_secs().is_multiple_of(period))
    };
    PERIODS.iter().rev().find(divides).copied().unwrap_or(PERIODS[0])
}
