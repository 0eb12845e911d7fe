//! The clock of an invocation: the wall clock of its beginning plus a clock that never jumps.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Wall-clock time that doesn't jump while an invocation runs.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: SystemTime,
    steady: Instant,
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn read() -> Self {
        Self { wall: SystemTime::now(), steady: Instant::now() }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.wall + self.steady.elapsed()
    }

    /// Whether the wall clock was set between two readings: they disagree by more than `tolerance`
    /// about the time that has passed.
    #[must_use]
    pub fn differs_from(&self, earlier: &Self, tolerance: Duration) -> bool {
        let expected = earlier.wall + self.steady.duration_since(earlier.steady);
        let distance = self.wall.duration_since(expected).unwrap_or_else(|error| error.duration());
        distance > tolerance
    }

    /// The instant of a wall-clock time; the start for an earlier one.
    #[must_use]
    pub fn instant(&self, time: SystemTime) -> Instant {
        self.steady + time.duration_since(self.wall).unwrap_or_default()
    }

    /// The wall-clock time of the start.
    #[must_use]
    pub const fn wall(&self) -> SystemTime {
        self.wall
    }

    /// The instant of the start.
    #[must_use]
    pub const fn start(&self) -> Instant {
        self.steady
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_was_set_differs() {
        let tolerance = Duration::from_secs(10);
        let earlier =
            Clock { wall: SystemTime::UNIX_EPOCH + tolerance * 9, steady: Instant::now() };
        let later = |wall: u64| Clock {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
            steady: earlier.steady + Duration::from_secs(10),
        };
        for (wall, differs) in [(100, false), (110, false), (111, true), (90, false), (89, true)] {
            assert_eq!(later(wall).differs_from(&earlier, tolerance), differs, "{wall}");
        }
    }
}
