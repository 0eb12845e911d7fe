//! When a sample was taken, and the slot for which it counts.

use std::time::{Duration, SystemTime};

/// The time of a sample.
///
/// Faults are judged by the time at which samples were taken, whatever their distance. Durations
/// are published by slot, so that two processes that sample the same slot publish the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleTime {
    /// When the sample was taken.
    pub taken: SystemTime,
    /// The slot for which it was taken: the time stamp of its datapoints.
    pub slot: SystemTime,
}

impl From<SystemTime> for SampleTime {
    /// A sample without slots, as in `replay`.
    fn from(taken: SystemTime) -> Self {
        Self { taken, slot: taken }
    }
}

impl SampleTime {
    /// Time from this sample to a later one; zero if that isn't later.
    pub(super) fn elapsed_until(self, later: Self) -> Duration {
        later.taken.duration_since(self.taken).unwrap_or_default()
    }

    /// Time from this sample's slot to that of a later one; zero if that isn't later.
    pub(super) fn slots_until(self, later: Self) -> Duration {
        later.slot.duration_since(self.slot).unwrap_or_default()
    }

    /// The later time of each kind.
    pub(super) fn max(self, other: Self) -> Self {
        Self { taken: self.taken.max(other.taken), slot: self.slot.max(other.slot) }
    }

    /// The earlier time of each kind.
    pub(super) fn min(self, other: Self) -> Self {
        Self { taken: self.taken.min(other.taken), slot: self.slot.min(other.slot) }
    }

    /// This much later; `None` if no clock can represent it.
    pub(super) fn checked_add(self, duration: Duration) -> Option<Self> {
        Some(Self {
            taken: self.taken.checked_add(duration)?,
            slot: self.slot.checked_add(duration)?,
        })
    }

    /// This much earlier; `None` if no clock can represent it.
    pub(super) fn checked_sub(self, duration: Duration) -> Option<Self> {
        Some(Self {
            taken: self.taken.checked_sub(duration)?,
            slot: self.slot.checked_sub(duration)?,
        })
    }
}
