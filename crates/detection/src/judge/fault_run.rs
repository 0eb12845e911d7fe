//! A fault over the samples that showed it.

use std::time::Duration;

use super::{
    condition::Fault, kind::Kind, sample_time::SampleTime, thresholds::Thresholds,
    verdict::Incident,
};

/// A fault that lasts: from its first faulty sample to its latest.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaultRun {
    pub(super) fault: Fault,
    pub(super) kind: Kind,
    pub(super) since: SampleTime,
    pub(super) latest: SampleTime,
}

impl FaultRun {
    /// Whether this is the fault of `incident`. A freeze on another picture is another fault; black
    /// that was interrupted for a second is the same.
    pub(super) fn continues(&self, incident: &Incident) -> bool {
        self.fault == incident.fault
            && (self.fault != Fault::Frozen || self.since.taken <= incident.since)
    }

    /// Whether another fault can replace `incident` at its set time. Until then the incident stays
    /// open: a feed that goes from frozen to no picture is not healthy in between. A slate that has
    /// not reached its set time is healthy.
    pub(super) fn can_replace(&self, incident: &Incident, thresholds: &Thresholds) -> bool {
        self.fault != incident.fault
            && self.fault != Fault::Slate
            && thresholds.set_time(self.fault).is_some()
    }

    /// How long it must last to become an incident; `None` if it never does.
    pub(super) fn set_time(&self, thresholds: &Thresholds) -> Option<Duration> {
        thresholds.set_time_of(self.fault, self.kind)
    }
}
