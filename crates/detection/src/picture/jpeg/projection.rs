//! What a block's coefficients add to the cells under it: sums of the DCT basis functions over
//! parts of the block.
//!
//! The size of a picture enters; a [`Projection`] of each column and each row of blocks leaves. It
//! knows nothing of how coefficients are coded.
//!
//! A block lies over its cells in one of a few ways, called **phases**: cells of 6x6 pixels and
//! blocks of 8x8 meet in the same way after every third block. So what a coefficient adds is
//! computed once for each pair of phases, and not for each block.

use std::{f32::consts::PI, ops::Range, sync::LazyLock};

use super::{BLOCK_SIDE, COEFFICIENTS, LEVEL_SHIFT, ZIGZAG, idct::BlockPixels};
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

/// Where a column or row of blocks lies over the cells.
pub(super) struct Projection {
    /// The first column or row of cells under the block. The next one may lie under it too.
    cell: usize,
    /// How many of the block's pixels are in the first cell, and how many in either.
    pixels: [usize; 2],
    /// Index among the phases of the axis.
    phase: usize,
}

/// For each frequency, the sums of its basis function over both cells, laid out by
/// [`Axis::spread`].
type PhaseWeights = [[f32; 4]; BLOCK_SIDE];

/// What each coefficient of a block adds to the sums of the four cells under it, in zigzag order.
pub(super) type BlockWeights = [[f32; 4]; COEFFICIENTS];

/// The projections along an axis.
pub(super) struct Projections {
    /// One for each column or row of blocks.
    pub(super) blocks: Vec<Projection>,
    phases: Vec<PhaseWeights>,
}

impl Projections {
    /// One projection for each of `blocks` along an axis of so many `pixels`. Blocks beyond the
    /// last pixel, which fill up an MCU, weigh nothing.
    ///
    /// `None` if there are fewer pixels than cells, or if a block lies over more than two cells, as
    /// in small pictures.
    pub(super) fn new(axis: Axis, pixels: usize, blocks: usize) -> Option<Self> {
        let cells = axis.cells();
        if pixels < cells {
            return None;
        }
        let end_of = |cell: usize| cell_span(cell, cells, pixels).1;
        let mut projections: Vec<Projection> = Vec::with_capacity(blocks);
        let (mut phases, mut cell) = (Vec::new(), 0);
        for start in (0..blocks).map(|block| block * BLOCK_SIDE) {
            let (from, to) = (start.min(pixels), (start + BLOCK_SIDE).min(pixels));
            while cell + 1 < cells && end_of(cell) <= from {
                cell += 1;
            }
            if cell + 1 < cells && end_of(cell + 1) < to {
                return None;
            }
            let pixels = [end_of(cell).clamp(from, to) - from, to - from];
            let known = projections.iter().find(|known| known.pixels == pixels);
            let phase = known.map_or(phases.len(), |known| known.phase);
            if phase == phases.len() {
                phases.push(phase_weights(axis, pixels));
            }
            projections.push(Projection { cell, pixels, phase });
        }
        Some(Self { blocks: projections, phases })
    }
}

/// The weights of a block with so many pixels in the first cell and so many in either.
fn phase_weights(axis: Axis, [first, either]: [usize; 2]) -> PhaseWeights {
    BASIS_SUMS.each_ref().map(|sums| axis.spread([sums[first], sums[either] - sums[first]]))
}

/// The weights of blocks by the phases of their row and column.
pub(super) struct WeightsByPhase {
    weights: Vec<BlockWeights>,
    column_phases: usize,
}

impl WeightsByPhase {
    /// The weights of coefficients that are to be multiplied by these elements, in zigzag order.
    pub(super) fn new(
        rows: &Projections,
        columns: &Projections,
        elements: &[f32; COEFFICIENTS],
    ) -> Self {
        let mut weights = Vec::with_capacity(rows.phases.len() * columns.phases.len());
        for vertical in &rows.phases {
            for horizontal in &columns.phases {
                weights.push(std::array::from_fn(|index| {
                    let position = usize::from(ZIGZAG[index]);
                    let (vertical, horizontal) = (vertical[position / 8], horizontal[position % 8]);
                    std::array::from_fn(|cell| elements[index] * horizontal[cell] * vertical[cell])
                }));
            }
        }
        Self { weights, column_phases: columns.phases.len() }
    }

    /// The weights of a block.
    #[inline]
    pub(super) fn of(&self, block: BlockProjection<'_>) -> &BlockWeights {
        &self.weights[block.vertical.phase * self.column_phases + block.horizontal.phase]
    }
}

/// The projections of one block along both axes.
#[derive(Clone, Copy)]
pub(super) struct BlockProjection<'a> {
    pub(super) horizontal: &'a Projection,
    pub(super) vertical: &'a Projection,
}

impl BlockProjection<'_> {
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
