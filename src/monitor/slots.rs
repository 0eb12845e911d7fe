//! The slots of a tick: whole multiples of the interval since the epoch, on which rounds are made.
//! Pure.

use std::time::{Duration, SystemTime};

/// The slots of one tick.
#[derive(Debug)]
pub(super) struct Slots {
    interval: u64,
    next: u64,
    last: u64,
    /// Slots that ended before their round could start.
    pub(super) missed: u64,
}

impl Slots {
    /// `count` slots of `interval` seconds, from the one with the number `first` on.
    pub(super) const fn new(interval: u64, first: u64, count: u64) -> Self {
        Self { interval, next: first, last: first + count - 1, missed: 0 }
    }

    /// The number of the slot at this time.
    pub(super) fn number_at(now: SystemTime, interval: u64) -> u64 {
        now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / interval
    }

    /// The start of a slot.
    pub(super) fn time(&self, slot: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(slot * self.interval)
    }

    /// The next slot that has not ended yet; those that have are missed.
    pub(super) fn next_from(&mut self, now: SystemTime) -> Option<u64> {
        let current = Self::number_at(now, self.interval);
        let slot = self.next.max(current).min(self.last + 1);
        self.missed += slot - self.next;
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
    fn slots_are_used_in_order_and_no_more_than_there_are() {
        let mut slots = Slots::new(10, 100, 3);
        let used: Vec<_> = [1_003, 1_005, 1_012, 1_030].map(|now| slots.next_from(at(now))).into();
        assert_eq!(used, [Some(100), Some(101), Some(102), None]);
        assert_eq!(slots.missed, 0);
        assert_eq!(slots.time(100), at(1_000));
    }

    #[test]
    fn a_slot_that_has_ended_is_missed_and_counted() {
        let mut slots = Slots::new(10, 100, 6);
        assert_eq!(slots.next_from(at(1_000)), Some(100));
        assert_eq!(slots.next_from(at(1_031)), Some(103));
        assert_eq!(slots.missed, 2);
        assert_eq!(slots.next_from(at(9_999)), None);
        assert_eq!(slots.missed, 4);
    }
}
