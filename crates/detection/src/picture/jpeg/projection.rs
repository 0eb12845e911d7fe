//! What a block's coefficients add to the cells under it: sums of the DCT basis functions over
//! parts of the block.
//!
//! The size of a picture enters; a [`Projection`] of each column and each row of blocks leaves. It
//! knows nothing of how coefficients are coded.

use std::{f32::consts::PI, ops::Range, sync::LazyLock};

use super::{BLOCK_SIDE, LEVEL_SHIFT, idct::BlockPixels};
use crate::picture::grid::{COLUMNS, ROWS, cell_span};

/// Prefix sums of the one-dimensional basis functions: for each frequency, the sums over the first
/// 0 to 8 pixels.
static BASIS_SUMS: LazyLock<[[f32; BLOCK_SIDE + 1]; BLOCK_SIDE]> = LazyLock::new(|| {
    std::array::from_fn(|frequency| {
        let mut sum = 0.0;
        std::array::from_fn(|pixel| {
            let before = sum;
            sum += basis_function(frequency, pixel);
            before
        })
    })
});

/// A one-dimensional basis function of the inverse DCT (ISO/IEC 10918-1, A.3.3).
#[expect(clippy::cast_precision_loss, reason = "numbers below 128")]
fn basis_function(frequency: usize, pixel: usize) -> f32 {
    let scale = if frequency == 0 { 0.5_f32.sqrt() } else { 1.0 };
    scale / 2.0 * (((2 * pixel + 1) * frequency) as f32 * PI / 16.0).cos()
}

/// The direction of a [`Projection`].
#[derive(Clone, Copy)]
pub(super) enum Axis {
    /// From blocks to columns of cells.
    Horizontal,
    /// From blocks to rows of cells.
    Vertical,
}

impl Axis {
    const fn cells(self) -> usize {
        match self {
            Self::Horizontal => COLUMNS,
            Self::Vertical => ROWS,
        }
    }

    /// Lays the weights of two neighbouring cells out for the four cells of
    /// [`BlockProjection::add_to`].
    const fn spread(self, [first, second]: [f32; 2]) -> [f32; 4] {
        match self {
            Self::Horizontal => [first, first, second, second],
            Self::Vertical => [first, second, first, second],
        }
    }
}

/// Where a column or row of blocks lies over the cells, and with which weights.
pub(super) struct Projection {
    /// The first column or row of cells under the block. The next one may lie under it too.
    cell: usize,
    /// For each frequency, the sums of its basis function over both cells, laid out by
    /// [`Axis::spread`].
    weights: [[f32; 4]; BLOCK_SIDE],
    /// How many of the block's pixels are in the first cell, and how many in either.
    pixels: [usize; 2],
}

/// One projection for each of `blocks` along an axis of so many `pixels`. Blocks beyond the last
/// pixel, which fill up an MCU, weigh nothing.
///
/// `None` if there are fewer pixels than cells, or if a block lies over more than two cells, as in
/// small pictures.
pub(super) fn projections(axis: Axis, pixels: usize, blocks: usize) -> Option<Vec<Projection>> {
    let cells = axis.cells();
    if pixels < cells {
        return None;
    }
    let end_of = |cell: usize| cell_span(cell, cells, pixels).1;
    let mut projections = Vec::with_capacity(blocks);
    let mut cell = 0;
    for block in 0..blocks {
        let start = block * BLOCK_SIDE;
        let (from, to) = (start.min(pixels), (start + BLOCK_SIDE).min(pixels));
        while cell + 1 < cells && end_of(cell) <= from {
            cell += 1;
        }
        if cell + 1 < cells && end_of(cell + 1) < to {
            return None;
        }
        let boundary = end_of(cell).clamp(from, to);
        let weights = BASIS_SUMS.each_ref().map(|sums| {
            let sum_over =
                |from, to| if from < to { sums[to - start] - sums[from - start] } else { 0.0 };
            axis.spread([sum_over(from, boundary), sum_over(boundary, to)])
        });
        projections.push(Projection { cell, weights, pixels: [boundary - from, to - from] });
    }
    Some(projections)
}

/// The projections of one block along both axes.
#[derive(Clone, Copy)]
pub(super) struct BlockProjection<'a> {
    pub(super) horizontal: &'a Projection,
    pub(super) vertical: &'a Projection,
}

impl BlockProjection<'_> {
    /// Adds what a dequantised coefficient contributes to the sums of the four cells under the
    /// block. `position` is eight times the coefficient's vertical frequency plus its horizontal
    /// one.
    #[inline]
    pub(super) fn accumulate(self, block_sums: &mut [f32; 4], position: u8, coefficient: f32) {
        let horizontal = &self.horizontal.weights[usize::from(position % 8)];
        let vertical = &self.vertical.weights[usize::from(position / 8 % 8)];
        for (sum, (horizontal, vertical)) in
            block_sums.iter_mut().zip(horizontal.iter().zip(vertical))
        {
            *sum += coefficient * horizontal * vertical;
        }
    }

    /// The sums of a block's pixels over the four cells under it, minus the level shift.
    pub(super) fn sums_of(self, pixels: &BlockPixels) -> [f32; 4] {
        let [left, width] = self.horizontal.pixels;
        let [top, height] = self.vertical.pixels;
        let sum_over = |rows: Range<usize>, columns: Range<usize>| {
            let levels = pixels[rows].iter().flat_map(|row| &row[columns.clone()]);
            levels.map(|&level| f32::from(level) - LEVEL_SHIFT).sum()
        };
        [
            sum_over(0..top, 0..left),
            sum_over(top..height, 0..left),
            sum_over(0..top, left..width),
            sum_over(top..height, left..width),
        ]
    }

    /// Adds the sums of a block to those of the whole grid.
    #[inline]
    pub(super) fn add_to(self, grid_sums: &mut [f32], block_sums: [f32; 4]) {
        let first = self.vertical.cell * COLUMNS + self.horizontal.cell;
        for (offset, sum) in [0, COLUMNS, 1, COLUMNS + 1].into_iter().zip(block_sums) {
            grid_sums[first + offset] += sum;
        }
    }
}
