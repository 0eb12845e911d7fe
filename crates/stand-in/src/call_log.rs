//! What happened: every call, every datapoint and every event that was accepted, every thumbnail
//! that was served.
//!
//! The server writes it; [`queries`](crate::queries) reads it.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Instant, SystemTime},
};

use crate::{
    pictures::quality::Quality,
    services::{metric_store::Datum, publish::Message, put_events::Event},
    wire::api::{Api, Feed},
};

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub api: Api,
    /// The action's name in an IAM policy; method and path for an unknown operation.
    pub operation: String,
    /// The feed that the call concerns, if it concerns one.
    pub feed: Option<Feed>,
    /// When the head of the request had arrived.
    pub at: Instant,
    /// Calls of this operation in flight at that time, including this one.
    pub in_flight: usize,
    /// Size of the request's body as it was sent, in bytes.
    pub request_bytes: usize,
    /// Whether the request's body was compressed with gzip.
    pub gzipped: bool,
    /// Number of datapoints put, of queries, of channels listed, or of events put.
    pub items: usize,
    /// HTTP status of the response; `None` before it is sent, and for a call that never gets one.
    pub status: Option<u16>,
    /// Name of the scripted fault that the call met.
    pub fault: Option<&'static str>,
}

/// A thumbnail that was served.
#[derive(Clone, Debug, PartialEq)]
pub struct ServedThumbnail {
    /// Number of the still, counted for each feed from 1.
    pub number: u64,
    /// Time of the request.
    pub at: SystemTime,
    /// The time stamp in the response.
    pub time_stamp: Option<SystemTime>,
    /// [`fingerprint`](crate::fingerprint) of the JPEG.
    pub fingerprint: u64,
    /// Size of the JPEG in bytes.
    pub bytes: usize,
    /// The numbers that DetectLabels returns for it; `None` if it cannot be decoded.
    pub quality: Option<Quality>,
}

/// A picture that DetectLabels analysed.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysedPicture {
    /// Time of the request.
    pub at: SystemTime,
    /// Number of the feed's still, if that is known.
    pub number: Option<u64>,
    /// [`fingerprint`](crate::fingerprint) of the JPEG.
    pub fingerprint: u64,
    /// The numbers in the response.
    pub quality: Quality,
}

/// Calls, datapoints and pictures since the last reset.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    /// Counts only; keeps no calls, datapoints or pictures.
    pub(crate) counters_only: bool,
    pub(crate) calls: Vec<Call>,
    /// Calls by [`Api::index`].
    pub(crate) counts: [u64; Api::COUNT],
    pub(crate) in_flight: [usize; Api::COUNT],
    pub(crate) max_in_flight: [usize; Api::COUNT],
    pub(crate) data: Vec<Datum>,
    pub(crate) data_count: u64,
    pub(crate) events: Vec<Event>,
    pub(crate) event_count: u64,
    pub(crate) messages: Vec<Message>,
    pub(crate) served: HashMap<Feed, Vec<ServedThumbnail>>,
    pub(crate) analysed: HashMap<Feed, Vec<AnalysedPicture>>,
    /// The feed that served a picture last, by fingerprint.
    served_by: HashMap<u64, Feed>,
    pub(crate) unknown_operations: BTreeSet<String>,
    /// Incremented by a reset, so that a call that began before it does not write into the new log.
    pub(crate) generation: u64,
}

impl CallLog {
    /// Records that a call arrived; returns its index in `calls`.
    pub(crate) fn record_call(&mut self, api: Api, operation: String) -> usize {
        let index = api.index();
        self.counts[index] += 1;
        self.in_flight[index] += 1;
        self.max_in_flight[index] = self.max_in_flight[index].max(self.in_flight[index]);
        if api == Api::Unknown {
            self.unknown_operations.insert(operation.clone());
        }
        if !self.counters_only {
            self.calls.push(Call {
                api,
                operation,
                feed: None,
                at: Instant::now(),
                in_flight: self.in_flight[index],
                request_bytes: 0,
                gzipped: false,
                items: 0,
                status: None,
                fault: None,
            });
        }
        self.calls.len().wrapping_sub(1)
    }

    /// Records a thumbnail that was served.
    pub(crate) fn record_thumbnail(&mut self, feed: &Feed, thumbnail: ServedThumbnail) {
        self.served_by.insert(thumbnail.fingerprint, feed.clone());
        self.served.entry(feed.clone()).or_default().push(thumbnail);
    }

    /// Records a picture that DetectLabels analysed. `number` is looked up among the feed's
    /// thumbnails.
    pub(crate) fn record_analysis(&mut self, feed: Feed, mut picture: AnalysedPicture) {
        let served = self.served.get(&feed).map_or(&[][..], Vec::as_slice);
        let still = served.iter().rev().find(|still| still.fingerprint == picture.fingerprint);
        picture.number = still.map(|still| still.number);
        self.analysed.entry(feed).or_default().push(picture);
    }

    /// The feed that served these bytes last.
    pub(crate) fn served_by(&self, fingerprint: u64) -> Option<Feed> {
        self.served_by.get(&fingerprint).cloned()
    }

    /// Clears the log except for the calls in flight.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            counters_only: self.counters_only,
            in_flight: self.in_flight,
            generation: self.generation + 1,
            ..Self::default()
        };
    }
}
