//! What one sample shows, before it is compared with the set times.

use super::{
    condition::{Condition, Fault},
    evidence::Evidence,
    fault_run::FaultRun,
    kind::Kind,
    repeating::Repetition,
    sample_time::SampleTime,
};

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
