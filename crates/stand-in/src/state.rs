//! The state of the stand-in, and what a script can change while it runs.
//!
//! Each part has a lock of its own, which is never held across an `await`.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;

use crate::{
    behaviour::Behaviour,
    call_log::CallLog,
    faults::{
        fault::Fault,
        script::{FaultScript, InjectedFault},
    },
    lock,
    pictures::{
        playout::{Pace, TimeStamp},
        scene::Programme,
        still::StillCache,
    },
    services::{
        bucket::{Buckets, Object},
        channel::{Channel, ChannelState},
        channel_registry::ChannelRegistry,
        date_format::DateFormat,
        detect_labels::LabelCache,
        get_metric_data::MAX_DATAPOINTS,
        metric_store::{Metric, MetricStore},
        quota::Quota,
    },
    wire::api::{Api, Feed},
};

/// What a request on a connection that was lost leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostConnection {
    /// Nothing: a device on the way has dropped the connection without telling anyone.
    Silence,
    /// A reset: the service has closed the connection.
    Reset,
}

/// A function of the script that runs before one call.
struct Hook {
    api: Api,
    call_number: u64,
    run: Box<dyn FnOnce(&AwsState) + Send>,
}

/// Everything that exists in the simulated AWS account: channels, datapoints, faults and the call
/// log.
#[derive(Default)]
pub struct AwsState {
    pub(crate) channels: Mutex<ChannelRegistry>,
    pub(crate) stills: StillCache,
    pub(crate) metrics: Mutex<MetricStore>,
    pub(crate) call_log: Mutex<CallLog>,
    pub(crate) labels: LabelCache,
    pub(crate) buckets: Mutex<Buckets>,
    pub(crate) connections: AtomicU64,
    /// The first connection that works; earlier ones are lost, in this way.
    lost_connections: Mutex<Option<(u64, LostConnection)>>,
    faults: Mutex<FaultScript>,
    behaviour: Mutex<Behaviour>,
    hooks: Mutex<Vec<Hook>>,
    /// Calls since the start; a reset of the call log does not reset these.
    call_numbers: Mutex<HashMap<Api, u64>>,
}

impl fmt::Debug for AwsState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsState").finish_non_exhaustive()
    }
}

/// Changes by the script.
impl AwsState {
    /// Adds a channel, or replaces the one with the same ID.
    pub fn add_channel(&self, channel: Channel) {
        lock(&self.channels).add(channel);
    }

    /// Deletes a channel, if it exists.
    pub fn remove_channel(&self, id: &str) {
        lock(&self.channels).remove(id);
    }

    /// Changes a channel's state.
    ///
    /// # Panics
    ///
    /// Panics if the channel does not exist.
    pub fn set_state(&self, id: &str, state: ChannelState) {
        lock(&self.channels).change(id, |channel| channel.state = state);
    }

    /// Adds or replaces a tag of a channel.
    ///
    /// # Panics
    ///
    /// Panics if the channel does not exist.
    pub fn set_tag(&self, id: &str, key: &str, value: &str) {
        lock(&self.channels).change(id, |channel| {
            channel.tags.insert(key.into(), value.into());
        });
    }

    /// Replaces the programme of a pipeline, 0 or 1, from its next still on.
    ///
    /// # Panics
    ///
    /// Panics if the channel does not exist.
    pub fn set_programme(&self, id: &str, pipeline: u8, programme: impl Into<Programme>) {
        let programme = programme.into();
        lock(&self.channels)
            .change_playout(id, pipeline, |playout| playout.set_programme(programme));
    }

    /// Changes the thumbnails' time stamps on a pipeline, 0 or 1, from the next request on.
    ///
    /// # Panics
    ///
    /// Panics if the channel does not exist.
    pub fn set_time_stamp(&self, id: &str, pipeline: u8, time_stamp: TimeStamp) {
        lock(&self.channels)
            .change_playout(id, pipeline, |playout| playout.set_time_stamp(time_stamp));
    }

    /// Stores an object, as an earlier process did.
    pub fn put_object(&self, bucket: &str, key: &str, body: impl Into<Bytes>) {
        let object = Object {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            body: body.into(),
            content_type: None,
            time: SystemTime::now(),
        };
        lock(&self.buckets).insert((object.bucket.clone(), object.key.clone()), object);
    }

    /// Deletes all objects.
    pub fn remove_objects(&self) {
        lock(&self.buckets).clear();
    }

    /// Adds a fault. If several apply to a call, the one that was added first wins; delays add up.
    pub fn fault(&self, fault: Fault) {
        lock(&self.faults).add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.faults).clear(None);
    }

    /// Removes all faults of this operation.
    pub fn clear_faults_on(&self, api: Api) {
        lock(&self.faults).clear(Some(api));
    }

    /// Delays every response of this operation by this much.
    pub fn set_latency(&self, api: Api, latency: Duration) {
        lock(&self.behaviour).set_latency(api, latency);
    }

    /// Sets or removes the quota of this operation.
    pub fn set_quota(&self, api: Api, quota: Option<Quota>) {
        lock(&self.behaviour).set_quota(api, quota);
    }

    /// Sets when the next still replaces the current one.
    pub fn set_pace(&self, pace: Pace) {
        lock(&self.behaviour).pace = pace;
    }

    /// Sets the number of channels on a page of ListChannels, at least 1.
    pub fn set_page_size(&self, size: usize) {
        lock(&self.behaviour).page_size = size.max(1);
    }

    /// Refuses requests for pages of channels that are larger than this.
    pub fn refuse_pages_larger_than(&self, size: usize) {
        lock(&self.behaviour).largest_page = size;
    }

    /// Sets the date format of the channels that have none of their own.
    pub fn set_date_format(&self, format: DateFormat) {
        lock(&self.behaviour).date_format = format;
    }

    /// Sets the number of datapoints on a page of GetMetricData, from 1 to 100,800.
    pub fn set_datapoints_per_page(&self, datapoints: usize) {
        lock(&self.behaviour).datapoints_per_page = datapoints.clamp(1, MAX_DATAPOINTS);
    }

    /// Stores a datapoint in CloudWatch as if an earlier call had put it. The call log does not
    /// contain it.
    pub fn add_history(&self, metric: Metric, at: SystemTime, value: f64) {
        lock(&self.metrics).put(metric, at, value);
    }

    /// Deletes all datapoints from CloudWatch. The call log keeps them.
    pub fn clear_metrics(&self) {
        lock(&self.metrics).clear();
    }

    /// Runs `hook` before the `nth` call of an operation from now, counted from 1, is performed.
    pub fn on_call(&self, api: Api, nth: u64, hook: impl FnOnce(&Self) + Send + 'static) {
        let call_number = lock(&self.call_numbers).get(&api).copied().unwrap_or(0) + nth;
        lock(&self.hooks).push(Hook { api, call_number, run: Box::new(hook) });
    }

    /// Loses all connections that exist now. New ones work.
    pub fn lose_connections(&self, how: LostConnection) {
        *lock(&self.lost_connections) = Some((self.connections(), how));
    }

    /// Whether the connection of this number, from 0, is lost.
    pub(crate) fn lost(&self, connection: u64) -> Option<LostConnection> {
        let (first_working, how) = (*lock(&self.lost_connections))?;
        (connection < first_working).then_some(how)
    }

    /// Number of connections that were accepted.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }
}

/// What the server needs.
impl AwsState {
    /// Counts a call that has just arrived; returns its number, from 1.
    pub(crate) fn next_call_number(&self, api: Api) -> u64 {
        let mut numbers = lock(&self.call_numbers);
        let number = numbers.entry(api).or_insert(0);
        *number += 1;
        *number
    }

    /// Runs the hooks of this call.
    pub(crate) fn run_hooks(&self, api: Api, call_number: u64) {
        let is_due = |hook: &mut Hook| hook.api == api && hook.call_number == call_number;
        // The lock is released first, because a hook can add hooks.
        let due: Vec<_> = lock(&self.hooks).extract_if(.., is_due).collect();
        for hook in due {
            (hook.run)(self);
        }
    }

    /// The faults that a call meets; the latency of its operation is added to the delay.
    pub(crate) fn inject(&self, api: Api, feed: Option<&Feed>) -> InjectedFault {
        let mut injected = lock(&self.faults).inject(api, feed);
        injected.delay += lock(&self.behaviour).latency(api);
        injected
    }

    /// Counts a call against its quota; returns `false` if the quota is exceeded.
    pub(crate) fn quota_admits(&self, api: Api) -> bool {
        lock(&self.behaviour).admits(api, Instant::now())
    }

    pub(crate) fn pace(&self) -> Pace {
        lock(&self.behaviour).pace
    }

    pub(crate) fn date_format(&self) -> DateFormat {
        lock(&self.behaviour).date_format.clone()
    }

    pub(crate) fn largest_page(&self) -> usize {
        lock(&self.behaviour).largest_page
    }

    pub(crate) fn page_size(&self) -> usize {
        lock(&self.behaviour).page_size
    }

    pub(crate) fn datapoints_per_page(&self) -> usize {
        lock(&self.behaviour).datapoints_per_page
    }
}
