//! Whether something moves in front of a background that is dead: a clock over a freeze, or a "no
//! signal" card that bounces or spins over one colour.
//!
//! The grids of pictures enter one after another, each with the time of its sample. It knows
//! nothing of set times.
//!
//! A fixed camera before a quiet scene looks like a freeze behind something small. Over minutes,
//! whatever moves there passes through a part of the picture that keeps growing, while a clock
//! always changes the same few cells. A card that bounces passes through all of the picture, one
//! that spins covers more and less of it. They are recognised by the one colour behind them and by
//! their contrast with it, which stays the same.

use super::sample_time::SampleTime;
use crate::picture::grid::{CELLS, COLUMNS, Grid, ROWS};

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

/// The centre of a bouncing card moves by at least so many cells across, or half as many down…
const TRAVELLED: usize = 16;

/// …while it covers as many columns and rows, give or take so many: it falls between cells (2). The
/// arms of a dancer change that by 4.
const RESIZED: usize = 2;

/// A spinning card covers at least so many columns or rows more than at other times…
const TURNED: usize = 6;

/// …while its centre stays where it is, give or take so many cells.
const MOST_SHIFTED: usize = 2;

/// Noise and a JPEG of low quality change a cell of one colour by up to this many levels.
const NOISE: usize = 10;

/// A card's contrast changes by at most one part in so many, wherever it stands and however it is
/// turned (4 %). That of a dancer changes by 8 %, that of a candle by 40 %.
const CONTRAST_CHANGE: usize = 22;

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

/// A card that is shown at several places, or at several angles.
#[derive(Clone, Copy, Debug)]
struct Bouncing {
    since: SampleTime,
    card: Card,
    /// The range of its centre, and that of its size.
    centre: Range,
    size: Range,
}

/// The least and the most of two numbers of cells, across and down.
#[derive(Clone, Copy, Debug)]
struct Range([[usize; 2]; 2]);

impl Range {
    const fn of(cells: [usize; 2]) -> Self {
        Self([cells; 2])
    }

    fn add(&mut self, cells: [usize; 2]) {
        for (direction, cells) in cells.into_iter().enumerate() {
            self.0[0][direction] = self.0[0][direction].min(cells);
            self.0[1][direction] = self.0[1][direction].max(cells);
        }
    }

    /// How far the most is from the least.
    fn width(&self) -> [usize; 2] {
        let [[least_across, least_down], [across, down]] = self.0;
        [across - least_across, down - least_down]
    }

    fn is_within(&self, most: usize) -> bool {
        self.width().into_iter().all(|width| width <= most)
    }
}

/// What stands on a picture of one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Card {
    /// The level of the one colour.
    level: u8,
    /// By how many levels the other cells differ from it, all together.
    contrast: usize,
    /// Column and row of their centre.
    centre: [usize; 2],
    /// How many columns and rows it covers.
    size: [usize; 2],
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
    /// source must not change from one fault to another and back. If it is the first such picture,
    /// a card is remembered: where a small one touches few cells, the picture counts as black.
    pub(super) fn reset(&mut self, at: SampleTime, is_first: bool) {
        let bouncing = self.bouncing.filter(|_| is_first);
        *self = Self { other_fault: Some(at), bouncing, ..Self::default() };
    }

    /// Adds any picture. Returns since when a card has been bouncing or spinning over one colour.
    pub(super) fn bouncing_since(&mut self, at: SampleTime, grid: &Grid) -> Option<SampleTime> {
        let Some(card) = Card::of(grid) else {
            self.bouncing = None;
            return None;
        };
        let same = self.bouncing.take().filter(|bouncing| bouncing.card.is_like(&card));
        let (centre, size) = (Range::of(card.centre), Range::of(card.size));
        let start = Bouncing { since: at, card, centre, size };
        let bouncing = self.bouncing.insert(same.unwrap_or(start));
        bouncing.centre.add(card.centre);
        bouncing.size.add(card.size);
        bouncing.has_moved().then_some(bouncing.since)
    }
}

impl Bouncing {
    /// Whether it has bounced or spun. Something alive does both.
    fn has_moved(&self) -> bool {
        let [across, down] = self.centre.width();
        let has_travelled = across >= TRAVELLED || 2 * down >= TRAVELLED;
        let has_bounced = has_travelled && self.size.is_within(RESIZED);
        let has_spun = !self.size.is_within(TURNED - 1) && self.centre.is_within(MOST_SHIFTED);
        has_bounced || has_spun
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
        let contrast = (count * usize::from(level)).abs_diff(sum);
        let centre = [columns / count, rows / count];
        let size = size(grid, level, NOISE.max(contrast / count / 4));
        Some(Self { level, contrast, centre, size })
    }

    /// Whether both may be the same card. Where it falls between cells, more of them are touched,
    /// each by less.
    fn is_like(&self, other: &Self) -> bool {
        let (one, two) = (self.contrast, other.contrast);
        self.level.abs_diff(other.level) <= ONE_COLOUR
            && one.abs_diff(two) * CONTRAST_CHANGE <= one.max(two)
    }
}

/// How many columns and rows the cells cover that differ from this level by more than `least`: a
/// JPEG changes cells around a card too.
fn size(grid: &Grid, level: u8, least: usize) -> [usize; 2] {
    let (mut columns, mut rows) = ([false; COLUMNS], [false; ROWS]);
    let differs = |cell: &u8| usize::from(cell.abs_diff(level)) > least;
    for (cell, _) in grid.cells().iter().enumerate().filter(|(_, cell)| differs(cell)) {
        columns[cell % COLUMNS] = true;
        rows[cell / COLUMNS] = true;
    }
    [extent(&columns), extent(&rows)]
}

/// How many lines there are from the first marked one to the last.
fn extent(marked: &[bool]) -> usize {
    let is_marked = |marked: &bool| *marked;
    let first = marked.iter().position(is_marked).unwrap_or(0);
    marked.iter().rposition(is_marked).map_or(0, |last| last + 1 - first)
}
