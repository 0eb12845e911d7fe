//! Channels: how a script describes one, and the roster of those that exist now.
//!
//! Knows nothing of HTTP; what ListChannels makes of a channel is in `medialive.rs`.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::wire::api::Feed;
use crate::services::date::DateForm;
use crate::pictures::playout::{Pace, Reel, Shown, Stamp};
use crate::pictures::scene::{Programme, Scene};
use crate::pictures::still::fingerprint;

/// The states of the service's model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the service's own words")]
pub enum State {
    Creating,
    CreateFailed,
    Idle,
    Starting,
    Running,
    Recovering,
    Stopping,
    Deleting,
    Deleted,
    Updating,
    UpdateFailed,
}

impl State {
    /// As on the wire.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::CreateFailed => "CREATE_FAILED",
            Self::Idle => "IDLE",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Recovering => "RECOVERING",
            Self::Stopping => "STOPPING",
            Self::Deleting => "DELETING",
            Self::Deleted => "DELETED",
            Self::Updating => "UPDATING",
            Self::UpdateFailed => "UPDATE_FAILED",
        }
    }

    /// Whether pictures are made. What a starting channel serves is its script's business.
    pub(crate) fn has_pictures(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Recovering | Self::Updating)
    }
}

/// A channel of the script.
#[derive(Clone, Debug)]
pub struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: State,
    pub(crate) pipelines: u8,
    pub(crate) running: Option<u8>,
    pub(crate) tags: BTreeMap<String, String>,
    shows: [Programme; 2],
    stamps: [Stamp; 2],
    pub(crate) dates: Option<DateForm>,
}

impl Channel {
    /// A running `SINGLE_PIPELINE` channel called "channel `id`" that shows a moving picture.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            name: format!("channel {id}"),
            id,
            state: State::Running,
            pipelines: 1,
            running: None,
            tags: BTreeMap::new(),
            shows: [Scene::Moving.into(), Scene::Moving.into()],
            stamps: [Stamp::Fresh; 2],
            dates: None,
        }
    }

    /// Any Unicode, as in the console.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Two pipelines.
    pub fn standard(mut self) -> Self {
        self.pipelines = 2;
        self
    }

    /// One pipeline.
    pub fn single_pipeline(mut self) -> Self {
        self.pipelines = 1;
        self
    }

    /// The state to begin with.
    pub fn state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// What `pipelinesRunningCount` says: else all pipelines while pictures are made, and 0 otherwise.
    pub fn running_pipelines(mut self, count: u8) -> Self {
        self.running = Some(count);
        self
    }

    /// One more tag.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    /// What all pipelines show.
    pub fn shows(mut self, programme: impl Into<Programme>) -> Self {
        let programme = programme.into();
        self.shows = [programme.clone(), programme];
        self
    }

    /// What one pipeline shows.
    pub fn pipeline(mut self, pipeline: u8, programme: impl Into<Programme>) -> Self {
        self.shows[usize::from(pipeline)] = programme.into();
        self
    }

    /// The stamps of all pipelines.
    pub fn stamp(mut self, stamp: Stamp) -> Self {
        self.stamps = [stamp; 2];
        self
    }

    /// How its dates are written.
    pub fn dates(mut self, form: DateForm) -> Self {
        self.dates = Some(form);
        self
    }

    /// The stamps of one pipeline.
    pub fn stamp_of(mut self, pipeline: u8, stamp: Stamp) -> Self {
        self.stamps[usize::from(pipeline)] = stamp;
        self
    }
}

/// A channel that exists, and its reels.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) channel: Channel,
    reels: [Reel; 2],
}

impl Entry {
    fn new(channel: Channel) -> Self {
        let reel = |n: u8| {
            let seed = fingerprint(Feed::new(&*channel.id, n).to_string().as_bytes());
            Reel::new(channel.shows[usize::from(n)].clone(), channel.stamps[usize::from(n)], seed)
        };
        Self { reels: [reel(0), reel(1)], channel }
    }
}

/// The channels there are, in the order of their making.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    by_age: BTreeMap<u64, Entry>,
    ages: std::collections::HashMap<String, u64>,
    made: u64,
}

impl Roster {
    /// Adds it, or takes the place of the one with its id.
    pub(crate) fn add(&mut self, channel: Channel) {
        let age = *self.ages.entry(channel.id.clone()).or_insert_with(|| {
            self.made += 1;
            self.made
        });
        self.by_age.insert(age, Entry::new(channel));
    }

    /// Deletes it.
    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(age) = self.ages.remove(id) {
            self.by_age.remove(&age);
        }
    }

    /// Changes it. A script that names a channel that isn't there is wrong.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Channel)) {
        change(&mut self.entry(id).unwrap_or_else(|| panic!("the script has no channel {id}")).channel);
    }

    /// Changes what one pipeline shows.
    pub(crate) fn change_reel(&mut self, id: &str, pipeline: u8, change: impl FnOnce(&mut Reel)) {
        let entry = self.entry(id).unwrap_or_else(|| panic!("the script has no channel {id}"));
        change(&mut entry.reels[usize::from(pipeline)]);
    }

    /// The channel with this id, if there is one.
    pub(crate) fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        self.by_age.get_mut(self.ages.get(id)?)
    }

    /// Up to `count` channels younger than `age`, and the age after which the next page starts.
    pub(crate) fn page(&self, age: u64, count: usize) -> (Vec<&Channel>, Option<u64>) {
        let mut rest = self.by_age.range(age + 1..);
        let (ages, page): (Vec<u64>, Vec<&Channel>) =
            rest.by_ref().take(count).map(|(age, entry)| (*age, &entry.channel)).unzip();
        (page, rest.next().and(ages.last().copied()))
    }
}

impl Entry {
    /// What a pipeline shows now.
    pub(crate) fn look(&mut self, pipeline: u8, pace: Pace, now: SystemTime) -> Shown {
        self.reels[usize::from(pipeline)].look(pace, now)
    }
}
