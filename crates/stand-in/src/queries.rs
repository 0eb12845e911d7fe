//! Queries about what happened, for tests and examples: methods of [`AwsState`] that read the call
//! log.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::{
    call_log::{AnalysedPicture, Call, ServedThumbnail},
    lock,
    services::{bucket::Object, metric_store::Datum, publish::Message, put_events::Event},
    state::AwsState,
    wire::api::{Api, Feed},
};

/// Interval at which [`AwsState::wait_for`] reads the counter.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Queries.
impl AwsState {
    /// All accepted datapoints, in order of arrival.
    pub fn data(&self) -> Vec<Datum> {
        lock(&self.call_log).data.clone()
    }

    /// The datapoints of one metric of one feed: dimensions `ChannelId` and `Pipeline`.
    pub fn data_of(&self, channel: &str, pipeline: u8, metric: &str) -> Vec<Datum> {
        let log = lock(&self.call_log);
        log.data.iter().filter(|datum| datum.is_of(channel, pipeline, metric)).cloned().collect()
    }

    /// The values of one metric of one feed.
    pub fn values_of(&self, channel: &str, pipeline: u8, metric: &str) -> Vec<f64> {
        self.data_of(channel, pipeline, metric).iter().map(|datum| datum.value).collect()
    }

    /// The datapoints of a metric of the fleet: one without dimensions.
    pub fn fleet(&self, metric: &str) -> Vec<Datum> {
        let log = lock(&self.call_log);
        let is_wanted = |datum: &&Datum| datum.name == metric && datum.dimensions.is_empty();
        log.data.iter().filter(is_wanted).cloned().collect()
    }

    /// Number of accepted datapoints.
    pub fn data_count(&self) -> u64 {
        lock(&self.call_log).data_count
    }

    /// All accepted events, in order of arrival.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.call_log).events.clone()
    }

    /// The accepted events of this detail-type, in order of arrival.
    pub fn events_of(&self, detail_type: &str) -> Vec<Event> {
        let log = lock(&self.call_log);
        log.events.iter().filter(|event| event.detail_type == detail_type).cloned().collect()
    }

    /// All accepted messages, in order of arrival.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.call_log).messages.clone()
    }

    /// The accepted messages for this topic, in order of arrival.
    pub fn messages_to(&self, topic: &str) -> Vec<Message> {
        let log = lock(&self.call_log);
        log.messages.iter().filter(|message| message.topic == topic).cloned().collect()
    }

    /// All objects in the buckets, by bucket and key.
    pub fn objects(&self) -> Vec<Object> {
        lock(&self.buckets).values().cloned().collect()
    }

    /// Number of accepted events.
    pub fn event_count(&self) -> u64 {
        lock(&self.call_log).event_count
    }

    /// Number of calls of this operation that arrived.
    pub fn count(&self, api: Api) -> u64 {
        lock(&self.call_log).counts[api.index()]
    }

    /// The calls of this operation, in order of arrival.
    pub fn calls(&self, api: Api) -> Vec<Call> {
        lock(&self.call_log).calls.iter().filter(|call| call.api == api).cloned().collect()
    }

    /// All calls, in order of arrival.
    pub fn all_calls(&self) -> Vec<Call> {
        lock(&self.call_log).calls.clone()
    }

    /// The operations that were called: actions as an IAM policy names them, unknown ones by method
    /// and path.
    pub fn operations(&self) -> BTreeSet<String> {
        let log = lock(&self.call_log);
        let mut operations = log.unknown_operations.clone();
        for api in Api::OPERATIONS {
            if log.counts[api.index()] > 0 {
                operations.insert(api.operation().to_owned());
            }
        }
        operations
    }

    /// Most calls of this operation that were in flight at the same time.
    pub fn max_in_flight(&self, api: Api) -> usize {
        lock(&self.call_log).max_in_flight[api.index()]
    }

    /// Number of calls of this operation in flight now.
    pub fn in_flight(&self, api: Api) -> usize {
        lock(&self.call_log).in_flight[api.index()]
    }

    /// The thumbnails of a feed that were served, in order.
    pub fn thumbnails_served(&self, channel: &str, pipeline: u8) -> Vec<ServedThumbnail> {
        lock(&self.call_log).served.get(&Feed::new(channel, pipeline)).cloned().unwrap_or_default()
    }

    /// The pictures of a feed that DetectLabels analysed, in order.
    pub fn pictures_analysed(&self, channel: &str, pipeline: u8) -> Vec<AnalysedPicture> {
        lock(&self.call_log)
            .analysed
            .get(&Feed::new(channel, pipeline))
            .cloned()
            .unwrap_or_default()
    }

    /// Clears the call log. Channels, faults and the datapoints that CloudWatch stores stay.
    pub fn reset_call_log(&self) {
        lock(&self.call_log).reset();
    }

    /// Waits until this many calls of an operation have arrived, at most for `timeout`; returns
    /// whether they arrived.
    pub async fn wait_for(&self, api: Api, count: u64, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        while self.count(api) < count {
            if Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        true
    }
}
