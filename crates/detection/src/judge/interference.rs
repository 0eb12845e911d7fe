//! What changes a frozen picture without moving it: a gain that drifts or flickers, and hum.
//!
//! Two pictures enter; the later one leaves without the interference, or nothing if there is none.
//! A gain changes each cell in proportion to its level. Hum, from the mains, brightens and darkens
//! whole rows. Each is removed only if it is most of what changed: a slow zoom changes cells and
//! rows too, but not in proportion.

#![expect(clippy::cast_precision_loss, reason = "sums of changes of at most 255 levels")]

use super::camera_move::CameraMove;
use crate::picture::grid::{CELLS, COLUMNS, ROWS};

/// A gain explains at least this share of the change. A flicker of 10 % is explained by 0.98, a
/// slow zoom by up to 0.5.
const GAIN_EXPLAINS: f32 = 0.5;

/// A gain differs from 1 by at most this much.
const MAX_GAIN: f32 = 0.2;

/// A gain leaves black where it is, give or take so many levels.
const MAX_OFFSET: f32 = 8.0;

/// Rows that change as a whole explain at least this share of the change: 0.8 for hum of 2 levels
/// with noise.
const ROWS_EXPLAIN: f32 = 0.5;

/// Hum changes a row by at most so many levels: twice its amplitude.
const MAX_HUM: f32 = 10.0;

/// If a movement or a zoom of the whole picture explains more than this share of the change, it is
/// no interference.
const MOVEMENT_EXPLAINS: f32 = 0.3;

/// The later picture without what interference changed; `None` if it changed little.
pub(super) fn removed(before: &[u8; CELLS], now: &[u8; CELLS]) -> Option<[u8; CELLS]> {
    let change: [i16; CELLS] =
        std::array::from_fn(|cell| i16::from(now[cell]) - i16::from(before[cell]));
    let (sum, squares) = sums(&change, &change);
    let energy = squares - sum * sum / CELLS as f32;
    if energy < 1.0 {
        return None;
    }
    without_gain(before, now, &change, energy).or_else(|| without_hum(before, now, &change, energy))
}

/// The sum of some changes, and of their products with others.
fn sums(one: &[i16], other: &[i16]) -> (f32, f32) {
    let sum: i32 = one.iter().map(|&level| i32::from(level)).sum();
    let products: i32 =
        one.iter().zip(other).map(|(&one, &other)| i32::from(one) * i32::from(other)).sum();
    (sum as f32, products as f32)
}

fn without_gain(
    before: &[u8; CELLS],
    now: &[u8; CELLS],
    change: &[i16; CELLS],
    energy: f32,
) -> Option<[u8; CELLS]> {
    let levels = before.map(i16::from);
    let (sum, squares) = sums(&levels, &levels);
    let (change_sum, products) = sums(change, &levels);
    let mean = sum / CELLS as f32;
    let variance = squares - sum * mean;
    let covariance = products - change_sum * mean;
    let gain = covariance / variance.max(1.0);
    let offset = (change_sum - gain * sum) / CELLS as f32;
    let is_gain = gain * covariance >= GAIN_EXPLAINS * energy
        && gain.abs() <= MAX_GAIN
        && offset.abs() <= MAX_OFFSET
        && CameraMove::between(before, now, change).explained <= MOVEMENT_EXPLAINS;
    is_gain.then(|| {
        std::array::from_fn(|cell| less(now[cell], offset + gain * f32::from(before[cell])))
    })
}

fn without_hum(
    before: &[u8; CELLS],
    now: &[u8; CELLS],
    change: &[i16; CELLS],
    energy: f32,
) -> Option<[u8; CELLS]> {
    let mean = |row: &[i16]| sums(row, &[]).0 / COLUMNS as f32;
    let rows: [f32; ROWS] = std::array::from_fn(|row| mean(&change[row * COLUMNS..][..COLUMNS]));
    let total = rows.iter().sum::<f32>() / ROWS as f32;
    let rows = rows.map(|row| row - total);
    let row_energy = dot(&rows, &rows);
    let is_hum = row_energy * COLUMNS as f32 >= ROWS_EXPLAIN * energy
        && rows.iter().all(|row| row.abs() <= MAX_HUM)
        && CameraMove::between(before, now, change).explained <= MOVEMENT_EXPLAINS;
    is_hum.then(|| std::array::from_fn(|cell| less(now[cell], rows[cell / COLUMNS])))
}

fn dot(one: &[f32; ROWS], other: &[f32; ROWS]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// A level that was raised by so much.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn less(level: u8, raised: f32) -> u8 {
    (f32::from(level) - raised).round().clamp(0.0, 255.0) as u8
}
