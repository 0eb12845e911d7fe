//! Whether a part of the picture has failed while the rest is alive: a decoder that lost the lower
//! part, or a tile, fills it with grey, green or black.
//!
//! A grid enters; a [`Part`] leaves if a rectangle of at least a third of it is exactly one level,
//! and what begins behind each of its straight sides is something else. Luma is enough: the colours
//! that decoders fill with are exact in luma too. If much of the rest has the same colour, it is a
//! letterbox, a pillarbox, or what surrounds a smaller picture.

use std::{fmt, ops::Range};

use crate::picture::grid::{CELLS, COLUMNS, Grid, ROWS};

/// Levels by which cells of one exact colour differ: the rounding of a JPEG.
const EXACT: u8 = 2;

/// A part is at least one third of the picture…
const LEAST: usize = 3;

/// …and at most nine tenths: the rest must be enough to be alive.
const MOST_TENTHS: usize = 9;

/// A rectangle of a third of the picture covers a cell in one of these rows…
const SEED_ROWS: [usize; 3] = [7, 21, 35];

/// …and one of these columns.
const SEED_COLUMNS: [usize; 3] = [13, 39, 65];

/// Behind the line, at least half of the cells differ by more than this many levels. Where a dark
/// sky, a stage or the space around a text ends, at most 42 % do.
const DIFFERENT: u8 = 12;

/// The line is at most so many cells wide: a JPEG blurs it.
const BLUR: usize = 3;

/// A part of the picture in one exact colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The edge from which on it covers the picture from side to side; `None` if it is a rectangle
    /// elsewhere.
    pub edge: Option<Edge>,
    /// Its share of the picture, in percent.
    pub percent: u8,
    /// Its luma, of 255.
    pub level: u8,
}

/// An edge of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The upper one.
    Top,
    /// The lower one.
    Bottom,
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl Edge {
    pub(super) const ALL: [Self; 4] = [Self::Bottom, Self::Top, Self::Right, Self::Left];

    /// How many lines of cells run parallel to the edge, and how many cells each has.
    pub(super) const fn lines(self) -> (usize, usize) {
        match self {
            Self::Top | Self::Bottom => (ROWS, COLUMNS),
            Self::Left | Self::Right => (COLUMNS, ROWS),
        }
    }

    pub(super) const fn opposite(self) -> Self {
        match self {
            Self::Top => Self::Bottom,
            Self::Bottom => Self::Top,
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// The level of a cell: line 0 is at the edge.
    pub(super) fn level(self, grid: &Grid, line: usize, cell: usize) -> u8 {
        let (row, column) = match self {
            Self::Top => (line, cell),
            Self::Bottom => (ROWS - 1 - line, cell),
            Self::Left => (cell, line),
            Self::Right => (cell, COLUMNS - 1 - line),
        };
        grid.cells()[row * COLUMNS + column]
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Top => "upper",
            Self::Bottom => "lower",
            Self::Left => "left",
            Self::Right => "right",
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { edge, percent, level } = self;
        match edge {
            Some(edge) => write!(f, "the {edge} {percent} % are")?,
            None => write!(f, "a rectangle of {percent} % is")?,
        }
        write!(f, " one colour (luma {level}), the rest is alive")
    }
}

impl Part {
    /// The largest part of this picture in one exact colour.
    pub(super) fn of(grid: &Grid) -> Option<Self> {
        let seeds = SEED_ROWS.into_iter().flat_map(|row| SEED_COLUMNS.map(|column| (row, column)));
        let rectangles = seeds.filter_map(|seed| Rectangle::around(seed, grid));
        let largest = rectangles.max_by_key(Rectangle::cells)?;
        let cells = largest.cells();
        let is_tile = largest.is_sharp(grid) && !largest.is_frame(grid);
        if cells * 10 > CELLS * MOST_TENTHS || !is_tile {
            return None;
        }
        let percent = u8::try_from(cells * 100 / CELLS).ok()?;
        Some(Self { edge: largest.edge(), percent, level: largest.level })
    }
}

/// Cells of one exact colour.
struct Rectangle {
    rows: Range<usize>,
    columns: Range<usize>,
    level: u8,
}

impl Rectangle {
    /// The largest rectangle around a cell, if it is large enough for a part.
    fn around((row, column): (usize, usize), grid: &Grid) -> Option<Self> {
        let level = grid.cells()[row * COLUMNS + column];
        let is_alike = |row: usize, column: usize| {
            grid.cells()[row * COLUMNS + column].abs_diff(level) <= EXACT
        };
        let reach = |row| {
            let left = (0..=column).rev().take_while(|&column| is_alike(row, column)).count();
            let right = (column..COLUMNS).take_while(|&column| is_alike(row, column)).count();
            column + 1 - left..column + right
        };
        let above = (0..=row).rev().take_while(|&row| is_alike(row, column)).count();
        let below = (row..ROWS).take_while(|&row| is_alike(row, column)).count();
        if reach(row).len() * (above + below) * LEAST < CELLS {
            return None;
        }
        // Which columns are alike in all rows from this one on.
        let narrow = |columns: &mut Range<usize>, row| {
            let reach = reach(row);
            *columns = columns.start.max(reach.start)..columns.end.min(reach.end);
            Some(columns.clone())
        };
        let all = 0..COLUMNS;
        let up = (row + 1 - above..=row).rev().scan(all.clone(), narrow);
        let down: Vec<_> = (row..row + below).scan(all, narrow).collect();
        let rectangles = up.enumerate().flat_map(|(up, above)| {
            down.iter().enumerate().map(move |(down, below)| Self {
                rows: row - up..row + down + 1,
                columns: above.start.max(below.start)..above.end.min(below.end),
                level,
            })
        });
        rectangles.max_by_key(Self::cells).filter(|largest| largest.cells() * LEAST >= CELLS)
    }

    fn cells(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// How many lines lie between it and this edge of the picture, and which cells of them.
    fn beyond(&self, edge: Edge) -> (usize, Range<usize>) {
        match edge {
            Edge::Top => (self.rows.start, self.columns.clone()),
            Edge::Bottom => (ROWS - self.rows.end, self.columns.clone()),
            Edge::Left => (self.columns.start, self.rows.clone()),
            Edge::Right => (COLUMNS - self.columns.end, self.rows.clone()),
        }
    }

    /// The edge from which on it covers the picture from side to side.
    fn edge(&self) -> Option<Edge> {
        let mut inner = Edge::ALL.into_iter().filter(|&edge| self.beyond(edge).0 > 0);
        let side = inner.next()?;
        inner.next().is_none().then(|| side.opposite())
    }

    /// Whether something else begins behind each side.
    fn is_sharp(&self, grid: &Grid) -> bool {
        Edge::ALL.into_iter().all(|edge| {
            let (lines, cells) = self.beyond(edge);
            let differs = |line: usize| {
                let levels = cells.clone().map(|cell| edge.level(grid, line, cell));
                levels.filter(|level| level.abs_diff(self.level) > DIFFERENT).count()
            };
            lines == 0 || (0..lines).rev().take(BLUR).any(|line| differs(line) * 2 >= cells.len())
        })
    }

    /// Whether much of the rest has the same colour: letterbox, pillarbox, and what surrounds a
    /// smaller picture.
    fn is_frame(&self, grid: &Grid) -> bool {
        let alike = grid.cells().iter().filter(|level| level.abs_diff(self.level) <= EXACT);
        (alike.count() - self.cells()) * 3 >= self.cells()
    }
}
