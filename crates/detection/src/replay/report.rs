//! One sequence with its outcome: what all output formats print.

use super::{Played, Score, Sequence, Tally, album::Pictures};

/// A sequence, what it led to, and how that compares with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The stills.
    pub sequence: Sequence,
    /// Their conditions, and the incidents.
    pub played: Played,
    /// The comparison with the labels.
    pub score: Score,
    /// Some of the stills, for the page of HTML.
    pub(super) pictures: Pictures,
}

impl Report {
    /// What went wrong with this sequence.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let Score { missed, false_alarms, .. } = &self.score;
        let incomplete = usize::from(self.played.incomplete.is_some());
        Tally { missed: missed.len(), false_alarms: false_alarms.len(), incomplete }
    }

    /// The label of each still, `-` if it has none.
    pub(super) fn labels(&self) -> Vec<&str> {
        let mut labels = vec!["-"; self.played.conditions.len()];
        for run in &self.sequence.runs {
            for label in labels.iter_mut().skip(run.first).take(run.count) {
                *label = &run.label;
            }
        }
        labels
    }
}
