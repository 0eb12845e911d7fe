//! How long a fault must last before it is an incident, for one feed.
//!
//! Plain values: the settings and a channel's tags fill them in elsewhere.

use std::time::Duration;

use super::condition::Fault;

/// Faults of up to this long never count, whatever the set times say: fades and ad breaks are black for up to
/// 3 s.
pub const BRIEF: Duration = Duration::from_secs(3);

/// The shortest time without a look that breaks what was seen before from what is seen after it. A throttled
/// round or two, or the pause between two invocations, is shorter.
pub const SHORTEST_GAP: Duration = Duration::from_secs(30);

/// Set times, clear time and exceptions of one feed.
///
/// A set time is reached when the fault was seen for that long **from its first faulty look to its latest**.
/// What a fault did before the first look or will do after the latest one is not guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// `frozen` is an incident after this long.
    pub frozen_after: Duration,
    /// `black` is an incident after this long.
    pub black_after: Duration,
    /// `bars` is an incident after this long.
    pub bars_after: Duration,
    /// `flat` is an incident after this long.
    pub flat_after: Duration,
    /// `no_picture` and `stale` are an incident after this long.
    pub no_picture_after: Duration,
    /// `frozen_background` is an incident after this long; `None`: never.
    pub frozen_background_after: Option<Duration>,
    /// An incident ends when its fault was absent for this long, from the first look without it to the
    /// latest.
    pub clear_after: Duration,
    /// Faults count from this long after a channel was seen to start.
    pub start_grace: Duration,
    /// Faults that are right for this channel: they make no incident, and their duration stays 0.
    pub expected: Vec<Fault>,
    /// Without a look for longer than this, what was seen before says nothing about what is seen after.
    pub longest_gap: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            frozen_after: seconds(30),
            black_after: seconds(10),
            bars_after: seconds(20),
            flat_after: seconds(20),
            no_picture_after: seconds(60),
            frozen_background_after: None,
            clear_after: seconds(10),
            start_grace: seconds(60),
            expected: Vec::new(),
            longest_gap: SHORTEST_GAP,
        }
    }
}

impl Thresholds {
    /// The gap that suits looks `interval` apart: two looks in a row may fail.
    #[must_use]
    pub fn gap_for(interval: Duration) -> Duration {
        SHORTEST_GAP.max(interval.saturating_mul(3))
    }

    /// How long `fault` must last to be an incident; `None`: it never is one here.
    #[must_use]
    pub fn set_time(&self, fault: Fault) -> Option<Duration> {
        if self.expects(fault) {
            return None;
        }
        match fault {
            Fault::NoPicture => Some(self.no_picture_after),
            Fault::Bars => Some(self.bars_after),
            Fault::Black => Some(self.black_after),
            Fault::Flat => Some(self.flat_after),
            Fault::Frozen => Some(self.frozen_after),
            Fault::FrozenBackground => self.frozen_background_after,
        }
    }

    /// Whether `fault` is right for this channel.
    #[must_use]
    pub fn expects(&self, fault: Fault) -> bool {
        self.expected.contains(&fault)
    }
}
