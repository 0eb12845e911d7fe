//! Time as a tick sees it: a clock that doesn't jump, and the slots on which rounds are made.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Wall-clock time that doesn't jump while a tick runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    wall: SystemTime,
    steady: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one look at the wall clock in a tick")]
    pub(crate) fn read() -> Self {
        Self { wall: SystemTime::now(), steady: Instant::now() }
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.wall + self.steady.elapsed()
    }

    pub(crate) fn instant(&self, time: SystemTime) -> Instant {
        self.steady + time.duration_since(self.wall).unwrap_or_default()
    }

    /// The wall clock at the start.
    pub(crate) const fn wall(&self) -> SystemTime {
        self.wall
    }

    /// The start.
    pub(crate) const fn start(&self) -> Instant {
        self.steady
    }
}

/// The slots of one tick: whole multiples of the interval since the epoch.
#[derive(Debug)]
pub(crate) struct Slots {
    interval: u64,
    next: u64,
    last: u64,
    /// Slots that were over before their turn came.
    pub(crate) passed_over: u64,
}

impl Slots {
    /// So many slots of `interval` seconds, from the one numbered `first` on.
    pub(crate) const fn new(interval: u64, first: u64, count: u64) -> Self {
        Self { interval, next: first, last: first + count - 1, passed_over: 0 }
    }

    pub(crate) fn time(&self, slot: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(slot * self.interval)
    }

    /// The next slot that is not over yet. Those that are were passed over.
    pub(crate) fn next_from(&mut self, now: SystemTime) -> Option<u64> {
        let current =
            now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / self.interval;
        let slot = self.next.max(current).min(self.last + 1);
        self.passed_over += slot - self.next;
        if slot > self.last {
            self.next = slot;
            return None;
        }
        self.next = slot + 1;
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn slots_are_taken_in_turn_and_no_more_than_there_are() {
        let mut slots = Slots::new(10, 100, 3);
        let taken: Vec<_> = [1_003, 1_005, 1_012, 1_030].map(|now| slots.next_from(at(now))).into();
        assert_eq!(taken, [Some(100), Some(101), Some(102), None]);
        assert_eq!(slots.passed_over, 0);
        assert_eq!(slots.time(100), at(1_000));
    }

    #[test]
    fn a_slot_that_is_over_is_passed_over_and_counted() {
        let mut slots = Slots::new(10, 100, 6);
        assert_eq!(slots.next_from(at(1_000)), Some(100));
        assert_eq!(slots.next_from(at(1_031)), Some(103));
        assert_eq!(slots.passed_over, 2);
        assert_eq!(slots.next_from(at(9_999)), None);
        assert_eq!(slots.passed_over, 4);
    }
}
