//! What the monitor last published about a feed: a duration for each fault. Values only;
//! `durations` reads them.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use source_detection::Fault;

use crate::{aws::ErrorKind, feed::FeedKey};

/// The readings of all feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// The readings of each feed whose durations could be read: none for a feed that has published
    /// nothing lately.
    pub by_feed: HashMap<FeedKey, Vec<DurationReading>>,
    /// Why feeds are missing, if a call failed or there was no time for it.
    pub error: Option<ErrorKind>,
}

/// The latest datapoint of one of a feed's durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DurationReading {
    /// The fault whose duration it is.
    pub fault: Fault,
    /// How long the fault has lasted; 0 while it is absent.
    pub lasted: Duration,
    /// The time stamp of the datapoint.
    pub at: SystemTime,
}
