//! Samples the feeds of a round concurrently: the only place that deals with concurrency across
//! feeds.
//!
//! A failing feed never affects the others. Its failure is recorded as the sample's outcome and
//! counted. Ratings wait in a queue of their own, so that Rekognition delays no picture, however
//! slow it is.

use std::{collections::VecDeque, time::SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use source_detection::Picture;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{
    plan::{PlannedSample, Request},
    sample::{Outcome, Sample},
    timeline::Shift,
};
use crate::{
    analyse::{Analysis, Rating, RatingPlan, RatingRequest, rate},
    aws::Operations,
    capture::{SECOND_REQUEST_AFTER, Thumbnail, capture},
    feed::FeedKey,
    incident_pictures::SharedAlbum,
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
    pub(super) shift: Shift,
    /// Where thumbnails are kept that may become pictures of an incident.
    pub(super) album: Option<&'a SharedAlbum>,
}

/// What came of a request.
enum Captured {
    /// A sample, and how to rate its JPEG if that is due.
    Sample(Sample, Option<RatingRequest>),
    /// No thumbnail, or an old one. Request it once more.
    NothingNew(PlannedSample),
}

impl Sampling<'_> {
    /// Samples these feeds until the deadline, in the order of the plan. Returns a sample of each
    /// feed in the order in which they completed.
    pub(super) async fn sample_all(self, plan: Vec<PlannedSample>) -> Vec<Sample> {
        // One thread for all: analysing a picture takes less than a millisecond, waiting for it a
        // hundred.
        let (mut captures, mut ratings) = (FuturesUnordered::new(), FuturesUnordered::new());
        let (mut waiting, mut samples) = (VecDeque::from(plan), Vec::new());
        loop {
            while captures.len() < self.concurrency
                && let Some(planned) = waiting.pop_front()
            {
                captures.push(self.sample(planned));
            }
            tokio::select! {
                Some(result) = captures.next() => match result {
                    // After all others have had their turn.
                    Captured::NothingNew(planned) => waiting.push_back(planned),
                    Captured::Sample(sample, Some(request)) if ratings.len() < RATING_QUEUE => {
                        ratings.push(self.rate(sample, request));
                    }
                    Captured::Sample(sample, _) => samples.push(sample),
                },
                Some(rated) = ratings.next() => samples.push(rated),
                else => return samples,
            }
        }
    }

    /// Samples a feed.
    async fn sample(self, planned: PlannedSample) -> Captured {
        let PlannedSample { feed, rating, request } = planned;
        if let Request::Second { at, .. } = &request {
            sleep_until(self.deadline.min(*at)).await;
        }
        let captured = if Instant::now() < self.deadline {
            let capturing = capture(&self.operations.describe_thumbnails, &feed.key);
            timeout_at(self.deadline, capturing).await.ok()
        } else {
            None
        };
        let thumbnail = match (captured, request) {
            (Some(Ok(first)), request) if request.is_repeated_after(first.as_ref()) => {
                let at = Instant::now() + SECOND_REQUEST_AFTER;
                let request = Request::Second { at, first };
                return Captured::NothingNew(PlannedSample { feed, rating, request });
            }
            (Some(Ok(thumbnail)), _) => Ok(thumbnail),
            // The first response holds if there is no other.
            (_, Request::Second { first, .. }) => Ok(first),
            (Some(Err(error)), _) => Err(Outcome::Failed(error.into())),
            (None, _) => Err(Outcome::Skipped),
        };
        let taken = self.clock.now();
        let (outcome, to_rate) = match thumbnail {
            Ok(Some(Thumbnail { jpeg, stamp })) => {
                let jpeg = Bytes::from(jpeg);
                let (outcome, to_rate) = analyse(jpeg.clone(), stamp, rating);
                if matches!(outcome, Outcome::Picture { .. }) {
                    self.keep(&feed.key, taken, stamp, jpeg);
                }
                (outcome, to_rate)
            }
            Ok(None) => (Outcome::NoPicture, None),
            Err(outcome) => (outcome, None),
        };
        Captured::Sample(Sample { feed, taken, outcome }, to_rate)
    }

    /// Keeps a thumbnail that may become a picture of an incident, on the time line of the faults.
    fn keep(self, feed: &FeedKey, taken: SystemTime, stamp: Option<SystemTime>, jpeg: Bytes) {
        if let Some(album) = self.album {
            let taken = self.shift.to_timeline(taken);
            album.lock().add(feed, taken, stamp, jpeg);
        }
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
fn analyse(
    jpeg: Bytes,
    stamp: Option<SystemTime>,
    plan: RatingPlan,
) -> (Outcome, Option<RatingRequest>) {
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
