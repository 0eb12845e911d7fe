//! Whether a feed shows a known still.

use super::{Condition, DeadBackground, Evidence, FeedState, Finding, SampleTime};
use crate::{judge::slate::KnownStills, picture::grid::Grid};

impl FeedState {
    /// The slate that the picture of this time shows, after it was compared with the ones before.
    ///
    /// A live picture that happens to be like a known still is not a slate: the one before must be
    /// the same apart from a small part, or have been a slate too, or be unknown.
    pub(super) fn slate(
        &mut self,
        at: SampleTime,
        grid: &Grid,
        known_stills: &KnownStills,
    ) -> Option<Finding> {
        let since = self.references.same_since(at);
        let may_begin = self.condition.is_none_or(|before| before == Condition::Slate);
        if since.is_none() && !may_begin {
            return None;
        }
        let name = known_stills.find(grid)?;
        self.background = DeadBackground::default();
        Some(Finding::new(Condition::Slate, since, Evidence::Slate(name)))
    }
}
