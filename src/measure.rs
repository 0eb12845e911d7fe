//! Stage 4 on its way to the last: turns what a round learnt into datapoints. Pure.

use std::time::SystemTime;

use crate::{
    calls::Counts,
    feed::FeedKey,
    history::Learnt,
    metric::Metric,
    publish::Datapoint,
    round::{Outcome, Sample},
};

/// What a round counted over the fleet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// Feeds that the round was for.
    pub watched: usize,
    /// Feeds whose sample failed.
    pub failed: usize,
    /// Feeds without a thumbnail.
    pub no_picture: usize,
    /// Feeds not reached.
    pub skipped: usize,
}

impl Fleet {
    /// The counts of these samples.
    #[must_use]
    pub fn of(samples: &[Sample]) -> Self {
        let count = |is: fn(&Outcome) -> bool| samples.iter().filter(|sample| is(&sample.outcome)).count();
        Self {
            watched: samples.len(),
            failed: count(|outcome| outcome.failure().is_some()),
            no_picture: count(|outcome| matches!(outcome, Outcome::NoPicture)),
            skipped: count(|outcome| matches!(outcome, Outcome::Skipped)),
        }
    }
}

/// The datapoints of one feed: those of the `wanted` metrics that the sample has a value for.
pub fn feed_points<'a>(
    slot: SystemTime,
    feed: &'a FeedKey,
    learnt: &'a Learnt,
    wanted: &'a [Metric],
) -> impl Iterator<Item = Datapoint> + 'a {
    wanted.iter().filter_map(move |&metric| {
        let value = value_of(metric, learnt)?;
        Some(Datapoint { metric, feed: Some(feed.clone()), slot, value })
    })
}

fn value_of(metric: Metric, learnt: &Learnt) -> Option<f64> {
    let quality = learnt.quality.as_ref();
    match metric {
        Metric::ImageProperties => learnt.difference.map(f64::from),
        Metric::Brightness => quality.map(|quality| quality.brightness),
        Metric::Sharpness => quality.map(|quality| quality.sharpness),
        Metric::Contrast => quality.map(|quality| quality.contrast),
        _ => None,
    }
}

/// The datapoints of the fleet, zeros too. Without `fleet`, nothing is known of the feeds, and only the calls are told:
/// the missing rest is how an alarm sees that the monitor is blind.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
pub fn fleet_points(slot: SystemTime, fleet: Option<Fleet>, calls: Counts) -> Vec<Datapoint> {
    let mut values =
        vec![(Metric::ApiThrottles, calls.throttles as f64), (Metric::ApiErrors, calls.errors as f64)];
    if let Some(fleet) = fleet {
        values.extend([
            (Metric::WatchedFeeds, fleet.watched as f64),
            (Metric::FailedSamples, fleet.failed as f64),
            (Metric::NoPictureFeeds, fleet.no_picture as f64),
            (Metric::SkippedFeeds, fleet.skipped as f64),
        ]);
    }
    values.into_iter().map(|(metric, value)| Datapoint { metric, feed: None, slot, value }).collect()
}
