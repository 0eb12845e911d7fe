//! Samples feeds as the monitor does, but keeps their thumbnails as they came.

use std::time::SystemTime;

use aws_sdk_medialive::Client;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{
    aws::{CallError, Service},
    capture::{SECOND_REQUEST_AFTER, Thumbnail, capture},
    down_pipelines::Found,
    feed::{Feed, FeedKey},
    lambda::Clock,
};

/// How the feeds of a round are sampled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampling<'a> {
    pub(super) describe_thumbnails: &'a Service<Client>,
    pub(super) clock: Clock,
    pub(super) deadline: Instant,
}

/// A feed to sample, and what is expected of it.
#[derive(Debug)]
pub(super) struct PlannedSample {
    pub(super) feed: Feed,
    /// Whether an empty response is no surprise.
    pub(super) may_be_empty: bool,
    /// The time stamp of the latest thumbnail, if that should have been replaced by now.
    pub(super) outdated: Option<SystemTime>,
}

/// A sample of a feed.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) feed: Feed,
    pub(super) taken: SystemTime,
    pub(super) outcome: Outcome,
}

/// How a sample ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Thumbnail(Thumbnail),
    NoThumbnail,
    Failed(CallError),
    /// The round had no time for it.
    Skipped,
}

impl Outcome {
    /// Whether there was a thumbnail.
    pub(super) const fn found(&self) -> Found {
        match self {
            Self::Thumbnail(_) => Found::Thumbnail,
            Self::NoThumbnail => Found::NoThumbnail,
            Self::Failed(_) | Self::Skipped => Found::Nothing,
        }
    }
}

impl Sampling<'_> {
    /// Samples a feed until the deadline.
    pub(super) async fn sample(self, planned: PlannedSample) -> Sample {
        let PlannedSample { feed, may_be_empty, outdated } = planned;
        let mut outcome = self.request(&feed.key).await;
        let is_repeated = match &outcome {
            Outcome::NoThumbnail => !may_be_empty,
            Outcome::Thumbnail(first) => outdated.is_some() && first.stamp == outdated,
            Outcome::Failed(_) | Outcome::Skipped => false,
        };
        if is_repeated {
            sleep_until(self.deadline.min(Instant::now() + SECOND_REQUEST_AFTER)).await;
            let second = self.request(&feed.key).await;
            // The first response holds if there is no other.
            if second.found() != Found::Nothing {
                outcome = second;
            }
        }
        Sample { feed, taken: self.clock.now(), outcome }
    }

    async fn request(self, feed: &FeedKey) -> Outcome {
        if Instant::now() >= self.deadline {
            return Outcome::Skipped;
        }
        match timeout_at(self.deadline, capture(self.describe_thumbnails, feed)).await {
            Ok(Ok(Some(thumbnail))) => Outcome::Thumbnail(thumbnail),
            Ok(Ok(None)) => Outcome::NoThumbnail,
            Ok(Err(error)) => Outcome::Failed(error),
            Err(_) => Outcome::Skipped,
        }
    }
}
