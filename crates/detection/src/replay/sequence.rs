//! The stills of one feed, with their labels if they have any.
//!
//! Values only: `input` and `manifest` make them.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{RecordedSample, Video};
use crate::judge::Fault;

/// Stills of one feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The name of its folder or file, or its address.
    pub name: String,
    /// Time between two stills.
    pub step: Duration,
    /// Where the stills come from.
    pub stills: Stills,
    /// Successive stills with the same label; empty if the stills are not labelled.
    pub runs: Vec<LabelledRun>,
    /// The sequence has black of at most 3 s, which is labelled black but must not be raised.
    pub short_black: bool,
    /// Faults that are as right as the one that the label names, or as none.
    pub accepted: Vec<Fault>,
    /// The samples of a recording, one for each still; empty for anything else.
    pub recorded: Vec<RecordedSample>,
}

/// Successive stills with the same label.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LabelledRun {
    /// Index of the first still.
    pub first: usize,
    /// How many stills.
    pub count: usize,
    /// What the source was doing.
    pub label: String,
}

/// Where the stills of a sequence come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Stills {
    /// Files, in order of time; `None` for a sample without a picture.
    Files(Vec<Option<PathBuf>>),
    /// A video, of which ffmpeg takes them.
    Video(Video),
}

impl Stills {
    /// How many stills there are; `None` if only the end of the video will tell.
    #[must_use]
    pub const fn count(&self) -> Option<usize> {
        match self {
            Self::Files(files) => Some(files.len()),
            Self::Video(_) => None,
        }
    }
}

impl Sequence {
    /// Stills without labels.
    pub(super) fn unlabelled(name: String, step: Duration, stills: Stills) -> Self {
        let (runs, accepted, recorded) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, step, stills, runs, short_black: false, accepted, recorded }
    }

    /// Whether the stills have labels.
    #[must_use]
    pub const fn is_labelled(&self) -> bool {
        !self.runs.is_empty()
    }

    /// The time of a still, from the first one.
    #[must_use]
    pub fn time_of(&self, still: usize) -> Duration {
        let (first, this) = (self.sample_time(0), self.sample_time(still));
        this.taken.duration_since(first.taken).unwrap_or_default()
    }

    /// The time of a still, from the first one, if all are one step apart.
    pub(super) fn even_time(&self, still: usize) -> Duration {
        self.step.saturating_mul(u32::try_from(still).unwrap_or(u32::MAX))
    }
}

impl LabelledRun {
    /// Index of the last still.
    #[must_use]
    pub const fn last(&self) -> usize {
        (self.first + self.count).saturating_sub(1)
    }
}
