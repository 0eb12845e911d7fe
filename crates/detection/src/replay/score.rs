//! What was raised against what the labels say was due.
//!
//! A labelled [`Sequence`] and what it [`Played`] enter, a [`Score`] leaves. It knows nothing of pictures.
//!
//! A fault is due where a labelled run lasts its set time or longer, from its first still to its last; one
//! that was seen no longer than a fade never is. It is missed if its condition is not raised inside that run,
//! one further still allowed. An incident with no such run under it is a false alarm. `slate`, `test_pattern`
//! and `frozen_background` accept `frozen` (or `frozen_background`) as well as nothing: from pixels alone
//! both are right.

use std::iter::Sum;
use std::time::Duration;

use super::{Played, Run, Sequence, RaisedIncident};
use crate::judge::{BRIEF, Fault, Thresholds};

/// What was missed and what was raised wrongly in one sequence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Runs whose fault was due and not raised.
    pub missed: Vec<(Fault, Run)>,
    /// Incidents that no label calls for, and the label at the still that raised them.
    pub false_alarms: Vec<(RaisedIncident, String)>,
    /// How many faults were due.
    pub due: usize,
    /// Incidents where the label accepts both one and none.
    pub either_way: usize,
}

/// Sums over sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Faults that were due and not raised.
    pub missed: usize,
    /// Incidents that no label calls for.
    pub false_alarms: usize,
}

impl Score {
    /// How many of each.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally { missed: self.missed.len(), false_alarms: self.false_alarms.len() }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            missed: sum.missed + tally.missed,
            false_alarms: sum.false_alarms + tally.false_alarms,
        })
    }
}

/// Compares what was raised with the labels. Without labels there is nothing to miss and nothing to raise
/// wrongly.
#[must_use]
pub fn score(sequence: &Sequence, played: &Played, thresholds: &Thresholds) -> Score {
    let mut score = Score::default();
    if sequence.runs.is_empty() {
        return score;
    }
    for run in &sequence.runs {
        if let Some(fault) = due(sequence, run, thresholds) {
            score.due += 1;
            if !played
                .incidents
                .iter()
                .any(|incident| incident.fault == fault && covers(sequence, run, incident))
            {
                score.missed.push((fault, run.clone()));
            }
        }
    }
    for incident in &played.incidents {
        let under = |run: &&Run| inside(sequence, run, incident.set);
        if sequence.runs.iter().filter(under).any(|run| due(sequence, run, thresholds) == Some(incident.fault)) {
            continue;
        }
        if sequence.runs.iter().filter(under).any(|run| accepts(&run.label, incident.fault)) {
            score.either_way += 1;
            continue;
        }
        score.false_alarms.push((incident.clone(), label_at(sequence, incident.set)));
    }
    score
}

/// The fault that must be raised on this run.
fn due(sequence: &Sequence, run: &Run, thresholds: &Thresholds) -> Option<Fault> {
    let fault = match run.label.as_str() {
        "frozen" => Fault::Frozen,
        "black" if !sequence.short_black => Fault::Black,
        "bars" => Fault::Bars,
        "flat" => Fault::Flat,
        "no_picture" => Fault::NoPicture,
        _ => return None,
    };
    let lasts = times(sequence.step, run.count.saturating_sub(1));
    thresholds.set_time(fault).filter(|&set| lasts >= set && lasts > BRIEF).map(|_| fault)
}

/// Whether a label leaves it open if this fault is raised.
fn accepts(label: &str, fault: Fault) -> bool {
    matches!(label, "slate" | "test_pattern" | "frozen_background")
        && matches!(fault, Fault::Frozen | Fault::FrozenBackground)
}

/// Whether a time lies in a run or at the one still after it.
fn inside(sequence: &Sequence, run: &Run, time: Duration) -> bool {
    (times(sequence.step, run.first)..=times(sequence.step, run.first + run.count)).contains(&time)
}

/// Whether the incident tells of this run: raised inside it, or raised before and open all through it.
fn covers(sequence: &Sequence, run: &Run, incident: &RaisedIncident) -> bool {
    let end = times(sequence.step, (run.first + run.count).saturating_sub(1));
    let before =
        incident.set < times(sequence.step, run.first) && incident.clear.is_none_or(|clear| clear > end);
    before || inside(sequence, run, incident.set)
}

fn label_at(sequence: &Sequence, time: Duration) -> String {
    let run = sequence.runs.iter().rev().find(|run| times(sequence.step, run.first) <= time);
    run.map_or_else(String::new, |run| run.label.clone())
}

fn times(step: Duration, count: usize) -> Duration {
    step.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}
