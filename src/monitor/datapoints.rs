//! Stage 4 on its way to the last: turns what a round learnt into datapoints. Pure.

use std::time::SystemTime;

use crate::{
    calls::Counts,
    feed::FeedKey,
    history::Learnt,
    judge::{Fault, Verdict},
    metric::Metric,
    publish::Datapoint,
    round::Outcome,
};

/// What a round counted over the fleet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// Feeds that the round was for.
    pub watched: usize,
    /// Feeds whose sample failed.
    pub failed: usize,
    /// Feeds that served no thumbnail.
    pub no_picture: usize,
    /// Feeds not reached.
    pub skipped: usize,
    /// Seen, and in no incident.
    pub healthy: usize,
    /// Not seen.
    pub unknown: usize,
    /// In an incident, by fault, in the order of [`FAULTS`].
    pub incidents: [usize; FAULTS.len()],
    /// Tags of ours that could not be read.
    pub unreadable_tags: usize,
}

/// The faults that are counted over the fleet, each with its metric.
pub const FAULTS: [(Fault, Metric); 5] = [
    (Fault::Frozen, Metric::FrozenFeeds),
    (Fault::Black, Metric::BlackFeeds),
    (Fault::Bars, Metric::BarsFeeds),
    (Fault::Flat, Metric::FlatFeeds),
    (Fault::NoPicture, Metric::NoPictureFeeds),
];

impl Fleet {
    /// Counts how a look ended.
    pub fn add_outcome(&mut self, outcome: &Outcome) {
        self.watched += 1;
        self.failed += usize::from(outcome.failure().is_some());
        self.no_picture += usize::from(matches!(outcome, Outcome::NoPicture));
        self.skipped += usize::from(matches!(outcome, Outcome::Skipped));
    }

    /// Counts what was made of it.
    pub fn add_verdict(&mut self, verdict: &Verdict) {
        self.healthy += usize::from(verdict.is_healthy());
        self.unknown += usize::from(verdict.is_unknown());
        for ((fault, _), count) in FAULTS.iter().zip(&mut self.incidents) {
            // A freeze behind a clock is raised only where a tag asks, and is a freeze then.
            let background = *fault == Fault::Frozen && verdict.is_in(Fault::FrozenBackground);
            *count += usize::from(verdict.is_in(*fault) || background);
        }
    }
}

/// The datapoints of one feed: those of the `wanted` metrics that the sample has a value for.
pub fn feed_points(
    slot: SystemTime,
    feed: &FeedKey,
    learnt: &Learnt,
    wanted: &[Metric],
) -> impl Iterator<Item = Datapoint> {
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
        // Of a feed that was not seen nothing is said: a missing datapoint means that the monitor is blind to it.
        _ if learnt.verdict.is_unknown() => None,
        duration => {
            let fault = duration.fault()?;
            let background = match fault {
                Fault::Frozen if learnt.verdict.is_in(Fault::FrozenBackground) => {
                    learnt.verdict.lasted(Fault::FrozenBackground)
                }
                _ => std::time::Duration::ZERO,
            };
            Some(learnt.verdict.lasted(fault).max(background).as_secs_f64())
        }
    }
}

/// The datapoints of the fleet, zeros too. Without `fleet`, nothing is known of the feeds, and only the calls are told:
/// the missing rest is how an alarm sees that the monitor is blind.
#[must_use]
pub fn fleet_points(slot: SystemTime, fleet: Option<&Fleet>, calls: Counts) -> Vec<Datapoint> {
    let mut counts = vec![(Metric::ApiThrottles, calls.throttles), (Metric::ApiErrors, calls.errors)];
    if let Some(fleet) = fleet {
        let feeds = [
            (Metric::WatchedFeeds, fleet.watched),
            (Metric::FailedSamples, fleet.failed),
            (Metric::SkippedFeeds, fleet.skipped),
            (Metric::HealthyFeeds, fleet.healthy),
            (Metric::UnknownFeeds, fleet.unknown),
            (Metric::UnreadableTags, fleet.unreadable_tags),
        ];
        let incidents = FAULTS.iter().zip(fleet.incidents).map(|(&(_, metric), count)| (metric, count));
        counts.extend(feeds.into_iter().chain(incidents).map(|(metric, count)| (metric, count as u64)));
    }
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let point = |(metric, count)| Datapoint { metric, feed: None, slot, value: count as f64 };
    counts.into_iter().map(point).collect()
}
