//! Which durations of faults a sample publishes. Pure.
//!
//! CloudWatch bills a metric for each hour in which it receives data. So the duration of a fault is
//! published while it is above 0, and then, as 0, for as long as its end has to be visible.
//! [`Metric::FaultSeconds`] says in every slot that the feed was sampled.

use std::time::{Duration, SystemTime};

use source_detection::{Fault, Thresholds, Verdict};

use crate::metric::Metric;

/// The duration of a fault is published as 0 for this long after the fault. After a cold start and
/// for the picture wall, GetMetricData is read five minutes back; the sixth minute is for
/// datapoints that CloudWatch takes late. Alarms on single feeds evaluate the latest minute, and
/// graphs draw a line down to 0.
pub const ZEROS_FOR: Duration = Duration::from_mins(6);

/// How long a fault has lasted, from slot to slot; `None` for a feed that was not sampled, because
/// a missing datapoint means that the monitor is blind to it.
#[must_use]
pub fn lasted(fault: Fault, verdict: &Verdict) -> Option<Duration> {
    if verdict.is_unknown() {
        return None;
    }
    let lasted = verdict.lasted_in_slots(fault);
    if fault == Fault::Frozen && verdict.is_in(Fault::FrozenBackground) {
        return Some(lasted.max(verdict.lasted_in_slots(Fault::FrozenBackground)));
    }
    Some(lasted)
}

/// How long the current fault has lasted, whichever it is, from slot to slot: zero without a fault
/// and for one that never becomes an incident, `None` for a feed that was not sampled.
#[must_use]
pub fn current_fault_lasted(verdict: &Verdict, thresholds: &Thresholds) -> Option<Duration> {
    let counts =
        |fault: &Fault| verdict.incident.is_some() || thresholds.set_time(*fault).is_some();
    let longest = Metric::of_faults()
        .map(|(_, fault)| fault)
        .filter(counts)
        .filter_map(|fault| lasted(fault, verdict))
        .max();
    if verdict.is_unknown() { None } else { Some(longest.unwrap_or_default()) }
}

/// The faults of a feed that last or lasted lately, each with the latest slot in which its duration
/// was above 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentFaults(Vec<(Fault, SystemTime)>);

impl RecentFaults {
    /// Notes that the duration of a fault was above 0 in this slot.
    pub fn add(&mut self, fault: Fault, slot: SystemTime) {
        match self.0.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, latest)) => *latest = slot.max(*latest),
            None => self.0.push((fault, slot)),
        }
    }

    /// The faults whose durations are published in this slot; forgets the others.
    pub fn published_in(&mut self, slot: SystemTime) -> Vec<Fault> {
        self.0.retain(|(_, latest)| slot.duration_since(*latest).unwrap_or_default() <= ZEROS_FOR);
        self.0.iter().map(|(fault, _)| *fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_published_while_its_fault_lasts_and_for_six_minutes_after_it() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let mut recent = RecentFaults::default();
        assert_eq!(recent.published_in(at(1_000)), []);
        recent.add(Fault::Black, at(1_010));
        recent.add(Fault::Frozen, at(1_020));
        recent.add(Fault::Black, at(1_000));
        assert_eq!(recent.published_in(at(1_370)), [Fault::Black, Fault::Frozen]);
        assert_eq!(recent.published_in(at(1_380)), [Fault::Frozen]);
        assert_eq!(recent.published_in(at(1_390)), []);
    }
}
