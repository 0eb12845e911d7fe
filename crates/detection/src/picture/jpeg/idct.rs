//! The inverse DCT: a block's coefficients to its 8x8 pixels (ISO/IEC 10918-1, A.3.3).

use super::{BLOCK_SIDE, COEFFICIENTS, pass::Block};

/// The pixels of a block, row by row.
pub(super) type BlockPixels = [[u8; BLOCK_SIDE]; BLOCK_SIDE];

/// The cosines of 1 to 7 sixteenths of pi, halved.
const COS_1: f32 = 0.490_392_64;
const COS_2: f32 = 0.461_939_77;
const COS_3: f32 = 0.415_734_8;
const COS_4: f32 = 0.353_553_4;
const COS_5: f32 = 0.277_785_12;
const COS_6: f32 = 0.191_341_71;
const COS_7: f32 = 0.097_545_16;

/// What is added to the result of the inverse DCT: the level shift, and a half for rounding.
const LEVEL_SHIFT_AND_HALF: f32 = 128.5;

/// The largest magnitude of a pixel before it is clipped, without the level shift. Quantisation
/// takes pixels beyond 0-255 by less, even at libjpeg's lowest quality, and beyond this libjpeg's
/// inverse DCT overflows.
const MAX_MAGNITUDE: f32 = 511.0;

/// The pixels of a block. `quantisation` has the order of the block's coefficients. `None` if
/// pixels are so far beyond 0-255 that no encoder has written the coefficients.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast rounds down and saturates, as the standard clamps to 0-255"
)]
pub(super) fn pixels(block: &Block, quantisation: &[f32; COEFFICIENTS]) -> Option<BlockPixels> {
    let [dc, ac @ ..] = block;
    if ac.iter().all(|&coefficient| coefficient == 0) {
        let level = f32::from(*dc) * quantisation[0] / 8.0 + LEVEL_SHIFT_AND_HALF;
        return Some([[level as u8; BLOCK_SIDE]; BLOCK_SIDE]);
    }
    let mut rows: [[f32; BLOCK_SIDE]; BLOCK_SIDE] = std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            let position = row * BLOCK_SIDE + column;
            f32::from(block[position]) * quantisation[position]
        })
    });
    transform_columns(&mut rows);
    let mut columns = transposed(&rows);
    transform_columns(&mut columns);
    let mut is_beyond = false;
    for level in columns.as_flattened() {
        is_beyond |= level.abs() > MAX_MAGNITUDE;
    }
    if is_beyond {
        return None;
    }
    Some(transposed(&columns).map(|row| row.map(|level| (level + LEVEL_SHIFT_AND_HALF) as u8)))
}

fn transposed(rows: &[[f32; BLOCK_SIDE]; BLOCK_SIDE]) -> [[f32; BLOCK_SIDE]; BLOCK_SIDE] {
    std::array::from_fn(|column| std::array::from_fn(|row| rows[row][column]))
}

/// The one-dimensional inverse DCT of each column. Frequencies of even and of odd index are summed
/// separately: towards the end of the block, the sum of the odd ones has the opposite sign.
fn transform_columns(rows: &mut [[f32; BLOCK_SIDE]; BLOCK_SIDE]) {
    #[expect(clippy::needless_range_loop, reason = "columns, for which there is no iterator")]
    for column in 0..BLOCK_SIDE {
        let f: [f32; BLOCK_SIDE] = std::array::from_fn(|row| rows[row][column]);
        let (sum, difference) = ((f[0] + f[4]) * COS_4, (f[0] - f[4]) * COS_4);
        let (outer, inner) = (f[2] * COS_2 + f[6] * COS_6, f[2] * COS_6 - f[6] * COS_2);
        let even = [sum + outer, difference + inner, difference - inner, sum - outer];
        let odd = [
            f[1] * COS_1 + f[3] * COS_3 + f[5] * COS_5 + f[7] * COS_7,
            f[1] * COS_3 - f[3] * COS_7 - f[5] * COS_1 - f[7] * COS_5,
            f[1] * COS_5 - f[3] * COS_1 + f[5] * COS_7 + f[7] * COS_3,
            f[1] * COS_7 - f[3] * COS_5 + f[5] * COS_3 - f[7] * COS_1,
        ];
        for pixel in 0..BLOCK_SIDE / 2 {
            rows[pixel][column] = even[pixel] + odd[pixel];
            rows[BLOCK_SIDE - 1 - pixel][column] = even[pixel] - odd[pixel];
        }
    }
}
