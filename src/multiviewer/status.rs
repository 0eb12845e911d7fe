//! What is known of a feed: faulty, pending, healthy, in a state without a condition, or unknown.
//! Pure.
//!
//! The monitor judged the conditions. Here the latest duration of each fault is only compared with
//! its set time.

use std::{
    cmp::Reverse,
    time::{Duration, SystemTime},
};

use source_detection::{Fault, Thresholds};

use crate::{
    aws::ErrorKind,
    feed::{Channel, ChannelState},
    restore::LatestDuration,
};

/// A datapoint older than this says nothing about a feed's status now: three schedule periods.
const MAX_AGE: Duration = Duration::from_mins(3);

/// The status of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedStatus {
    /// A fault has lasted for its set time or longer.
    Faulty(OngoingFault),
    /// A fault has not yet lasted for its set time, or is expected of the channel.
    Pending(OngoingFault),
    /// Watched, and without a fault.
    Healthy,
    /// The other pipeline of the channel is the one that runs.
    Down,
    /// MediaLive restarts a pipeline of the channel.
    Recovering,
    /// The channel is starting: a thumbnail is not due yet.
    Starting,
    /// Nothing is known about the feed.
    Unknown(UnknownReason),
}

/// A fault that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OngoingFault {
    /// The fault.
    pub fault: Fault,
    /// When it began.
    pub since: SystemTime,
    /// How long it had lasted at the latest datapoint.
    pub lasted: Duration,
}

/// Why nothing is known about a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// Tags exclude its channel from monitoring.
    NotWatched,
    /// `FEED_METRICS` has no duration.
    NotPublished,
    /// The monitor has published nothing about it lately.
    NoDatapoints {
        /// The age of the latest datapoint that was read; `None` without one.
        age: Option<Duration>,
    },
    /// The monitor has published nothing about it yet, as far as is known: its channel was not in
    /// an earlier list, or there was no earlier list.
    NoDatapointsYet,
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
        let newest = readings.iter().map(|reading| reading.slot).max();
        let age = newest.map(|slot| now.duration_since(slot).unwrap_or_default());
        return FeedStatus::Unknown(UnknownReason::NoDatapoints { age });
    }
    // A feed has one condition at a time. If two durations are non-zero, the latest datapoint wins,
    // and of two with the same time stamp the fault that takes precedence. Transient ones are
    // over if any other duration is later.
    let slot = recent.iter().map(|reading| reading.slot).max();
    let lasts = |reading: &&LatestDuration| {
        let is_over = reading.metric.is_transient() && Some(reading.slot) != slot;
        !reading.seconds.is_zero() && !is_over
    };
    let latest = recent
        .into_iter()
        .filter(lasts)
        .filter_map(|reading| Some((reading.slot, reading.metric.fault()?, reading.seconds)))
        .max_by_key(|(slot, fault, _)| (*slot, Reverse(precedence(*fault))));
    let Some((slot, fault, lasted)) = latest else { return FeedStatus::Healthy };
    let since = slot.checked_sub(lasted).unwrap_or(SystemTime::UNIX_EPOCH);
    let ongoing = OngoingFault { fault, since, lasted };
    match thresholds.set_time(fault) {
        Some(set_time) if lasted >= set_time => FeedStatus::Faulty(ongoing),
        // No set time: the fault is expected of the channel and never becomes an incident.
        _ => FeedStatus::Pending(ongoing),
    }
}

impl FeedStatus {
    /// The status of a feed of this channel: what is known of the channel takes the place of a
    /// status that says nothing, or that would say too much.
    #[must_use]
    pub fn in_channel(self, channel: &Channel) -> Self {
        match (self, channel.state) {
            (Self::Unknown(UnknownReason::NotWatched), _) => self,
            (Self::Healthy | Self::Unknown(_), ChannelState::Starting) => Self::Starting,
            // The pipeline that MediaLive restarts has no datapoints, and before that it may have
            // been healthy.
            (
                Self::Healthy
                | Self::Unknown(UnknownReason::NoDatapoints { .. } | UnknownReason::NoDatapointsYet),
                ChannelState::Recovering,
            ) => Self::Recovering,
            _ => self,
        }
    }

    /// Whether nothing was published about the feed lately.
    #[must_use]
    pub const fn is_without_datapoints(self) -> bool {
        matches!(
            self,
            Self::Unknown(UnknownReason::NoDatapoints { .. } | UnknownReason::NoDatapointsYet)
        )
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

    /// A fault that has lasted for so many seconds, by a datapoint of this age.
    fn ongoing(fault: Fault, seconds: u64, age: u64) -> OngoingFault {
        let lasted = Duration::from_secs(seconds);
        OngoingFault { fault, since: now() - Duration::from_secs(age) - lasted, lasted }
    }

    #[track_caller]
    fn assert_status(readings: &[LatestDuration], expected: FeedStatus) {
        assert_eq!(status_of(readings, &Thresholds::default(), now()), expected);
    }

    #[test]
    fn a_feed_is_faulty_from_the_set_time_of_its_fault_on() {
        let fault = Fault::Frozen;
        assert_status(&[reading(fault, 29, 5)], FeedStatus::Pending(ongoing(fault, 29, 5)));
        assert_status(&[reading(fault, 30, 5)], FeedStatus::Faulty(ongoing(fault, 30, 5)));
    }

    #[test]
    fn a_feed_whose_durations_are_all_zero_is_healthy() {
        assert_status(
            &[reading(Fault::Frozen, 0, 5), reading(Fault::Black, 0, 5)],
            FeedStatus::Healthy,
        );
    }

    #[test]
    fn a_feed_without_a_datapoint_for_three_minutes_is_unknown_with_the_age_of_the_latest() {
        let without = |age| FeedStatus::Unknown(UnknownReason::NoDatapoints { age });
        assert_status(&[], without(None));
        let readings = [reading(Fault::Frozen, 600, 181), reading(Fault::Black, 0, 200)];
        assert_status(&readings, without(Some(Duration::from_secs(181))));
        let fault = Fault::Frozen;
        assert_status(&[reading(fault, 600, 180)], FeedStatus::Faulty(ongoing(fault, 600, 180)));
    }

    #[test]
    fn of_two_faults_the_latest_datapoint_wins_and_then_precedence() {
        let black = FeedStatus::Faulty(ongoing(Fault::Black, 10, 5));
        assert_status(&[reading(Fault::Frozen, 40, 15), reading(Fault::Black, 10, 5)], black);
        assert_status(&[reading(Fault::Frozen, 40, 5), reading(Fault::Black, 10, 5)], black);
    }

    #[test]
    fn a_repetition_is_over_once_a_later_datapoint_does_not_show_it() {
        let repeating = FeedStatus::Faulty(ongoing(Fault::Repeating, 360, 5));
        let others = |age| reading(Fault::Frozen, 0, age);
        assert_status(&[others(5), reading(Fault::Repeating, 360, 5)], repeating);
        assert_status(&[others(5), reading(Fault::Repeating, 360, 15)], FeedStatus::Healthy);
    }

    #[test]
    fn a_channels_own_set_time_applies() {
        let thresholds =
            Thresholds { frozen_after: Duration::from_mins(5), ..Thresholds::default() };
        let pending = FeedStatus::Pending(ongoing(Fault::Frozen, 60, 5));
        assert_eq!(status_of(&[reading(Fault::Frozen, 60, 5)], &thresholds, now()), pending);
    }

    #[test]
    fn a_datapoint_from_a_clock_that_is_ahead_counts() {
        let ahead =
            LatestDuration { slot: now() + Duration::from_secs(5), ..reading(Fault::Bars, 0, 0) };
        assert_status(&[ahead], FeedStatus::Healthy);
    }

    #[test]
    fn a_channel_that_starts_or_recovers_is_not_healthy_and_keeps_its_faults() {
        let faulty = FeedStatus::Faulty(ongoing(Fault::Black, 60, 5));
        let failed = FeedStatus::Unknown(UnknownReason::ReadFailed(ErrorKind::Throttled));
        let without = FeedStatus::Unknown(UnknownReason::NoDatapointsYet);
        let not_watched = FeedStatus::Unknown(UnknownReason::NotWatched);
        let all = [FeedStatus::Healthy, faulty, failed, without, not_watched];
        let in_state = |state| {
            let channel = Channel { state, ..Channel::named("1", "News") };
            all.map(|status| status.in_channel(&channel))
        };
        let (starting, recovering) = (FeedStatus::Starting, FeedStatus::Recovering);
        assert_eq!(
            in_state(ChannelState::Starting),
            [starting, faulty, starting, starting, not_watched]
        );
        assert_eq!(
            in_state(ChannelState::Recovering),
            [recovering, faulty, failed, recovering, not_watched]
        );
        assert_eq!(in_state(ChannelState::Running), all);
    }
}
