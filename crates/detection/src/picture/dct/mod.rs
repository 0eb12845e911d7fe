//! The grid straight from a JPEG's coefficients, without any pixel.
//!
//! A JPEG holds each block of 8x8 pixels as amounts of 64 patterns. What a pattern adds to a part of a block is known beforehand, so a
//! cell's mean is a weighed sum of the amounts: what a decoder works out pixel by pixel, up to its rounding, at less than half of the
//! cost. The same idea finds scene cuts in compressed video (Yeo and Liu, Rapid scene analysis on compressed video, 1995).
//!
//! The bytes of a JPEG enter; a [`Grid`] and the picture's size leave, or nothing. It reads the plain kind that encoders of
//! thumbnails write (baseline, one scan, luma and chroma from 4:4:4 to 4:2:0, or luma alone; at least about 320x180) if it is whole to
//! the last bit. At anything else it gives up: the decoder then reads the picture, or says what is wrong with it. So nothing is
//! refused here, and nothing unusual is understood.

mod bits;
mod huffman;
mod header;
mod projection;
#[cfg(test)]
mod tests;

use bits::{Bits, HELD, Scan};
use huffman::{Amount, Codes, LOOKED_UP};
use header::{Chroma, Header, Luma};
use projection::{Share, share, shares};

use super::grid::{CELLS, COLUMNS, Grid, ROWS, part};

/// Pixels of a block from side to side, and patterns in each direction.
const SIDE: usize = 8;

/// Patterns of a block.
const PATTERNS: usize = SIDE * SIDE;

/// The last of them.
const LAST: usize = PATTERNS - 1;

/// The level of a pixel of a block without any pattern.
const MIDDLE: f32 = 128.0;

/// Places of the patterns in the order in which their amounts are written, each eight times its row plus its column (ISO/IEC 10918-1,
/// figure 5).
const ORDER: [u8; PATTERNS] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// A picture without its pixels.
#[derive(Debug)]
pub(super) struct Cells {
    pub(super) grid: Grid,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// The cells of a picture of the plain kind, with at least `least` pixels a side and `most` in all.
pub(super) fn read(jpeg: &[u8], least: usize, most: usize) -> Option<Cells> {
    let header = Header::read(jpeg)?;
    let (width, height) = (header.width, header.height);
    if width.min(height) < least || width * height > most {
        return None;
    }
    Some(Cells { grid: grid(&sums(&header)?, width, height), width, height })
}

/// The levels of cells whose pixels are so far from the middle level in all.
#[expect(clippy::cast_precision_loss, reason = "a side has 65,535 pixels at most")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast rounds down, and keeps within a byte"
)]
fn grid(sums: &[f32], width: usize, height: usize) -> Grid {
    let size = |(from, to)| (to - from) as f32;
    let widths: [_; COLUMNS] = std::array::from_fn(|column| 1.0 / size(part(column, COLUMNS, width)));
    let mut cells = [0; CELLS];
    for (row, (cells, sums)) in cells.chunks_exact_mut(COLUMNS).zip(sums.chunks_exact(COLUMNS)).enumerate() {
        let height = 1.0 / size(part(row, ROWS, height));
        for ((cell, sum), width) in cells.iter_mut().zip(sums).zip(widths) {
            *cell = (sum * width * height + MIDDLE + 0.5) as u8;
        }
    }
    Grid::new(cells)
}

/// For each cell, the sum of its pixels' distances from the middle level. Behind the cells is room for what lies under the last block
/// of a line, in which it has no share.
fn sums(header: &Header<'_>) -> Option<Vec<f32>> {
    let Header { luma, across, down, .. } = header;
    let columns = shares(COLUMNS, header.width, across * luma.across, |[one, next]| [one, one, next, next])?;
    let rows = shares(ROWS, header.height, down * luma.down, |[one, next]| [one, next, one, next])?;
    let scan = Scan::read(header.scan)?;
    let units = across * down;
    let units_a_piece = header.restart.unwrap_or(units);
    if scan.pieces().len() != units.div_ceil(units_a_piece) {
        return None;
    }
    let mut sums = vec![0.0; CELLS + COLUMNS + 1];
    for (piece, mut bits) in scan.pieces().enumerate() {
        let mut mean = 0;
        for unit in (piece * units_a_piece..units).take(units_a_piece) {
            let (row, column) = (unit / across * luma.down, unit % across * luma.across);
            for row in &rows[row..row + luma.down] {
                for column in &columns[column..column + luma.across] {
                    let parts = block(&mut bits, luma, &mut mean, column, row)?;
                    let first = row.cell * COLUMNS + column.cell;
                    for (place, part) in [0, COLUMNS, 1, COLUMNS + 1].into_iter().zip(parts) {
                        sums[first + place] += part;
                    }
                }
            }
            for chroma in &header.chroma {
                pass_over(&mut bits, chroma)?;
            }
        }
        if !bits.are_over() {
            return None;
        }
    }
    Some(sums)
}

/// A block's sums over the cells it lies over. Its first amount is written as the distance from the one before.
fn block(bits: &mut Bits<'_>, luma: &Luma, mean: &mut i32, column: &Share, row: &Share) -> Option<[f32; 4]> {
    bits.refill();
    *mean += i32::from(luma.first.next(bits)?.value);
    let mut parts = [0.0; 4];
    share(&mut parts, 0, exact(*mean) * luma.steps[0], column, row);
    *bits = others(*bits, &luma.others, |place, value| {
        share(&mut parts, ORDER[place], f32::from(value) * luma.steps[place], column, row);
    })?;
    Some(parts)
}

/// The same for blocks that add nothing.
fn pass_over(bits: &mut Bits<'_>, chroma: &Chroma) -> Option<()> {
    for _ in 0..chroma.blocks {
        bits.refill();
        chroma.first.next(bits)?;
        *bits = others(*bits, &chroma.others, |_, _| ())?;
    }
    Some(())
}

/// A block's amounts from the second one on, each with its place in the order.
#[inline]
fn others<'a>(mut bits: Bits<'a>, codes: &Codes, mut add: impl FnMut(usize, i16)) -> Option<Bits<'a>> {
    let mut place = 0;
    loop {
        bits.refill();
        for _ in 0..HELD / LOOKED_UP {
            let next = codes.next(&mut bits)?;
            place += usize::from(next.distance);
            if place > LAST {
                return (next.distance == Amount::END_OF_BLOCK).then_some(bits);
            }
            add(place, next.value);
            if place == LAST {
                return Some(bits);
            }
        }
    }
}

/// A whole picture's means are within some thousands, which a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "a broken picture's nonsense may be rounded")]
const fn exact(mean: i32) -> f32 {
    mean as f32
}
