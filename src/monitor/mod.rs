//! The scheduled function. A tick is one invocation: the rounds of one schedule period on
//! wall-clock slots.
//!
//! ```text
//! trigger ─► slots ─► round ─►  channel_cache ─► history ─► sampling ─► sample ─► history ─► datapoints ─► report
//! event      when     window    known channels   plan       concurrent  outcome   assessment               response
//!                                                                                    └─► changes ─► announce
//! ```
//!
//! Overlapping ticks, or one that is delivered twice, are harmless: everything published is a gauge
//! whose time stamp is its slot, so the second process writes what the first one wrote, and one
//! process samples a slot once. An incident that both announce has one id.

pub mod trigger;
mod slots;
mod window;
mod timeline;
mod channel_cache;
mod sample;
mod plan;
mod pairs;
mod history;
mod sampling;
mod datapoints;
mod urgency;
mod withheld;
mod changes;
mod error;
mod report;
mod log;
mod round;
mod delivery;

use std::{
    collections::{HashMap, HashSet},
    io::Write,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

pub use error::TickError;
pub use report::{OpenIncident, Report};
pub use sample::FailureKind;

use crate::{
    announce::{EventOutbox, event::Origin},
    aws::{
        CallRates, Clients, GET_METRIC_DATA_TPS, LIST_CHANNELS_TPS, Operations, PUT_EVENTS_TPS,
        PUT_METRIC_DATA_TPS,
    },
    discover::PageSize,
    incident_pictures::{Album, SharedAlbum},
    known_stills::Library,
    lambda::{Clock, Function, Invocation, time_left},
    publish::Outbox,
    settings::{PictureSettings, Settings},
    spill::Spill,
};
use channel_cache::ChannelCache;
use history::History;
use pairs::Pairs;
use report::ReportBuilder;
use round::{Round, Rounds};
use slots::Slots;
use timeline::{Clocks, Shift, Timeline};
use trigger::Trigger;
use urgency::Urgency;
use window::Window;
use withheld::Withheld;

/// Kept back before the deadline of an invocation: time to publish once more and to write the rest
/// to the log.
const DEADLINE_RESERVE: Duration = Duration::from_secs(3);

/// The share of the time before the deadline in which datapoints are published once more: half. The
/// other half is for writing the rest to the log and for the response.
const LAST_PUBLISHING_SHARE: u32 = 2;

/// The monitor: what a process keeps from one tick to the next.
#[derive(Debug)]
pub struct Monitor {
    rounds: Rounds,
    /// By shard: a process may be handed one shard now and another one later.
    last_slots: HashMap<Trigger, u64>,
    timeline: Timeline,
    /// Ticks begun.
    ticks: u64,
    created: Instant,
}

impl Monitor {
    /// A monitor that has sampled nothing yet. Datapoints that CloudWatch doesn't take and events
    /// that EventBridge doesn't take are written to `spill`.
    #[must_use]
    pub fn new(settings: Settings, clients: Clients, spill: Box<dyn Write + Send>) -> Self {
        let rates = CallRates {
            list_channels: LIST_CHANNELS_TPS,
            describe_thumbnails: settings.thumbnail_tps,
            detect_labels: settings.rekognition_tps,
            put_metric_data: PUT_METRIC_DATA_TPS,
            get_metric_data: GET_METRIC_DATA_TPS,
            put_events: PUT_EVENTS_TPS,
        };
        let region = clients.eventbridge.config().region();
        let origin = Origin {
            region: region.map(ToString::to_string).unwrap_or_default(),
            dashboard: settings.dashboard.clone(),
            picture_bucket: settings.pictures.as_ref().map(|pictures| pictures.bucket.clone()),
        };
        let spill = Spill::new(spill);
        let rounds = Rounds {
            operations: Operations::new(clients, rates),
            page_size: PageSize::default(),
            history: History::default(),
            pairs: Pairs::default(),
            outbox: Outbox::new(&settings.namespace, Box::new(spill.clone())),
            event_outbox: EventOutbox::new(origin, Box::new(spill)),
            album: settings.pictures.as_ref().map(album),
            known_stills: Library::default(),
            channel_cache: ChannelCache::default(),
            withheld: Withheld::default(),
            urgency: Urgency::default(),
            selects_nothing: false,
            reported_tags: HashSet::new(),
            settings,
        };
        Self {
            rounds,
            last_slots: HashMap::new(),
            timeline: Timeline::default(),
            ticks: 0,
            created: Instant::now(),
        }
    }

    /// Samples all feeds on the slots of one schedule period and publishes the results.
    ///
    /// `deadline` is when Lambda ends the invocation by force; a time that is already past means
    /// that it isn't known.
    ///
    /// # Errors
    /// Only if the tick produced nothing: the event isn't a schedule's, no list of channels,
    /// nothing published.
    pub async fn tick(&mut self, event: &Value, deadline: SystemTime) -> Result<Report, TickError> {
        let trigger = trigger::read(event)?;
        self.ticks += 1;
        let mut clock = Clock::read();
        self.rounds.operations.connections.begin_invocation(&clock);
        let tick_start = clock.start();
        let before = self.rounds.operations.counts();
        let end = self.end(&clock, deadline);
        let Settings { interval, period, .. } = self.rounds.settings;
        let sampled = self.last_slots.get(&trigger).copied();
        let mut slots = Slots::new(clock.wall(), interval, period, sampled);
        let mut report = ReportBuilder::default();
        while let Some(slot) = slots.next_from(clock.now()) {
            let start = clock.instant(slots.round_start(slot));
            if start >= end || Instant::now() >= end {
                break;
            }
            sleep_until(start).await;
            // Anew for each round: a process that was frozen may begin with a clock that is behind.
            let read = Clock::read();
            if read.differs_from(&clock, interval) {
                warn!("the clock was put right: slots are counted anew");
                slots.restart(read.wall(), period.saturating_sub(read.start() - tick_start));
                clock = read;
                continue;
            }
            clock = read;
            self.last_slots.insert(trigger, slot);
            let window = Window::new(Instant::now(), interval, end);
            let shift = self.shift(&clock, interval);
            let is_last = slots.is_empty();
            let round = Round { slot: slots.time(slot), shift, clock, window, trigger, is_last };
            // Boxed: a round holds the futures of all its calls, and the compiler gives up on a
            // type that deep.
            report.add_round(Box::pin(self.rounds.make(round)).await);
        }
        report.slot_overruns(slots.missed);
        let last = last_publish_by(&clock, deadline);
        report.add_delivered(self.rounds.deliver_rest(last).await);
        report.add_stored(self.rounds.store_pictures(last).await);
        report.finish(self.rounds.operations.counts() - before)
    }

    /// How the time line of the faults differs from the clock in the round that begins now.
    fn shift(&mut self, clock: &Clock, interval: Duration) -> Shift {
        let steady = clock.start() - self.created;
        let clocks = Clocks { wall: clock.wall(), steady, tick: self.ticks };
        self.timeline.advance(clocks, interval)
    }

    /// When the last round has to be over. The deadline is by Lambda's clock: if ours is behind, it
    /// seems to be far away.
    fn end(&self, clock: &Clock, deadline: SystemTime) -> Instant {
        let Settings { interval, period, .. } = self.rounds.settings;
        let longest = period + interval;
        let left = time_left(deadline, clock.wall(), DEADLINE_RESERVE);
        clock.start() + left.map_or(longest, |left| left.min(longest))
    }
}

fn album(pictures: &PictureSettings) -> SharedAlbum {
    SharedAlbum::new(Album::new(pictures.memory))
}

/// Until when datapoints are published once more before the deadline of an invocation.
fn last_publish_by(clock: &Clock, deadline: SystemTime) -> Instant {
    let left = deadline.duration_since(clock.now()).unwrap_or(DEADLINE_RESERVE);
    Instant::now() + (left / LAST_PUBLISHING_SHARE).min(DEADLINE_RESERVE)
}

impl Function for Monitor {
    type Response = Report;
    type Error = TickError;

    async fn invoke(&mut self, invocation: Invocation) -> Result<Report, TickError> {
        self.tick(&invocation.event, invocation.deadline).await
    }
}
