//! The time by which faults are judged: it goes on when the clock is put right. Pure.
//!
//! A process that Lambda thaws may find a clock that is behind, for a moment, by as long as it was
//! frozen. Datapoints have the clock's time. But durations that were measured before must neither
//! be lost nor grow when the clock jumps, so they are measured on a time line of their own, which
//! differs from the clock by a whole number of slots.

use std::time::{Duration, SystemTime};

/// Where the time line is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timeline {
    latest: Option<Reading>,
    shift: Shift,
}

/// A time on the time line, and what the steady clock read then.
#[derive(Clone, Copy, Debug)]
struct Reading {
    time: SystemTime,
    steady: Duration,
    tick: u64,
}

/// What the clocks say at the beginning of a round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clocks {
    /// The wall clock.
    pub(super) wall: SystemTime,
    /// A clock that never jumps, but may stand still while the process is frozen.
    pub(super) steady: Duration,
    /// Counts ticks: a process is never frozen within one.
    pub(super) tick: u64,
}

/// How far the time line is ahead of the clock, or behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shift {
    /// They agree.
    #[default]
    None,
    /// The clock is behind.
    Ahead(Duration),
    /// The clock is ahead.
    Behind(Duration),
}

impl Shift {
    /// A time of the clock on the time line.
    pub(super) fn to_timeline(self, time: SystemTime) -> SystemTime {
        match self {
            Self::None => time,
            Self::Ahead(by) => time + by,
            Self::Behind(by) => time.checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH),
        }
    }

    /// A time of the time line by the clock.
    pub(super) fn to_clock(self, time: SystemTime) -> SystemTime {
        match self {
            Self::None => time,
            Self::Ahead(by) => Self::Behind(by).to_timeline(time),
            Self::Behind(by) => time + by,
        }
    }

    /// From a time of the clock to one of the time line, to the nearest whole `interval`.
    fn between(clock: SystemTime, timeline: SystemTime, interval: Duration) -> Self {
        let whole = |distance: Duration| {
            let intervals = (distance + interval / 2).as_secs() / interval.as_secs().max(1);
            Duration::from_secs(intervals * interval.as_secs())
        };
        match timeline.duration_since(clock) {
            Ok(ahead) if whole(ahead).is_zero() => Self::None,
            Ok(ahead) => Self::Ahead(whole(ahead)),
            Err(behind) if whole(behind.duration()).is_zero() => Self::None,
            Err(behind) => Self::Behind(whole(behind.duration())),
        }
    }
}

impl Timeline {
    /// Reads the clocks at the beginning of a round, and says how the time line differs from the
    /// wall clock in it. A difference of less than `interval` is none.
    pub(super) fn advance(&mut self, clocks: Clocks, interval: Duration) -> Shift {
        let Clocks { wall, steady, tick } = clocks;
        if let Some(latest) = self.latest {
            let at_least = latest.time + steady.saturating_sub(latest.steady);
            let is_same_tick = latest.tick == tick;
            let time = self.time_at(wall, at_least, is_same_tick, interval);
            self.shift = Shift::between(wall, time, interval);
        }
        let time = self.shift.to_timeline(wall);
        self.latest = Some(Reading { time, steady, tick });
        self.shift
    }

    /// The time on the time line when the clock says `wall`. At least `at_least` has been reached;
    /// more only if the process was frozen.
    fn time_at(
        &self,
        wall: SystemTime,
        at_least: SystemTime,
        is_same_tick: bool,
        interval: Duration,
    ) -> SystemTime {
        // The clock may be right by now, or as wrong as before.
        let candidates = [wall, self.shift.to_timeline(wall)];
        let is_near = |time: &&SystemTime| {
            let distance = time.duration_since(at_least).unwrap_or_else(|error| error.duration());
            distance < interval
        };
        if let Some(near) = candidates.iter().find(is_near) {
            return *near;
        }
        let later = candidates.into_iter().filter(|time| !is_same_tick && *time >= at_least);
        later.min().unwrap_or(at_least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);

    /// The times on the time line, for readings of the wall clock, the steady clock and the tick.
    fn times(readings: &[(u64, u64, u64)]) -> Vec<u64> {
        let mut timeline = Timeline::default();
        let readings = readings.iter().map(|&(wall, steady, tick)| {
            let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(wall);
            let clocks = Clocks { wall, steady: Duration::from_secs(steady), tick };
            let shift = timeline.advance(clocks, INTERVAL);
            let time = shift.to_timeline(wall);
            assert_eq!(shift.to_clock(time), wall);
            time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
        });
        readings.collect()
    }

    #[test]
    fn while_the_clock_is_right_the_time_line_is_the_clock() {
        // Frozen for two hours between the ticks, while the steady clock stood still.
        let right = [(9_000, 0, 1), (9_010, 10, 1), (9_021, 20, 1), (16_221, 22, 2)];
        assert_eq!(times(&right), [9_000, 9_010, 9_021, 16_221]);
    }

    #[test]
    fn a_clock_that_is_behind_for_a_moment_after_a_thaw_does_not_turn_time_back() {
        let behind = [(9_000, 0, 1), (9_050, 50, 1), (5_460, 52, 2), (9_070, 62, 2)];
        // What the freeze lasted remains unknown.
        assert_eq!(times(&behind), [9_000, 9_050, 9_050, 9_060]);
        let for_a_tick = [(9_000, 0, 1), (5_400, 60, 2), (5_410, 70, 2), (9_120, 120, 3)];
        assert_eq!(times(&for_a_tick), [9_000, 9_060, 9_070, 9_120]);
    }

    #[test]
    fn a_clock_that_is_put_right_within_a_tick_is_no_gap() {
        let forward = [(5_000, 0, 1), (5_010, 10, 1), (8_620, 20, 1), (8_680, 80, 2)];
        assert_eq!(times(&forward), [5_000, 5_010, 5_020, 5_080]);
        let back = [(9_000, 0, 1), (9_010, 10, 1), (5_420, 20, 1), (5_480, 80, 2)];
        assert_eq!(times(&back), [9_000, 9_010, 9_020, 9_080]);
    }

    #[test]
    fn a_jump_of_less_than_a_slot_is_none() {
        let little = [(9_000, 0, 1), (9_003, 10, 1), (9_020, 20, 1)];
        assert_eq!(times(&little), [9_000, 9_003, 9_020]);
    }
}
