//! What the monitor last published about a feed: a duration for each fault. Values only;
//! `durations` reads them.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use source_detection::Fault;

use crate::feed::FeedKey;

/// The readings of each feed. A feed that has published nothing lately is not among the keys.
pub type Durations = HashMap<FeedKey, Vec<DurationReading>>;

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
