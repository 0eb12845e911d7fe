//! Turns the assessments of a round into datapoints. Pure.

use std::time::SystemTime;

use source_detection::Fault;

use super::{history::Assessment, sample::Outcome};
use crate::{
    aws::CallCounts, datapoint::Datapoint, fault_durations::lasted, feed::FeedKey, metric::Metric,
};

/// What a round counted over the fleet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fleet {
    /// Feeds that the round was for.
    pub(super) watched: usize,
    /// Feeds whose sample failed.
    pub(super) failed: usize,
    /// Feeds without a thumbnail.
    pub(super) no_picture: usize,
    /// Feeds that the round had no time for.
    pub(super) skipped: usize,
    /// Feeds that Rekognition fails to rate.
    pub(super) missing_ratings: usize,
    /// Sampled, and without an open incident.
    pub(super) healthy: usize,
    /// Not sampled.
    pub(super) unknown: usize,
    /// With an open incident, by fault, in the order of [`FAULTS`].
    pub(super) incidents: [usize; FAULTS.len()],
    /// Channels with an open incident `mismatch`.
    pub(super) mismatched: usize,
    /// With an open incident `no_picture`, and without a thumbnail since they are watched.
    pub(super) no_thumbnail: usize,
    /// Invalid `source-monitor` tags.
    pub(super) invalid_tags: usize,
    /// Feeds whose past was read from CloudWatch, because this process has not sampled them or
    /// not recently.
    pub(super) read_back: usize,
}

/// The faults that are counted over the fleet, each with its metric.
pub(super) const FAULTS: [(Fault, Metric); 8] = [
    (Fault::Frozen, Metric::FrozenFeeds),
    (Fault::Black, Metric::BlackFeeds),
    (Fault::Bars, Metric::BarsFeeds),
    (Fault::Flat, Metric::FlatFeeds),
    (Fault::Repeating, Metric::RepeatingFeeds),
    (Fault::Partial, Metric::PartialFeeds),
    (Fault::Slate, Metric::SlateFeeds),
    (Fault::NoPicture, Metric::NoPictureFeeds),
];

impl Fleet {
    /// Counts how a sample ended.
    pub(super) fn add_outcome(&mut self, outcome: &Outcome) {
        self.watched += 1;
        self.failed += usize::from(outcome.failure().is_some());
        self.no_picture += usize::from(matches!(outcome, Outcome::NoPicture));
        self.skipped += usize::from(matches!(outcome, Outcome::Skipped));
    }

    /// Counts what it led to.
    pub(super) fn add_assessment(&mut self, assessment: &Assessment) {
        let verdict = &assessment.verdict;
        let never = !assessment.had_thumbnail && verdict.is_in(Fault::NoPicture);
        self.no_thumbnail += usize::from(never);
        self.missing_ratings += usize::from(assessment.is_rating_missing);
        self.healthy += usize::from(verdict.is_healthy());
        self.unknown += usize::from(verdict.is_unknown());
        for ((fault, _), count) in FAULTS.iter().zip(&mut self.incidents) {
            // A freeze behind a clock counts as a freeze.
            let background = *fault == Fault::Frozen && verdict.is_in(Fault::FrozenBackground);
            *count += usize::from(verdict.is_in(*fault) || background);
        }
    }
}

/// Which datapoints of a feed are published.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selection<'a> {
    /// The metrics that are selected.
    pub(super) metrics: &'a [Metric],
    /// Whether a duration of 0 is published however long ago its fault was.
    pub(super) zero_durations: bool,
}

/// The datapoints of one feed: those of the selected metrics for which the assessment has a value,
/// and what explains those of them that are durations.
pub(super) fn feed_points<'a>(
    slot: SystemTime,
    feed: &'a FeedKey,
    assessment: &'a Assessment,
    selection: Selection<'a>,
) -> impl Iterator<Item = Datapoint> + 'a {
    let Selection { metrics, zero_durations } = selection;
    let durations = metrics.iter().any(|metric| metric.fault().is_some());
    let never = metrics.contains(&Metric::NoPictureSeconds) && !assessment.had_thumbnail;
    let is_recent = |fault| assessment.recent_faults.contains(&fault);
    let explaining = [
        (durations, Metric::FaultSeconds),
        (never, Metric::NoThumbnailSeconds),
        (durations && is_recent(Fault::Repeating), Metric::RepeatingSeconds),
        (durations && is_recent(Fault::Partial), Metric::PartialSeconds),
        (durations && is_recent(Fault::Slate), Metric::SlateSeconds),
        (durations, Metric::StartGraceSeconds),
    ];
    let explaining = explaining.into_iter().filter_map(|(is_due, metric)| is_due.then_some(metric));
    let is_due = move |metric: &Metric| zero_durations || metric.fault().is_none_or(is_recent);
    metrics.iter().copied().filter(is_due).chain(explaining).filter_map(move |metric| {
        let value = value_of(metric, assessment)?;
        Some(Datapoint { metric, feed: Some(feed.clone()), slot, value })
    })
}

/// The datapoint of two feeds of a channel that are compared, while it says something.
pub(super) fn channel_point(
    slot: SystemTime,
    pair: &FeedKey,
    assessment: &Assessment,
) -> Option<Datapoint> {
    if !assessment.recent_faults.contains(&Fault::Mismatch) {
        return None;
    }
    let metric = Metric::MismatchSeconds;
    let value = value_of(metric, assessment)?;
    Some(Datapoint { metric, feed: Some(pair.clone()), slot, value })
}

fn value_of(metric: Metric, assessment: &Assessment) -> Option<f64> {
    let (quality, verdict) = (assessment.quality.as_ref(), &assessment.verdict);
    match metric {
        Metric::ImageProperties => assessment.difference.map(f64::from),
        Metric::Brightness => quality.map(|quality| quality.brightness),
        Metric::Sharpness => quality.map(|quality| quality.sharpness),
        Metric::Contrast => quality.map(|quality| quality.contrast),
        Metric::FaultSeconds => Some(assessment.current_fault?.as_secs_f64()),
        Metric::NoThumbnailSeconds => Some(lasted(Fault::NoPicture, verdict)?.as_secs_f64()),
        Metric::StartGraceSeconds => {
            let left = assessment.grace_left;
            (!left.is_zero()).then_some(left.as_secs_f64())
        }
        duration => Some(lasted(duration.fault()?, verdict)?.as_secs_f64()),
    }
}

/// The datapoints of the fleet, including zeros. Without `fleet`, nothing is known about the feeds
/// and only calls and events are published: the missing rest is how an alarm sees that the monitor
/// is blind. `unsent_events` is `None` if no events are sent at all.
pub(super) fn fleet_points(
    slot: SystemTime,
    fleet: Option<&Fleet>,
    calls: CallCounts,
    unsent_events: Option<usize>,
) -> Vec<Datapoint> {
    let mut counts =
        vec![(Metric::ApiThrottles, calls.throttles), (Metric::ApiErrors, calls.errors)];
    if let Some(fleet) = fleet {
        let feeds = [
            (Metric::WatchedFeeds, fleet.watched),
            (Metric::FailedSamples, fleet.failed),
            (Metric::SkippedFeeds, fleet.skipped),
            (Metric::NoThumbnailFeeds, fleet.no_thumbnail),
            (Metric::MissingRatings, fleet.missing_ratings),
            (Metric::HealthyFeeds, fleet.healthy),
            (Metric::UnknownFeeds, fleet.unknown),
            (Metric::UnreadableTags, fleet.invalid_tags),
            (Metric::MismatchedChannels, fleet.mismatched),
        ];
        let incidents =
            FAULTS.iter().zip(fleet.incidents).map(|(&(_, metric), count)| (metric, count));
        counts.extend(
            feeds.into_iter().chain(incidents).map(|(metric, count)| (metric, count as u64)),
        );
    }
    counts.extend(unsent_events.map(|events| (Metric::UnsentEvents, events as u64)));
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let point = |(metric, count)| Datapoint { metric, feed: None, slot, value: count as f64 };
    counts.into_iter().map(point).collect()
}
