//! What the monitor last published about the feeds: a duration for each fault. Values only;
//! `durations` reads them.

use std::{collections::HashMap, time::SystemTime};

use crate::{
    aws::ErrorKind,
    feed::FeedKey,
    metric::Metric,
    restore::{LatestDuration, Readings},
};

/// The readings of all feeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// The readings of each feed whose durations could be read: none for a feed that has published
    /// nothing lately.
    pub by_feed: HashMap<FeedKey, Readings>,
    /// Why feeds are missing, if a call failed or there was no time for it.
    pub error: Option<ErrorKind>,
}

impl Durations {
    /// The slot of the newest datapoint of any feed.
    #[must_use]
    pub fn newest(&self) -> Option<SystemTime> {
        let all = self.by_feed.values().flat_map(|readings| &readings.latest);
        all.map(|reading| reading.slot).max()
    }

    /// Adds the readings of other feeds, and the other metrics of the same ones.
    pub fn extend(&mut self, more: Self) {
        for (feed, readings) in more.by_feed {
            let known = self.by_feed.entry(feed).or_default();
            known.latest.extend(readings.latest);
            if known.past.is_empty() {
                known.past = readings.past;
            }
        }
        self.error = self.error.or(more.error);
    }
}

/// Whether the readings of a feed say that it has no picture.
#[must_use]
pub fn is_without_picture(readings: &Readings) -> bool {
    let is_without =
        |one: &LatestDuration| one.metric == Metric::NoPictureSeconds && !one.seconds.is_zero();
    readings.latest.iter().any(is_without)
}
