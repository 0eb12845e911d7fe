//! What the monitor last published about a feed: a duration for each fault. Values only;
//! `durations` reads them.

use std::collections::HashMap;

use crate::{aws::ErrorKind, feed::FeedKey, metric::Metric, restore::LatestDuration};

/// The readings of all feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// The readings of each feed whose durations could be read: none for a feed that has published
    /// nothing lately.
    pub by_feed: HashMap<FeedKey, Vec<LatestDuration>>,
    /// Why feeds are missing, if a call failed or there was no time for it.
    pub error: Option<ErrorKind>,
}

impl Durations {
    /// The feeds without a picture.
    #[must_use]
    pub fn without_picture(&self) -> Vec<FeedKey> {
        let has_none =
            |one: &LatestDuration| one.metric == Metric::NoPictureSeconds && !one.seconds.is_zero();
        let without = self.by_feed.iter().filter(|(_, readings)| readings.iter().any(has_none));
        without.map(|(feed, _)| feed.clone()).collect()
    }

    /// Adds readings of other metrics.
    pub fn extend(&mut self, more: Self) {
        for (feed, readings) in more.by_feed {
            self.by_feed.entry(feed).or_default().extend(readings);
        }
    }
}
