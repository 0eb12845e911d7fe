//! What one sample shows, before it is compared with the set times.

use super::{
    condition::{Condition, Fault},
    evidence::Evidence,
    fault_run::FaultRun,
    sample_time::SampleTime,
};

/// What one sample shows.
pub(super) struct Finding {
    pub(super) condition: Condition,
    /// Since when, if pictures or time stamps show it.
    pub(super) since: Option<SampleTime>,
    pub(super) evidence: Evidence,
}

impl Finding {
    /// Since when `fault` lasts; `None` if it begins with this sample.
    pub(super) fn since_when(
        &self,
        fault: Fault,
        previous: Option<FaultRun>,
    ) -> Option<SampleTime> {
        if matches!(self.condition, Condition::Frozen | Condition::FrozenBackground) {
            // Only the pictures show whether this is the same freeze.
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
