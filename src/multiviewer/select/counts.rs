//! Counts feeds by status, and channels by what is left of them. Pure.

use source_detection::Fault;

use super::{Entry, Rank};
use crate::{
    announce::alert::Redundancy,
    multiviewer::status::{FeedStatus, UnknownReason},
};

/// How many feeds have which status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All feeds.
    pub feeds: usize,
    /// Faulty feeds by fault, in order of precedence, without zeros.
    pub faulty: Vec<(Fault, usize)>,
    /// Feeds whose fault has not reached its set time.
    pub pending: usize,
    /// Feeds whose pipeline does not run.
    pub down: usize,
    /// Watched feeds about which nothing is known.
    pub unknown: usize,
    /// Those of [`Counts::unknown`] whose durations could not be read.
    pub unread: usize,
    /// Feeds of channels that MediaLive repairs.
    pub recovering: usize,
    /// Feeds of channels that start.
    pub starting: usize,
    /// Feeds without a fault.
    pub healthy: usize,
    /// Watched feeds whose durations are not published.
    pub without_condition: usize,
    /// Feeds that tags exclude from monitoring.
    pub not_watched: usize,
    /// Channels with no feed that is not faulty.
    pub off_air: usize,
    /// Channels with a feed that is faulty or down, and one that is not.
    pub redundancy_lost: usize,
}

impl Counts {
    /// Counts of these feeds.
    pub(super) fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        let mut counts = Self::default();
        let mut by_fault = Fault::ALL.map(|fault| (fault, 0));
        let mut latest_place = None;
        for entry in entries {
            counts.feeds += 1;
            counts.add(entry);
            match entry.status {
                FeedStatus::Faulty(ongoing) => {
                    let of_fault = by_fault.iter_mut().find(|(fault, _)| *fault == ongoing.fault);
                    if let Some((_, feeds)) = of_fault {
                        *feeds += 1;
                    }
                }
                FeedStatus::Unknown(UnknownReason::ReadFailed(_)) => counts.unread += 1,
                _ => {}
            }
            // The feeds of a channel stand together.
            if latest_place.replace(&entry.place) != Some(&entry.place) {
                match entry.redundancy {
                    Redundancy::OffAir => counts.off_air += 1,
                    Redundancy::Lost => counts.redundancy_lost += 1,
                    Redundancy::Full | Redundancy::NotWatched => {}
                }
            }
        }
        counts.faulty = by_fault.into_iter().filter(|(_, feeds)| *feeds > 0).collect();
        counts
    }

    fn add(&mut self, entry: &Entry) {
        let count = match Rank::of(entry.status) {
            Rank::Faulty => return,
            Rank::Pending => &mut self.pending,
            Rank::Down => &mut self.down,
            Rank::Unknown => &mut self.unknown,
            Rank::Recovering => &mut self.recovering,
            Rank::Starting => &mut self.starting,
            Rank::Healthy => &mut self.healthy,
            Rank::WithoutCondition => &mut self.without_condition,
            Rank::NotWatched => &mut self.not_watched,
        };
        *count += 1;
    }

    /// Feeds that are watched and of which a condition is due.
    #[must_use]
    pub const fn due(&self) -> usize {
        self.feeds - self.not_watched - self.starting - self.without_condition
    }

    /// Faulty feeds, whatever the fault.
    #[must_use]
    pub fn all_faulty(&self) -> usize {
        self.faulty.iter().map(|(_, feeds)| feeds).sum()
    }
}
