//! A picture as 80x45 mean luma values, small enough to keep one or two for each of thousands of feeds.
//!
//! Samples of one channel enter, a [`Grid`] leaves. A mean over a cell (6x6 pixels of a 480x270 thumbnail)
//! takes most of the noise of source, encoder and JPEG away, and keeps a mover of one cell visible. It knows
//! nothing of time.

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

    /// Means of each of `CHANNELS` interleaved channels, whose samples are given row by row. A picture
    /// smaller than the grid repeats its pixels.
    pub(super) fn of<const CHANNELS: usize>(samples: &[u8], width: usize, height: usize) -> [Self; CHANNELS] {
        let mut grids: [Self; CHANNELS] = std::array::from_fn(|_| Self::new([0; CELLS]));
        let mut sums = vec![0_u32; width * CHANNELS];
        let columns: [_; COLUMNS] = std::array::from_fn(|column| part(column, COLUMNS, width));
        for row in 0..ROWS {
            let (top, bottom) = part(row, ROWS, height);
            sums.fill(0);
            for line in samples.chunks_exact(width * CHANNELS).skip(top).take(bottom - top) {
                for (sum, &sample) in sums.iter_mut().zip(line) {
                    *sum += u32::from(sample);
                }
            }
            for (column, (left, right)) in columns.into_iter().enumerate() {
                let count = u32::try_from((right - left) * (bottom - top)).unwrap_or(u32::MAX);
                let mut means = [0_u32; CHANNELS];
                for pixel in sums[left * CHANNELS..right * CHANNELS].as_chunks::<CHANNELS>().0 {
                    for (mean, sum) in means.iter_mut().zip(pixel) {
                        *mean += sum;
                    }
                }
                for (grid, mean) in grids.iter_mut().zip(means) {
                    grid.0[row * COLUMNS + column] =
                        u8::try_from((mean + count / 2) / count).unwrap_or(u8::MAX);
                }
            }
        }
        grids
    }

    /// For each of `percents`, the lowest level that at least so many of the cells do not exceed.
    pub(super) fn percentiles<const N: usize>(&self, percents: [usize; N]) -> [u8; N] {
        let mut counts = [0_usize; 256];
        for &cell in self.0.iter() {
            counts[usize::from(cell)] += 1;
        }
        percents.map(|percent| {
            let mut seen = 0;
            let reached = |&level: &u8| {
                seen += counts[usize::from(level)];
                seen * 100 >= CELLS * percent
            };
            (0..=u8::MAX).find(reached).unwrap_or(u8::MAX)
        })
    }
}

/// Where one of `parts` equal parts of a side begins and ends: at least one pixel.
pub(super) fn part(index: usize, parts: usize, pixels: usize) -> (usize, usize) {
    let from = (index * pixels / parts).min(pixels - 1);
    (from, ((index + 1) * pixels / parts).max(from + 1))
}
