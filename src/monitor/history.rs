//! What the warm process remembers of each feed: the state of its judge and the quality numbers of
//! its last rating.
//!
//! Lambda may end the process at any time. CloudWatch then has the durations, and
//! [`History::restore`] continues from them. At the beginning of a round, [`History::plan`] says
//! which feeds to sample in which order, for which of them a rating is due, and which have to be
//! restored.

mod resume;
mod unwatched;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use source_detection::{
    Condition, Fault, FeedState, Verdict,
    judge::{IncidentEvent, SampleTime},
};

pub(super) use unwatched::EndedUnwatched;

use super::{
    pairs::pairs,
    plan::{PlannedSample, Request, RoundPlan},
    sample::{Outcome, Sample},
};
use crate::{
    analyse::{Quality, Rating, RatingPlan},
    aws::{Attempts, ErrorKind},
    down_pipelines::DownPipelines,
    fault_durations::{RecentFaults, current_fault_lasted, lasted},
    feed::{Channel, ChannelState, Feed, FeedKey},
    metric::Metric,
    settings::RekognitionUse,
};

/// A feed that was not listed for this long is forgotten. It is longer than a channel takes to
/// restart, and short enough that the memory stays small in an account whose channels come and go.
const FORGET_AFTER: Duration = Duration::from_mins(15);

/// While CloudWatch does not return what was published of a feed, ask again in each round for this
/// long, which is the longest default set time. After that, this process has seen enough itself.
const UNREADABLE_FOR: Duration = Duration::from_mins(1);

/// After a start, a fleet is rated at the pace of Rekognition's quota. A rating that is not reached
/// for this long is missing.
const RATING_OVERDUE: Duration = Duration::from_mins(5);

/// The memory of a process.
#[derive(Debug, Default)]
pub(super) struct History {
    feeds: HashMap<FeedKey, Memory>,
    pub(super) down_pipelines: DownPipelines,
}

/// What is remembered of one feed.
#[derive(Debug)]
struct Memory {
    listed: SystemTime,
    sampled: Option<SystemTime>,
    /// When a rating was last received.
    rated_at: Option<SystemTime>,
    /// What is known of ratings that were due since then and not received.
    missing_rating: Option<MissingRating>,
    /// The hash of the thumbnail that was rated last, and its numbers.
    rated: Option<(u64, Quality)>,
    /// The sum of the latest rating, and its slot.
    baseline: Option<(i32, SystemTime)>,
    /// Datapoints from before this slot are not news: the channel started or was not watched since.
    not_before: Option<SystemTime>,
    /// The slot since which CloudWatch does not return what was published.
    unreadable_since: Option<SystemTime>,
    /// The faults whose durations are published.
    recent_faults: RecentFaults,
    state: FeedState,
    /// The channel, while an incident is open: the list may lack it when the incident ends.
    channel: Option<Arc<Channel>>,
}

/// A rating that was due and not received.
#[derive(Clone, Copy, Debug)]
struct MissingRating {
    /// The slot since which it has been missing.
    since: SystemTime,
    /// The latest slot in which Rekognition failed for a reason that doesn't pass within seconds.
    failed: Option<SystemTime>,
}

/// Result of recording one sample: quality numbers, difference from the previous sample, and
/// verdict.
#[derive(Clone, Debug)]
pub(super) struct Assessment {
    /// The quality numbers, if the sample has them.
    pub(super) quality: Option<Quality>,
    /// The change of the whole sum since the previous sample, if both have quality numbers.
    pub(super) difference: Option<u32>,
    /// The condition of the source, and how long it has lasted.
    pub(super) verdict: Verdict,
    /// How long the current fault has lasted, if the feed was sampled.
    pub(super) current_fault: Option<Duration>,
    /// The faults whose durations are published.
    pub(super) recent_faults: Vec<Fault>,
    /// What is left of the grace after a start of the channel.
    pub(super) grace_left: Duration,
    /// Whether there has been a thumbnail since the feed is watched.
    pub(super) had_thumbnail: bool,
    /// Whether Rekognition fails to rate the feed.
    pub(super) is_rating_missing: bool,
}

impl History {
    /// Plans the samples of these feeds. If a round is cut short, the next one begins with the
    /// feeds that it cost a picture, then with those that it cost a rating.
    pub(super) fn plan(
        &self,
        mut feeds: Vec<Feed>,
        slot: SystemTime,
        rekognition: RekognitionUse,
    ) -> RoundPlan {
        feeds.sort_by_key(|feed| {
            let memory = self.feeds.get(&feed.key);
            (memory.and_then(|memory| memory.sampled), memory.and_then(|memory| memory.rated_at))
        });
        let unrestored = |feed: &&Feed| !self.is_current(feed, slot);
        let pairs: Vec<_> = pairs(&feeds).into_iter().map(|pair| pair.feed).collect();
        let unrestored_pairs = pairs.iter().filter(unrestored).map(|pair| pair.key.clone());
        let unrestored_pairs = unrestored_pairs.collect();
        let unrestored = feeds.iter().filter(unrestored).map(|feed| feed.key.clone()).collect();
        let samples = feeds.into_iter().map(|feed| {
            let rating = self.rating_plan(&feed.key, slot, rekognition);
            let request = Request::First {
                may_be_empty: self.has_reason_for_no_picture(&feed),
                outdated: self.outdated_stamp(&feed.key, slot),
            };
            PlannedSample { feed, rating, request }
        });
        RoundPlan { samples: samples.collect(), unrestored, unrestored_pairs }
    }

    /// Whether this process has sampled the feed recently, and what was published of it before is
    /// known.
    fn is_current(&self, feed: &Feed, slot: SystemTime) -> bool {
        let Some(memory) = self.feeds.get(&feed.key) else { return false };
        if memory.is_unreadable(slot) {
            return false;
        }
        slot.duration_since(memory.listed).unwrap_or_default() <= feed.thresholds.longest_gap
    }

    /// Whether a missing thumbnail is no surprise: the channel starts, or the pipeline is down.
    fn has_reason_for_no_picture(&self, feed: &Feed) -> bool {
        feed.channel.state == ChannelState::Starting || self.down_pipelines.contains(&feed.key)
    }

    /// The time stamp of the feed's latest thumbnail, if that should have been replaced by now.
    fn outdated_stamp(&self, feed: &FeedKey, slot: SystemTime) -> Option<SystemTime> {
        self.feeds.get(feed)?.state.outdated_stamp(slot)
    }

    fn rating_plan(
        &self,
        feed: &FeedKey,
        slot: SystemTime,
        rekognition: RekognitionUse,
    ) -> RatingPlan {
        let memory = self.feeds.get(feed);
        let is_due = match rekognition {
            RekognitionUse::Never => false,
            RekognitionUse::EverySample => true,
            // After a failure Rekognition is not asked more often than after a rating: it may be
            // denied, unreachable or absent in this Region.
            RekognitionUse::Interval(interval) => {
                memory.and_then(|memory| memory.rated_at.max(memory.rating_failed())).is_none_or(
                    |asked| slot.duration_since(asked).is_ok_and(|since| since >= interval),
                )
            }
        };
        if !is_due {
            return RatingPlan::NotDue;
        }
        let last_rated = memory.and_then(|memory| memory.rated.as_ref()).map(|(hash, _)| *hash);
        let has_failed = memory.is_some_and(|memory| memory.rating_failed().is_some());
        let attempts = if has_failed { Attempts::One } else { Attempts::Two };
        RatingPlan::Due { last_rated, attempts }
    }

    /// Records a sample and judges it. `rating_gap` is the longest distance between two ratings
    /// that are neighbours.
    pub(super) fn record(
        &mut self,
        slot: SystemTime,
        sample: Sample,
        rating_gap: Duration,
    ) -> Assessment {
        let Sample { feed, taken, outcome } = sample;
        let memory = self.feeds.entry(feed.key.clone()).or_insert_with(|| Memory::new(slot));
        memory.listed = slot;
        if !matches!(outcome, Outcome::Skipped) {
            memory.sampled = Some(slot);
        }
        let at = SampleTime { taken, slot };
        if feed.channel.state == ChannelState::Starting {
            memory.state.starting(at, &feed.thresholds);
            memory.not_before = Some(slot);
        }
        let (quality, difference) = memory.record_quality(slot, &outcome, rating_gap);
        let mut verdict = memory.state.observe(at, outcome.observation(), &feed.thresholds);
        if memory.is_unreadable(slot) && verdict.is_healthy() {
            // It may have been faulty for an hour.
            verdict.condition = Condition::Unknown;
        }
        let grace_left = memory.state.grace_left(at);
        let is_rating_missing = memory.is_rating_missing(slot);
        let had_thumbnail = memory.state.had_thumbnail();
        memory.channel = verdict.incident.map(|_| feed.channel);
        let current_fault = current_fault_lasted(&verdict, &feed.thresholds);
        let recent_faults = memory.record_durations(slot, &verdict);
        Assessment {
            quality,
            difference,
            verdict,
            current_fault,
            recent_faults,
            grace_left,
            had_thumbnail,
            is_rating_missing,
        }
    }

    /// Whether anything is known of a feed.
    pub(super) fn remembers(&self, feed: &FeedKey) -> bool {
        self.feeds.contains_key(feed)
    }

    /// Forgets the feeds that have not been listed for a while.
    pub(super) fn forget(&mut self, now: SystemTime) {
        self.feeds.retain(|_, memory| {
            now.duration_since(memory.listed).unwrap_or_default() < FORGET_AFTER
        });
    }
}

impl Memory {
    fn new(slot: SystemTime) -> Self {
        Self {
            listed: slot,
            sampled: None,
            rated_at: None,
            missing_rating: None,
            rated: None,
            baseline: None,
            not_before: None,
            unreadable_since: None,
            recent_faults: RecentFaults::default(),
            state: FeedState::new(),
            channel: None,
        }
    }

    /// The end of the open incident, if there is one, as of the latest sample.
    fn end(&self) -> Option<IncidentEvent> {
        let incident = *self.state.incident()?;
        let lasted = self.sampled?.duration_since(incident.since).unwrap_or_default();
        Some(IncidentEvent { incident, lasted })
    }

    /// Whether what was published of the feed is not known yet and still asked for.
    fn is_unreadable(&self, slot: SystemTime) -> bool {
        self.unreadable_since
            .is_some_and(|since| slot.duration_since(since).unwrap_or_default() < UNREADABLE_FOR)
    }

    fn rating_failed(&self) -> Option<SystemTime> {
        self.missing_rating.and_then(|missing| missing.failed)
    }

    /// Whether the latest request for a rating failed, or none was possible for a while.
    fn is_rating_missing(&self, slot: SystemTime) -> bool {
        self.missing_rating.is_some_and(|missing| {
            let since = slot.duration_since(missing.since).unwrap_or_default();
            missing.failed.is_some() || since >= RATING_OVERDUE
        })
    }

    /// The faults whose durations are published in this slot.
    fn record_durations(&mut self, slot: SystemTime, verdict: &Verdict) -> Vec<Fault> {
        for (_, fault) in Metric::of_faults() {
            if lasted(fault, verdict).is_some_and(|lasted| !lasted.is_zero()) {
                self.recent_faults.add(fault, slot);
            }
        }
        self.recent_faults.published_in(slot)
    }

    /// The quality numbers of the sample, and the difference from the previous rating if the two
    /// are neighbours.
    fn record_quality(
        &mut self,
        slot: SystemTime,
        outcome: &Outcome,
        rating_gap: Duration,
    ) -> (Option<Quality>, Option<u32>) {
        let Outcome::Picture { analysis, .. } = outcome else { return (None, None) };
        let quality = match &analysis.rating {
            Rating::NotDue => return (None, None),
            Rating::NotReached => {
                self.missing_rating.get_or_insert(MissingRating { since: slot, failed: None });
                return (None, None);
            }
            Rating::Failed(error) => {
                let missing =
                    self.missing_rating.get_or_insert(MissingRating { since: slot, failed: None });
                if error.kind != ErrorKind::Throttled {
                    missing.failed = Some(slot);
                }
                return (None, None);
            }
            Rating::Unchanged => self.rated.as_ref().map(|(_, quality)| quality.clone()),
            Rating::Rated(quality) => {
                self.rated = Some((analysis.picture.hash, quality.clone()));
                Some(quality.clone())
            }
        };
        let Some(quality) = quality else { return (None, None) };
        self.rated_at = Some(slot);
        self.missing_rating = None;
        let sum = quality.whole_sum();
        let previous = self.baseline.replace((sum, slot));
        let neighbour = previous
            .filter(|(_, rated)| slot.duration_since(*rated).is_ok_and(|gap| gap <= rating_gap));
        (Some(quality), neighbour.map(|(before, _)| sum.abs_diff(before)))
    }
}

#[cfg(test)]
mod simulation;

#[cfg(test)]
mod tests;
