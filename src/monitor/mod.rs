//! A tick: the rounds of one schedule period. The only place that knows slots and deadlines.
//!
//! Two ticks that overlap, or one that is delivered twice, do no harm: everything published is a gauge whose time stamp
//! is its slot, so the second process writes what the first one wrote; and within one process a slot is looked at once.

mod looks;

use std::{
    collections::{HashMap, HashSet},
    io::Write,
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::{
    calls::{Api, ApiName, Counts},
    clients::Clients,
    discover::{LIST_CHANNELS_TPS, discover},
    error::TickError,
    feed::{Channel, Feed, feeds},
    history::History,
    log,
    measure::{Fleet, feed_points, fleet_points},
    publish::{Datapoint, Outbox, publish},
    report::{Open, Report, Sums},
    roster::Roster,
    round::{self, Apis, Outcome, Sample},
    settings::Settings,
    slots::{Clock, Slots},
    steer::{Choice, steer},
    trigger::{self, Trigger},
};

/// CloudWatch calls a second, far below the 500 that an account may make
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>).
const CLOUDWATCH_TPS: u32 = 50;

/// Kept back before the deadline of an invocation: time to publish once more and to write what is left to the log.
const DEADLINE_RESERVE: Duration = Duration::from_secs(3);

/// The monitor: what a process keeps from one tick to the next.
#[derive(Debug)]
pub struct Monitor {
    settings: Settings,
    clients: Clients,
    apis: Apis,
    history: History,
    outbox: Outbox,
    /// By part of the fleet: a process may be handed one part now and another one later.
    last_slots: HashMap<Trigger, u64>,
    tags_told: HashSet<(String, String)>,
    roster: Roster,
}

impl Monitor {
    /// A monitor that has seen nothing yet. What CloudWatch doesn't take is written to `spill`.
    #[must_use]
    pub fn new(settings: Settings, clients: Clients, spill: Box<dyn Write + Send>) -> Self {
        let tps = |calls| NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN);
        let apis = Apis {
            channels: Api::new(ApiName::ListChannels, tps(LIST_CHANNELS_TPS)),
            thumbnails: Api::new(ApiName::DescribeThumbnails, settings.thumbnail_tps),
            quality: Api::new(ApiName::DetectLabels, settings.rekognition_tps),
            publish: Api::new(ApiName::PutMetricData, tps(CLOUDWATCH_TPS)),
            resume: Api::new(ApiName::GetMetricData, tps(CLOUDWATCH_TPS)),
        };
        let outbox = Outbox::new(&settings.namespace, spill);
        Self {
            settings,
            clients,
            apis,
            history: History::default(),
            outbox,
            last_slots: HashMap::new(),
            tags_told: HashSet::new(),
            roster: Roster::default(),
        }
    }

    /// Looks at all feeds on the slots of one schedule period, and publishes what it learnt.
    ///
    /// `deadline` is when the invocation is ended by force; one that is already past means that it isn't known.
    ///
    /// # Errors
    /// Only where the tick was worthless: an event that isn't a schedule's, no list of channels, nothing published.
    pub async fn tick(&mut self, event: &Value, deadline: SystemTime) -> Result<Report, TickError> {
        let trigger = trigger::read(event)?;
        let clock = Clock::read();
        let before = self.apis.counts();
        let end = self.end(&clock, deadline);
        let mut slots = self.slots(clock.wall(), trigger);
        let mut sums = Sums::default();
        while let Some(slot) = slots.next_from(clock.now()) {
            let start = clock.instant(slots.time(slot));
            if start >= end || Instant::now() >= end {
                break;
            }
            sleep_until(start).await;
            self.last_slots.insert(trigger, slot);
            self.round(slots.time(slot), &clock, end, trigger, &mut sums).await;
        }
        sums.report.slot_overruns = slots.passed_over;
        self.finish(sums, before, &clock, deadline).await
    }

    /// When the last round has to be over.
    fn end(&self, clock: &Clock, deadline: SystemTime) -> Instant {
        match deadline.duration_since(clock.wall()) {
            Ok(left) if !left.is_zero() => {
                clock.start() + left.saturating_sub(DEADLINE_RESERVE.min(left / 3))
            }
            _ => clock.start() + self.settings.period + self.settings.interval,
        }
    }

    fn slots(&self, now: SystemTime, trigger: Trigger) -> Slots {
        let interval = self.settings.interval.as_secs();
        let current = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / interval;
        let first = if self.last_slots.get(&trigger) == Some(&current) { current + 1 } else { current };
        let count = self.settings.period.as_secs().div_ceil(interval);
        Slots::new(interval, first, count)
    }

    async fn round(
        &mut self,
        slot: SystemTime,
        clock: &Clock,
        end: Instant,
        trigger: Trigger,
        sums: &mut Sums,
    ) {
        let before = self.apis.counts();
        // A round has one interval, counted from its start, and the last part of it is for publishing.
        let start = Instant::now();
        let over = (start + self.settings.interval).min(end);
        let looks_over = over - over.saturating_duration_since(start) / 8;
        sums.report.rounds += 1;
        // Who is known already is looked at while the new list comes.
        let now = clock.now();
        let known = self.roster.channels(now);
        let list_until = if known.is_some() { looks_over } else { over };
        let (known, _) = self.watched(known.unwrap_or_default(), trigger);
        let (listed, early) = tokio::join!(
            discover(&self.clients.channels, &self.apis.channels, list_until),
            self.look(known, slot, looks_over),
        );
        let channels = match self.roster.renew(now, listed) {
            Ok(channels) => channels,
            Err(error) => {
                sums.discovery = Some(error);
                let points = fleet_points(slot, None, self.apis.counts() - before);
                return self.send(points, over, sums).await;
            }
        };
        sums.discovered = true;
        let (feeds, unreadable_tags) = self.watched(channels, trigger);
        sums.report.feeds = feeds.len();
        let (mut samples, new) = round::matched(feeds, early.samples);
        let late = self.look(new, slot, looks_over).await;
        samples.extend(late.samples);
        let samples = round::settled(samples);
        let mut past = early.past;
        past.extend(late.past);
        for sample in &samples {
            if let Some(&lasted) = past.get(&sample.feed.key) {
                self.history.resume(&sample.feed, lasted, slot);
            }
        }
        let mut fleet = Fleet { unreadable_tags, ..Fleet::default() };
        let mut points = self.learn(slot, samples, &mut fleet, sums);
        let calls = self.apis.counts() - before;
        points.extend(fleet_points(slot, Some(&fleet), calls));
        self.send(points, over, sums).await;
        self.history.forget(slot);
        log::round(slot, &fleet, calls, self.outbox.is_empty());
    }

    /// The feeds of this part of the fleet, each with its channel's own times, and how many tags can't be read.
    fn watched(&mut self, channels: Vec<Arc<Channel>>, trigger: Trigger) -> (Vec<Feed>, usize) {
        let choice = Choice { include: &self.settings.include_tags, exclude: &self.settings.exclude_tags };
        let (mut watched, mut unreadable) = (Vec::with_capacity(channels.len() * 2), 0);
        for channel in channels.into_iter().filter(|channel| trigger.has(&channel.id)) {
            let steering = steer(&channel.tags, &self.settings.limits, choice);
            unreadable += steering.unreadable.len();
            for tag in steering.unreadable {
                log::unreadable_tag(&mut self.tags_told, &channel, &tag);
            }
            if steering.watched {
                watched.extend(feeds(channel, steering.limits));
            }
        }
        (watched, unreadable)
    }

    fn learn(
        &mut self,
        slot: SystemTime,
        samples: Vec<Sample>,
        fleet: &mut Fleet,
        sums: &mut Sums,
    ) -> Vec<Datapoint> {
        let mut points = Vec::new();
        sums.report.incidents.clear();
        for sample in samples {
            sums.add(&sample.outcome);
            fleet.add_outcome(&sample.outcome);
            log::sample(&sample);
            let feed = sample.feed.clone();
            let down = matches!(sample.outcome, Outcome::NotRunning);
            let learnt = self.history.learn(slot, sample);
            if down {
                // MediaLive knows and says so itself. It is no source that nobody can see.
                continue;
            }
            fleet.add_verdict(&learnt.verdict);
            log::incidents(&feed, &learnt);
            sums.report
                .incidents
                .extend(learnt.verdict.incident.map(|incident| Open::new(&feed, &incident, slot)));
            points.extend(feed_points(slot, &feed.key, &learnt, &self.settings.feed_metrics));
        }
        points
    }

    async fn send(&mut self, points: Vec<Datapoint>, over: Instant, sums: &mut Sums) {
        self.outbox.put(points);
        let (sent, error) =
            publish(&self.clients.cloudwatch, &self.apis.publish, &mut self.outbox, over).await;
        sums.sent(sent, error);
    }

    async fn finish(
        &mut self,
        mut sums: Sums,
        before: Counts,
        clock: &Clock,
        deadline: SystemTime,
    ) -> Result<Report, TickError> {
        if !self.outbox.is_empty() {
            let last = match deadline.duration_since(clock.now()) {
                Ok(left) => left / 2,
                Err(_) => DEADLINE_RESERVE / 2,
            };
            let until = Instant::now() + last.min(DEADLINE_RESERVE);
            let (sent, error) =
                publish(&self.clients.cloudwatch, &self.apis.publish, &mut self.outbox, until).await;
            sums.sent(sent, error);
            let spilled = self.outbox.spill_all();
            if spilled > 0 {
                warn!(
                    datapoints = spilled,
                    "CloudWatch did not take these datapoints: they are in the log in embedded metric format"
                );
            }
            sums.report.spilled += spilled;
        }
        let calls = self.apis.counts() - before;
        sums.report.throttles = calls.throttles;
        sums.report.api_errors = calls.errors;
        sums.outcome()
    }
}
