//! What one sample of a feed leads to: its condition, how long it has lasted, and the incident.
//!
//! Values only. Others turn them into datapoints, log lines and events.

use std::time::{Duration, SystemTime};

use super::{
    condition::{Condition, Fault},
    evidence::Evidence,
    sample_time::SampleTime,
};

/// The result of judging one sample of a feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What the source shows.
    pub condition: Condition,
    /// The incident that is open after this sample.
    pub incident: Option<Incident>,
    /// The incident that this sample opened.
    pub raised: Option<IncidentEvent>,
    /// The incident that this sample ended. One sample can end an incident and open another.
    pub cleared: Option<IncidentEvent>,
    /// The fault that lasts, and for how long.
    pub(super) lasting: Option<Lasting>,
}

/// A fault that lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lasting {
    pub(super) fault: Fault,
    /// From sample to sample.
    pub(super) duration: Duration,
    /// From slot to slot.
    pub(super) slots: Duration,
    /// When the fault began to count; `None` if it is expected.
    pub(super) since: Option<SystemTime>,
}

impl Verdict {
    /// How long `fault` has lasted; 0 if it doesn't last, is expected, or began within the grace
    /// after a start. While the condition is unknown, the duration stays what it was at the latest
    /// known sample.
    #[must_use]
    pub fn lasted(&self, fault: Fault) -> Duration {
        self.lasting(fault).map_or(Duration::ZERO, |lasting| lasting.duration)
    }

    /// How long `fault` has lasted from slot to slot, which is what is published: two processes
    /// that sample the same slots publish the same number. Otherwise as [`Verdict::lasted`].
    #[must_use]
    pub fn lasted_in_slots(&self, fault: Fault) -> Duration {
        self.lasting(fault).map_or(Duration::ZERO, |lasting| lasting.slots)
    }

    /// The fault that lasts, whether it is an incident or not, and when it began to count; `None`
    /// without one, and for one that is expected.
    #[must_use]
    pub fn lasting_since(&self) -> Option<(Fault, SystemTime)> {
        self.lasting.and_then(|lasting| Some((lasting.fault, lasting.since?)))
    }

    fn lasting(&self, fault: Fault) -> Option<Lasting> {
        self.lasting.filter(|lasting| lasting.fault == fault)
    }

    /// Replaces the times at which faults began, for a caller that judges by a clock of its own.
    pub fn map_times(&mut self, map: impl Fn(SystemTime) -> SystemTime) {
        let events = [self.raised.as_mut(), self.cleared.as_mut()].into_iter().flatten();
        let incidents = events.map(|event| &mut event.incident).chain(self.incident.as_mut());
        for incident in incidents {
            incident.map_times(&map);
        }
        if let Some(since) = self.lasting.as_mut().and_then(|lasting| lasting.since.as_mut()) {
            *since = map(*since);
        }
    }

    /// Whether the condition is known and no incident is open. A fault that is expected, or that
    /// has not reached its set time, does not make a feed unhealthy.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.incident.is_none() && !self.is_unknown()
    }

    /// Whether the sample showed nothing. An open incident stays open.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.condition == Condition::Unknown
    }

    /// Whether an incident of this fault is open: its set time was reached, and its clear time was
    /// not.
    #[must_use]
    pub fn is_in(&self, fault: Fault) -> bool {
        self.incident.as_ref().is_some_and(|incident| incident.fault == fault)
    }
}

/// A feed in a faulty condition, from its set time to its clear time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Incident {
    /// What is wrong.
    pub fault: Fault,
    /// When the fault began to count: its first faulty sample, or the end of the grace after a
    /// start.
    pub since: SystemTime,
    /// The slot of that sample. Processes that sample the same slots agree on it.
    pub since_slot: SystemTime,
    /// The numbers behind the sample that raised it; `None` for an incident that an earlier process
    /// raised.
    pub evidence: Option<Evidence>,
}

impl Incident {
    /// Replaces the times at which the fault began, for a caller that judges by a clock of its own.
    pub fn map_times(&mut self, map: impl Fn(SystemTime) -> SystemTime) {
        self.since = map(self.since);
        self.since_slot = map(self.since_slot);
    }

    pub(super) fn new(fault: Fault, since: SampleTime, evidence: Option<Evidence>) -> Self {
        Self { fault, since: since.taken, since_slot: since.slot, evidence }
    }
}

/// The beginning or the end of an incident.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncidentEvent {
    /// The incident.
    pub incident: Incident,
    /// From [`Incident::since`] to the sample that raised it, or to the first sample without the
    /// fault.
    pub lasted: Duration,
}
