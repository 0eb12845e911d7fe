//! What one sample shows, before it is compared with the set times.

use super::{
    condition::{Condition, Fault},
    difference::Difference,
    evidence::Evidence,
    fault_run::FaultRun,
    frozen_part::FrozenPart,
    kind::Kind,
    pair::Comparison,
    partial::Part,
    repeating::Repetition,
    sample_time::SampleTime,
};
use crate::picture::grid::Grid;

/// What one sample shows.
pub(super) struct Finding {
    pub(super) condition: Condition,
    /// Which set time its fault has.
    pub(super) kind: Kind,
    /// Since when, if pictures or time stamps show it.
    pub(super) since: Option<SampleTime>,
    pub(super) evidence: Evidence,
}

impl Finding {
    pub(super) const fn new(
        condition: Condition,
        since: Option<SampleTime>,
        evidence: Evidence,
    ) -> Self {
        Self { condition, kind: Kind::Usual, since, evidence }
    }

    /// A card bounces or spins over one colour.
    pub(super) fn of_moving_card(since: SampleTime) -> Self {
        Self::new(Condition::FrozenBackground, Some(since), Evidence::Bouncing)
            .of_kind(Kind::DeadBackground)
    }

    /// What a picture shows that differs from the ones before it.
    pub(super) fn of_change(grid: &Grid, frozen_part: Option<FrozenPart>) -> Self {
        let one_colour = Part::of(grid).map(Self::from);
        one_colour
            .or(frozen_part.map(Self::from))
            .unwrap_or_else(|| Self::new(Condition::Moving, None, Difference::default().into()))
    }

    /// What a comparison shows; `None` if it shows nothing.
    pub(super) fn of_comparison(comparison: Comparison) -> Option<Self> {
        match comparison {
            Comparison::Unknown => None,
            Comparison::Same => {
                Some(Self::new(Condition::Moving, None, Difference::default().into()))
            }
            Comparison::Different { since, evidence } => {
                Some(Self::new(Condition::Mismatch, Some(since), evidence))
            }
        }
    }

    pub(super) fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Since when `fault` lasts; `None` if it begins with this sample.
    pub(super) fn since_when(
        &self,
        fault: Fault,
        previous: Option<FaultRun>,
    ) -> Option<SampleTime> {
        if matches!(
            self.condition,
            Condition::Frozen | Condition::FrozenBackground | Condition::Repeating
        ) {
            // Only the pictures show whether this is the same freeze or loop.
            return self.since;
        }
        let continued = previous.filter(|run| run.fault == fault).map(|run| run.since);
        // The earlier one: a thumbnail can disappear and return with the same time stamp.
        match (self.since, continued) {
            (Some(since), Some(continued)) => Some(since.min(continued)),
            (since, continued) => since.or(continued),
        }
    }
}

impl From<Repetition> for Finding {
    fn from(repetition: Repetition) -> Self {
        let Repetition { since, period, pictures, is_alternating } = repetition;
        let evidence = Evidence::Repeating { period, pictures };
        Self::new(Condition::Repeating, Some(since), evidence).of_kind(if is_alternating {
            Kind::Alternating
        } else {
            Kind::Usual
        })
    }
}

impl From<FrozenPart> for Finding {
    fn from(part: FrozenPart) -> Self {
        Self::new(Condition::Partial, Some(part.since), Evidence::FrozenPart(part))
    }
}

impl From<Part> for Finding {
    fn from(part: Part) -> Self {
        Self::new(Condition::Partial, None, Evidence::Partial(part))
    }
}
