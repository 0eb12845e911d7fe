//! The part of two pictures within the black bars of a letterbox or pillarbox.
//!
//! The cells of two pictures enter, a [`Window`] leaves. Shares of the picture are measured in it,
//! and its hard edges, which never move, are hidden from the measurement of movement.

use std::ops::Range;

use super::partial::Edge;
use crate::picture::{
    grid::{CELLS, COLUMNS, ROWS},
    tone::DARK_LEVEL,
};

/// A cell of a bar differs by at most this many levels between the pictures.
const MAX_BAR_CHANGE: u8 = 2;

/// Rows and columns of a grid.
pub(super) struct Window {
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Window {
    /// The window of both pictures. At most a quarter of the picture is a bar at each side.
    pub(super) fn of(before: &[u8; CELLS], now: &[u8; CELLS]) -> Self {
        let is_bar = |cell: usize| {
            let (before, now) = (before[cell], now[cell]);
            before.max(now) <= DARK_LEVEL && before.abs_diff(now) <= MAX_BAR_CHANGE
        };
        let is_bar_row = |row: &usize| (0..COLUMNS).all(|column| is_bar(row * COLUMNS + column));
        let is_bar_column = |column: &usize| (0..ROWS).all(|row| is_bar(row * COLUMNS + column));
        let (quarter, last_quarter) = (0..ROWS / 4, ROWS - ROWS / 4..ROWS);
        let top = quarter.take_while(is_bar_row).count();
        let bottom = last_quarter.rev().take_while(is_bar_row).count();
        let (quarter, last_quarter) = (0..COLUMNS / 4, COLUMNS - COLUMNS / 4..COLUMNS);
        let left = quarter.take_while(is_bar_column).count();
        let right = last_quarter.rev().take_while(is_bar_column).count();
        Self { rows: top..ROWS - bottom, columns: left..COLUMNS - right }
    }

    /// The part of the picture from one edge on, so many lines wide.
    pub(super) const fn of_part(edge: Edge, lines: usize) -> Self {
        let (rows, columns) = match edge {
            Edge::Top => (0..lines, 0..COLUMNS),
            Edge::Bottom => (ROWS - lines..ROWS, 0..COLUMNS),
            Edge::Left => (0..ROWS, 0..lines),
            Edge::Right => (0..ROWS, COLUMNS - lines..COLUMNS),
        };
        Self { rows, columns }
    }

    /// Whether there are no bars.
    pub(super) fn is_whole(&self) -> bool {
        self.cells() == CELLS
    }

    /// How many cells the window has.
    pub(super) fn cells(&self) -> usize {
        self.rows.len() * self.columns.len()
    }

    /// A picture whose bars continue the nearest cells of the window as they are in `before`.
    pub(super) fn extended(&self, cells: &[u8; CELLS], before: &[u8; CELLS]) -> [u8; CELLS] {
        std::array::from_fn(|cell| {
            let (row, column) = (cell / COLUMNS, cell % COLUMNS);
            if self.rows.contains(&row) && self.columns.contains(&column) {
                return cells[cell];
            }
            let row = row.clamp(self.rows.start, self.rows.end - 1);
            let column = column.clamp(self.columns.start, self.columns.end - 1);
            before[row * COLUMNS + column]
        })
    }
}
