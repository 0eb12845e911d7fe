//! What the durations say about a feed: faulty, pending, healthy or unknown. Pure.
//!
//! The monitor judged the conditions. Here the latest duration of each fault is only compared with
//! its set time.

use std::{
    cmp::Reverse,
    time::{Duration, SystemTime},
};

use source_detection::{Fault, Thresholds};

use crate::{aws::ErrorKind, restore::LatestDuration};

/// A datapoint older than this says nothing about a feed's status now: three schedule periods.
const MAX_AGE: Duration = Duration::from_mins(3);

/// The status of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedStatus {
    /// A fault has lasted for its set time or longer.
    Faulty {
        /// The fault.
        fault: Fault,
        /// How long it has lasted.
        lasted: Duration,
    },
    /// A fault has not yet lasted for its set time, or is expected of the channel.
    Pending {
        /// The fault.
        fault: Fault,
        /// How long it has lasted.
        lasted: Duration,
    },
    /// Watched, and without a fault.
    Healthy,
    /// Nothing is known about the feed.
    Unknown(UnknownReason),
}

/// Why nothing is known about a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// Tags exclude its channel from monitoring.
    NotWatched,
    /// The monitor has published nothing about it for three minutes.
    NoDatapoints,
    /// The durations could not be read from CloudWatch.
    ReadFailed(ErrorKind),
}

/// The status of a feed with these readings and thresholds.
#[must_use]
pub fn status_of(
    readings: &[LatestDuration],
    thresholds: &Thresholds,
    now: SystemTime,
) -> FeedStatus {
    let recent: Vec<_> = readings.iter().filter(|reading| is_recent(reading, now)).collect();
    if recent.is_empty() {
        return FeedStatus::Unknown(UnknownReason::NoDatapoints);
    }
    // A feed has one condition at a time. If two durations are non-zero, the latest datapoint wins,
    // and of two with the same time stamp the fault that takes precedence.
    let latest = recent
        .into_iter()
        .filter(|reading| !reading.seconds.is_zero())
        .filter_map(|reading| Some((reading.slot, reading.metric.fault()?, reading.seconds)))
        .max_by_key(|(slot, fault, _)| (*slot, Reverse(precedence(*fault))));
    let Some((_, fault, lasted)) = latest else { return FeedStatus::Healthy };
    match thresholds.set_time(fault) {
        Some(set_time) if lasted >= set_time => FeedStatus::Faulty { fault, lasted },
        // No set time: the fault is expected of the channel and never becomes an incident.
        _ => FeedStatus::Pending { fault, lasted },
    }
}

fn is_recent(reading: &LatestDuration, now: SystemTime) -> bool {
    match now.duration_since(reading.slot) {
        Ok(age) => age <= MAX_AGE,
        // From a clock that is ahead of this one.
        Err(_) => true,
    }
}

fn precedence(fault: Fault) -> usize {
    Fault::ALL.iter().position(|one| *one == fault).unwrap_or(Fault::ALL.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001)
    }

    fn reading(fault: Fault, seconds: u64, age: u64) -> LatestDuration {
        LatestDuration::of_fault(fault, now() - Duration::from_secs(age), seconds)
    }

    #[track_caller]
    fn assert_status(readings: &[LatestDuration], expected: FeedStatus) {
        assert_eq!(status_of(readings, &Thresholds::default(), now()), expected);
    }

    #[test]
    fn a_feed_is_faulty_from_the_set_time_of_its_fault_on() {
        let (fault, seconds) = (Fault::Frozen, Duration::from_secs);
        assert_status(&[reading(fault, 29, 5)], FeedStatus::Pending { fault, lasted: seconds(29) });
        assert_status(&[reading(fault, 30, 5)], FeedStatus::Faulty { fault, lasted: seconds(30) });
    }

    #[test]
    fn a_feed_whose_durations_are_all_zero_is_healthy() {
        assert_status(
            &[reading(Fault::Frozen, 0, 5), reading(Fault::Black, 0, 5)],
            FeedStatus::Healthy,
        );
    }

    #[test]
    fn a_feed_without_a_datapoint_for_three_minutes_is_unknown() {
        assert_status(&[], FeedStatus::Unknown(UnknownReason::NoDatapoints));
        assert_status(
            &[reading(Fault::Frozen, 600, 181)],
            FeedStatus::Unknown(UnknownReason::NoDatapoints),
        );
        assert_status(
            &[reading(Fault::Frozen, 600, 180)],
            FeedStatus::Faulty { fault: Fault::Frozen, lasted: Duration::from_mins(10) },
        );
    }

    #[test]
    fn of_two_faults_the_latest_datapoint_wins_and_then_precedence() {
        let black = FeedStatus::Faulty { fault: Fault::Black, lasted: Duration::from_secs(10) };
        assert_status(&[reading(Fault::Frozen, 40, 15), reading(Fault::Black, 10, 5)], black);
        assert_status(&[reading(Fault::Frozen, 40, 5), reading(Fault::Black, 10, 5)], black);
    }

    #[test]
    fn a_channels_own_set_time_applies() {
        let thresholds =
            Thresholds { frozen_after: Duration::from_mins(5), ..Thresholds::default() };
        let pending = FeedStatus::Pending { fault: Fault::Frozen, lasted: Duration::from_mins(1) };
        assert_eq!(status_of(&[reading(Fault::Frozen, 60, 5)], &thresholds, now()), pending);
    }

    #[test]
    fn a_datapoint_from_a_clock_that_is_ahead_counts() {
        let ahead =
            LatestDuration { slot: now() + Duration::from_secs(5), ..reading(Fault::Bars, 0, 0) };
        assert_status(&[ahead], FeedStatus::Healthy);
    }
}
