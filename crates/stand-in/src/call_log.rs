//! What happened: every call, every datapoint, every still served, and the questions tests ask about them.
//!
//! Written by the server, read by whoever holds a `StandIn`. Judges nothing.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant, SystemTime};

use crate::wire::api::{APIS, Api, Feed};
use crate::lock;
use crate::services::metrics::Datum;
use crate::pictures::quality::Quality;
use crate::state::World;

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which operation.
    pub api: Api,
    /// Its name in an IAM policy, or method and path where it is unknown.
    pub operation: String,
    /// The feed it concerns, where it concerns one.
    pub feed: Option<Feed>,
    /// When its head had arrived.
    pub at: Instant,
    /// The same by the wall clock.
    pub clock: SystemTime,
    /// How many calls of this operation were then open, this one included.
    pub in_flight: usize,
    /// Bytes of the body as they came.
    pub request_bytes: usize,
    /// Whether the body was gzipped.
    pub gzipped: bool,
    /// Data put, queries asked or channels listed.
    pub items: usize,
    /// `None` while it has no answer, and for ever where it never gets one.
    pub status: Option<u16>,
    /// The scripted fault that it met.
    pub trouble: Option<&'static str>,
}

/// A still that was served.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Counted for each feed from 1.
    pub number: u64,
    /// When.
    pub at: SystemTime,
    /// The time stamp that went with it.
    pub stamp: Option<SystemTime>,
    /// [`crate::fingerprint`] of the JPEG.
    pub fingerprint: u64,
    /// Size of the JPEG.
    pub bytes: usize,
    /// What Rekognition would say of it; `None` where it cannot read it.
    pub quality: Option<Quality>,
}

/// A picture that Rekognition was asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// When.
    pub at: SystemTime,
    /// Which still of the feed it was, where that is known.
    pub number: Option<u64>,
    /// [`crate::fingerprint`] of the JPEG.
    pub fingerprint: u64,
    /// The answer.
    pub quality: Quality,
}

/// All that is remembered.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    /// Counters only.
    pub(crate) light: bool,
    pub(crate) calls: Vec<Call>,
    pub(crate) counts: [u64; APIS],
    pub(crate) in_flight: [usize; APIS],
    peaks: [usize; APIS],
    pub(crate) data: Vec<Datum>,
    pub(crate) data_count: u64,
    served: HashMap<Feed, Vec<Served>>,
    looked: HashMap<Feed, Vec<Looked>>,
    owners: HashMap<u64, Feed>,
    unknown: BTreeSet<String>,
    /// Which journal this is: calls that began before a reset are not written into the next one.
    pub(crate) volume: u64,
}

impl Journal {
    /// Writes down that a call arrived, and says where.
    pub(crate) fn arrived(&mut self, api: Api, operation: String) -> usize {
        let at = api.index();
        self.counts[at] += 1;
        self.in_flight[at] += 1;
        self.peaks[at] = self.peaks[at].max(self.in_flight[at]);
        if api == Api::Unknown {
            self.unknown.insert(operation.clone());
        }
        if !self.light {
            let (clock, in_flight) = (SystemTime::now(), self.in_flight[at]);
            self.calls.push(Call {
                api,
                operation,
                feed: None,
                at: Instant::now(),
                clock,
                in_flight,
                request_bytes: 0,
                gzipped: false,
                items: 0,
                status: None,
                trouble: None,
            });
        }
        self.calls.len().wrapping_sub(1)
    }

    /// Writes down a still that was served.
    pub(crate) fn served(&mut self, feed: &Feed, served: Served) {
        self.owners.insert(served.fingerprint, feed.clone());
        self.served.entry(feed.clone()).or_default().push(served);
    }

    /// Writes down what Rekognition said.
    pub(crate) fn looked(&mut self, feed: Feed, at: SystemTime, fingerprint: u64, quality: Quality) {
        let served = self.served.get(&feed).map_or(&[][..], Vec::as_slice);
        let number =
            served.iter().rev().find(|still| still.fingerprint == fingerprint).map(|still| still.number);
        self.looked.entry(feed).or_default().push(Looked { at, number, fingerprint, quality });
    }

    /// Which feed served these bytes last.
    pub(crate) fn owner(&self, fingerprint: u64) -> Option<Feed> {
        self.owners.get(&fingerprint).cloned()
    }
}

/// Questions.
impl World {
    /// All data that was accepted, in the order of arrival.
    pub fn data(&self) -> Vec<Datum> {
        lock(&self.journal).data.clone()
    }

    /// The data of one metric of one feed.
    pub fn data_of(&self, channel: &str, pipeline: u8, metric: &str) -> Vec<Datum> {
        lock(&self.journal)
            .data
            .iter()
            .filter(|datum| datum.is_of(channel, pipeline, metric))
            .cloned()
            .collect()
    }

    /// The values of one metric of one feed.
    pub fn values_of(&self, channel: &str, pipeline: u8, metric: &str) -> Vec<f64> {
        self.data_of(channel, pipeline, metric).iter().map(|datum| datum.value).collect()
    }

    /// The data of a metric without dimensions.
    pub fn fleet(&self, metric: &str) -> Vec<Datum> {
        let journal = lock(&self.journal);
        journal
            .data
            .iter()
            .filter(|datum| datum.name == metric && datum.dimensions.is_empty())
            .cloned()
            .collect()
    }

    /// How many data were accepted.
    pub fn data_count(&self) -> u64 {
        lock(&self.journal).data_count
    }

    /// How many calls of this operation arrived.
    pub fn count(&self, api: Api) -> u64 {
        lock(&self.journal).counts[api.index()]
    }

    /// The calls of this operation, in the order of arrival.
    pub fn calls(&self, api: Api) -> Vec<Call> {
        lock(&self.journal).calls.iter().filter(|call| call.api == api).cloned().collect()
    }

    /// All calls, in the order of arrival.
    pub fn all_calls(&self) -> Vec<Call> {
        lock(&self.journal).calls.clone()
    }

    /// The operations that were called, as an IAM policy names them.
    pub fn operations(&self) -> BTreeSet<String> {
        const KNOWN: [Api; APIS - 2] = [
            Api::ListChannels,
            Api::DescribeThumbnails,
            Api::DetectLabels,
            Api::PutMetricData,
            Api::GetMetricData,
            Api::ListMetrics,
        ];
        let journal = lock(&self.journal);
        let called = KNOWN.into_iter().filter(|api| journal.counts[api.index()] > 0);
        called.map(|api| api.operation().to_owned()).chain(journal.unknown.iter().cloned()).collect()
    }

    /// The most calls of this operation that were open at once.
    pub fn max_in_flight(&self, api: Api) -> usize {
        lock(&self.journal).peaks[api.index()]
    }

    /// How many calls of this operation are open now.
    pub fn in_flight(&self, api: Api) -> usize {
        lock(&self.journal).in_flight[api.index()]
    }

    /// The stills that a feed was served, in order.
    pub fn thumbnails_served(&self, channel: &str, pipeline: u8) -> Vec<Served> {
        lock(&self.journal).served.get(&Feed::new(channel, pipeline)).cloned().unwrap_or_default()
    }

    /// The pictures of a feed that Rekognition was asked about, in order.
    pub fn looked_at(&self, channel: &str, pipeline: u8) -> Vec<Looked> {
        lock(&self.journal).looked.get(&Feed::new(channel, pipeline)).cloned().unwrap_or_default()
    }

    /// Starts a new journal. Channels, faults and what CloudWatch keeps stay.
    pub fn reset_journal(&self) {
        let mut journal = lock(&self.journal);
        let (light, volume, in_flight) = (journal.light, journal.volume + 1, journal.in_flight);
        *journal = Journal { light, in_flight, volume, ..Journal::default() };
    }

    /// Waits until this many calls of an operation have arrived; says whether they did in time.
    pub async fn wait_for(&self, api: Api, count: u64, time: Duration) -> bool {
        let end = Instant::now() + time;
        while self.count(api) < count {
            if Instant::now() >= end {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        true
    }
}
