//! A round: one sample of every feed, in four steps. List and sample concurrently; sample what the
//! list adds; assess; publish.

mod assess;

use std::{
    collections::{HashMap, HashSet},
    pin::pin,
    sync::{Arc, MutexGuard},
    time::SystemTime,
};

use futures_util::{StreamExt, stream};
use tokio::time::{Duration, Instant, sleep_until};
use tracing::warn;

use super::{
    changes::Changes,
    channel_cache::ChannelCache,
    datapoints::{Fleet, fleet_points},
    history::{EndedUnwatched, History},
    log,
    pairs::{Pairs, pairs},
    plan::RoundPlan,
    report::{OpenIncident, RoundResult, SampleCounts},
    sample::{Sample, mark_down_pipelines, split_by_current_feeds},
    sampling::Sampling,
    timeline::Shift,
    trigger::Trigger,
    urgency::Urgency,
    window::Window,
    withheld::Withheld,
};
use crate::{
    announce::EventOutbox,
    aws::{ApiName, CallCounts, CallError, Operations},
    datapoint::Datapoint,
    discover::{PageSize, discover},
    feed::{Channel, Feed, FeedKey, feeds},
    incident_pictures::{Album, SharedAlbum},
    known_stills::Library,
    lambda::Clock,
    metric::Metric,
    publish::{Due, Outbox},
    restore::{DurationQuery, Restored, restore},
    settings::Settings,
    tags::{TagFilter, TagOverrides},
};

/// After sampling finishes, wait at most this long for GetMetricData: a late round is worse than a
/// duration that restarts at zero.
const RESTORE_WITHIN: Duration = Duration::from_secs(2);

/// What a process keeps from one round to the next.
#[derive(Debug)]
pub(super) struct Rounds {
    pub(super) settings: Settings,
    pub(super) operations: Operations,
    pub(super) page_size: PageSize,
    pub(super) history: History,
    pub(super) pairs: Pairs,
    pub(super) outbox: Outbox,
    pub(super) event_outbox: EventOutbox,
    /// The thumbnails that may become pictures of incidents, if those are stored.
    pub(super) album: Option<SharedAlbum>,
    /// The pictures that operators declared known.
    pub(super) known_stills: Library,
    pub(super) channel_cache: ChannelCache,
    pub(super) withheld: Withheld,
    pub(super) urgency: Urgency,
    /// Whether the log says that no channel is watched.
    pub(super) selects_nothing: bool,
    /// Invalid tags that the log has, by channel and key.
    pub(super) reported_tags: HashSet<(String, String)>,
}

/// When a round takes place, and for which part of the fleet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    pub(super) slot: SystemTime,
    /// How the time line of the faults differs from the clock.
    pub(super) shift: Shift,
    pub(super) clock: Clock,
    pub(super) window: Window,
    pub(super) trigger: Trigger,
    /// Whether no other round of the tick follows.
    pub(super) is_last: bool,
}

/// The feeds of a shard, and how many of their tags are invalid.
#[derive(Debug, Default)]
struct WatchedFeeds {
    feeds: Vec<Feed>,
    invalid_tags: usize,
    /// Channels of the whole fleet that are on air.
    listed: usize,
    /// Those of them that tags don't exclude.
    selected: usize,
}

/// Samples, and what CloudWatch has of feeds that this process doesn't know.
#[derive(Debug, Default)]
struct Sampled {
    samples: Vec<Sample>,
    restored: HashMap<FeedKey, Restored>,
    /// Incidents of feeds that are no longer watched.
    ended: Vec<EndedUnwatched>,
}

/// What the samples of a round lead to.
#[derive(Debug, Default)]
struct Assessed {
    fleet: Fleet,
    points: Vec<Datapoint>,
    samples: SampleCounts,
    incidents: Vec<OpenIncident>,
    changes: Changes,
}

impl Round {
    /// The slot on the time line of the faults.
    fn judged_slot(&self) -> SystemTime {
        self.shift.to_timeline(self.slot)
    }
}

impl Rounds {
    /// Makes a round and returns what it contributes to the report.
    pub(super) async fn make(&mut self, round: Round) -> RoundResult {
        let before = self.operations.counts();
        let (channels, early) = self.list_and_sample(round).await;
        let channels = match channels {
            Ok(channels) => channels,
            Err(error) => {
                let calls = self.operations.counts() - before;
                let points = fleet_points(round.slot, None, calls, self.unsent_events());
                self.outbox.put(points);
                let (published, announced) =
                    self.deliver(Due::All, None, round.window.publish_by).await;
                return RoundResult {
                    discovery_error: Some(error),
                    published,
                    announced,
                    ..RoundResult::default()
                };
            }
        };
        let WatchedFeeds { feeds, invalid_tags, listed, selected } =
            self.watched_feeds(channels, round.trigger);
        log::selection(&mut self.selects_nothing, listed, selected);
        let sampled = self.sample_rest(feeds, early, round).await;
        let mut assessed = self.assess(round, sampled);
        assessed.fleet.invalid_tags = invalid_tags;
        self.publish_assessed(round, assessed, self.operations.counts() - before).await
    }

    /// Samples the cached channels while ListChannels runs. The channels that it returns decide
    /// which samples count.
    async fn list_and_sample(
        &mut self,
        round: Round,
    ) -> (Result<Vec<Arc<Channel>>, CallError>, Sampled) {
        let now = round.shift.to_timeline(round.clock.now());
        let cached = self.channel_cache.channels(now);
        // Without a cached list there is nothing else to do in this round but to wait for the new
        // one.
        let list_by =
            if cached.is_some() { round.window.sample_by } else { round.window.publish_by };
        let cached = self.watched_feeds(cached.unwrap_or_default(), round.trigger);
        let (listed, early) = tokio::join!(
            discover(&self.operations.list_channels, &self.page_size, list_by),
            self.sample(cached.feeds, round),
        );
        (self.channel_cache.refresh(now, listed), early)
    }

    /// Adds samples of the feeds that turned out to be new, and drops those of feeds that are no
    /// longer watched.
    async fn sample_rest(&mut self, feeds: Vec<Feed>, early: Sampled, round: Round) -> Sampled {
        let (slot, shift) = (round.judged_slot(), round.shift);
        let is_ours = |channel: &str| round.trigger.watches(channel);
        let is_followed = |feed: &FeedKey, sampled| {
            let restored = early.restored.get(feed).cloned();
            let restored = restored.map(|one| one.map_times(|time| shift.to_timeline(time)));
            let interval = self.settings.interval;
            restored.is_some_and(|one| one.shows_another_process(sampled, slot, interval))
        };
        let mut watched = feeds.clone();
        watched.extend(pairs(&feeds).into_iter().map(|pair| pair.feed));
        let mut ended = self.history.reset_unwatched(&watched, slot, is_ours, is_followed);
        for ended in &mut ended {
            ended.event.incident.map_times(|time| shift.to_clock(time));
        }
        let (mut samples, new) = split_by_current_feeds(feeds, early.samples);
        let bucket = self.operations.bucket.as_ref();
        let (late, known_stills) = tokio::join!(
            self.sample(new, round),
            self.known_stills.read_if_due(bucket, round.window.sample_by),
        );
        if let Some(reading) = known_stills {
            self.known_stills.update(reading, Instant::now());
        }
        samples.extend(late.samples);
        let mut restored = early.restored;
        restored.extend(late.restored);
        let mut samples = mark_down_pipelines(samples, &mut self.history.down_pipelines);
        self.known_stills.add_to(samples.iter_mut().map(|sample| &mut sample.feed));
        Sampled { samples, restored, ended }
    }

    /// Samples these feeds, and concurrently reads back how long those that this process doesn't
    /// know have been faulty. The durations are needed only when the samples are judged, so they
    /// delay no sample.
    async fn sample(&self, feeds: Vec<Feed>, round: Round) -> Sampled {
        let RoundPlan { samples: planned, unrestored, unrestored_pairs } =
            self.history.plan(feeds, round.judged_slot(), self.settings.rekognition);
        let metrics = self.settings.restored_metrics();
        let query = self.duration_query(&metrics, round.slot);
        let pair_query = self.duration_query(&[Metric::MismatchSeconds], round.slot);
        let sampling = Sampling {
            operations: &self.operations,
            concurrency: self.settings.concurrent_feeds,
            deadline: round.window.sample_by,
            clock: round.clock,
            shift: round.shift,
            album: self.album.as_ref(),
        };
        let restore_by = round.window.sample_by.min(Instant::now() + RESTORE_WITHIN);
        let restoring_pairs = restore(&pair_query, &unrestored_pairs);
        let mut restoring = pin!(stream::select(restore(&query, &unrestored), restoring_pairs));
        let mut sampling = pin!(sampling.sample_all(planned));
        let (mut finished, mut restored, mut failure) = (None, HashMap::new(), None);
        loop {
            tokio::select! {
                // Results that have arrived count, however late they are.
                biased;
                feeds = restoring.next() => match feeds {
                    Some(Ok(feeds)) => restored.extend(feeds),
                    Some(Err(error)) => failure = Some(error),
                    None => break,
                },
                samples = &mut sampling, if finished.is_none() => finished = Some(samples),
                () = sleep_until(restore_by), if finished.is_some() => {
                    failure = Some(CallError::out_of_time(ApiName::GetMetricData));
                    break;
                }
            }
        }
        warn_of_missing_durations(failure, unrestored.len());
        add_missing(&mut restored, unrestored.iter().chain(&unrestored_pairs));
        let samples = match finished {
            Some(samples) => samples,
            None => sampling.await,
        };
        Sampled { samples, restored, ended: Vec::new() }
    }

    fn duration_query<'a>(&'a self, metrics: &'a [Metric], now: SystemTime) -> DurationQuery<'a> {
        DurationQuery::new(&self.operations.get_metric_data, &self.settings, metrics, now)
    }

    /// The feeds of a shard, each with its channel's own thresholds.
    fn watched_feeds(&mut self, channels: Vec<Arc<Channel>>, trigger: Trigger) -> WatchedFeeds {
        let filter = TagFilter {
            include: &self.settings.include_tags,
            exclude: &self.settings.exclude_tags,
        };
        let mut watched = WatchedFeeds { listed: channels.len(), ..WatchedFeeds::default() };
        for channel in channels {
            let overrides = TagOverrides::of(&channel.tags, &self.settings.thresholds, filter);
            watched.selected += usize::from(overrides.watched);
            if !trigger.watches(&channel.id) {
                continue;
            }
            watched.invalid_tags += overrides.invalid.len();
            for tag in overrides.invalid {
                log::invalid_tag(&mut self.reported_tags, &channel, &tag);
            }
            if overrides.watched {
                watched.feeds.extend(feeds(channel, overrides.thresholds));
            }
        }
        watched
    }

    /// The thumbnails that may become pictures of incidents.
    fn album(&self) -> Option<MutexGuard<'_, Album>> {
        self.album.as_ref().map(SharedAlbum::lock)
    }

    /// The incidents that ended because their feeds are no longer watched.
    fn unwatched(&self, ended: Vec<EndedUnwatched>) -> Changes {
        let mut changes = Changes::default();
        for ended in ended {
            log::ended_unwatched(&ended);
            if let Some(mut album) = self.album() {
                album.end(&ended.feed, &ended.event);
            }
            let listed = self.channel_cache.lists(&ended.channel.id);
            changes.add_unwatched(ended, listed);
        }
        changes
    }

    /// Events that EventBridge did not take in earlier rounds; `None` if no events are sent.
    fn unsent_events(&self) -> Option<usize> {
        self.settings.events.then(|| self.event_outbox.unsent())
    }

    /// Publishes the datapoints of the feeds and of the fleet.
    async fn publish_assessed(
        &mut self,
        round: Round,
        assessed: Assessed,
        calls: CallCounts,
    ) -> RoundResult {
        let Assessed { fleet, mut points, samples, incidents, changes } = assessed;
        points.extend(fleet_points(round.slot, Some(&fleet), calls, self.unsent_events()));
        let is_listed = |id: &str| self.channel_cache.lists(id);
        let when = (round.slot, round.trigger);
        let alerts = changes.into_alerts(&mut self.withheld, when, is_listed);
        let is_urgent = self.urgency.is_urgent(&points) || alerts.is_some();
        let due = if is_urgent || round.is_last { Due::All } else { Due::FullRequests };
        self.outbox.put(points);
        let (published, announced) = self.deliver(due, alerts, round.window.publish_by).await;
        let stored = self.store_pictures(round.window.publish_by).await;
        self.history.forget(round.judged_slot());
        self.pairs.retain(|pair| self.history.remembers(pair));
        if let Some(mut album) = self.album() {
            album.retain(|feed| self.history.remembers(feed));
        }
        log::round(round.slot, &fleet, calls, self.outbox.is_empty());
        RoundResult {
            samples,
            incidents: Some(incidents),
            discovery_error: None,
            published,
            announced,
            stored,
        }
    }
}

/// Adds the feeds of which nothing was read.
fn add_missing<'a>(
    restored: &mut HashMap<FeedKey, Restored>,
    feeds: impl Iterator<Item = &'a FeedKey>,
) {
    for feed in feeds {
        restored.entry(feed.clone()).or_insert(Restored::NotRead);
    }
}

fn warn_of_missing_durations(failure: Option<CallError>, feeds: usize) {
    if let Some(error) = failure {
        warn!(%error, feeds, "failed to restore all durations: those that are missing restart at zero");
    }
}
