//! What a line of blocks gives to the line of cells under it: the sums of the patterns over a part of a block.

use std::{f32::consts::PI, sync::LazyLock};

use super::{SIDE, part};

/// The patterns in one direction, each summed up over the first pixels of a block (ISO/IEC 10918-1, A.3.3).
static PATTERNS: LazyLock<[[f32; SIDE + 1]; SIDE]> = LazyLock::new(|| {
    std::array::from_fn(|pattern| {
        let mut sum = 0.0;
        std::array::from_fn(|pixels| {
            let before = sum;
            sum += height(pattern, pixels);
            before
        })
    })
});

/// How high a pattern stands at a pixel, where its amount is 1.
#[expect(clippy::cast_precision_loss, reason = "numbers below 128")]
fn height(pattern: usize, pixel: usize) -> f32 {
    let scale = if pattern == 0 { 0.5_f32.sqrt() } else { 1.0 };
    scale / 2.0 * (((2 * pixel + 1) * pattern) as f32 * PI / 16.0).cos()
}

/// The share that a block has in the cells it lies over, in one direction.
pub(super) struct Share {
    /// The first of the cells, which are two at most.
    pub(super) cell: usize,
    /// For each pattern its sums over the first and over the second cell, laid out for the sums in both directions.
    weights: [[f32; 4]; SIDE],
}

/// The shares of so many blocks in a line in so many cells, over a picture of so many pixels; `None` where a block lies over more
/// than two cells, as in a small picture. Blocks behind the last pixel have no share.
pub(super) fn shares(
    cells: usize,
    pixels: usize,
    blocks: usize,
    lay_out: impl Fn([f32; 2]) -> [f32; 4],
) -> Option<Vec<Share>> {
    let end = |cell: usize| part(cell, cells, pixels).1;
    let mut cell = 0;
    let share = |block: usize| {
        let start = block * SIDE;
        let (from, to) = (start.min(pixels), (start + SIDE).min(pixels));
        while cell + 1 < cells && end(cell) <= from {
            cell += 1;
        }
        let middle = end(cell).clamp(from, to);
        let covered = cell + 1 == cells || to <= end(cell + 1);
        let weights = PATTERNS.each_ref().map(|sums| {
            let over = |from, to| if from < to { sums[to - start] - sums[from - start] } else { 0.0 };
            lay_out([over(from, middle), over(middle, to)])
        });
        covered.then_some(Share { cell, weights })
    };
    if pixels < cells { None } else { (0..blocks).map(share).collect() }
}

/// Adds what a pattern is worth to a block's sums over the four cells it may lie over.
#[inline]
pub(super) fn share(parts: &mut [f32; 4], place: u8, worth: f32, column: &Share, row: &Share) {
    let (across, down) = (&column.weights[usize::from(place % 8)], &row.weights[usize::from(place / 8 % 8)]);
    for (part, (across, down)) in parts.iter_mut().zip(across.iter().zip(down)) {
        *part += worth * across * down;
    }
}
