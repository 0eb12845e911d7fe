//! One sequence with its outcome: what both output formats print.

use super::{Played, Score, Sequence};

/// A sequence, what it led to, and how that compares with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The stills.
    pub sequence: Sequence,
    /// Their conditions, and the incidents.
    pub played: Played,
    /// The comparison with the labels.
    pub score: Score,
}

impl Report {
    /// The label of each still, `-` if it has none.
    pub(super) fn labels(&self) -> Vec<&str> {
        let mut labels = vec!["-"; self.sequence.stills.len()];
        for run in &self.sequence.runs {
            for label in labels.iter_mut().skip(run.first).take(run.count) {
                *label = &run.label;
            }
        }
        labels
    }
}
