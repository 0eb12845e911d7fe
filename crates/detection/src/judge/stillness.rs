//! Whether a feed shows the same picture as before, and since when.
//!
//! The grids of pictures enter one after another, each with the time of its sample; a [`Stillness`]
//! leaves. Each picture is compared with the anchor, the first picture of the freeze, and not with
//! the one before it: a slow drift must break a freeze. It knows nothing of set times. Most feeds
//! keep one grid (3.6 KB), some two or three.

use super::{
    difference::{Difference, Likeness},
    sample_time::SampleTime,
};
use crate::picture::grid::Grid;

/// How the latest picture compares with the ones before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stillness {
    /// The same picture.
    Still { since: SampleTime, difference: Difference },
    /// The same picture except for a small part.
    Background { since: SampleTime, difference: Difference },
    /// Another picture than before, or the first one.
    New,
}

/// The pictures that the next one is compared with.
#[derive(Clone, Debug, Default)]
pub(super) struct ReferencePictures {
    /// The first picture of the present freeze, or else the latest picture.
    anchor: Option<Anchor>,
    /// The first picture of a run in which only small parts change; kept after the anchor was
    /// replaced.
    background: Option<Anchor>,
    /// The picture of a freeze that the latest picture interrupted: if the next one is like it, the
    /// freeze continues.
    interrupted: Option<Anchor>,
    /// The picture of the open incident, after another one has followed it.
    incident: Option<Anchor>,
    /// Since when an earlier process saw the feed frozen. The first picture is assumed to be the
    /// frozen one.
    restored_since: Option<SampleTime>,
}

/// The first picture of a run.
#[derive(Clone, Debug)]
struct Anchor {
    grid: Grid,
    since: SampleTime,
    /// How many pictures after it were the same.
    repeats: u32,
}

/// After so many repeats, one odd picture does not end a freeze: a flicker, a damaged picture.
const REPEATS_OF_FREEZE: u32 = 2;

impl Anchor {
    fn new(grid: &Grid, since: SampleTime) -> Self {
        Self { grid: grid.clone(), since, repeats: 0 }
    }

    /// How a picture differs, if it is the same one apart from noise.
    fn same(&self, grid: &Grid) -> Option<Difference> {
        let difference = Difference::between(&self.grid, grid);
        (difference.likeness() == Likeness::Same).then_some(difference)
    }
}

impl ReferencePictures {
    /// Continues a freeze whose picture is not known.
    pub(super) fn restored(since: SampleTime) -> Self {
        Self { restored_since: Some(since), ..Self::default() }
    }

    /// Resets after a sampling gap. With `keep`, retains the open incident's reference picture, so
    /// that the first picture after the gap can continue it.
    pub(super) fn reset_after_gap(&mut self, keep: bool) {
        let previous = std::mem::take(self);
        if keep {
            self.incident = previous.incident.or(previous.anchor);
            self.restored_since = previous.restored_since;
        }
    }

    /// Drops the reference picture of an incident that has ended.
    pub(super) fn forget_incident(&mut self) {
        self.incident = None;
    }

    /// The first picture of the present freeze, or else the latest picture, and its time.
    pub(super) fn anchor(&self) -> Option<(&Grid, SampleTime)> {
        self.anchor.as_ref().map(|anchor| (&anchor.grid, anchor.since))
    }

    /// Since when the picture of this time, which was compared last, is the same as before, or at
    /// least its background; `None` if it is new.
    pub(super) fn same_since(&self, at: SampleTime) -> Option<SampleTime> {
        let since = |run: &Option<Anchor>| run.as_ref().map(|anchor| anchor.since);
        since(&self.anchor).filter(|since| since.taken < at.taken).or(since(&self.background))
    }

    /// Compares the next picture. With `keep`, the anchor is the picture of an open incident: if
    /// another picture replaces it, it is retained, and a return to it continues the freeze.
    pub(super) fn compare(&mut self, at: SampleTime, grid: &Grid, keep: bool) -> Stillness {
        if let Some(since) = self.restored_since.take() {
            self.anchor = Some(Anchor::new(grid, since));
            return Stillness::Still { since, difference: Difference::default() };
        }
        let from_anchor =
            self.anchor.as_ref().map(|anchor| Difference::between(&anchor.grid, grid));
        let interrupted = self.interrupted.take();
        if let Some(still) = self.return_to(interrupted, grid) {
            return still;
        }
        if let (Some(anchor), Some(difference)) = (&mut self.anchor, from_anchor)
            && difference.likeness() == Likeness::Same
        {
            anchor.repeats += 1;
            return Stillness::Still { since: anchor.since, difference };
        }
        if let Some(still) = self.return_to_incident(grid) {
            return still;
        }
        let broken = self.anchor.replace(Anchor::new(grid, at));
        if keep && self.incident.is_none() {
            self.incident.clone_from(&broken);
        }
        if broken.as_ref().is_some_and(|broken| broken.repeats >= REPEATS_OF_FREEZE) {
            self.interrupted.clone_from(&broken);
        }
        self.compare_background(broken.zip(from_anchor), grid)
    }

    /// The freeze of this picture, if the latest one is like it.
    fn return_to(&mut self, earlier: Option<Anchor>, grid: &Grid) -> Option<Stillness> {
        let anchor = earlier?;
        let (since, difference) = (anchor.since, anchor.same(grid)?);
        self.anchor = Some(anchor);
        Some(Stillness::Still { since, difference })
    }

    /// The freeze of the open incident, if its picture has returned.
    fn return_to_incident(&mut self, grid: &Grid) -> Option<Stillness> {
        self.incident.as_ref()?.same(grid)?;
        let incident = self.incident.take();
        self.return_to(incident, grid)
    }

    /// Whether at least the background is the same: as in the first picture of such a run, or else
    /// as in the broken anchor.
    fn compare_background(
        &mut self,
        broken: Option<(Anchor, Difference)>,
        grid: &Grid,
    ) -> Stillness {
        let reference = match self.background.take() {
            Some(background) => {
                let difference = Difference::between(&background.grid, grid);
                Some((background, difference))
            }
            None => broken,
        };
        match reference {
            Some((background, difference)) if difference.likeness() != Likeness::Different => {
                let since = background.since;
                self.background = Some(background);
                Stillness::Background { since, difference }
            }
            _ => Stillness::New,
        }
    }
}
