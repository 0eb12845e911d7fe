//! What one sample of a feed returned.

use std::time::SystemTime;

use super::pair::Comparison;
use crate::picture::Picture;

/// What one sample of a feed returned.
#[derive(Clone, Debug)]
pub enum Observation {
    /// A thumbnail that could be read.
    Picture {
        /// What it shows.
        picture: Picture,
        /// The thumbnail's own time stamp, if it has one.
        taken: Option<SystemTime>,
    },
    /// What a [`Pair`](super::Pair) of feeds is by comparison: its own [`FeedState`](super::FeedState)
    /// has the duration and the incident.
    Compared(Comparison),
    /// The service responded that it has no thumbnail.
    NoPicture,
    /// A thumbnail that could not be read. It shows neither a live nor a faulty source.
    Unreadable,
    /// No response: throttled, denied or timed out.
    Unknown,
}

impl Observation {
    /// Whether it says nothing about what is shown.
    pub(super) const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unreadable | Self::Unknown | Self::Compared(Comparison::Unknown))
    }
}
