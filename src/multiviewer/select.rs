//! Which feeds are shown, in which order, on which page. Pure.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{
    reading::Durations,
    request::{TagWanted, View},
    settings::WallSettings,
    standing::{Blind, Standing, stand},
};
use crate::{
    calls::Cause,
    feed::{Channel, Feed, FeedKey, Tags, feeds},
    judge::Fault,
};

/// The feeds that the parameters ask for, with what their tags say.
#[derive(Debug)]
pub(super) struct Wanted {
    feeds: Vec<(Feed, Attention)>,
    missing: Vec<String>,
}

/// What the tags of a feed's channel make of the monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attention {
    Watched,
    SwitchedOff,
}

impl Wanted {
    /// The feeds of these channels that `view` asks for.
    pub(super) fn new(channels: Vec<Channel>, view: &View, settings: &WallSettings) -> Self {
        let asked = |id: &String| view.channels.is_empty() || view.channels.contains(id);
        let missing = view.channels.iter().filter(|id| !channels.iter().any(|channel| channel.id == **id));
        let missing = missing.cloned().collect();
        let carries = |tags: &Tags| view.tag.as_ref().is_none_or(|wanted| carries(tags, wanted));
        let channels = channels.into_iter().filter(|channel| asked(&channel.id) && carries(&channel.tags));
        let feeds = channels.flat_map(|channel| {
            let steering = settings.steering(&channel.tags);
            let attention = if steering.watched { Attention::Watched } else { Attention::SwitchedOff };
            feeds(Arc::new(channel), steering.limits).map(move |feed| (feed, attention))
        });
        Self { feeds: feeds.collect(), missing }
    }

    /// The feeds that the monitor watches. The others have no durations to ask for.
    pub(super) fn watched(&self) -> Vec<FeedKey> {
        let watched = self.feeds.iter().filter(|(_, attention)| *attention == Attention::Watched);
        watched.map(|(feed, _)| feed.key.clone()).collect()
    }
}

fn carries(tags: &Tags, wanted: &TagWanted) -> bool {
    let carried = tags.get(&wanted.key);
    carried.is_some_and(|carried| wanted.value.as_ref().is_none_or(|value| value == carried))
}

/// A feed and how it stands.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) feed: Feed,
    pub(super) standing: Standing,
}

/// What is on the wall.
#[derive(Clone, Debug, Default)]
pub(super) struct Selected {
    /// All pages, in the order of the wall.
    pub(super) entries: Vec<Entry>,
    /// Of the feeds that the parameters ask for, those that `onlyFaulty` leaves out too.
    pub(super) counts: Counts,
    /// The page that is shown, from 1.
    pub(super) page: usize,
    /// How many pages there are, at least 1.
    pub(super) pages: usize,
    /// Feeds on a page.
    pub(super) per_page: usize,
    /// Channels that were asked for by id and neither start nor run.
    pub(super) missing: Vec<String>,
}

impl Selected {
    /// The feeds of the page that is shown.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().skip((self.page - 1) * self.per_page).take(self.per_page)
    }
}

/// How many feeds stand how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) feeds: usize,
    /// Feeds in trouble by fault, in order of precedence, those without left out.
    pub(super) faulty: Vec<(Fault, usize)>,
    pub(super) young: usize,
    pub(super) well: usize,
    /// Feeds of which nothing is known though something should be.
    pub(super) unknown: usize,
    /// Feeds that nobody wants watched.
    pub(super) off: usize,
}

impl Counts {
    fn of(entries: &[Entry]) -> Self {
        let count =
            |is: &dyn Fn(&Standing) -> bool| entries.iter().filter(|entry| is(&entry.standing)).count();
        let faulty = Fault::ALL.into_iter().filter_map(|wanted| {
            let feeds =
                count(&|standing| matches!(standing, Standing::Faulty { fault, .. } if *fault == wanted));
            (feeds > 0).then_some((wanted, feeds))
        });
        Self {
            feeds: entries.len(),
            faulty: faulty.collect(),
            young: count(&|standing| matches!(standing, Standing::Young { .. })),
            well: count(&|standing| *standing == Standing::Well),
            unknown: count(&|standing| rank(standing) == Rank::Unknown),
            off: count(&|standing| rank(standing) == Rank::Off),
        }
    }

    /// Feeds in trouble.
    pub(super) fn troubled(&self) -> usize {
        self.faulty.iter().map(|(_, feeds)| feeds).sum()
    }
}

/// What is on the wall: trouble first, the newest of it on top; then what may become trouble, what is not known, and what is well.
/// Without `durations`, why CloudWatch told none.
pub(super) fn select(
    wanted: Wanted,
    durations: Result<&Durations, Cause>,
    view: &View,
    now: SystemTime,
) -> Selected {
    let mut entries: Vec<_> = wanted
        .feeds
        .into_iter()
        .map(|(feed, attention)| {
            let readings = |durations: &Durations| durations.get(&feed.key).cloned().unwrap_or_default();
            let standing = match (attention, durations) {
                (Attention::SwitchedOff, _) => Standing::Unknown(Blind::SwitchedOff),
                (Attention::Watched, Err(cause)) => Standing::Unknown(Blind::NoAnswer(cause)),
                (Attention::Watched, Ok(durations)) => stand(&readings(durations), &feed.limits, now),
            };
            Entry { feed, standing }
        })
        .collect();
    let counts = Counts::of(&entries);
    if view.only_faulty {
        entries.retain(|entry| matches!(rank(&entry.standing), Rank::Faulty | Rank::Unknown));
    }
    entries.sort_by(|one, other| place(one).cmp(&place(other)));
    let pages = entries.len().div_ceil(view.per_page).max(1);
    let page = view.page.min(pages);
    Selected { entries, counts, page, pages, per_page: view.per_page, missing: wanted.missing }
}

/// The parts of the wall, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Faulty,
    Young,
    Unknown,
    Well,
    /// Nobody wants it watched, so it is not worth a glance.
    Off,
}

fn rank(standing: &Standing) -> Rank {
    match standing {
        Standing::Faulty { .. } => Rank::Faulty,
        Standing::Young { .. } => Rank::Young,
        Standing::Unknown(Blind::Silent | Blind::NoAnswer(_)) => Rank::Unknown,
        Standing::Well => Rank::Well,
        Standing::Unknown(Blind::SwitchedOff) => Rank::Off,
    }
}

/// Where a feed comes on the wall: the newest trouble first, and what has none by name.
fn place(entry: &Entry) -> (Rank, Duration, &str, &FeedKey) {
    let lasted = match entry.standing {
        Standing::Faulty { lasted, .. } | Standing::Young { lasted, .. } => lasted,
        Standing::Well | Standing::Unknown(_) => Duration::ZERO,
    };
    (rank(&entry.standing), lasted, &entry.feed.channel.name, &entry.feed.key)
}

#[cfg(test)]
#[path = "select_tests.rs"]
mod tests;
