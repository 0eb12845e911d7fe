//! A picture as 80x45 mean luma values, small enough to keep one or two for each of thousands of feeds.
//!
//! Luma samples enter, a [`Grid`] leaves. A mean over a cell (6x6 pixels of a 480x270 thumbnail) takes most of the noise
//! of source, encoder and JPEG away, and keeps a mover of one cell visible. It knows nothing of time.

/// Cells from left to right.
pub const COLUMNS: usize = 80;

/// Cells from top to bottom.
pub const ROWS: usize = 45;

/// All cells.
pub const CELLS: usize = COLUMNS * ROWS;

/// Mean luma (0-255) of each of 80x45 equal cells, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Grid(Box<[u8; CELLS]>);

impl std::fmt::Debug for Grid {
    /// 3,600 numbers help nobody in a failed assertion.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sum: u32 = self.0.iter().map(|&cell| u32::from(cell)).sum();
        write!(f, "Grid(mean {})", sum as usize / CELLS)
    }
}

impl Grid {
    /// A grid of given cells, row by row.
    #[must_use]
    pub fn new(cells: [u8; CELLS]) -> Self {
        Self(Box::new(cells))
    }

    /// The cells, row by row.
    #[must_use]
    pub fn cells(&self) -> &[u8; CELLS] {
        &self.0
    }

    /// Means of luma samples that are given row by row. A picture smaller than the grid repeats its pixels.
    pub(super) fn of_luma(luma: &[u8], width: usize, height: usize) -> Self {
        let columns = edges::<{ COLUMNS + 1 }>(width);
        let rows = edges::<{ ROWS + 1 }>(height);
        let mut cells = Box::new([0; CELLS]);
        for (row, line) in cells.chunks_exact_mut(COLUMNS).enumerate() {
            let (top, bottom) = span(rows[row], rows[row + 1], height);
            let mut sums = [0_u32; COLUMNS];
            for y in top..bottom {
                let samples = &luma[y * width..(y + 1) * width];
                for (column, sum) in sums.iter_mut().enumerate() {
                    let (left, right) = span(columns[column], columns[column + 1], width);
                    *sum += samples[left..right].iter().map(|&sample| u32::from(sample)).sum::<u32>();
                }
            }
            for (column, cell) in line.iter_mut().enumerate() {
                let (left, right) = span(columns[column], columns[column + 1], width);
                let count = u32::try_from((right - left) * (bottom - top)).unwrap_or(u32::MAX);
                *cell = u8::try_from((sums[column] + count / 2) / count).unwrap_or(u8::MAX);
            }
        }
        Self(cells)
    }

    /// The cells in ascending order.
    pub(super) fn sorted(&self) -> [u8; CELLS] {
        let mut cells = *self.0;
        cells.sort_unstable();
        cells
    }
}

/// Where `N - 1` equal parts of a side of `pixels` begin and end.
fn edges<const N: usize>(pixels: usize) -> [usize; N] {
    std::array::from_fn(|part| part * pixels / (N - 1))
}

/// A part of at least one pixel, inside the side.
fn span(from: usize, to: usize, pixels: usize) -> (usize, usize) {
    let from = from.min(pixels - 1);
    (from, to.max(from + 1))
}
