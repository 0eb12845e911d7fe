//! The slots of a tick: whole multiples of the interval since the epoch, on which rounds are made.
//! Pure.

use std::time::{Duration, SystemTime};

/// The slots of one tick.
#[derive(Debug)]
pub(super) struct Slots {
    interval: Duration,
    next: u64,
    end: u64,
    /// From the beginning of a slot to its round.
    phase: Duration,
    /// Slots that ended before their round could start.
    pub(super) missed: u64,
}

impl Slots {
    /// The slots of a tick of `period` that begins now. If the slot of now is the `last` one of
    /// this process, the first round is that of the next slot, at its beginning.
    pub(super) fn new(
        now: SystemTime,
        interval: Duration,
        period: Duration,
        last: Option<u64>,
    ) -> Self {
        let current = number_at(now, interval);
        let count = period.as_secs().div_ceil(interval.as_secs());
        let mut slots = Self {
            interval,
            next: current,
            end: current + count,
            phase: Duration::ZERO,
            missed: 0,
        };
        if last == Some(current) {
            slots.next += 1;
            slots.end += 1;
        } else {
            slots.phase = now.duration_since(slots.time(current)).unwrap_or_default();
        }
        slots
    }

    /// Counts the slots of the rest of a tick anew, after the clock was set.
    pub(super) fn restart(&mut self, now: SystemTime, left: Duration) {
        *self = Self { missed: self.missed, ..Self::new(now, self.interval, left, None) };
    }

    /// The beginning of a slot: the time stamp of its datapoints.
    pub(super) fn time(&self, slot: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(slot * self.interval.as_secs())
    }

    /// When the round of a slot starts.
    pub(super) fn round_start(&self, slot: u64) -> SystemTime {
        self.time(slot) + self.phase
    }

    /// Whether no slot is left.
    pub(super) fn is_empty(&self) -> bool {
        self.next == self.end
    }

    /// The next slot whose round is not over yet; those whose round would be are missed.
    pub(super) fn next_from(&mut self, now: SystemTime) -> Option<u64> {
        let current = number_at(now - self.phase, self.interval);
        let slot = self.next.max(current).min(self.end);
        self.missed += slot - self.next;
        if slot == self.end {
            self.next = slot;
            return None;
        }
        self.next = slot + 1;
        Some(slot)
    }
}

/// The number of the slot at this time.
fn number_at(now: SystemTime, interval: Duration) -> u64 {
    now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / interval.as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn slots(now: u64, period: u64, last: Option<u64>) -> Slots {
        Slots::new(at(now), INTERVAL, Duration::from_secs(period), last)
    }

    #[test]
    fn slots_are_used_in_order_and_no_more_than_there_are() {
        let mut slots = slots(1_003, 30, None);
        let used: Vec<_> = [1_003, 1_005, 1_015, 1_030].map(|now| slots.next_from(at(now))).into();
        assert_eq!(used, [Some(100), Some(101), Some(102), None]);
        assert!(slots.is_empty());
        assert_eq!(slots.missed, 0);
        assert_eq!(slots.time(100), at(1_000));
    }

    #[test]
    fn rounds_are_one_interval_apart_at_whatever_second_a_tick_begins() {
        for second in 0..10 {
            let mut slots = slots(1_000 + second, 60, None);
            let mut now = at(1_000 + second);
            let mut starts = Vec::new();
            while let Some(slot) = slots.next_from(now) {
                now = now.max(slots.round_start(slot));
                starts.push(now.duration_since(at(1_000)).unwrap().as_secs() - second);
            }
            assert_eq!(starts, [0, 10, 20, 30, 40, 50], "begun {second} s into a slot");
        }
    }

    #[test]
    fn after_the_clock_was_set_the_rest_of_the_tick_has_its_slots() {
        let mut slots = slots(1_003, 60, None);
        let first = [1_003, 1_013].map(|now| slots.next_from(at(now)));
        assert_eq!(first, [Some(100), Some(101)]);
        slots.restart(at(9_023), Duration::from_secs(40));
        let rest: Vec<_> = (0..5).map(|round| slots.next_from(at(9_023 + round * 10))).collect();
        assert_eq!(rest, [Some(902), Some(903), Some(904), Some(905), None]);
        assert_eq!(slots.missed, 0);
        slots.restart(at(9_063), Duration::ZERO);
        assert_eq!(slots.next_from(at(9_063)), None);
    }

    #[test]
    fn after_its_last_slot_a_process_waits_for_the_beginning_of_the_next() {
        let mut slots = slots(1_009, 20, Some(100));
        assert_eq!(slots.next_from(at(1_009)), Some(101));
        assert_eq!(slots.round_start(101), at(1_010));
        assert_eq!(slots.next_from(at(1_012)), Some(102));
        assert_eq!(slots.next_from(at(1_022)), None);
    }

    #[test]
    fn a_round_that_is_over_before_it_could_start_is_missed_and_counted() {
        let mut slots = slots(1_000, 60, None);
        assert_eq!(slots.next_from(at(1_000)), Some(100));
        assert_eq!(slots.next_from(at(1_031)), Some(103));
        assert_eq!(slots.missed, 2);
        assert_eq!(slots.next_from(at(9_999)), None);
        assert_eq!(slots.missed, 4);
    }
}
