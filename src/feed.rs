//! What is watched. A channel as ListChannels told it, and its feeds: one for each pipeline.
//!
//! Knows no AWS type and makes no call.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::judge::Limits;

/// Key and value of the tags on a channel.
pub type Tags = BTreeMap<String, String>;

/// One of the at most two pipelines of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pipeline {
    /// Pipeline 0, which every channel has.
    Zero,
    /// Pipeline 1, which only a standard channel has.
    One,
}

impl Pipeline {
    /// As MediaLive and the `Pipeline` dimension spell it: `"0"` or `"1"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::One => "1",
        }
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many pipelines a channel was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Pipelines 0 and 1.
    Standard,
    /// Pipeline 0 alone.
    SinglePipeline,
}

impl Class {
    /// The pipelines that a channel of this class has.
    #[must_use]
    pub const fn pipelines(self) -> &'static [Pipeline] {
        match self {
            Self::Standard => &[Pipeline::Zero, Pipeline::One],
            Self::SinglePipeline => &[Pipeline::Zero],
        }
    }
}

/// The two states of a channel in which it is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On its way up: a picture is not due yet.
    Starting,
    /// On air.
    Running,
}

/// A channel that is starting or running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The numeric identifier, the `ChannelId` dimension.
    pub id: String,
    /// The name its owner gave it, any Unicode; for people, never a dimension.
    pub name: String,
    /// Whether it is on air yet.
    pub state: State,
    /// How many pipelines it has.
    pub class: Class,
    /// How many of its pipelines run, where MediaLive says so. It doesn't say which.
    pub pipelines_running: Option<usize>,
    /// The tags, which steer the monitor.
    pub tags: Tags,
}

impl Channel {
    /// Whether one of two pipelines runs. Which one, only the pictures tell.
    #[must_use]
    pub fn runs_on_one_of_two(&self) -> bool {
        self.class == Class::Standard && self.pipelines_running == Some(1)
    }
}

/// One pipeline of one channel: the thing that is watched.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What the feed is known by in metrics and in the history.
    pub key: FeedKey,
    /// The channel it belongs to, shared with its sibling.
    pub channel: Arc<Channel>,
    /// Its set and clear times, shared with its sibling.
    pub limits: Arc<Limits>,
}

/// The identity of a feed: the dimensions `ChannelId` and `Pipeline`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedKey {
    /// The numeric identifier of the channel.
    pub channel_id: Arc<str>,
    /// The pipeline.
    pub pipeline: Pipeline,
}

impl FeedKey {
    /// The key of a pipeline of the channel with this identifier.
    #[must_use]
    pub fn new(channel_id: &str, pipeline: Pipeline) -> Self {
        Self { channel_id: channel_id.into(), pipeline }
    }
}

impl fmt::Display for FeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "channel {} pipeline {}", self.channel_id, self.pipeline)
    }
}

/// The feeds of a channel, pipeline 0 first.
pub fn feeds(channel: Arc<Channel>, limits: Limits) -> impl Iterator<Item = Feed> {
    let channel_id: Arc<str> = channel.id.as_str().into();
    let limits = Arc::new(limits);
    channel.class.pipelines().iter().map(move |&pipeline| Feed {
        key: FeedKey { channel_id: Arc::clone(&channel_id), pipeline },
        channel: Arc::clone(&channel),
        limits: Arc::clone(&limits),
    })
}
