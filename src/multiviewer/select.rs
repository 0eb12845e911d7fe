//! Which feeds are shown, in which order, on which page. Pure.

#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use source_detection::Fault;

use super::{
    reading::Durations,
    request::View,
    status::{FeedStatus, UnknownReason, status_of},
};
use crate::{
    feed::{Channel, Feed, FeedKey, feeds},
    mute::Mute,
    restore::had_thumbnail,
    settings::Settings,
    tags::{TagFilter, TagOverrides},
};

/// The feeds that the parameters select.
#[derive(Debug)]
pub struct RequestedFeeds {
    feeds: Vec<RequestedFeed>,
    missing: Vec<String>,
}

#[derive(Debug)]
struct RequestedFeed {
    feed: Feed,
    /// Whether the settings and the channel's tags let the monitor watch it.
    watched: bool,
    mute: Mute,
}

impl RequestedFeeds {
    /// The feeds of these channels that `view` selects.
    #[must_use]
    pub fn new(channels: Vec<Channel>, view: &View, settings: &Settings) -> Self {
        let is_missing = |id: &&String| !channels.iter().any(|channel| channel.id == **id);
        let missing = view.channels.iter().filter(is_missing).cloned().collect();
        let filter = TagFilter { include: &settings.include_tags, exclude: &settings.exclude_tags };
        let mut requested = Vec::new();
        for channel in channels {
            if !view.selects(&channel) {
                continue;
            }
            let TagOverrides { watched, thresholds, notice, .. } =
                TagOverrides::of(&channel.tags, &settings.thresholds, filter);
            let feeds = feeds(Arc::new(channel), thresholds);
            let mute = notice.mute;
            requested.extend(feeds.map(|feed| RequestedFeed { feed, watched, mute: mute.clone() }));
        }
        Self { feeds: requested, missing }
    }

    /// The feeds that the monitor watches. It publishes no durations of the others.
    #[must_use]
    pub fn watched(&self) -> Vec<FeedKey> {
        let watched = self.feeds.iter().filter(|requested| requested.watched);
        watched.map(|requested| requested.feed.key.clone()).collect()
    }
}

impl RequestedFeed {
    fn status(&self, durations: &Durations, now: SystemTime) -> FeedStatus {
        if !self.watched {
            return FeedStatus::Unknown(UnknownReason::NotWatched);
        }
        match (durations.by_feed.get(&self.feed.key), durations.error) {
            (Some(readings), _) => status_of(readings, &self.feed.thresholds, now),
            (None, Some(kind)) => FeedStatus::Unknown(UnknownReason::ReadFailed(kind)),
            (None, None) => FeedStatus::Unknown(UnknownReason::NoDatapoints),
        }
    }
}

/// A feed with its status.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The feed.
    pub feed: Feed,
    /// Its status.
    pub status: FeedStatus,
    /// Whether it has had a thumbnail since it is watched, if that is known.
    pub had_thumbnail: Option<bool>,
    /// Whether its channel is muted: its incidents are not announced.
    pub muted: bool,
}

/// The wall, and the page of it that is shown.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The feeds of all pages, in their order.
    pub entries: Vec<Entry>,
    /// Counts of all feeds that the parameters select, including those that `onlyFaulty` leaves
    /// out.
    pub counts: Counts,
    /// The page that is shown, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// Feeds on a page.
    pub per_page: usize,
    /// Ids from the parameters whose channels are neither starting nor running.
    pub missing: Vec<String>,
}

impl Selected {
    /// The feeds of the page that is shown.
    pub fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().skip((self.page - 1) * self.per_page).take(self.per_page)
    }
}

/// How many feeds have which status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All feeds.
    pub feeds: usize,
    /// Faulty feeds by fault, in order of precedence, without zeros.
    pub faulty: Vec<(Fault, usize)>,
    /// Feeds whose fault has not reached its set time.
    pub pending: usize,
    /// Feeds without a fault.
    pub healthy: usize,
    /// Watched feeds about which nothing is known.
    pub unknown: usize,
    /// Feeds that tags exclude from monitoring.
    pub not_watched: usize,
}

impl Counts {
    fn of(entries: &[Entry]) -> Self {
        let count = |rank| entries.iter().filter(|entry| Rank::of(entry.status) == rank).count();
        let fault_of = |entry: &Entry| match entry.status {
            FeedStatus::Faulty { fault, .. } => Some(fault),
            _ => None,
        };
        let mut faulty = Vec::new();
        for fault in Fault::ALL {
            let feeds = entries.iter().filter(|entry| fault_of(entry) == Some(fault)).count();
            if feeds > 0 {
                faulty.push((fault, feeds));
            }
        }
        Self {
            feeds: entries.len(),
            faulty,
            pending: count(Rank::Pending),
            healthy: count(Rank::Healthy),
            unknown: count(Rank::Unknown),
            not_watched: count(Rank::NotWatched),
        }
    }

    /// Faulty feeds, whatever the fault.
    #[must_use]
    pub fn all_faulty(&self) -> usize {
        self.faulty.iter().map(|(_, feeds)| feeds).sum()
    }
}

/// Puts the requested feeds in the order of the wall and into pages: faulty feeds with the newest
/// fault first, then pending, unknown and healthy ones.
#[must_use]
pub fn select(
    requested: RequestedFeeds,
    durations: &Durations,
    view: &View,
    now: SystemTime,
) -> Selected {
    let mut entries = Vec::with_capacity(requested.feeds.len());
    for feed in requested.feeds {
        let status = feed.status(durations, now);
        let readings = durations.by_feed.get(&feed.feed.key);
        let had_thumbnail = readings.and_then(|readings| had_thumbnail(readings));
        let muted = feed.mute.covers(now);
        entries.push(Entry { feed: feed.feed, status, had_thumbnail, muted });
    }
    let counts = Counts::of(&entries);
    if view.only_faulty {
        entries.retain(|entry| {
            matches!(Rank::of(entry.status), Rank::Faulty | Rank::Pending | Rank::Unknown)
        });
    }
    entries.sort_by(|one, other| sort_key(one).cmp(&sort_key(other)));
    let pages = entries.len().div_ceil(view.per_page).max(1);
    let page = view.page.min(pages);
    Selected { entries, counts, page, pages, per_page: view.per_page, missing: requested.missing }
}

/// The parts of the wall, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Faulty,
    Pending,
    Unknown,
    Healthy,
    NotWatched,
}

impl Rank {
    const fn of(status: FeedStatus) -> Self {
        match status {
            FeedStatus::Faulty { .. } => Self::Faulty,
            FeedStatus::Pending { .. } => Self::Pending,
            FeedStatus::Unknown(UnknownReason::NoDatapoints | UnknownReason::ReadFailed(_)) => {
                Self::Unknown
            }
            FeedStatus::Healthy => Self::Healthy,
            FeedStatus::Unknown(UnknownReason::NotWatched) => Self::NotWatched,
        }
    }
}

/// Within its part of the wall, a feed with a fault is placed by how long it has lasted, any other
/// by name.
fn sort_key(entry: &Entry) -> (Rank, Duration, &str, &FeedKey) {
    let lasted = match entry.status {
        FeedStatus::Faulty { lasted, .. } | FeedStatus::Pending { lasted, .. } => lasted,
        FeedStatus::Healthy | FeedStatus::Unknown(_) => Duration::ZERO,
    };
    (Rank::of(entry.status), lasted, &entry.feed.channel.name, &entry.feed.key)
}
