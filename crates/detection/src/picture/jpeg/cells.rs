//! Decoding of a sequential scan, straight to sums over cells.
//!
//! A frame with its only scan enters; one sum for each cell leaves. This is how most thumbnails are
//! read: no coefficient is kept, and a block becomes pixels only if a decoder would clip them to
//! 0-255, which sums of coefficients don't.

use super::{
    COEFFICIENTS,
    bits::BitReader,
    block::BlockDecoder,
    frame::{Component, Frame},
    idct::{self, BlockPixels},
    pass::at,
    projection::{Axis, BlockProjection, Projections, WeightsByPhase},
    segments::{Scan, Segments},
    tables::QuantisationTable,
};
use crate::picture::{
    Unreadable,
    grid::{CELLS, COLUMNS},
};

/// Clipping is neglected if the mean element of the quantisation table is at most this: the error
/// of quantisation is what takes pixels beyond 0-255. libjpeg's table has 35 at a quality of 70,
/// where black and white drawings change by 5 levels at most in a cell, and 58 at 50, where they
/// change by 9.
const MAX_FINE_ELEMENT: f32 = 40.0;

/// Clipped levels of a block that are neglected: two for each pixel of a cell of 6x6.
const MAX_NEGLECTED: f32 = 72.0;

/// Where the luma blocks of a frame lie over the cells.
pub(super) struct FrameProjection {
    columns: Projections,
    rows: Projections,
}

impl FrameProjection {
    /// `None` if blocks lie over more than two cells, as in pictures smaller than about 320x180.
    pub(super) fn of(frame: &Frame) -> Option<Self> {
        let ((mcus_across, mcus_down), (across, down)) = (frame.mcus(), frame.max_sampling());
        Some(Self {
            columns: Projections::new(Axis::Horizontal, frame.width, mcus_across * across)?,
            rows: Projections::new(Axis::Vertical, frame.height, mcus_down * down)?,
        })
    }

    /// For each cell, the sum of its pixels' luma minus the level shift. `scan` has all components
    /// of the frame, the first of which is luma.
    ///
    /// After the cells follow entries for the second row and column under the last blocks. Nothing
    /// but zeros is added there.
    ///
    /// # Errors
    /// A table is missing or malformed, or the data are not complete.
    pub(super) fn cell_sums(
        &self,
        segments: &Segments<'_>,
        frame: &Frame,
        scan: &Scan,
    ) -> Result<Vec<f32>, Unreadable> {
        let mut quantisation = Vec::with_capacity(frame.components.len());
        for component in &frame.components {
            quantisation.push(segments.tables.quantisation(component.quantisation)?);
        }
        let decoders = BlockDecoder::of_scan(scan, &segments.tables, quantisation.iter())?;
        let components = frame.components.iter().zip(decoders).collect();
        let luma = quantisation.swap_remove(0);
        let is_fine = luma.elements.iter().sum::<f32>() <= MAX_FINE_ELEMENT * 64.0;
        let weights = WeightsByPhase::new(&self.rows, &self.columns, &luma.elements);
        let decoder = McuDecoder { projection: self, weights, components, luma };
        let sums = if is_fine {
            decoder.decode::<false>(frame, scan)
        } else {
            decoder.decode::<true>(frame, scan)
        };
        sums.ok_or(Unreadable::BROKEN_SCAN)
    }
}

/// Decodes MCUs.
struct McuDecoder<'a> {
    projection: &'a FrameProjection,
    weights: WeightsByPhase,
    /// The components of an MCU: luma, then chroma.
    components: Vec<(&'a Component, BlockDecoder)>,
    luma: QuantisationTable,
}

impl McuDecoder<'_> {
    /// Decodes a scan, and clips pixels with `CLIP`. `None` if its data are damaged.
    fn decode<const CLIP: bool>(&self, frame: &Frame, scan: &Scan) -> Option<Vec<f32>> {
        let (mcus_across, mcus_down) = frame.mcus();
        let (across, down) = frame.max_sampling();
        let mcus = mcus_across * mcus_down;
        let restart_interval = scan.restart_interval.unwrap_or(mcus);
        if scan.data.restart_intervals().len() != mcus.div_ceil(restart_interval) {
            return None;
        }
        let mut sums = vec![0.0; CELLS + COLUMNS + 1];
        for (interval, mut bits) in scan.data.restart_intervals().enumerate() {
            let mut predictors = [0; 3];
            for mcu in (interval * restart_interval..mcus).take(restart_interval) {
                let place = (mcu / mcus_across * down, mcu % mcus_across * across);
                self.decode_mcu::<CLIP>(&mut bits, &mut predictors, place, &mut sums)?;
            }
            if !bits.is_at_padding() {
                return None;
            }
        }
        Some(sums)
    }

    /// Decodes an MCU whose first luma block is in this row and column of blocks. Chroma is
    /// dropped: there is no other way to find where its blocks end.
    #[inline]
    fn decode_mcu<const CLIP: bool>(
        &self,
        bits: &mut BitReader<'_>,
        predictors: &mut [i16; 3],
        (row, column): (usize, usize),
        sums: &mut [f32],
    ) -> Option<()> {
        let [luma_predictor, chroma_predictors @ ..] = predictors;
        let ((luma, decoder), chroma) = self.components.split_first()?;
        for vertical in &self.projection.rows.blocks[row..row + luma.down] {
            for horizontal in &self.projection.columns.blocks[column..column + luma.across] {
                let projection = BlockProjection { horizontal, vertical };
                let before = (*bits, *luma_predictor);
                let weights = self.weights.of(projection);
                let (mut block_sums, mut energy) = ([0.0; 4], 0.0);
                decoder.decode(bits, luma_predictor, |index, value| {
                    let value = f32::from(value);
                    for (sum, weight) in block_sums.iter_mut().zip(&weights[index]) {
                        *sum += value * weight;
                    }
                    if CLIP {
                        let coefficient = value * self.luma.elements[index];
                        energy += coefficient * coefficient;
                    }
                })?;
                let dc = f32::from(*luma_predictor) * self.luma.elements[0];
                if CLIP && may_be_clipped(dc, energy) {
                    block_sums = projection.sums_of(&self.luma_pixels(before)?);
                }
                projection.add_to(sums, block_sums);
            }
        }
        for ((component, decoder), predictor) in chroma.iter().zip(chroma_predictors) {
            for _ in 0..component.across * component.down {
                decoder.decode(bits, predictor, |_, _| ())?;
            }
        }
        Some(())
    }

    /// The pixels of the luma block that begins with these bits, after this predictor.
    #[cold]
    fn luma_pixels(&self, (mut bits, mut predictor): (BitReader<'_>, i16)) -> Option<BlockPixels> {
        let (_, decoder) = self.components.first()?;
        let mut block = [0; COEFFICIENTS];
        decoder.decode(&mut bits, &mut predictor, |index, value| *at(&mut block, index) = value)?;
        idct::pixels(&block, &self.luma.by_position)
    }
}

/// Whether more than [`MAX_NEGLECTED`] levels of a block may be beyond 0-255. `dc` is the block's
/// DC coefficient, `energy` the sum of the squares of all coefficients.
///
/// The squares of the pixels' differences from their mean have the sum of the squares of the AC
/// coefficients. Differences with a given sum of squares exceed a limit at the distance `h` by at
/// most a quarter of that sum over `h`, namely if all that do are `2h`.
fn may_be_clipped(dc: f32, energy: f32) -> bool {
    let distance = 128.0 - (dc / 8.0).abs();
    energy - dc * dc > 4.0 * MAX_NEGLECTED * distance.max(1.0)
}
