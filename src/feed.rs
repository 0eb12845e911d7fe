//! What is watched: a channel as ListChannels describes it, and its feeds, one for each pipeline.
//!
//! Values only: no AWS type and no call.

use std::{collections::BTreeMap, fmt, sync::Arc};

use source_detection::Thresholds;

/// Key and value of the tags on a channel.
pub type Tags = BTreeMap<String, String>;

/// One of the at most two pipelines of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pipeline {
    /// Pipeline 0, which every channel has.
    Zero,
    /// Pipeline 1, which only a standard channel has.
    One,
    /// Both pipelines compared with each other, or two linked channels: what describes a channel
    /// and no single feed of it.
    Both,
}

impl Pipeline {
    /// As MediaLive and the `Pipeline` dimension spell it: `"0"` or `"1"`; `"both"` in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::One => "1",
            Self::Both => "both",
        }
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many pipelines a channel was created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelClass {
    /// Pipelines 0 and 1.
    Standard,
    /// Pipeline 0 alone.
    SinglePipeline,
}

impl ChannelClass {
    /// The pipelines that a channel of this class has.
    #[must_use]
    pub const fn pipelines(self) -> &'static [Pipeline] {
        match self {
            Self::Standard => &[Pipeline::Zero, Pipeline::One],
            Self::SinglePipeline => &[Pipeline::Zero],
        }
    }
}

/// The states in which a channel is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    /// Starting: a thumbnail is not due yet.
    Starting,
    /// On air.
    Running,
    /// MediaLive restarts a pipeline while the other one may be on air.
    Recovering,
    /// On air while MediaLive applies a change.
    Updating,
}

/// A channel that is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The numeric identifier, the `ChannelId` dimension.
    pub id: String,
    /// The name that its owner gave it: any Unicode, so it is for people and never a dimension.
    pub name: String,
    /// The state in which MediaLive lists it.
    pub state: ChannelState,
    /// How many pipelines it has.
    pub class: ChannelClass,
    /// How many of its pipelines run, if MediaLive reports it. It does not report which.
    pub pipelines_running: Option<usize>,
    /// The ARN; empty if ListChannels did not return it.
    pub arn: String,
    /// The identifiers of the channels that it is linked with. MediaLive links single-pipeline
    /// channels in pairs, each of which is then the other's second pipeline.
    pub linked: Vec<String>,
    /// When MediaLive is going to restart it for maintenance, if a date is set; as MediaLive words
    /// it.
    pub maintenance: Option<String>,
    /// The tags. Those that begin with `source-monitor` override settings.
    pub tags: Tags,
}

impl Channel {
    /// Whether one of two pipelines runs, or may run. Only the thumbnails show which. A channel
    /// that recovers may still report the count from before.
    #[must_use]
    pub fn may_run_on_one_of_two(&self) -> bool {
        self.class == ChannelClass::Standard
            && (self.pipelines_running == Some(1) || self.state == ChannelState::Recovering)
    }
}

#[cfg(test)]
impl Channel {
    /// A running channel with two pipelines.
    pub(crate) fn named(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            state: ChannelState::Running,
            class: ChannelClass::Standard,
            pipelines_running: Some(2),
            arn: String::new(),
            linked: Vec::new(),
            maintenance: None,
            tags: Tags::new(),
        }
    }
}

/// Whether a text can be a channel's id: digits, and at most as many as a `u64` has. MediaLive's
/// ids have seven.
#[must_use]
pub fn is_channel_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One pipeline of one channel: the unit that is watched.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Identifies the feed in metrics and in the history.
    pub key: FeedKey,
    /// The channel it belongs to, shared with its sibling.
    pub channel: Arc<Channel>,
    /// Its set and clear times, shared with its sibling.
    pub thresholds: Arc<Thresholds>,
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
        match self.pipeline {
            Pipeline::Both => write!(f, "channel {}", self.channel_id),
            pipeline => write!(f, "channel {} pipeline {pipeline}", self.channel_id),
        }
    }
}

/// The feeds of a channel, pipeline 0 first.
pub fn feeds(channel: Arc<Channel>, thresholds: Thresholds) -> impl Iterator<Item = Feed> {
    let channel_id: Arc<str> = channel.id.as_str().into();
    let thresholds = Arc::new(thresholds);
    channel.class.pipelines().iter().map(move |&pipeline| Feed {
        key: FeedKey { channel_id: Arc::clone(&channel_id), pipeline },
        channel: Arc::clone(&channel),
        thresholds: Arc::clone(&thresholds),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_channel_has_two_feeds_and_a_single_pipeline_channel_has_one() {
        let pipelines = |class: ChannelClass| {
            class.pipelines().iter().map(|one| one.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(pipelines(ChannelClass::Standard), ["0", "1"]);
        assert_eq!(pipelines(ChannelClass::SinglePipeline), ["0"]);
    }
}
