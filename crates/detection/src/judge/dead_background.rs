//! Whether something moves in front of a background that is dead: a clock over a freeze, or a "no
//! signal" card that bounces over one colour.
//!
//! The grids of pictures enter one after another, each with the time of its sample. It knows
//! nothing of set times.
//!
//! A fixed camera before a quiet scene looks like a freeze behind something small. Over minutes,
//! whatever moves there passes through a part of the picture that keeps growing, while a clock
//! always changes the same few cells. A card that bounces passes through all of the picture. It is
//! recognised by the one colour behind it and by its own size and brightness, which stay the same.

use super::sample_time::SampleTime;
use crate::picture::grid::{CELLS, COLUMNS, Grid};

/// A cell has changed if it differs by more than this many levels from the run's first picture.
const CHANGED: u8 = 6;

/// In front of a dead background, at most so many of the 3,600 cells ever change, 0.8 %: a clock
/// or a time code changes 0.3 %, a blinking logo 0.4 %; a small moving object 2 % within 20 s, a
/// sign-language interpreter 3 %, a mouse pointer 3 % within a minute.
const MOST_CHANGED: usize = 28;

/// The levels of one colour differ by at most this from the most frequent one.
const ONE_COLOUR: u8 = 2;

/// A card leaves at least this many cells in one colour, 80 %.
const PLAIN_CELLS: usize = CELLS * 8 / 10;

/// A card has at least this many cells, 0.3 %.
const CARD_CELLS: usize = 11;

/// The centre of a bouncing card moves by at least so many cells across, or half as many down.
const TRAVELLED: usize = 16;

/// What has moved in front of the background.
#[derive(Clone, Debug, Default)]
pub(super) struct DeadBackground {
    changes: Option<Changes>,
    bouncing: Option<Bouncing>,
    /// The latest picture that had a fault of its own.
    other_fault: Option<SampleTime>,
}

/// The cells that have changed since the first picture of a run.
#[derive(Clone, Debug)]
struct Changes {
    since: SampleTime,
    first: Grid,
    changed: Box<[bool; CELLS]>,
}

/// A card that is shown at several places.
#[derive(Clone, Copy, Debug)]
struct Bouncing {
    since: SampleTime,
    card: Card,
    /// The range of its centre, in cells: left, right, top and bottom.
    range: [usize; 4],
}

/// What stands on a picture of one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Card {
    /// The level of the one colour.
    level: u8,
    /// How many cells have another one.
    cells: usize,
    /// Their mean level.
    mean: u8,
    /// Column and row of their centre.
    centre: [usize; 2],
}

impl DeadBackground {
    /// Adds a picture that shows nothing new except in a small part, in a run since this time.
    /// Whether the background has been dead since then.
    pub(super) fn is_dead(&mut self, since: SampleTime, grid: &Grid) -> bool {
        let changes = self.changes.take().filter(|changes| changes.since == since);
        let changes = self.changes.insert(changes.unwrap_or_else(|| Changes {
            since,
            first: grid.clone(),
            changed: Box::new([false; CELLS]),
        }));
        let pairs = changes.first.cells().iter().zip(grid.cells());
        let mut count = 0;
        for (changed, (first, now)) in changes.changed.iter_mut().zip(pairs) {
            *changed |= first.abs_diff(*now) > CHANGED;
            count += usize::from(*changed);
        }
        let is_whole = self.other_fault.is_none_or(|other| other.taken < since.taken);
        is_whole && count <= MOST_CHANGED
    }

    /// Drops what had moved before a living picture.
    pub(super) fn forget(&mut self) {
        self.changes = None;
    }

    /// Starts again after a picture that has a fault of its own, such as black with a clock: one
    /// source must not change from one fault to another and back.
    pub(super) fn reset(&mut self, at: SampleTime) {
        *self = Self { other_fault: Some(at), ..Self::default() };
    }

    /// Adds any picture. Since when a card has been bouncing over one colour, if it has.
    pub(super) fn bouncing_since(&mut self, at: SampleTime, grid: &Grid) -> Option<SampleTime> {
        let Some(card) = Card::of(grid) else {
            self.bouncing = None;
            return None;
        };
        let [x, y] = card.centre;
        let same = self.bouncing.take().filter(|bouncing| bouncing.card.is_like(&card));
        let start = Bouncing { since: at, card, range: [x, x, y, y] };
        let bouncing = self.bouncing.insert(same.unwrap_or(start));
        let [left, right, top, bottom] = bouncing.range;
        bouncing.range = [left.min(x), right.max(x), top.min(y), bottom.max(y)];
        let [left, right, top, bottom] = bouncing.range;
        let has_travelled = right - left >= TRAVELLED || 2 * (bottom - top) >= TRAVELLED;
        has_travelled.then_some(bouncing.since)
    }
}

impl Card {
    /// The card of this picture, if there is nothing else.
    fn of(grid: &Grid) -> Option<Self> {
        let cells = grid.cells();
        let mut counts = [0_u16; 256];
        for &cell in cells {
            counts[usize::from(cell)] += 1;
        }
        let level = (0..=u8::MAX).max_by_key(|&level| counts[usize::from(level)])?;
        let alike = level.saturating_sub(ONE_COLOUR)..=level.saturating_add(ONE_COLOUR);
        let plain: usize = alike.map(|level| usize::from(counts[usize::from(level)])).sum();
        if plain < PLAIN_CELLS || CELLS - plain < CARD_CELLS {
            return None;
        }
        let (mut count, mut sum, mut columns, mut rows) = (0, 0, 0, 0);
        for (cell, &value) in cells.iter().enumerate() {
            if value.abs_diff(level) > ONE_COLOUR {
                count += 1;
                sum += usize::from(value);
                columns += cell % COLUMNS;
                rows += cell / COLUMNS;
            }
        }
        let mean = u8::try_from(sum / count).ok()?;
        Some(Self { level, cells: count, mean, centre: [columns / count, rows / count] })
    }

    /// Whether both are the same card, at any place. Where it falls between cells, more of them are
    /// touched, each by less.
    fn is_like(&self, other: &Self) -> bool {
        let contrast = |card: &Self| usize::from(card.mean.abs_diff(card.level)) * card.cells;
        let (one, two) = (contrast(self), contrast(other));
        self.level.abs_diff(other.level) <= ONE_COLOUR
            && one.abs_diff(two) * 8 <= one.max(two)
            && self.cells.abs_diff(other.cells) * 4 <= self.cells.max(other.cells)
    }
}
