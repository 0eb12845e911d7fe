//! Compares the incidents of a sequence with its labels.
//!
//! A labelled [`Sequence`] and what it led to ([`Played`]) enter, a [`Score`] leaves.
//!
//! A fault is due if a labelled run lasts its set time or longer, from its first still to its last,
//! and longer than [`BRIEF`]. It is missed if it is not raised during that run or at the one still
//! after it. An incident is a false alarm if no such run explains it. On `slate`, `test_pattern`
//! and `frozen_background`, both `frozen` (or `frozen_background`) and no incident are correct:
//! pixels alone do not distinguish them. A sequence may accept further faults.

use std::{iter::Sum, time::Duration};

use super::{LabelledRun, Played, RaisedIncident, Sequence};
use crate::judge::{BRIEF, Fault, Thresholds};

/// Labels with which one incident is as correct as none.
pub(super) const EITHER_WAY: [&str; 3] = ["slate", "test_pattern", "frozen_background"];

/// What was missed and what was raised wrongly in one sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Faults that were due and not raised, each with its run.
    pub missed: Vec<(Fault, LabelledRun)>,
    /// Incidents that no label explains, each with the label of the still that raised it.
    pub false_alarms: Vec<(RaisedIncident, String)>,
    /// How many of those were raised under the name of another fault.
    pub misnamed: usize,
    /// How many faults were due.
    pub due: usize,
    /// How many incidents had a label with which one incident is as correct as none.
    pub either_way: usize,
}

/// Totals of one or more sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Faults that were due and not raised.
    pub missed: usize,
    /// Incidents that no label explains.
    pub false_alarms: usize,
    /// Videos that were not read to their end.
    pub incomplete: usize,
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            missed: sum.missed + tally.missed,
            false_alarms: sum.false_alarms + tally.false_alarms,
            incomplete: sum.incomplete + tally.incomplete,
        })
    }
}

/// Scores a sequence. Without labels, nothing can be missed or raised wrongly.
#[must_use]
pub fn score(sequence: &Sequence, played: &Played, thresholds: &Thresholds) -> Score {
    let mut score = Score::default();
    if sequence.runs.is_empty() {
        return score;
    }
    for run in &sequence.runs {
        let Some(fault) = due_fault(sequence, run, thresholds) else { continue };
        score.due += 1;
        let raised = || played.incidents.iter().filter(|one| covers(sequence, run, one));
        if !raised().any(|incident| is_named(sequence, fault, incident.fault)) {
            score.misnamed += usize::from(raised().next().is_some());
            score.missed.push((fault, run.clone()));
        }
    }
    for incident in &played.incidents {
        let (mut is_due, mut is_either_way) = (false, false);
        for run in sequence.runs.iter().filter(|run| contains(sequence, run, incident.set)) {
            let due = due_fault(sequence, run, thresholds);
            is_due |= due.is_some_and(|due| is_named(sequence, due, incident.fault));
            is_either_way |= accepts(sequence, &run.label, incident.fault);
        }
        if is_due {
            continue;
        }
        if is_either_way {
            score.either_way += 1;
        } else {
            score.false_alarms.push((incident.clone(), label_at(sequence, incident.set)));
        }
    }
    score
}

/// The fault that must be raised on this run.
fn due_fault(sequence: &Sequence, run: &LabelledRun, thresholds: &Thresholds) -> Option<Fault> {
    let fault = match run.label.as_str() {
        "frozen" => Fault::Frozen,
        "black" if !sequence.short_black => Fault::Black,
        "bars" => Fault::Bars,
        "flat" => Fault::Flat,
        "no_picture" => Fault::NoPicture,
        _ => return None,
    };
    let set_time = thresholds.set_time(fault)?;
    let duration = sequence.time_of(run.count.saturating_sub(1));
    if duration < set_time || duration <= BRIEF { None } else { Some(fault) }
}

/// Whether an incident of the fault `raised` reports the fault `due`. Two pictures that alternate
/// are labelled frozen, and reported as a repetition.
fn is_named(sequence: &Sequence, due: Fault, raised: Fault) -> bool {
    raised == due
        || (due == Fault::Frozen && raised == Fault::Repeating)
        || sequence.accepted.contains(&raised)
}

/// Whether an incident of this fault is as correct as none with this label.
fn accepts(sequence: &Sequence, label: &str, fault: Fault) -> bool {
    let is_still = matches!(fault, Fault::Frozen | Fault::FrozenBackground);
    (is_still && EITHER_WAY.contains(&label)) || sequence.accepted.contains(&fault)
}

/// Whether a time is in a run or at the one still after it.
fn contains(sequence: &Sequence, run: &LabelledRun, time: Duration) -> bool {
    (sequence.time_of(run.first)..=sequence.time_of(run.first + run.count)).contains(&time)
}

/// Whether an incident reports this run: raised in it, or raised before it and open until its end.
fn covers(sequence: &Sequence, run: &LabelledRun, incident: &RaisedIncident) -> bool {
    let raised_before = incident.set < sequence.time_of(run.first);
    let open_until_end = incident.clear.is_none_or(|clear| clear > sequence.time_of(run.last()));
    (raised_before && open_until_end) || contains(sequence, run, incident.set)
}

fn label_at(sequence: &Sequence, time: Duration) -> String {
    let run = sequence.runs.iter().rev().find(|run| sequence.time_of(run.first) <= time);
    run.map_or_else(String::new, |run| run.label.clone())
}
