//! What one sample of a feed returned.

use std::time::SystemTime;

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
    /// The service responded that it has no thumbnail.
    NoPicture,
    /// A thumbnail that could not be read. It shows neither a live nor a faulty source.
    Unreadable,
    /// No response: throttled, denied or timed out.
    Unknown,
}
