//! Whether a part of the picture has failed while the rest is alive: a decoder that lost the lower
//! part fills it with grey, green or black.
//!
//! A grid enters; a [`Part`] leaves if from one edge of the picture on, at least a third of it is
//! exactly one level, and what begins behind the straight line is something else. Luma is enough:
//! the colours that decoders fill with are exact in luma too. Bars of equal kind at two opposite
//! edges are letterbox or pillarbox.

use std::fmt;

use crate::picture::grid::{COLUMNS, Grid, ROWS};

/// Levels by which cells of one exact colour differ: the rounding of a JPEG.
const EXACT: u8 = 2;

/// A part is at least one third of the picture…
const LEAST: usize = 3;

/// …and at most nine tenths: the rest must be enough to be alive.
const MOST_TENTHS: usize = 9;

/// Behind the line, at least half of the cells differ by more than this many levels. Where a dark
/// sky, a stage or the space around a text ends, at most 42 % do.
const DIFFERENT: u8 = 12;

/// The line is at most so many cells wide: a JPEG blurs it.
const BLUR: usize = 3;

/// A part of the picture in one exact colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it is.
    pub edge: Edge,
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
    /// How many lines of cells run parallel to the edge, and how many cells each has.
    const fn lines(self) -> (usize, usize) {
        match self {
            Self::Top | Self::Bottom => (ROWS, COLUMNS),
            Self::Left | Self::Right => (COLUMNS, ROWS),
        }
    }

    const fn opposite(self) -> Self {
        match self {
            Self::Top => Self::Bottom,
            Self::Bottom => Self::Top,
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// The level of a cell: line 0 is at the edge.
    fn level(self, grid: &Grid, line: usize, cell: usize) -> u8 {
        let (row, column) = match self {
            Self::Top => (line, cell),
            Self::Bottom => (ROWS - 1 - line, cell),
            Self::Left => (cell, line),
            Self::Right => (cell, COLUMNS - 1 - line),
        };
        grid.cells()[row * COLUMNS + column]
    }

    /// How many lines from the edge on are exactly one level, and which.
    fn plain_lines(self, grid: &Grid) -> (usize, u8) {
        let (lines, cells) = self.lines();
        let level = self.level(grid, 0, cells / 2);
        let is_plain = |line: &usize| {
            (0..cells).all(|cell| self.level(grid, *line, cell).abs_diff(level) <= EXACT)
        };
        ((0..lines).take_while(is_plain).count(), level)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { edge, percent, level } = self;
        let edge = match edge {
            Edge::Top => "upper",
            Edge::Bottom => "lower",
            Edge::Left => "left",
            Edge::Right => "right",
        };
        write!(f, "the {edge} {percent} % are one colour (luma {level}), the rest is alive")
    }
}

impl Part {
    /// The largest part of this picture in one exact colour.
    pub(super) fn of(grid: &Grid) -> Option<Self> {
        let edges = [Edge::Bottom, Edge::Top, Edge::Right, Edge::Left];
        edges.into_iter().filter_map(|edge| Self::at(edge, grid)).max_by_key(|part| part.percent)
    }

    fn at(edge: Edge, grid: &Grid) -> Option<Self> {
        let (plain, level) = edge.plain_lines(grid);
        let (lines, cells) = edge.lines();
        if plain * LEAST < lines || plain * 10 > lines * MOST_TENTHS {
            return None;
        }
        let (opposite, _) = edge.opposite().plain_lines(grid);
        let differs = |line: usize| {
            let levels = (0..cells).map(|cell| edge.level(grid, line, cell));
            levels.filter(|other| other.abs_diff(level) > DIFFERENT).count()
        };
        let is_sharp = (plain..lines).take(BLUR).any(|line| differs(line) * 2 >= cells);
        if opposite * 3 >= plain || !is_sharp {
            return None;
        }
        let percent = u8::try_from(plain * 100 / lines).ok()?;
        Some(Self { edge, percent, level })
    }
}
