//! Whether a source repeats itself: two pictures that alternate, a loop of a few pictures, or a
//! clip that starts again and again.
//!
//! The grids of pictures enter one after another, each with the time of its sample; a
//! [`Repetition`] leaves while the source repeats itself. A programme cuts from picture to picture
//! and hardly ever comes back to one that it has shown. A loop comes back to each of them. So each
//! cut is a question: does it lead to a picture that has been shown before? If hardly any leads to
//! a new one, the source repeats itself. A camera that shows an empty room between people returns
//! to the empty room, but every other cut leads to something new. Pictures that change little from
//! one to the next are no cut, and say nothing.
//!
//! The order in which pictures return does not matter. A loop whose length is no multiple of the
//! sampling interval is met at other points each time, and at the same ones after a while.
//!
//! # Memory
//!
//! A feed that cuts keeps its latest [`KEPT`] different pictures, each reduced to 16x9 levels: 4.4
//! KB. One that returns to a picture keeps [`KEPT_RETURNING`] and two grids: 15.3 KB. A feed that
//! is frozen or hardly changes keeps one or two.

use std::{collections::VecDeque, time::Duration};

use super::{
    difference::{Difference, Likeness},
    sample_time::SampleTime,
    state::LONGEST_MEMORY,
};
use crate::picture::grid::{CELLS, Grid};

/// How many different pictures a feed keeps.
const KEPT: usize = 24;

/// How many it keeps while it returns to earlier ones. Loops of up to so many samples are found.
const KEPT_RETURNING: usize = 44;

/// A returning picture changes no reduced cell by more than this many levels: 4 over all labelled
/// freezes except for the most starved encoder (7).
const SAME: u8 = 4;

/// A cut changes a reduced cell by more than this many levels…
const CHANGED: u8 = 10;

/// …in at least so many of the 144 cells.
const CUT_CELLS: usize = 8;

/// The source repeats itself after so many returns…
const MIN_RETURNS: u32 = 4;

/// …and so many comparisons in full.
const MIN_PROBED: u32 = 2;

/// A return adds 1 to the credit of a repetition, up to this. It ends when there is none left.
const MOST_CREDIT: u8 = 4;

/// What a cut to a new picture costs. Three of four cuts must be returns.
const COST_OF_CUT: u8 = 2;

/// What another new picture costs.
const COST_OF_CHANGE: u8 = 1;

/// The credit of a repetition that another process has seen. This process knows none of its
/// pictures: the first twelve cuts can be new to it.
const RESTORED_CREDIT: u8 = 12 * COST_OF_CUT;

const ACROSS: usize = 16;
const DOWN: usize = 9;

/// A picture reduced to the mean levels of 16x9 cells.
type Reduced = [u8; ACROSS * DOWN];

/// A source that repeats itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Repetition {
    /// Since when: the first picture that was shown again, if all later ones were shown again too,
    /// or else the first return.
    pub(super) since: SampleTime,
    /// The shortest time from a picture to its return.
    pub(super) period: Duration,
    /// How many pictures have returned, each counted once.
    pub(super) pictures: u32,
    /// Whether two pictures alternate: only a freeze shows less.
    pub(super) is_alternating: bool,
}

/// The pictures to which the next one may return, and what has returned.
#[derive(Clone, Debug, Default)]
pub(super) struct EarlierPictures {
    /// In the order in which they were last shown.
    pictures: VecDeque<Earlier>,
    latest: Option<Reduced>,
    returns: Option<Returns>,
    /// Two returned pictures in full, with which their next returns are compared. Reduced pictures
    /// don't show something small that moves.
    probes: [Option<(Reduced, Grid)>; 2],
}

#[derive(Clone, Copy, Debug)]
struct Earlier {
    picture: Reduced,
    shown: SampleTime,
    has_returned: bool,
}

/// Successive returns.
#[derive(Clone, Copy, Debug)]
struct Returns {
    first: SampleTime,
    /// When the picture of the first return had been shown before.
    shown_before: SampleTime,
    latest: SampleTime,
    count: u32,
    /// How many were compared in full.
    probed: u32,
    pictures: u32,
    period: Duration,
    credit: u8,
    is_restored: bool,
}

impl EarlierPictures {
    /// Continues a repetition whose pictures are not known.
    pub(super) fn restored(since: SampleTime, at: SampleTime) -> Self {
        let returns = Returns {
            first: since,
            shown_before: since,
            latest: at,
            count: 0,
            probed: 0,
            pictures: 0,
            period: Duration::ZERO,
            credit: RESTORED_CREDIT,
            is_restored: true,
        };
        Self { returns: Some(returns), ..Self::default() }
    }

    /// Resets after a sampling gap. With `keep`, retains what the open incident's pictures can
    /// return to.
    pub(super) fn reset_after_gap(&mut self, keep: bool) {
        if !keep {
            *self = Self::default();
        }
    }

    /// Adds the next picture. Returns the repetition that it belongs to.
    pub(super) fn add(&mut self, at: SampleTime, grid: &Grid) -> Option<Repetition> {
        let picture = reduce(grid);
        let latest = self.latest.replace(picture);
        let is_cut = latest.is_some_and(|latest| is_cut(&latest, &picture));
        if let Some(earlier) = self.take_alike(&picture) {
            // The first showing stays the one to compare with, so that a slow change adds up.
            let has_returned = earlier.has_returned || is_cut;
            self.keep(Earlier { shown: at, has_returned, ..earlier });
            if is_cut {
                self.record_return(at, &earlier, grid);
            }
        } else {
            if latest.is_some() {
                self.spend(if is_cut { COST_OF_CUT } else { COST_OF_CHANGE });
            }
            self.keep(Earlier { picture, shown: at, has_returned: false });
        }
        if self.returns.is_some_and(|returns| returns.latest.elapsed_until(at) > LONGEST_MEMORY) {
            self.end_returns();
        }
        self.repetition(at)
    }

    /// Takes the most similar picture that may be the same one.
    fn take_alike(&mut self, picture: &Reduced) -> Option<Earlier> {
        let distances = self.pictures.iter().map(|earlier| distance(&earlier.picture, picture));
        let (nearest, distance) = distances.enumerate().min_by_key(|&(_, distance)| distance)?;
        if distance > SAME {
            return None;
        }
        self.pictures.remove(nearest)
    }

    fn record_return(&mut self, at: SampleTime, earlier: &Earlier, grid: &Grid) {
        let probed = self.compare_with_probe(&earlier.picture, grid);
        if probed == Some(false) {
            self.end_returns();
            return;
        }
        let period = earlier.shown.elapsed_until(at);
        let new_picture = u32::from(!earlier.has_returned);
        match &mut self.returns {
            Some(returns) => {
                returns.latest = at;
                returns.count += 1;
                returns.probed += u32::from(probed.is_some());
                returns.pictures += new_picture;
                returns.credit = (returns.credit + 1).min(MOST_CREDIT);
                returns.period =
                    if returns.period.is_zero() { period } else { returns.period.min(period) };
            }
            None => {
                self.returns = Some(Returns {
                    first: at,
                    shown_before: earlier.shown,
                    latest: at,
                    count: 1,
                    probed: 0,
                    pictures: 1,
                    period,
                    credit: 1,
                    is_restored: false,
                });
            }
        }
    }

    /// Whether a returned picture is the same in full too; `None` if it was not kept in full. It is
    /// from now on if there is room.
    fn compare_with_probe(&mut self, earlier: &Reduced, grid: &Grid) -> Option<bool> {
        let is_of = |probe: &(Reduced, Grid)| distance(&probe.0, earlier) <= SAME;
        let probe = self.probes.iter_mut().find_map(|probe| probe.take_if(|probe| is_of(probe)));
        if let Some((_, full)) = probe {
            return Some(Difference::between(&full, grid).likeness() == Likeness::Same);
        }
        if let Some(free) = self.probes.iter_mut().find(|probe| probe.is_none()) {
            *free = Some((*earlier, grid.clone()));
        }
        None
    }

    /// A picture that is new speaks against a repetition.
    fn spend(&mut self, cost: u8) {
        let Some(returns) = &mut self.returns else { return };
        returns.credit = returns.credit.saturating_sub(cost);
        if returns.credit == 0 {
            self.end_returns();
        }
    }

    fn end_returns(&mut self) {
        self.returns = None;
        self.probes = [None, None];
        for earlier in &mut self.pictures {
            earlier.has_returned = false;
        }
    }

    /// Keeps a picture instead of the one that was not shown for longest. Room is made for a few
    /// at a time: by default it would double.
    fn keep(&mut self, picture: Earlier) {
        let kept = if self.returns.is_some() { KEPT_RETURNING } else { KEPT };
        let surplus = (self.pictures.len() + 1).saturating_sub(kept);
        self.pictures.drain(..surplus);
        self.pictures.shrink_to(kept);
        if self.pictures.len() == self.pictures.capacity() {
            self.pictures.reserve_exact(4);
        }
        self.pictures.push_back(picture);
    }

    /// The memory that it takes besides its own size.
    #[cfg(test)]
    pub(super) fn allocated(&self) -> usize {
        let probes = self.probes.iter().flatten().count();
        self.pictures.capacity() * size_of::<Earlier>() + probes * CELLS
    }

    fn repetition(&self, at: SampleTime) -> Option<Repetition> {
        let returns = self.returns?;
        let is_enough = returns.count >= MIN_RETURNS && returns.probed >= MIN_PROBED;
        if !is_enough && !returns.is_restored {
            return None;
        }
        let Returns { first, shown_before, period, pictures, .. } = returns;
        // Once it has lasted for as long as the first picture took to return, all pictures in
        // between have returned too.
        let is_covered = first.elapsed_until(at) >= shown_before.elapsed_until(first);
        let since = if is_covered { shown_before } else { first };
        Some(Repetition { since, period, pictures, is_alternating: is_enough && pictures == 2 })
    }
}

fn reduce(grid: &Grid) -> Reduced {
    const EACH: u16 = 25;
    const { assert!(EACH as usize * ACROSS * DOWN == CELLS) };
    let sums: [u16; ACROSS * DOWN] = grid.block_sums::<ACROSS, _>();
    sums.map(|sum| u8::try_from((sum + EACH / 2) / EACH).unwrap_or(u8::MAX))
}

/// The largest change of a cell.
fn distance(one: &Reduced, other: &Reduced) -> u8 {
    one.iter().zip(other).fold(0, |most, (one, other)| most.max(one.abs_diff(*other)))
}

fn is_cut(before: &Reduced, now: &Reduced) -> bool {
    let changed = before.iter().zip(now).filter(|(before, now)| before.abs_diff(**now) > CHANGED);
    changed.count() >= CUT_CELLS
}
