//! The plan of a round: which feeds to sample, and what to ask of MediaLive and Rekognition. Values
//! only; [`History`](super::history::History) makes them.

use std::time::SystemTime;

use tokio::time::Instant;

use crate::{
    analyse::RatingPlan,
    capture::Thumbnail,
    feed::{Feed, FeedKey},
};

/// The plan of a round.
#[derive(Debug, Default)]
pub(super) struct RoundPlan {
    /// The feeds to sample, in this order.
    pub(super) samples: Vec<PlannedSample>,
    /// Feeds whose recent past this process doesn't know: it is new, or another one has watched
    /// them meanwhile.
    pub(super) unrestored: Vec<FeedKey>,
    /// The same for pairs of feeds that are compared.
    pub(super) unrestored_pairs: Vec<FeedKey>,
}

/// A feed to sample.
#[derive(Debug)]
pub(super) struct PlannedSample {
    pub(super) feed: Feed,
    pub(super) rating: RatingPlan,
    pub(super) request: Request,
}

/// Which request for a thumbnail is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// The first one.
    First {
        /// Whether an empty response is no surprise. Otherwise it is worth a second request.
        may_be_empty: bool,
        /// The time stamp of an old thumbnail, which is worth one too.
        outdated: Option<SystemTime>,
    },
    /// The second one.
    Second {
        /// Not before this time.
        at: Instant,
        /// The first response.
        first: Option<Thumbnail>,
    },
}

impl Request {
    /// Whether this response to it is worth a second request.
    pub(super) fn is_repeated_after(&self, response: Option<&Thumbnail>) -> bool {
        let Self::First { may_be_empty, outdated } = self else { return false };
        match response {
            None => !may_be_empty,
            Some(thumbnail) => outdated.is_some() && thumbnail.stamp == *outdated,
        }
    }
}
