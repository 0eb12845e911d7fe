//! A picture as 80x45 mean luma values, small enough to keep one or two for each of thousands of
//! feeds.
//!
//! Pixels enter, a [`Grid`] for each of their channels leaves. The mean over a cell (6x6 pixels of
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

    /// The grids of a picture with `CHANNELS` interleaved channels, given row by row, a byte for
    /// each. In a picture with fewer pixels than cells, neighbouring cells share pixels.
    pub(super) fn from_pixels<const CHANNELS: usize>(
        bytes: &[u8],
        width: usize,
        height: usize,
    ) -> [Self; CHANNELS] {
        let mut grids: [Self; CHANNELS] = std::array::from_fn(|_| Self::new([0; CELLS]));
        let mut sums = vec![0_u32; width * CHANNELS];
        let columns: [_; COLUMNS] = std::array::from_fn(|column| cell_span(column, COLUMNS, width));
        for row in 0..ROWS {
            let (top, bottom) = cell_span(row, ROWS, height);
            sums.fill(0);
            for line in bytes.chunks_exact(width * CHANNELS).skip(top).take(bottom - top) {
                for (sum, &level) in sums.iter_mut().zip(line) {
                    *sum += u32::from(level);
                }
            }
            for (column, (left, right)) in columns.into_iter().enumerate() {
                let pixels = u32::try_from((right - left) * (bottom - top)).unwrap_or(u32::MAX);
                let mut totals = [0_u32; CHANNELS];
                for pixel in sums[left * CHANNELS..right * CHANNELS].as_chunks::<CHANNELS>().0 {
                    for (total, sum) in totals.iter_mut().zip(pixel) {
                        *total += sum;
                    }
                }
                for (grid, total) in grids.iter_mut().zip(totals) {
                    let mean = (total + pixels / 2) / pixels;
                    grid.0[row * COLUMNS + column] = u8::try_from(mean).unwrap_or(u8::MAX);
                }
            }
        }
        grids
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
