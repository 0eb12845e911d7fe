//! A sample: one attempt to observe a feed, and what may be said about samples of a whole round.
//! Pure.

use std::{collections::HashMap, fmt, time::SystemTime};

use serde::{Serialize, Serializer};
use source_detection::{Observation, Unreadable, judge::Comparison};
use thiserror::Error;

use crate::{
    analyse::{Analysis, Rating},
    aws::{ApiName, CallError, ErrorKind},
    down_pipelines::{DownPipelines, Found},
    feed::Feed,
};

/// One attempt to observe a feed.
#[derive(Debug)]
pub(super) struct Sample {
    /// The feed.
    pub(super) feed: Feed,
    /// When the thumbnail arrived, or the attempt ended.
    pub(super) taken: SystemTime,
    /// How the attempt ended.
    pub(super) outcome: Outcome,
}

/// How a sample ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There was a thumbnail.
    Picture {
        /// When MediaLive made it, if it has a readable time stamp.
        stamp: Option<SystemTime>,
        /// What it shows.
        analysis: Analysis,
    },
    /// MediaLive has no thumbnail of the feed.
    NoPicture,
    /// MediaLive has no thumbnail, and the channel runs on one of its two pipelines, or recovers,
    /// while the other one has a thumbnail: this pipeline is down, which says nothing about the
    /// source.
    PipelineDown,
    /// The thumbnail could not be fetched or decoded.
    Failed(SampleError),
    /// The round had no time for it.
    Skipped,
    /// What two feeds are by comparison.
    Compared(Comparison),
}

/// Why a sample failed.
#[derive(Debug, Error)]
pub(super) enum SampleError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A thumbnail arrived that can't be decoded.
    #[error("failed to read the thumbnail: {0}")]
    Unreadable(#[from] Unreadable),
}

/// The kind of a failed sample, as reports count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// A call failed.
    Call(ErrorKind),
    /// A thumbnail arrived that can't be decoded.
    UnreadablePicture,
}

impl FailureKind {
    /// The name in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call(kind) => kind.name(),
            Self::UnreadablePicture => "unreadable_picture",
        }
    }
}

impl fmt::Display for FailureKind {
    /// The name in a log line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(kind) => write!(f, "{kind:?}"),
            Self::UnreadablePicture => f.write_str("UnreadablePicture"),
        }
    }
}

impl Serialize for FailureKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A failed sample as a log line reports it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure<'a> {
    /// The kind of failure.
    pub(super) kind: FailureKind,
    /// The operation whose response was missing or unreadable.
    pub(super) api: ApiName,
    /// The error.
    pub(super) error: &'a dyn std::error::Error,
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.error, f)
    }
}

impl<'a> Failure<'a> {
    fn of_call(error: &'a CallError) -> Self {
        Self { kind: FailureKind::Call(error.kind), api: error.api, error }
    }
}

impl Outcome {
    /// The outcome in a word or two, for logs.
    #[must_use]
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Picture { .. } => "picture",
            Self::NoPicture => "no picture",
            Self::PipelineDown => "pipeline down",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
            Self::Compared(_) => "compared",
        }
    }

    /// Why the sample failed, if it did. A sample that has a picture but lacks the quality numbers
    /// that were due failed too.
    #[must_use]
    pub(super) fn failure(&self) -> Option<Failure<'_>> {
        match self {
            Self::Failed(SampleError::Call(error))
            | Self::Picture { analysis: Analysis { rating: Rating::Failed(error), .. }, .. } => {
                Some(Failure::of_call(error))
            }
            Self::Failed(SampleError::Unreadable(error)) => Some(Failure {
                kind: FailureKind::UnreadablePicture,
                api: ApiName::DescribeThumbnails,
                error,
            }),
            _ => None,
        }
    }

    /// Whether there was a thumbnail.
    const fn found(&self) -> Found {
        match self {
            Self::Picture { .. } => Found::Thumbnail,
            Self::NoPicture => Found::NoThumbnail,
            Self::PipelineDown | Self::Failed(_) | Self::Skipped | Self::Compared(_) => {
                Found::Nothing
            }
        }
    }

    /// The observation that is judged.
    #[must_use]
    pub(super) fn observation(self) -> Observation {
        match self {
            Self::Picture { stamp, analysis } => {
                Observation::Picture { picture: analysis.picture, taken: stamp }
            }
            Self::NoPicture => Observation::NoPicture,
            Self::Compared(comparison) => Observation::Compared(comparison),
            Self::PipelineDown | Self::Failed(_) | Self::Skipped => Observation::Unknown,
        }
    }
}

/// Splits the current feeds into samples of those that have been sampled, each with its feed as it
/// is now, and feeds that still have to be sampled. Samples of any other feed are dropped.
#[must_use]
pub(super) fn split_by_current_feeds(
    feeds: Vec<Feed>,
    samples: Vec<Sample>,
) -> (Vec<Sample>, Vec<Feed>) {
    let mut outcomes: HashMap<_, _> = samples
        .into_iter()
        .map(|sample| (sample.feed.key, (sample.taken, sample.outcome)))
        .collect();
    let (mut current, mut others) = (Vec::with_capacity(feeds.len()), Vec::new());
    for feed in feeds {
        match outcomes.remove(&feed.key) {
            Some((taken, outcome)) => current.push(Sample { feed, taken, outcome }),
            None => others.push(feed),
        }
    }
    (current, others)
}

/// Sorts the samples of a round by feed and marks those of pipelines that are down. `known` is
/// updated.
#[must_use]
pub(super) fn mark_down_pipelines(
    mut samples: Vec<Sample>,
    known: &mut DownPipelines,
) -> Vec<Sample> {
    samples.sort_by(|one, other| one.feed.key.cmp(&other.feed.key));
    for pair in
        samples.chunk_by_mut(|one, other| one.feed.key.channel_id == other.feed.key.channel_id)
    {
        let [one, other] = pair else { continue };
        known.update([(&one.feed, one.outcome.found()), (&other.feed, other.outcome.found())]);
        for sample in [one, other] {
            if known.contains(&sample.feed.key) && matches!(sample.outcome, Outcome::NoPicture) {
                sample.outcome = Outcome::PipelineDown;
            }
        }
    }
    samples
}
