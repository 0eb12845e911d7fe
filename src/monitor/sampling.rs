//! Samples the feeds of a round concurrently: the only place that deals with concurrency across
//! feeds.
//!
//! A failing feed never affects the others. Its failure is recorded as the sample's outcome and
//! counted.

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use super::{
    history::PlannedSample,
    sample::{Outcome, Sample},
};
use crate::{analyse::analyse, aws::Operations, capture::capture};

/// Samples these feeds until `deadline`, `concurrency` at a time, in the order of the plan. Returns
/// a sample of each feed in the order in which they completed.
pub(super) async fn sample_all(
    plan: Vec<PlannedSample>,
    operations: &Operations,
    concurrency: usize,
    deadline: Instant,
) -> Vec<Sample> {
    let samples = plan.into_iter().map(|planned| async move {
        let outcome = sample(&planned, operations, deadline).await;
        Sample { feed: planned.feed, outcome }
    });
    // One thread for all: analysing a picture takes less than a millisecond, waiting for it a
    // hundred.
    stream::iter(samples).buffer_unordered(concurrency).collect().await
}

async fn sample(planned: &PlannedSample, operations: &Operations, deadline: Instant) -> Outcome {
    if Instant::now() >= deadline {
        return Outcome::Skipped;
    }
    let capturing = capture(&operations.describe_thumbnails, &planned.feed.key);
    let thumbnail = match timeout_at(deadline, capturing).await {
        Err(_) => return Outcome::Skipped,
        Ok(Err(error)) => return Outcome::Failed(error.into()),
        Ok(Ok(None)) => return Outcome::NoPicture,
        Ok(Ok(Some(thumbnail))) => thumbnail,
    };
    let stamp = thumbnail.stamp;
    match analyse(thumbnail.jpeg, planned.rating, &operations.detect_labels, deadline).await {
        Ok(analysis) => Outcome::Picture { stamp, analysis },
        Err(unreadable) => Outcome::Failed(unreadable.into()),
    }
}
