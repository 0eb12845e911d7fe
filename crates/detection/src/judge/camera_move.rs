//! How far a slow pan or zoom of the whole picture explains what changed.
//!
//! Two pictures and their change enter, a [`CameraMove`] leaves. It is the least-squares fit of the
//! change to the picture's gradient (Lucas and Kanade, with the whole picture as the window), and
//! to the gradient along the line from the middle, which a zoom follows.

#![expect(clippy::cast_precision_loss, reason = "columns and rows of a grid")]

use crate::picture::grid::{CELLS, COLUMNS, ROWS};

/// The distance from the middle at which [`CameraMove::zoom`] is measured, in cells: the left and
/// right edge.
const EDGE: f32 = 40.0;

/// A pan and a zoom.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CameraMove {
    /// Share of the change (0-1) that pan and zoom explain.
    pub(super) explained: f32,
    /// How far the zoom moved the left and right edges, in cells.
    pub(super) zoom: f32,
    /// Share of the change (0-1) that the zoom explains in addition to the pan.
    pub(super) zoom_explained: f32,
}

impl CameraMove {
    /// The move that explains this change best.
    pub(super) fn between(before: &[u8; CELLS], now: &[u8; CELLS], change: &[i16; CELLS]) -> Self {
        // Of the sum of two pictures, between neighbours two cells apart: four times too large.
        let both: [f32; CELLS] =
            std::array::from_fn(|cell| f32::from(u16::from(before[cell]) + u16::from(now[cell])));
        let mut products = [[0.0_f32; 4]; 4];
        for row in 1..ROWS - 1 {
            let y = (row as f32 - 22.0) / EDGE;
            for column in 1..COLUMNS - 1 {
                let cell = row * COLUMNS + column;
                let across = both[cell + 1] - both[cell - 1];
                let down = both[cell + COLUMNS] - both[cell - COLUMNS];
                let zoom = across * (column as f32 - 39.5) / EDGE + down * y;
                let values = [across, down, zoom, f32::from(change[cell])];
                for (products, one) in products.iter_mut().zip(values) {
                    for (product, other) in products.iter_mut().zip(values) {
                        *product += one * other;
                    }
                }
            }
        }
        Self::fit(products)
    }

    /// The fit, given the sums of the products of the gradients across, down and along the zoom,
    /// and of the change. The gradients are eliminated one after another.
    fn fit(mut products: [[f32; 4]; 4]) -> Self {
        let energy = products[3][3].max(1.0);
        let mut zoom_explained = 0.0;
        let mut zoom = 0.0;
        for pivot in 0..3 {
            let own = products[pivot];
            if own[pivot] <= 1.0 {
                continue;
            }
            zoom = 4.0 * own[3] / own[pivot];
            zoom_explained = own[3] * own[3] / own[pivot] / energy;
            for row in products.iter_mut().skip(pivot + 1) {
                let factor = row[pivot] / own[pivot];
                for (value, own) in row.iter_mut().zip(own) {
                    *value -= factor * own;
                }
            }
        }
        Self { explained: 1.0 - products[3][3] / energy, zoom: zoom.abs(), zoom_explained }
    }
}
