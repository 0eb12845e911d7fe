//! What is announced: the incidents that a round raised and cleared, and those that are open.
//!
//! Values only. The monitor fills them in; `event` and `summary` turn them into events.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use source_detection::{Fault, judge::Incident};

use crate::feed::{Channel, FeedKey};

/// An incident of a feed, as it is after a round.
#[derive(Clone, Debug)]
pub struct Alert {
    /// The feed.
    pub feed: FeedKey,
    /// Its channel.
    pub channel: Arc<Channel>,
    /// The incident.
    pub incident: Incident,
    /// How long it has lasted, or lasted in the end.
    pub lasted: Duration,
    /// What is left of the channel.
    pub redundancy: Redundancy,
    /// When it had lasted for its set time.
    pub due: SystemTime,
    /// Whether its channel is muted, so that it is not announced.
    pub muted: bool,
}

/// What is left of a channel, counting the pipelines of the channels that it is linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redundancy {
    /// No pipeline has an incident.
    Full,
    /// Some pipelines have an incident or are down, and at least one has not.
    Lost,
    /// Each pipeline has an incident or is down.
    OffAir,
    /// The channel is not watched any more.
    NotWatched,
}

impl Redundancy {
    /// The public name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Lost => "redundancy lost",
            Self::OffAir => "off air",
            Self::NotWatched => "not watched",
        }
    }
}

/// Why an incident ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The source has been without the fault for the clear time.
    Recovered,
    /// Another fault was raised instead.
    Replaced,
    /// The channel starts again.
    ChannelRestarted,
    /// The channel neither starts nor runs: it was stopped or deleted, or has one pipeline less.
    ChannelStopped,
    /// A tag or a setting excludes the channel.
    ChannelExcluded,
    /// By the current tags and settings it would not be an incident.
    NotAllowed,
    /// The monitor had no sample for too long to say what became of it.
    NotFollowed,
}

impl EndReason {
    /// The public name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Replaced => "replaced",
            Self::ChannelRestarted => "channel_restarted",
            Self::ChannelStopped => "channel_stopped",
            Self::ChannelExcluded => "channel_excluded",
            Self::NotAllowed => "not_allowed",
            Self::NotFollowed => "not_followed",
        }
    }

    /// The reason in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Recovered => "the source has recovered",
            Self::Replaced => "another fault has replaced it",
            Self::ChannelRestarted => "the channel starts again",
            Self::ChannelStopped => "the channel was stopped or deleted",
            Self::ChannelExcluded => "a tag or a setting excludes the channel",
            Self::NotAllowed => "tags or settings no longer count it as a fault",
            Self::NotFollowed => "the monitor lost track of it",
        }
    }
}

/// An incident that ended, and why.
#[derive(Clone, Debug)]
pub struct Cleared {
    /// The incident.
    pub alert: Alert,
    /// Why it ended.
    pub reason: EndReason,
}

/// What a round changed, and what is open after it.
#[derive(Clone, Debug)]
pub struct RoundAlerts {
    /// The slot of the round.
    pub slot: SystemTime,
    /// The number of the shard, and how many there are.
    pub shard: (u64, u64),
    /// Incidents that began.
    pub raised: Vec<Alert>,
    /// Incidents that ended.
    pub cleared: Vec<Cleared>,
    /// Incidents that began in an earlier round and are open.
    pub open: Vec<Alert>,
}

/// The `alert_type` of an incident of this fault, worded as MediaLive words its own.
#[must_use]
pub const fn alert_type(fault: Fault) -> &'static str {
    match fault {
        Fault::NoPicture => "Source Without Picture",
        Fault::Bars => "Source Bars",
        Fault::Black => "Source Black",
        Fault::Flat => "Source Flat",
        Fault::Frozen => "Source Frozen",
        Fault::FrozenBackground => "Source Background Frozen",
        Fault::Repeating => "Source Repeating",
        Fault::Partial => "Source Partly Dead",
        Fault::Slate => "Source Slate",
        Fault::Mismatch => "Source Mismatch",
    }
}
