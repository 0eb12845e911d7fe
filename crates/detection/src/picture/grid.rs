//! A picture as 80x45 mean luma values, small enough to keep one or two for each of thousands of
//! feeds.
//!
//! The pixels of one channel enter, a [`Grid`] leaves. The mean over a cell (6x6 pixels of
//! a 480x270 thumbnail) removes most of the noise of source, encoder and JPEG, and still shows a
//! moving object of one cell. A grid knows nothing of time.

use std::fmt;

/// Cells from left to right.
pub const COLUMNS: usize = 80;

/// Cells from top to bottom.
pub const ROWS: usize = 45;

/// Cells of a grid.
pub const CELLS: usize = COLUMNS * ROWS;

/// Mean luma (0-255) of each of 80x45 equal cells, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Grid(Box<[u8; CELLS]>);

impl fmt::Debug for Grid {
    /// Prints the mean: 3,600 numbers do not help in a failed assertion.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum: u32 = self.0.iter().map(|&cell| u32::from(cell)).sum();
        write!(f, "Grid(mean {})", sum as usize / CELLS)
    }
}

impl Grid {
    /// A grid of these cells, row by row.
    #[must_use]
    pub fn new(cells: [u8; CELLS]) -> Self {
        Self(Box::new(cells))
    }

    /// The cells, row by row.
    #[must_use]
    pub fn cells(&self) -> &[u8; CELLS] {
        &self.0
    }

    /// The sums of the cells of equal blocks, row by row: `ACROSS` blocks side by side, `N` in all.
    pub(crate) fn block_sums<const ACROSS: usize, const N: usize>(&self) -> [u16; N] {
        const { assert!(COLUMNS.is_multiple_of(ACROSS) && ROWS.is_multiple_of(N / ACROSS)) };
        let (width, height) = (COLUMNS / ACROSS, ROWS / (N / ACROSS));
        let mut sums = [0_u16; N];
        for (row, cells) in self.0.chunks_exact(COLUMNS).enumerate() {
            let sums = &mut sums[row / height * ACROSS..][..ACROSS];
            for (sum, cells) in sums.iter_mut().zip(cells.chunks_exact(width)) {
                *sum += cells.iter().copied().map(u16::from).sum::<u16>();
            }
        }
        sums
    }

    /// The grid of a picture given row by row, a byte for each pixel. Rows have `stride` bytes, of
    /// which the first `width` count. In a picture with fewer pixels than cells, neighbouring cells
    /// share pixels.
    pub(super) fn from_pixels(bytes: &[u8], stride: usize, width: usize, height: usize) -> Self {
        let mut grid = Self::new([0; CELLS]);
        let mut sums = vec![0_u32; width];
        let columns: [_; COLUMNS] = std::array::from_fn(|column| cell_span(column, COLUMNS, width));
        for (row, cells) in grid.0.chunks_exact_mut(COLUMNS).enumerate() {
            let (top, bottom) = cell_span(row, ROWS, height);
            sums.fill(0);
            for line in bytes.chunks_exact(stride).skip(top).take(bottom - top) {
                for (sum, &level) in sums.iter_mut().zip(line) {
                    *sum += u32::from(level);
                }
            }
            for (cell, (left, right)) in cells.iter_mut().zip(columns) {
                let pixels = u32::try_from((right - left) * (bottom - top)).unwrap_or(u32::MAX);
                let total: u32 = sums[left..right].iter().sum();
                let mean = (total + pixels / 2) / pixels;
                *cell = u8::try_from(mean).unwrap_or(u8::MAX);
            }
        }
        grid
    }

    /// For each of `percents`, the lowest level that at least so many percent of the cells do not
    /// exceed.
    pub(super) fn percentiles<const N: usize>(&self, percents: [usize; N]) -> [u8; N] {
        let mut counts = [0_usize; 256];
        for &cell in self.0.iter() {
            counts[usize::from(cell)] += 1;
        }
        percents.map(|percent| {
            let mut cells = 0;
            let reaches = |&level: &u8| {
                cells += counts[usize::from(level)];
                cells * 100 >= CELLS * percent
            };
            (0..=u8::MAX).find(reaches).unwrap_or(u8::MAX)
        })
    }
}

/// The pixels under one of `cells` equal cells along an axis of so many `pixels`: the first, and
/// the one after the last. There is always at least one.
pub(super) fn cell_span(cell: usize, cells: usize, pixels: usize) -> (usize, usize) {
    let start = (cell * pixels / cells).min(pixels - 1);
    (start, ((cell + 1) * pixels / cells).max(start + 1))
}
