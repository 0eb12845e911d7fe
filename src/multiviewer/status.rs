//! What the durations say of a feed: in trouble, still young, well, or nothing known. Pure.
//!
//! The conditions were judged by the monitor; here only the newest word of each is compared with the set times.

use std::time::{Duration, SystemTime};

use super::reading::Reading;
use crate::{
    calls::Cause,
    judge::{Fault, Limits},
};

/// Without a datapoint for longer than this, nothing is known of a feed: three schedule periods.
const SILENT_AFTER: Duration = Duration::from_mins(3);

/// How a feed stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A fault has lasted for its set time or longer.
    Faulty { fault: Fault, lasted: Duration },
    /// A fault is there, and younger than its set time.
    Young { fault: Fault, lasted: Duration },
    /// Watched, and without a fault.
    Well,
    /// Nothing is known.
    Unknown(Blind),
}

/// Why nothing is known of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blind {
    /// Tags keep the monitor from watching it.
    SwitchedOff,
    /// The monitor has published nothing of it lately.
    Silent,
    /// CloudWatch could not be asked.
    NoAnswer(Cause),
}

/// How a feed stands that has these readings.
pub(super) fn stand(readings: &[Reading], limits: &Limits, now: SystemTime) -> Standing {
    let fresh = |reading: &&Reading| {
        now.duration_since(reading.at).is_ok_and(|age| age <= SILENT_AFTER) || reading.at > now
    };
    let fresh: Vec<_> = readings.iter().filter(fresh).collect();
    if fresh.is_empty() {
        return Standing::Unknown(Blind::Silent);
    }
    // One condition at a time. Should two be told, the newer word holds, and of two as new the one that goes first.
    let told = fresh.into_iter().filter(|reading| !reading.lasted.is_zero());
    let Some(&Reading { fault, lasted, .. }) =
        told.max_by_key(|reading| (reading.at, std::cmp::Reverse(precedence(reading.fault))))
    else {
        return Standing::Well;
    };
    match limits.set_time(fault) {
        Some(set_time) if lasted >= set_time => Standing::Faulty { fault, lasted },
        // A fault that is expected of the channel never becomes trouble.
        _ => Standing::Young { fault, lasted },
    }
}

fn precedence(fault: Fault) -> usize {
    Fault::ALL.iter().position(|one| *one == fault).unwrap_or(Fault::ALL.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_001);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + NOW
    }

    fn reading(fault: Fault, lasted: u64, age: u64) -> Reading {
        Reading { fault, lasted: Duration::from_secs(lasted), at: now() - Duration::from_secs(age) }
    }

    #[track_caller]
    fn stands(readings: &[Reading], expected: Standing) {
        assert_eq!(stand(readings, &Limits::default(), now()), expected);
    }

    #[test]
    fn a_fault_is_trouble_from_its_set_time_on() {
        let (fault, seconds) = (Fault::Frozen, Duration::from_secs);
        stands(&[reading(fault, 29, 5)], Standing::Young { fault, lasted: seconds(29) });
        stands(&[reading(fault, 30, 5)], Standing::Faulty { fault, lasted: seconds(30) });
    }

    #[test]
    fn zeros_mean_that_a_feed_is_well() {
        stands(&[reading(Fault::Frozen, 0, 5), reading(Fault::Black, 0, 5)], Standing::Well);
    }

    #[test]
    fn nothing_published_for_three_minutes_is_nothing_known() {
        stands(&[], Standing::Unknown(Blind::Silent));
        stands(&[reading(Fault::Frozen, 600, 181)], Standing::Unknown(Blind::Silent));
        stands(
            &[reading(Fault::Frozen, 600, 180)],
            Standing::Faulty { fault: Fault::Frozen, lasted: Duration::from_mins(10) },
        );
    }

    #[test]
    fn of_two_faults_the_newer_word_holds_and_then_the_one_that_goes_first() {
        let black = Standing::Faulty { fault: Fault::Black, lasted: Duration::from_secs(10) };
        stands(&[reading(Fault::Frozen, 40, 15), reading(Fault::Black, 10, 5)], black);
        stands(&[reading(Fault::Frozen, 40, 5), reading(Fault::Black, 10, 5)], black);
    }

    #[test]
    fn a_channels_own_set_time_holds() {
        let limits = Limits { frozen_after: Duration::from_mins(5), ..Limits::default() };
        let young = Standing::Young { fault: Fault::Frozen, lasted: Duration::from_mins(1) };
        assert_eq!(stand(&[reading(Fault::Frozen, 60, 5)], &limits, now()), young);
    }

    #[test]
    fn a_datapoint_from_a_clock_that_is_ahead_counts() {
        let ahead = Reading { at: now() + Duration::from_secs(5), ..reading(Fault::Bars, 0, 0) };
        stands(&[ahead], Standing::Well);
    }
}
