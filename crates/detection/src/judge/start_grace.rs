//! The grace after a start of the channel, in which nothing counts as a fault.

use std::time::Duration;

use super::sample_time::SampleTime;

/// The latest start of a channel, and the grace after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StartGrace {
    /// The latest sample while the channel was starting.
    starting: Option<SampleTime>,
    /// The end of the grace.
    until: Option<SampleTime>,
}

impl StartGrace {
    /// The rest of a grace after a start that another process saw.
    pub(super) const fn until(end: SampleTime) -> Self {
        Self { starting: None, until: Some(end) }
    }

    /// Whether a start that is seen at this time is the one that was seen before.
    pub(super) fn continues(&self, at: SampleTime, longest_gap: Duration) -> bool {
        self.starting.is_some_and(|starting| starting.elapsed_until(at) <= longest_gap)
    }

    /// The channel is starting at this time.
    pub(super) fn begin(&mut self, at: SampleTime, grace: Duration) {
        *self = Self { starting: Some(at), until: at.checked_add(grace) };
    }

    /// When something that began at this time began to count.
    pub(super) fn counted_from(&self, began: SampleTime) -> SampleTime {
        self.until.map_or(began, |end| end.max(began))
    }

    /// What is left of the grace at this time, from slot to slot.
    pub(super) fn left(&self, at: SampleTime) -> Duration {
        self.until.map_or(Duration::ZERO, |end| at.slots_until(end))
    }
}
