//! What the monitor last published of a feed: a duration for each fault. Pure; [`super::durations`] asks for it.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::{feed::FeedKey, judge::Fault};

/// What is known of each feed. One that is not in it has published nothing lately.
pub(super) type Durations = HashMap<FeedKey, Vec<Reading>>;

/// The newest datapoint of one duration of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Which fault it is the duration of.
    pub(super) fault: Fault,
    /// 0 while the fault is absent.
    pub(super) lasted: Duration,
    /// The time of the datapoint.
    pub(super) at: SystemTime,
}
