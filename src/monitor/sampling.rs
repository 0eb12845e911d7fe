//! Samples the feeds of a round concurrently: the only place that deals with concurrency across
//! feeds.
//!
//! A failing feed never affects the others. Its failure is recorded as the sample's outcome and
//! counted. Ratings wait in a queue of their own, so that Rekognition delays no picture, however
//! slow it is.

use futures_util::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use source_detection::Picture;
use tokio::time::{Instant, timeout_at};

use super::{
    history::PlannedSample,
    sample::{Outcome, Sample},
};
use crate::{
    analyse::{Analysis, Rating, RatingPlan, RatingRequest, rate},
    aws::Operations,
    capture::{Thumbnail, capture},
    lambda::Clock,
};

/// The largest number of pictures that wait for a rating or are being rated, each with its JPEG of
/// 10 to 60 KB. Feeds that find no room are rated in a later round: those that waited longest come
/// first.
const RATING_QUEUE: usize = 64;

/// How the feeds of a round are sampled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampling<'a> {
    pub(super) operations: &'a Operations,
    /// How many feeds are captured at a time.
    pub(super) concurrency: usize,
    pub(super) deadline: Instant,
    pub(super) clock: Clock,
}

impl Sampling<'_> {
    /// Samples these feeds until the deadline, in the order of the plan. Returns a sample of each
    /// feed in the order in which they completed.
    pub(super) async fn sample_all(self, plan: Vec<PlannedSample>) -> Vec<Sample> {
        // One thread for all: analysing a picture takes less than a millisecond, waiting for it a
        // hundred.
        let captures = plan.into_iter().map(|planned| self.sample(planned));
        let mut captures = stream::iter(captures).buffer_unordered(self.concurrency);
        let mut ratings = FuturesUnordered::new();
        let mut samples = Vec::new();
        let mut capturing = true;
        while capturing || !ratings.is_empty() {
            tokio::select! {
                next = captures.next(), if capturing => match next {
                    None => capturing = false,
                    Some((sample, Some(request))) if ratings.len() < RATING_QUEUE => {
                        ratings.push(self.rate(sample, request));
                    }
                    Some((sample, _)) => samples.push(sample),
                },
                Some(rated) = ratings.next(), if !ratings.is_empty() => samples.push(rated),
            }
        }
        samples
    }

    /// Samples a feed, and says if its JPEG is to be rated.
    async fn sample(self, planned: PlannedSample) -> (Sample, Option<RatingRequest>) {
        let PlannedSample { feed, rating } = planned;
        let captured = if Instant::now() < self.deadline {
            let capturing = capture(&self.operations.describe_thumbnails, &feed.key);
            timeout_at(self.deadline, capturing).await.ok()
        } else {
            None
        };
        let taken = self.clock.now();
        let (outcome, request) = match captured {
            None => (Outcome::Skipped, None),
            Some(Err(error)) => (Outcome::Failed(error.into()), None),
            Some(Ok(None)) => (Outcome::NoPicture, None),
            Some(Ok(Some(thumbnail))) => analyse(thumbnail, rating),
        };
        (Sample { feed, taken, outcome }, request)
    }

    /// Rates a picture, if the deadline allows.
    async fn rate(self, mut sample: Sample, request: RatingRequest) -> Sample {
        let rating = rate(&self.operations.detect_labels, request, self.deadline).await;
        if let Outcome::Picture { analysis, .. } = &mut sample.outcome {
            analysis.rating = rating;
        }
        sample
    }
}

/// What a thumbnail shows, and how to rate its JPEG if that is due.
fn analyse(thumbnail: Thumbnail, plan: RatingPlan) -> (Outcome, Option<RatingRequest>) {
    let Thumbnail { jpeg, stamp } = thumbnail;
    let picture = match Picture::decode(&jpeg) {
        Ok(picture) => picture,
        Err(error) => return (Outcome::Failed(error.into()), None),
    };
    let (rating, request) = match plan {
        RatingPlan::NotDue => (Rating::NotDue, None),
        RatingPlan::Due { last_rated, .. } if last_rated == Some(picture.hash) => {
            (Rating::Unchanged, None)
        }
        RatingPlan::Due { attempts, .. } => {
            (Rating::NotReached, Some(RatingRequest { jpeg, attempts }))
        }
    };
    (Outcome::Picture { stamp, analysis: Analysis { picture, rating } }, request)
}
