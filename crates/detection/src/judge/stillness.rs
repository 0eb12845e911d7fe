//! Whether a feed shows the same picture as before, and since when.
//!
//! Pictures' grids enter one after another with the time of the look; [`Stillness`] leaves. Each is compared
//! with the anchor, the first picture of the run, and not with the one before it: a slow drift must break a
//! freeze. It knows nothing of set times. One grid (3.6 KB) is kept for most feeds, and two or three for the
//! few that need them.

use std::time::SystemTime;

use super::difference::{Difference, Likeness};
use crate::picture::grid::Grid;

/// How the latest picture stands to those before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stillness {
    /// The same picture since then.
    Still(SystemTime, Difference),
    /// The same but for a small part since then.
    Background(SystemTime, Difference),
    /// Another picture than before, or the first one.
    New,
}

/// The pictures that the next one is compared with.
#[derive(Clone, Debug, Default)]
pub(super) struct Stills {
    anchor: Option<Anchor>,
    /// The first picture of a run whose background stands still, once something small has moved before it.
    background: Option<Anchor>,
    /// The picture of an open incident, after another one has come between.
    former: Option<Anchor>,
    /// A freeze that an earlier process saw: when it began. The first picture is taken to be its picture.
    resumed: Option<SystemTime>,
}

/// The first picture of a run.
#[derive(Clone, Debug)]
struct Anchor {
    grid: Grid,
    /// When it was first seen.
    since: SystemTime,
}

impl Stills {
    /// Carries on with a freeze whose picture is not known.
    pub(super) fn resumed(since: SystemTime) -> Self {
        Self { resumed: Some(since), ..Self::default() }
    }

    /// Starts anew after a gap. With `keep`, the picture of the open incident stays for the next one to be
    /// compared with.
    pub(super) fn reset_after_gap(&mut self, keep: bool) {
        let former = if keep { self.former.take().or(self.anchor.take()) } else { None };
        let resumed = self.resumed.filter(|_| keep);
        *self = Self { former, resumed, ..Self::default() };
    }

    /// Forgets the picture of an incident that is over.
    pub(super) fn forget_former(&mut self) {
        self.former = None;
    }

    /// Compares the next picture. `keep`: an incident is open because of the present anchor; should another
    /// picture come between, a return to it continues the freeze.
    pub(super) fn observe(&mut self, at: SystemTime, grid: &Grid, keep: bool) -> Stillness {
        if let Some(since) = self.resumed.take() {
            self.anchor = Some(Anchor { grid: grid.clone(), since });
            return Stillness::Still(since, Difference::default());
        }
        let from_anchor = self.anchor.as_ref().map(|anchor| Difference::between(&anchor.grid, grid));
        if let (Some(anchor), Some(difference)) = (&self.anchor, from_anchor)
            && difference.likeness() == Likeness::Same
        {
            return Stillness::Still(anchor.since, difference);
        }
        if let Some(still) = self.returned(grid) {
            return still;
        }
        let broken = self.anchor.replace(Anchor { grid: grid.clone(), since: at });
        if keep && self.former.is_none() {
            self.former.clone_from(&broken);
        }
        let (background, difference) = match self.background.take() {
            Some(background) => {
                let difference = Difference::between(&background.grid, grid);
                (Some(background), Some(difference))
            }
            None => (broken, from_anchor),
        };
        match (background, difference) {
            (Some(background), Some(difference)) if difference.likeness() != Likeness::Different => {
                let since = background.since;
                self.background = Some(background);
                Stillness::Background(since, difference)
            }
            _ => Stillness::New,
        }
    }

    /// The picture of the open incident again, after something else came between.
    fn returned(&mut self, grid: &Grid) -> Option<Stillness> {
        let difference = Difference::between(&self.former.as_ref()?.grid, grid);
        if difference.likeness() != Likeness::Same {
            return None;
        }
        self.anchor = self.former.take();
        self.anchor.as_ref().map(|anchor| Stillness::Still(anchor.since, difference))
    }
}
