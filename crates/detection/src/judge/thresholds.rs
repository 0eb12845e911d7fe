//! How long a fault of one feed must last to become an incident.
//!
//! Plain values. Environment variables and channel tags fill them in elsewhere.

use std::time::Duration;

use super::{condition::Fault, kind::Kind, slate::KnownStills};

/// Faults of at most this duration never become incidents, whatever the set times are: fades and ad
/// breaks are black for up to 3 s.
pub const BRIEF: Duration = Duration::from_secs(3);

/// The shortest sampling gap: after a longer time without samples, earlier ones say nothing about
/// later ones. One or two throttled rounds and the pause between two invocations are shorter.
pub const SHORTEST_GAP: Duration = Duration::from_secs(30);

/// Set times, clear time and exceptions of one feed.
///
/// A set time is reached when a fault has lasted that long **from its first faulty sample to its
/// latest**. Nothing is assumed about the time before the first and after the latest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Set time of `frozen`.
    pub frozen_after: Duration,
    /// Set time of `black`.
    pub black_after: Duration,
    /// Set time of `bars`.
    pub bars_after: Duration,
    /// Set time of `flat`.
    pub flat_after: Duration,
    /// Set time of `no_picture` and `stale`.
    pub no_picture_after: Duration,
    /// Set time of `frozen_background`, whatever moves; `None` if only
    /// [`dead_background_after`](Self::dead_background_after) applies.
    pub frozen_background_after: Option<Duration>,
    /// Set time of `frozen_background` if the background is dead: it has not changed at all, and
    /// what moves is very small, or a card that bounces or spins.
    pub dead_background_after: Duration,
    /// Set time of `repeating`. Two pictures that alternate have that of `frozen` if it is shorter.
    pub repeating_after: Duration,
    /// Set time of `partial`; `None` if it never becomes an incident.
    pub partial_after: Option<Duration>,
    /// Set time of `slate`; `None` if it never becomes an incident.
    pub slate_after: Option<Duration>,
    /// Set time of `mismatch`; `None` if it never becomes an incident.
    pub mismatch_after: Option<Duration>,
    /// An incident ends after its fault was absent for this long, from the first sample without it
    /// to the latest.
    pub clear_after: Duration,
    /// Faults count from this long after the channel was seen starting.
    pub start_grace: Duration,
    /// Faults that are intended on this channel: they never become incidents, and their duration
    /// stays 0.
    pub expected: Vec<Fault>,
    /// Pictures that are reported as `slate` while the source shows one of them.
    pub known_stills: KnownStills,
    /// A sampling gap: after a longer time without samples, earlier ones say nothing about later
    /// ones.
    pub longest_gap: Duration,
    /// Regular samples may come this much earlier or later than planned. A set or clear time counts
    /// as reached if at most this much is missing; otherwise a fault would often be raised one
    /// sample later.
    pub jitter: Duration,
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
            dead_background_after: seconds(600),
            repeating_after: seconds(300),
            partial_after: None,
            slate_after: None,
            mismatch_after: Some(seconds(180)),
            clear_after: seconds(10),
            start_grace: seconds(60),
            expected: Vec::new(),
            known_stills: KnownStills::default(),
            longest_gap: SHORTEST_GAP,
            jitter: Duration::ZERO,
        }
    }
}

impl Thresholds {
    /// The [`longest_gap`](Self::longest_gap) for samples `interval` apart: two samples in a row
    /// may fail.
    #[must_use]
    pub fn gap_for(interval: Duration) -> Duration {
        SHORTEST_GAP.max(interval.saturating_mul(3))
    }

    /// The jitter of samples `interval` apart: an eighth of it, which is the share of a round that
    /// is not for sampling.
    #[must_use]
    pub fn jitter_for(interval: Duration) -> Duration {
        interval / 8
    }

    /// Whether a set or clear time has been reached after `elapsed`.
    #[must_use]
    pub fn is_reached(&self, time: Duration, elapsed: Duration) -> bool {
        elapsed + self.jitter >= time
    }

    /// How long `fault` must last to become an incident; `None` if it never does, or only under
    /// conditions of its own.
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
            Fault::Repeating => Some(self.repeating_after),
            Fault::Partial => self.partial_after,
            Fault::Slate => self.slate_after,
            Fault::Mismatch => self.mismatch_after,
        }
    }

    /// How long a fault of this kind must last to become an incident; `None` if it never does.
    pub(super) fn set_time_of(&self, fault: Fault, kind: Kind) -> Option<Duration> {
        let usual = self.set_time(fault);
        match kind {
            Kind::Usual => usual,
            Kind::Alternating => usual.map(|usual| usual.min(self.frozen_after)),
            Kind::DeadBackground if self.expects(fault) => None,
            Kind::DeadBackground => {
                let dead = self.dead_background_after;
                Some(usual.map_or(dead, |usual| usual.min(dead)))
            }
        }
    }

    /// The shortest set time that any kind of this fault has.
    #[must_use]
    pub fn shortest_set_time(&self, fault: Fault) -> Option<Duration> {
        let kinds = [Kind::Usual, Kind::of_fault(fault)];
        kinds.into_iter().filter_map(|kind| self.set_time_of(fault, kind)).min()
    }

    /// Whether `fault` is intended on this channel.
    #[must_use]
    pub fn expects(&self, fault: Fault) -> bool {
        self.expected.contains(&fault)
    }
}
