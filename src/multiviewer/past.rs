//! What a feed showed in the last minutes, from the datapoints that were read for its status. Pure.

use std::time::{Duration, SystemTime};

use source_detection::{Fault, Thresholds};

use crate::restore::Lasting;

/// The last minutes of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// What it showed, oldest first. Nothing is known of the time between two stretches.
    pub stretches: Vec<Stretch>,
    /// The latest incident, if it has ended.
    pub ended: Option<Ended>,
}

/// A time in which a feed showed one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its beginning.
    pub from: SystemTime,
    /// Its end.
    pub to: SystemTime,
    /// What the feed showed.
    pub showed: Showed,
}

/// What a feed showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showed {
    /// No fault.
    Healthy,
    /// A fault that ended before its set time, or is expected of the channel.
    Pending(Fault),
    /// A fault that reached its set time.
    Faulty(Fault),
}

/// An incident that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What it was.
    pub fault: Fault,
    /// How long it lasted.
    pub lasted: Duration,
    /// The last slot in which it lasted.
    pub at: SystemTime,
}

/// Successive slots with the same fault, or without one.
struct Run {
    fault: Option<Fault>,
    first: SystemTime,
    last: SystemTime,
    lasted: Duration,
}

impl Past {
    /// The past of a feed with these durations, oldest first, and with this time from one datapoint
    /// to the next.
    #[must_use]
    pub fn of(
        slots: &[(SystemTime, Lasting)],
        thresholds: &Thresholds,
        interval: Duration,
    ) -> Self {
        let runs = runs(slots, interval);
        let is_incident = |run: &Run| {
            let set_time = run.fault.and_then(|fault| thresholds.set_time(fault));
            set_time.is_some_and(|set_time| run.lasted >= set_time)
        };
        let mut stretches: Vec<Stretch> = Vec::with_capacity(runs.len());
        for run in &runs {
            let showed = match run.fault {
                None => Showed::Healthy,
                Some(fault) if is_incident(run) => Showed::Faulty(fault),
                Some(fault) => Showed::Pending(fault),
            };
            // The first datapoint of a fault that is not zero comes after its beginning.
            if let Some(before) = stretches.last_mut() {
                before.to = before.to.min(run.first).max(before.from);
            }
            stretches.push(Stretch { from: run.first, to: run.last + interval, showed });
        }
        let ended = match runs.split_last() {
            Some((now, before)) if now.fault.is_none() => {
                let latest = before.iter().rev().find(|run| is_incident(run));
                latest.and_then(|run| {
                    Some(Ended { fault: run.fault?, lasted: run.lasted, at: run.last })
                })
            }
            _ => None,
        };
        Self { stretches, ended }
    }
}

fn runs(slots: &[(SystemTime, Lasting)], interval: Duration) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &(slot, lasting) in slots {
        let (fault, lasted) =
            lasting.map_or((None, Duration::ZERO), |(fault, lasted)| (Some(fault), lasted));
        // A slot may be missing; more than one is a gap.
        let continues = |run: &&mut Run| {
            run.fault == fault && run.lasted <= lasted && slot <= run.last + interval * 2
        };
        if let Some(run) = runs.last_mut().filter(continues) {
            (run.last, run.lasted) = (slot, lasted);
        } else {
            let first = slot.checked_sub(lasted).unwrap_or(slot);
            runs.push(Run { fault, first, last: slot, lasted });
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
    }

    fn past(slots: &[(u64, Option<(Fault, u64)>)]) -> Past {
        let slots: Vec<_> = slots
            .iter()
            .map(|&(slot, lasting)| {
                let lasting = lasting.map(|(fault, lasted)| (fault, Duration::from_secs(lasted)));
                (at(slot), lasting)
            })
            .collect();
        Past::of(&slots, &Thresholds::default(), INTERVAL)
    }

    #[test]
    fn an_incident_that_has_ended_is_remembered_with_its_length() {
        let black = |lasted| Some((Fault::Black, lasted));
        let past = past(&[(10, None), (20, black(4)), (30, black(14)), (40, None), (50, None)]);
        let stretch = |from, to, showed| Stretch { from: at(from), to: at(to), showed };
        let expected = [
            stretch(10, 16, Showed::Healthy),
            stretch(16, 40, Showed::Faulty(Fault::Black)),
            stretch(40, 60, Showed::Healthy),
        ];
        assert_eq!(past.stretches, expected);
        let ended = Ended { fault: Fault::Black, lasted: Duration::from_secs(14), at: at(30) };
        assert_eq!(past.ended, Some(ended));
    }

    #[test]
    fn a_fault_that_did_not_reach_its_set_time_is_no_incident() {
        let past = past(&[(10, Some((Fault::Frozen, 20))), (20, None)]);
        assert_eq!(past.stretches[0].showed, Showed::Pending(Fault::Frozen));
        assert_eq!(past.ended, None);
    }

    #[test]
    fn an_incident_that_lasts_has_not_ended() {
        assert_eq!(past(&[(10, None), (20, Some((Fault::Black, 90)))]).ended, None);
        assert_eq!(past(&[]), Past::default());
    }

    #[test]
    fn a_gap_in_the_datapoints_is_a_gap_between_stretches() {
        let past = past(&[(10, None), (20, None), (90, None)]);
        let times: Vec<_> = past.stretches.iter().map(|one| (one.from, one.to)).collect();
        assert_eq!(times, [(at(10), at(30)), (at(90), at(100))]);
    }
}
