//! The pixels of each component.
//!
//! The scans of a frame enter; one [`Plane`] for each component leaves. The blocks of a sequential
//! scan become pixels at once. Those of progressive scans are kept as coefficients until the last
//! scan.

use super::{
    BLOCK_SIDE, COEFFICIENTS,
    block::BlockDecoder,
    frame::{Frame, Process},
    idct, mcu,
    pass::{Block, Pass, at},
    progress::Progress,
    segments::{Scan, Segments},
    tables::QuantisationTable,
};
use crate::picture::Unreadable;

/// The pixels of one component, row by row, with those that fill up the last MCUs.
pub(super) struct Plane {
    pub(super) bytes: Vec<u8>,
    /// Pixels of a row.
    pub(super) stride: usize,
    /// The picture's pixels for each of the plane's, across and down.
    pub(super) scale: (usize, usize),
}

/// The coefficients of a component, row by row, with the blocks that fill up the last MCUs.
struct Blocks {
    blocks: Vec<Block>,
    across: usize,
}

/// The planes of the first `count` components. All components are read.
///
/// # Errors
/// The JPEG is broken or of a kind that is not read, or a scan is missing.
pub(super) fn read(
    mut segments: Segments<'_>,
    frame: &Frame,
    first_scan: Scan,
    count: usize,
) -> Result<Vec<Plane>, Unreadable> {
    let mut progress = Progress::none(frame);
    let mut planes = Vec::new();
    let mut blocks = Vec::new();
    match frame.process {
        Process::Sequential => planes = Plane::of_frame(frame, count),
        Process::Progressive => blocks = Blocks::of_frame(frame),
    }
    let mut next = Some(first_scan);
    while let Some(scan) = next {
        progress.add(frame, &scan, &segments.tables)?;
        let decoded = match frame.process {
            Process::Sequential => decode(&mut planes, frame, &scan, (&segments, &progress))?,
            Process::Progressive => refine(&mut blocks, frame, &scan, (&segments, &progress))?,
        };
        decoded.ok_or(Unreadable::BROKEN_SCAN)?;
        next = segments.next_scan(frame)?;
    }
    let quantisation = progress.complete()?;
    if frame.process == Process::Progressive {
        planes = Plane::of_frame(frame, count);
        // Each component's coefficients are dropped before the next plane is filled: they take
        // twice its memory.
        for ((plane, blocks), quantisation) in planes.iter_mut().zip(blocks).zip(quantisation) {
            plane.fill(&blocks, quantisation).ok_or(Unreadable::BROKEN_SCAN)?;
        }
    }
    Ok(planes)
}

/// Decodes a sequential scan to pixels. `None` within the result if its data are damaged.
fn decode(
    planes: &mut [Plane],
    frame: &Frame,
    scan: &Scan,
    (segments, progress): (&Segments<'_>, &Progress),
) -> Result<Option<()>, Unreadable> {
    let tables = progress.quantisation(scan);
    let decoders = BlockDecoder::of_scan(scan, &segments.tables, tables.iter().copied())?;
    Ok(mcu::decode_blocks(frame, scan, |place, bits, state| {
        let (decoder, predictor) = (&decoders[place.slot], &mut state.predictors[place.slot]);
        let Some(plane) = planes.get_mut(place.component) else {
            return decoder.decode(bits, predictor, |_, _| ());
        };
        let mut block = [0; COEFFICIENTS];
        decoder.decode(bits, predictor, |index, value| *at(&mut block, index) = value)?;
        plane.set(place.row, place.column, &idct::pixels(&block, &tables[place.slot].by_position)?);
        Some(())
    }))
}

/// Decodes a progressive scan. `None` within the result if its data are damaged.
fn refine(
    blocks: &mut [Blocks],
    frame: &Frame,
    scan: &Scan,
    (segments, progress): (&Segments<'_>, &Progress),
) -> Result<Option<()>, Unreadable> {
    let pass = Pass::new(scan, &segments.tables, &progress.quantisation(scan))?;
    Ok(mcu::decode_blocks(frame, scan, |place, bits, state| {
        let Blocks { blocks, across } = &mut blocks[place.component];
        pass.decode(place.slot, bits, state, &mut blocks[place.row * *across + place.column])
    }))
}

impl Plane {
    /// The planes of the first `count` components of a frame, black.
    fn of_frame(frame: &Frame, count: usize) -> Vec<Self> {
        let (across, down) = frame.max_sampling();
        let (mcus_across, mcus_down) = frame.mcus();
        let planes = frame.components.iter().take(count).map(|component| {
            let stride = mcus_across * component.across * BLOCK_SIDE;
            Self {
                bytes: vec![0; stride * mcus_down * component.down * BLOCK_SIDE],
                stride,
                scale: (across / component.across, down / component.down),
            }
        });
        planes.collect()
    }

    /// `None` if no encoder has written the coefficients.
    fn fill(&mut self, blocks: &Blocks, quantisation: &QuantisationTable) -> Option<()> {
        for (row, blocks) in blocks.blocks.chunks_exact(blocks.across).enumerate() {
            for (column, block) in blocks.iter().enumerate() {
                self.set(row, column, &idct::pixels(block, &quantisation.by_position)?);
            }
        }
        Some(())
    }

    /// Sets the pixels of the block in this row and column of blocks.
    #[inline]
    fn set(&mut self, row: usize, column: usize, pixels: &idct::BlockPixels) {
        let lines = &mut self.bytes[row * BLOCK_SIDE * self.stride..];
        for (line, pixels) in lines.chunks_exact_mut(self.stride).zip(pixels) {
            line[column * BLOCK_SIDE..][..BLOCK_SIDE].copy_from_slice(pixels);
        }
    }
}

impl Blocks {
    /// The coefficients of a frame's components, all of them 0.
    fn of_frame(frame: &Frame) -> Vec<Self> {
        let (mcus_across, mcus_down) = frame.mcus();
        let blocks = frame.components.iter().map(|component| {
            let across = mcus_across * component.across;
            Self { blocks: vec![[0; COEFFICIENTS]; across * mcus_down * component.down], across }
        });
        blocks.collect()
    }
}
