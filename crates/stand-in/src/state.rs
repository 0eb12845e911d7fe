//! The state of the stand-in, and what a script may change while it runs.
//!
//! One lock for each part, never held across an `await`. Questions about what happened are in `journal.rs`.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::wire::api::{Api, Feed};
use crate::services::channel::{Channel, Roster, State};
use crate::services::date::DateForm;
use crate::faults::fault::{Fault, Faults, Orders};
use crate::call_log::Journal;
use crate::lock;
use crate::services::metrics::{Metric, Metrics};
use crate::services::get_metric_data::MOST_POINTS;
use crate::services::quota::{Bucket, Quota};
use crate::pictures::playout::{Pace, RENEWAL, Stamp};
use crate::services::rekognition::Eye;
use crate::pictures::scene::Programme;
use crate::pictures::still::Stills;

/// Channels on a page. AWS documents no size.
const PAGE_SIZE: usize = 20;

/// What a script wants done before a certain call.
type Hook = Box<dyn FnOnce(&World) + Send>;

/// Everything there is in this AWS.
pub struct World {
    pub(crate) roster: Mutex<Roster>,
    pub(crate) stills: Stills,
    pub(crate) metrics: Mutex<Metrics>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) eye: Eye,
    faults: Mutex<Faults>,
    manners: Mutex<Manners>,
    hooks: Mutex<Vec<(Api, u64, Hook)>>,
    ever: Mutex<HashMap<Api, u64>>,
    pub(crate) connections: AtomicU64,
}

/// How the services behave in general.
#[derive(Clone, Debug)]
struct Manners {
    pace: Pace,
    dates: DateForm,
    page_size: usize,
    points_a_page: usize,
    latencies: HashMap<Api, Duration>,
    quotas: HashMap<Api, Bucket>,
}

impl Default for World {
    fn default() -> Self {
        let manners = Manners {
            pace: Pace::WallClock(RENEWAL),
            dates: DateForm::default(),
            page_size: PAGE_SIZE,
            points_a_page: MOST_POINTS,
            latencies: HashMap::new(),
            quotas: HashMap::new(),
        };
        Self {
            roster: Mutex::default(),
            stills: Stills::default(),
            metrics: Mutex::default(),
            journal: Mutex::default(),
            eye: Eye::default(),
            faults: Mutex::default(),
            manners: Mutex::new(manners),
            hooks: Mutex::default(),
            ever: Mutex::default(),
            connections: AtomicU64::new(0),
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// Changes.
impl World {
    /// One more channel; it takes the place of another with its id.
    pub fn add_channel(&self, channel: Channel) {
        lock(&self.roster).add(channel);
    }

    /// Deletes a channel.
    pub fn remove_channel(&self, id: &str) {
        lock(&self.roster).remove(id);
    }

    /// Puts a channel into another state. Panics, as those below do, where the script has no such channel.
    pub fn set_state(&self, id: &str, state: State) {
        lock(&self.roster).change(id, |channel| channel.state = state);
    }

    /// Sets a tag of a channel.
    pub fn set_tag(&self, id: &str, key: &str, value: &str) {
        lock(&self.roster).change(id, |channel| {
            channel.tags.insert(key.into(), value.into());
        });
    }

    /// Another programme on a pipeline, from its next still on.
    pub fn show(&self, id: &str, pipeline: u8, programme: impl Into<Programme>) {
        lock(&self.roster).change_reel(id, pipeline, |reel| reel.show(programme.into()));
    }

    /// Another kind of stamps on a pipeline.
    pub fn stamp(&self, id: &str, pipeline: u8, stamp: Stamp) {
        lock(&self.roster).change_reel(id, pipeline, |reel| reel.set_stamp(stamp));
    }

    /// One more fault, behind those there are.
    pub fn fault(&self, fault: Fault) {
        lock(&self.faults).add(fault);
    }

    /// All is well again.
    pub fn clear_faults(&self) {
        lock(&self.faults).clear(None);
    }

    /// All is well again with this operation.
    pub fn clear_faults_on(&self, api: Api) {
        lock(&self.faults).clear(Some(api));
    }

    /// Every answer of this operation comes so much later.
    pub fn set_latency(&self, api: Api, latency: Duration) {
        lock(&self.manners).latencies.insert(api, latency);
    }

    /// A quota for this operation, or none.
    pub fn set_quota(&self, api: Api, quota: Option<Quota>) {
        let quotas = &mut lock(&self.manners).quotas;
        match quota {
            Some(quota) => quotas.insert(api, Bucket::full(quota, Instant::now())),
            None => quotas.remove(&api),
        };
    }

    /// When the next still comes.
    pub fn set_pace(&self, pace: Pace) {
        lock(&self.manners).pace = pace;
    }

    /// Channels on a page of ListChannels.
    pub fn set_page_size(&self, size: usize) {
        lock(&self.manners).page_size = size.max(1);
    }

    /// How the dates of channels that don't say otherwise are written.
    pub fn set_dates(&self, form: DateForm) {
        lock(&self.manners).dates = form;
    }

    /// Points on a page of GetMetricData.
    pub fn set_points_a_page(&self, points: usize) {
        lock(&self.manners).points_a_page = points.clamp(1, MOST_POINTS);
    }

    /// A point that CloudWatch has from before.
    pub fn history(
        &self,
        namespace: &str,
        metric: &str,
        dimensions: &[(&str, &str)],
        at: SystemTime,
        value: f64,
    ) {
        let dimensions: BTreeMap<_, _> = dimensions.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let metric = Metric { namespace: namespace.into(), name: metric.into(), dimensions };
        lock(&self.metrics).put(metric, at, value);
    }

    /// CloudWatch forgets all points; the journal doesn't.
    pub fn forget_metrics(&self) {
        lock(&self.metrics).clear();
    }

    /// Does this just before the `nth` call of an operation from now, counted from 1, is looked at.
    pub fn on_call(&self, api: Api, nth: u64, hook: impl FnOnce(&Self) + Send + 'static) {
        let number = lock(&self.ever).get(&api).copied().unwrap_or(0) + nth;
        lock(&self.hooks).push((api, number, Box::new(hook)));
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }
}

/// What the server asks.
impl World {
    /// The number of a call that has just arrived, from 1 since the start.
    pub(crate) fn number(&self, api: Api) -> u64 {
        *lock(&self.ever).entry(api).and_modify(|count| *count += 1).or_insert(1)
    }

    /// Runs what the script wants done before this call.
    pub(crate) fn run_hooks(&self, api: Api, number: u64) {
        let due: Vec<_> =
            lock(&self.hooks).extract_if(.., |(of, at, _)| *of == api && *at == number).collect();
        for (_, _, hook) in due {
            hook(self);
        }
    }

    /// The faults that a call meets, with the latency of its operation.
    pub(crate) fn orders(&self, api: Api, feed: Option<&Feed>) -> Orders {
        let mut orders = lock(&self.faults).orders(api, feed);
        orders.delay += lock(&self.manners).latencies.get(&api).copied().unwrap_or_default();
        orders
    }

    /// Whether the quota allows a call.
    pub(crate) fn allows(&self, api: Api) -> bool {
        lock(&self.manners).quotas.get_mut(&api).is_none_or(|bucket| bucket.take(Instant::now()))
    }

    pub(crate) fn pace(&self) -> Pace {
        lock(&self.manners).pace
    }

    pub(crate) fn dates(&self) -> DateForm {
        lock(&self.manners).dates.clone()
    }

    pub(crate) fn page_size(&self) -> usize {
        lock(&self.manners).page_size
    }

    pub(crate) fn points_a_page(&self) -> usize {
        lock(&self.manners).points_a_page
    }
}
