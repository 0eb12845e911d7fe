//! What the monitor last published about a feed: a duration for each fault. Values only;
//! `durations` reads them.

use std::collections::HashMap;

use crate::{aws::ErrorKind, feed::FeedKey, restore::LatestDuration};

/// The readings of all feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// The readings of each feed whose durations could be read: none for a feed that has published
    /// nothing lately.
    pub by_feed: HashMap<FeedKey, Vec<LatestDuration>>,
    /// Why feeds are missing, if a call failed or there was no time for it.
    pub error: Option<ErrorKind>,
}
