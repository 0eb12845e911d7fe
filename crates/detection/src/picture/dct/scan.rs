//! Decoding of a baseline scan, straight to sums over cells (ISO/IEC 10918-1, F.2).
//!
//! A [`Header`] with its entropy-coded data enters; one sum for each cell leaves, or `None` if the
//! data are not whole.

use super::{
    COEFFICIENTS, LAST_COEFFICIENT,
    bits::{BitReader, EntropyCodedData, MIN_BUFFERED_BITS},
    header::{Chroma, Header, Luma},
    huffman::{Coefficient, HuffmanTable, LOOKAHEAD_BITS},
    projection::{Axis, BlockProjection, projections},
};
use crate::picture::grid::{CELLS, COLUMNS};

/// Positions of the coefficients in the order in which they are coded: eight times the vertical
/// frequency plus the horizontal one (ISO/IEC 10918-1, figure A.6).
const ZIGZAG: [u8; COEFFICIENTS] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// For each cell, the sum of its pixels' luma minus the level shift.
///
/// After the cells follow entries for the second row and column under the last blocks. Nothing but
/// zeros is added there.
pub(super) fn cell_sums(header: &Header<'_>) -> Option<Vec<f32>> {
    let Header { luma, mcus_across, mcus_down, .. } = header;
    let columns = projections(Axis::Horizontal, header.width, mcus_across * luma.blocks_across)?;
    let rows = projections(Axis::Vertical, header.height, mcus_down * luma.blocks_down)?;
    let scan = EntropyCodedData::read(header.scan)?;
    let mcus = mcus_across * mcus_down;
    let restart_interval = header.restart_interval.unwrap_or(mcus);
    if scan.restart_intervals().len() != mcus.div_ceil(restart_interval) {
        return None;
    }
    let mut sums = vec![0.0; CELLS + COLUMNS + 1];
    for (interval, mut bits) in scan.restart_intervals().enumerate() {
        let mut dc_predictor = 0;
        for mcu in (interval * restart_interval..mcus).take(restart_interval) {
            let (row, column) =
                (mcu / mcus_across * luma.blocks_down, mcu % mcus_across * luma.blocks_across);
            for vertical in &rows[row..row + luma.blocks_down] {
                for horizontal in &columns[column..column + luma.blocks_across] {
                    let projection = BlockProjection { horizontal, vertical };
                    let block_sums =
                        decode_luma_block(&mut bits, luma, &mut dc_predictor, projection)?;
                    projection.add_to(&mut sums, block_sums);
                }
            }
            for chroma in &header.chroma {
                skip_chroma_blocks(&mut bits, chroma)?;
            }
        }
        if !bits.is_exhausted() {
            return None;
        }
    }
    Some(sums)
}

/// Decodes a luma block to its sums over the four cells under it.
fn decode_luma_block(
    bits: &mut BitReader<'_>,
    luma: &Luma,
    dc_predictor: &mut i32,
    projection: BlockProjection<'_>,
) -> Option<[f32; 4]> {
    bits.refill();
    *dc_predictor += i32::from(luma.dc.decode(bits)?.value);
    let mut sums = [0.0; 4];
    projection.accumulate(&mut sums, 0, to_f32(*dc_predictor) * luma.quantisation[0]);
    *bits = decode_ac(*bits, &luma.ac, |index, value| {
        projection.accumulate(
            &mut sums,
            ZIGZAG[index],
            f32::from(value) * luma.quantisation[index],
        );
    })?;
    Some(sums)
}

/// Decodes the chroma blocks of an MCU and drops them: there is no other way to find where they
/// end.
fn skip_chroma_blocks(bits: &mut BitReader<'_>, chroma: &Chroma) -> Option<()> {
    for _ in 0..chroma.blocks {
        bits.refill();
        chroma.dc.decode(bits)?;
        *bits = decode_ac(*bits, &chroma.ac, |_, _| ())?;
    }
    Some(())
}

/// Decodes the AC coefficients of a block. `add` is called with the zigzag index (1-63) and the
/// value of each.
#[inline]
fn decode_ac<'a>(
    mut bits: BitReader<'a>,
    table: &HuffmanTable,
    mut add: impl FnMut(usize, i16),
) -> Option<BitReader<'a>> {
    let mut index = 0;
    loop {
        bits.refill();
        // So many coefficients fit the buffered bits: each consumes at most LOOKAHEAD_BITS or
        // refills.
        for _ in 0..MIN_BUFFERED_BITS / LOOKAHEAD_BITS {
            let coefficient = table.decode(&mut bits)?;
            index += usize::from(coefficient.run) + 1;
            if index > LAST_COEFFICIENT {
                return (coefficient.run == Coefficient::END_OF_BLOCK).then_some(bits);
            }
            add(index, coefficient.value);
            if index == LAST_COEFFICIENT {
                return Some(bits);
            }
        }
    }
}

/// DC coefficients of a whole picture are within some thousands, which an `f32` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "only the values of a broken picture are rounded")]
const fn to_f32(dc: i32) -> f32 {
    dc as f32
}
