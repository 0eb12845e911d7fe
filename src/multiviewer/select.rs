//! Which feeds are shown, with which status, in which order, on which page. Pure.

mod counts;
mod order;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use counts::Counts;
use source_detection::Fault;

use super::{
    past::Past,
    reading::Durations,
    request::View,
    status::{FeedStatus, UnknownReason, status_of},
};
use crate::{
    announce::alert::Redundancy,
    feed::{Channel, ChannelClass, ChannelState, Feed, FeedKey, Pipeline, feeds},
    mute::Mute,
    restore::{LOOK_BACK, LatestDuration},
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
    /// Whether its channel is linked with one that is listed and not selected.
    has_unseen_twin: bool,
}

impl RequestedFeeds {
    /// The feeds of these channels that `view` selects.
    #[must_use]
    pub fn new(channels: &[Arc<Channel>], view: &View, settings: &Settings) -> Self {
        let is_missing = |id: &&String| !channels.iter().any(|channel| channel.id == **id);
        let missing = view.channels.iter().filter(is_missing).cloned().collect();
        let mut requested = Vec::new();
        for channel in channels.iter().filter(|channel| view.selects(channel)) {
            let TagOverrides { watched, thresholds, notice, .. } =
                TagOverrides::of(&channel.tags, &settings.thresholds, filter(settings));
            let feeds = feeds(Arc::clone(channel), thresholds);
            let mute = notice.mute;
            let is_unseen =
                |twin: &&Arc<Channel>| channel.linked.contains(&twin.id) && !view.selects(twin);
            let has_unseen_twin =
                !channel.linked.is_empty() && channels.iter().any(|twin| is_unseen(&twin));
            requested.extend(feeds.map(|feed| RequestedFeed {
                feed,
                watched,
                mute: mute.clone(),
                has_unseen_twin,
            }));
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

fn filter(settings: &Settings) -> TagFilter<'_> {
    TagFilter { include: &settings.include_tags, exclude: &settings.exclude_tags }
}

/// What is known when feeds are selected.
#[derive(Clone, Copy, Debug)]
pub struct Knowledge<'a> {
    /// What the monitor has published.
    pub durations: &'a Durations,
    /// When each channel was first in a list, as far as this process knows, by its id.
    pub first_listed: &'a HashMap<String, SystemTime>,
    /// The monitor's settings.
    pub settings: &'a Settings,
    /// The time.
    pub now: SystemTime,
}

impl Knowledge<'_> {
    fn status(&self, RequestedFeed { feed, watched, .. }: &RequestedFeed) -> FeedStatus {
        let Durations { by_feed, error } = self.durations;
        let status = match (by_feed.get(&feed.key), error) {
            _ if !watched => FeedStatus::Unknown(UnknownReason::NotWatched),
            _ if self.settings.fault_metrics().is_empty() => {
                FeedStatus::Unknown(UnknownReason::NotPublished)
            }
            (Some(readings), _) => status_of(&readings.latest, &feed.thresholds, self.now),
            (None, Some(kind)) => FeedStatus::Unknown(UnknownReason::ReadFailed(*kind)),
            (None, None) => FeedStatus::Unknown(UnknownReason::NoDatapoints { age: None }),
        };
        let status = match status {
            FeedStatus::Unknown(UnknownReason::NoDatapoints { age: None })
                if !self.is_older_than_the_datapoints(&feed.channel.id) =>
            {
                FeedStatus::Unknown(UnknownReason::NoDatapointsYet)
            }
            status => status,
        };
        status.in_channel(&feed.channel)
    }

    /// Whether the channel was listed before the time in which datapoints were looked for.
    fn is_older_than_the_datapoints(&self, channel_id: &str) -> bool {
        let first = self.first_listed.get(channel_id);
        first.is_some_and(|first| *first + LOOK_BACK <= self.now)
    }

    fn entry(&self, requested: RequestedFeed) -> Entry {
        let status = self.status(&requested);
        let RequestedFeed { feed, mute, has_unseen_twin, .. } = requested;
        let readings = self.durations.by_feed.get(&feed.key).cloned().unwrap_or_default();
        Entry {
            status,
            past: Past::of(&readings.past, &feed.thresholds, self.settings.interval),
            latest: readings.latest,
            had_thumbnail: None,
            muted: mute.covers(self.now),
            place: Arc::clone(&feed.key.channel_id),
            section: None,
            redundancy: Redundancy::Full,
            has_unseen_twin,
            other: None,
            mismatch: None,
            feed,
        }
    }
}

/// A feed with what is known of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The feed.
    pub feed: Feed,
    /// Its status.
    pub status: FeedStatus,
    /// What it showed in the last minutes.
    pub past: Past,
    /// The latest datapoint of each of its durations.
    pub latest: Vec<LatestDuration>,
    /// Whether it has had a thumbnail since it is watched, if that is known.
    pub had_thumbnail: Option<bool>,
    /// Whether its channel is muted: its incidents are not announced.
    pub muted: bool,
    /// The id of its channel, or of the one with which its channel is linked: feeds of the same
    /// place stand together.
    pub place: Arc<str>,
    /// The value of the tag by which channels are grouped.
    pub section: Option<String>,
    /// What is left of its channel.
    pub redundancy: Redundancy,
    /// Whether its channel is linked with one that runs and is not selected.
    pub has_unseen_twin: bool,
    /// The other feed of its place.
    pub other: Option<(FeedKey, FeedStatus)>,
    /// For how long it and the other feed of its place have shown different programmes.
    pub mismatch: Option<Duration>,
}

impl Entry {
    /// The key under which the monitor compares the feeds of its place, if it does.
    pub(super) fn pair(&self) -> Option<FeedKey> {
        let is_compared = self.feed.thresholds.set_time(Fault::Mismatch).is_some();
        let pair = FeedKey { channel_id: Arc::clone(&self.place), pipeline: Pipeline::Both };
        (is_compared && self.other.is_some()).then_some(pair)
    }

    /// Whether `onlyFaulty` keeps it: it is in trouble, or nothing is known about it. A channel
    /// that runs on one pipeline without a sign of which one is in trouble as a whole.
    fn is_in_trouble(&self) -> bool {
        let is_affected = |(_, other): &(FeedKey, FeedStatus)| is_affected(*other);
        match Rank::of(self.status) {
            Rank::Starting | Rank::Healthy | Rank::NotWatched => {
                self.redundancy == Redundancy::Lost && !self.other.as_ref().is_some_and(is_affected)
            }
            _ => true,
        }
    }
}

/// The wall, and the page of it that is shown.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The feeds of all pages, in their order.
    pub entries: Vec<Entry>,
    /// Counts of all feeds that the parameters select, including those that `onlyFaulty` hides.
    pub counts: Counts,
    /// Counts of the feeds that `onlyFaulty` hides.
    pub hidden: Counts,
    /// The feeds of the page that is shown.
    pub range: Range<usize>,
    /// The page that is shown, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// Ids from the parameters whose channels are not watched in their state.
    pub missing: Vec<String>,
    /// The slot of the newest datapoint.
    pub newest: Option<SystemTime>,
}

impl Selected {
    /// The feeds of the page that is shown.
    #[must_use]
    pub fn shown(&self) -> &[Entry] {
        self.entries.get(self.range.clone()).unwrap_or_default()
    }

    /// The feeds of the page that is shown.
    pub(super) fn shown_mut(&mut self) -> &mut [Entry] {
        self.entries.get_mut(self.range.clone()).unwrap_or_default()
    }

    /// The places of the page that is shown, the most important feed first.
    #[must_use]
    pub fn by_importance(&self) -> Vec<usize> {
        let mut indices: Vec<_> = (0..self.shown().len()).collect();
        indices.sort_by_key(|index| Rank::of(self.shown()[*index].status));
        indices
    }
}

/// Puts the requested feeds in the order of the wall and into pages.
#[must_use]
pub fn select(requested: RequestedFeeds, knowledge: &Knowledge<'_>, view: &View) -> Selected {
    let RequestedFeeds { feeds, missing } = requested;
    let mut entries: Vec<_> = feeds.into_iter().map(|feed| knowledge.entry(feed)).collect();
    mark_down_pipelines(&mut entries);
    join_linked_channels(&mut entries);
    if let Some(key) = &view.group_by {
        for entry in &mut entries {
            entry.section = entry.feed.channel.tags.get(key).cloned();
        }
    }
    let mut entries = order::sort(entries, view);
    for place in entries.chunk_by_mut(|one, other| one.place == other.place) {
        relate(place);
    }
    let counts = Counts::of(entries.iter());
    let mut hidden = Counts::default();
    if view.only_faulty {
        hidden = Counts::of(entries.iter().filter(|entry| !entry.is_in_trouble()));
        entries.retain(Entry::is_in_trouble);
    }
    let pages = order::pages(&entries, view.per_page);
    let page = view.page.min(pages.len());
    let range = pages[page - 1].clone();
    let newest = knowledge.durations.newest();
    Selected { entries, counts, hidden, range, page, pages: pages.len(), missing, newest }
}

/// The monitor publishes nothing about a pipeline that is down. If one of two runs and the other
/// one has datapoints, that is why this one has none.
fn mark_down_pipelines(entries: &mut [Entry]) {
    for pair in entries.chunk_by_mut(|one, other| one.place == other.place) {
        let [one, other] = pair else { continue };
        if !one.feed.channel.may_run_on_one_of_two() {
            continue;
        }
        match (one.status.is_without_datapoints(), other.status.is_without_datapoints()) {
            (true, false) => one.status = FeedStatus::Down,
            (false, true) => other.status = FeedStatus::Down,
            _ => {}
        }
    }
}

/// Gives channels that are linked the same place: each is the other's second pipeline.
fn join_linked_channels(entries: &mut [Entry]) {
    let listed: HashMap<String, Arc<str>> =
        entries.iter().map(|entry| (entry.feed.channel.id.clone(), entry.place.clone())).collect();
    for entry in entries {
        let linked = entry.feed.channel.linked.iter().filter_map(|id| listed.get(id));
        if let Some(first) = linked.min().filter(|first| **first < entry.place) {
            entry.place = Arc::clone(first);
        }
    }
}

/// Tells the feeds of a place of each other.
fn relate(place: &mut [Entry]) {
    let redundancy = redundancy(place);
    let statuses: Vec<_> =
        place.iter().map(|entry| (entry.feed.key.clone(), entry.status)).collect();
    for (index, entry) in place.iter_mut().enumerate() {
        entry.redundancy = redundancy;
        let others = statuses.iter().enumerate().filter(|(other, _)| *other != index);
        entry.other = others.map(|(_, other)| other.clone()).next();
    }
}

/// What is left of the channel, as in the monitor's events: a feed about which nothing is known is
/// not affected.
fn redundancy(place: &[Entry]) -> Redundancy {
    let affected = place.iter().filter(|entry| is_affected(entry.status)).count();
    let channel = &place[0].feed.channel;
    let is_on_air = matches!(channel.state, ChannelState::Running | ChannelState::Updating);
    match (affected, channel.pipelines_running) {
        _ if place.iter().all(|entry| Rank::of(entry.status) == Rank::NotWatched) => {
            Redundancy::NotWatched
        }
        (0, Some(1)) if is_on_air && channel.class == ChannelClass::Standard => Redundancy::Lost,
        (0, _) => Redundancy::Full,
        _ if affected == place.len() && !place[0].has_unseen_twin => Redundancy::OffAir,
        _ => Redundancy::Lost,
    }
}

const fn is_affected(status: FeedStatus) -> bool {
    matches!(status, FeedStatus::Faulty(_) | FeedStatus::Down)
}

/// The parts of the wall, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Faulty,
    Pending,
    Down,
    Unknown,
    Recovering,
    Starting,
    Healthy,
    WithoutCondition,
    NotWatched,
}

impl Rank {
    const fn of(status: FeedStatus) -> Self {
        match status {
            FeedStatus::Faulty(_) => Self::Faulty,
            FeedStatus::Pending(_) => Self::Pending,
            FeedStatus::Down => Self::Down,
            FeedStatus::Recovering => Self::Recovering,
            FeedStatus::Starting => Self::Starting,
            FeedStatus::Healthy => Self::Healthy,
            FeedStatus::Unknown(UnknownReason::NotWatched) => Self::NotWatched,
            FeedStatus::Unknown(UnknownReason::NotPublished) => Self::WithoutCondition,
            FeedStatus::Unknown(
                UnknownReason::NoDatapoints { .. }
                | UnknownReason::NoDatapointsYet
                | UnknownReason::ReadFailed(_),
            ) => Self::Unknown,
        }
    }
}
