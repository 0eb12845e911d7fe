//! One sequence with what came of it: what both printers print.

use super::{Played, Score, Sequence};

/// A sequence, what was seen in it, and how that compares with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was replayed.
    pub sequence: Sequence,
    /// What was seen.
    pub played: Played,
    /// Against the labels.
    pub score: Score,
}

impl Report {
    /// The label of each still, `-` where it has none.
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
