//! Stage 3: analyses a thumbnail. Its pixels are always decoded, by [`Picture::decode`];
//! Rekognition rates it when that is due. The two are independent: no condition waits for a rating.

mod quality;

use bytes::Bytes;

pub use self::quality::{Colour, Quality, rate};
use source_detection::Picture;

use crate::aws::{Attempts, CallError};

/// What Rekognition contributed to a sample.
#[derive(Debug)]
pub enum Rating {
    /// Rekognition rated this picture.
    Rated(Quality),
    /// Rekognition rated these very bytes last time, so the numbers are known and were not paid for
    /// twice.
    Unchanged,
    /// A rating was not due.
    NotDue,
    /// A rating was due and the round had no time for it.
    NotReached,
    /// The call failed.
    Failed(CallError),
}

/// Whether a rating is due for a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingPlan {
    /// Not this time.
    NotDue,
    /// It is due.
    Due {
        /// The hash of the thumbnail that was rated last.
        last_rated: Option<u64>,
        /// How often it may be requested.
        attempts: Attempts,
    },
}

/// A JPEG to be rated.
#[derive(Debug)]
pub struct RatingRequest {
    /// The JPEG.
    pub jpeg: Bytes,
    /// How often it may be requested.
    pub attempts: Attempts,
}

/// What a thumbnail shows.
#[derive(Debug)]
pub struct Analysis {
    /// What its pixels show.
    pub picture: Picture,
    /// What Rekognition contributed.
    pub rating: Rating,
}
