//! The clock of an invocation: the wall clock of its beginning plus a clock that never jumps.

use std::time::SystemTime;

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
