//! What is known of a feed's thumbnails besides their pictures: their time stamps, and whether
//! there ever was one.

use std::{
    mem,
    time::{Duration, SystemTime},
};

use super::sample_time::SampleTime;

/// MediaLive renews a thumbnail every 2 s. One that missed more than two renewals is stale; before
/// that, the same time stamp is the same thumbnail fetched twice.
pub const STALE_AFTER: Duration = Duration::from_secs(5);

/// The thumbnails of a feed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Thumbnails {
    latest: Option<Stamp>,
    /// Whether there has been one since the feed is watched and its channel last started.
    pub(super) had_any: bool,
}

/// The latest thumbnail's time stamp.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    taken: SystemTime,
    first_seen: SampleTime,
    /// Whether another sample has shown it again.
    is_repeated: bool,
}

/// What the time stamp of a thumbnail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    /// It is another thumbnail, or has no time stamp.
    New,
    /// It is the same thumbnail again, which is no fault.
    Again,
    /// It has not been renewed.
    Stale {
        /// When it was first seen.
        since: SampleTime,
        /// Its time stamp.
        taken: SystemTime,
    },
}

impl Thumbnails {
    /// A sample has a thumbnail with this time stamp.
    pub(super) fn add(&mut self, at: SampleTime, taken: Option<SystemTime>) -> Novelty {
        match (taken, self.latest.as_mut()) {
            (Some(taken), Some(latest)) if taken == latest.taken => latest.repeat(at),
            _ => {
                let first_seen = at;
                self.latest = taken.map(|taken| Stamp { taken, first_seen, is_repeated: false });
                Novelty::New
            }
        }
    }

    /// The latest time stamp, if it should have been replaced by this time.
    pub(super) fn outdated(&self, at: SampleTime) -> Option<SystemTime> {
        let latest = self.latest?;
        (latest.first_seen.slots_until(at) > STALE_AFTER).then_some(latest.taken)
    }

    /// Drops the time stamp after a sampling gap.
    pub(super) fn reset_after_gap(&mut self) {
        self.latest = None;
    }
}

impl Stamp {
    fn repeat(&mut self, at: SampleTime) -> Novelty {
        // Thumbnails may only be made while someone asks for them. The first response after a pause
        // is then the old one, and the next one is not.
        let is_first_repetition = !mem::replace(&mut self.is_repeated, true);
        if is_first_repetition || self.first_seen.elapsed_until(at) <= STALE_AFTER {
            return Novelty::Again;
        }
        Novelty::Stale { since: self.first_seen, taken: self.taken }
    }
}
