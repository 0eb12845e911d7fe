//! The segments before a scan: picture size, tables, components and restart interval (ISO/IEC
//! 10918-1, annex B).
//!
//! The bytes of a JPEG enter; a [`Header`] leaves, or `None` for a JPEG of a kind that is left to
//! the decoder.

use super::{
    BLOCK_SIDE, COEFFICIENTS,
    huffman::{HuffmanTable, TableClass},
    marker,
    tables::Tables,
};

/// All that precedes the entropy-coded data of a baseline JPEG with one scan.
pub(super) struct Header<'a> {
    /// Pixels from left to right.
    pub(super) width: usize,
    /// Pixels from top to bottom.
    pub(super) height: usize,
    /// MCUs from left to right. An MCU has the luma blocks, row by row, and then the chroma blocks.
    pub(super) mcus_across: usize,
    /// MCUs from top to bottom.
    pub(super) mcus_down: usize,
    /// MCUs between two restart markers; `None` without restart markers.
    pub(super) restart_interval: Option<usize>,
    /// The component that the grid is made of.
    pub(super) luma: Luma,
    /// The components that are skipped.
    pub(super) chroma: Vec<Chroma>,
    /// The entropy-coded data and everything after it.
    pub(super) scan: &'a [u8],
}

/// The luma component.
pub(super) struct Luma {
    /// Blocks of an MCU from left to right: the horizontal sampling factor, or 1 without chroma.
    pub(super) blocks_across: usize,
    /// Blocks of an MCU from top to bottom: the vertical sampling factor, or 1 without chroma.
    pub(super) blocks_down: usize,
    /// Huffman table of the DC coefficients.
    pub(super) dc: HuffmanTable,
    /// Huffman table of the AC coefficients.
    pub(super) ac: HuffmanTable,
    /// The quantisation table, in zigzag order.
    pub(super) quantisation: [f32; COEFFICIENTS],
}

/// Chroma components that share their Huffman tables.
pub(super) struct Chroma {
    /// Their blocks in an MCU.
    pub(super) blocks: usize,
    /// Huffman table of the DC coefficients.
    pub(super) dc: HuffmanTable,
    /// Huffman table of the AC coefficients.
    pub(super) ac: HuffmanTable,
}

impl<'a> Header<'a> {
    /// Reads all segments up to the first scan header.
    pub(super) fn read(jpeg: &'a [u8]) -> Option<Self> {
        let mut rest = jpeg.strip_prefix(&[marker::PREFIX, marker::SOI])?;
        let mut segments = Segments::default();
        loop {
            let [marker::PREFIX, code, high, low, after @ ..] = rest else { return None };
            let length = usize::from(u16::from_be_bytes([*high, *low])).checked_sub(2)?;
            let (segment, after) = after.split_at_checked(length)?;
            if *code == marker::SOS {
                return segments.header(&Sos::read(segment)?, after);
            }
            segments.read(*code, segment)?;
            rest = after;
        }
    }
}

/// What the segments before the scan header have defined so far.
#[derive(Default)]
struct Segments<'a> {
    sof: Option<Sof>,
    tables: Tables<'a>,
    /// 0 for none.
    restart_interval: usize,
}

impl<'a> Segments<'a> {
    /// Reads one segment. `None` if it is malformed, or belongs to a JPEG that is left to the
    /// decoder.
    fn read(&mut self, code: u8, segment: &'a [u8]) -> Option<()> {
        match (code, segment) {
            (marker::SOF0, _) if self.sof.is_none() => self.sof = Some(Sof::read(segment)?),
            (marker::DHT, _) => self.tables.read_dht(segment)?,
            (marker::DQT, _) => self.tables.read_dqt(segment)?,
            (marker::DRI, &[high, low]) => {
                self.restart_interval = usize::from(u16::from_be_bytes([high, low]));
            }
            // The last byte of Adobe's segment is the colour transform: 1 stands for luma and
            // chroma.
            (marker::APP14, _) if segment.starts_with(b"Adobe") && segment.get(11) != Some(&1) => {
                return None;
            }
            (marker::APP0..=marker::APP15 | marker::COM, _) => {}
            _ => return None,
        }
        Some(())
    }

    /// Puts the segments and the scan header together. `None` if the scan doesn't have all
    /// components of the frame, in the frame's order.
    fn header(&self, sos: &Sos, scan: &'a [u8]) -> Option<Header<'a>> {
        let sof = self.sof.as_ref()?;
        let frame_ids = sof.components.iter().map(|component| component.id);
        let scan_ids = sos.components.iter().map(|component| component.id);
        if !frame_ids.eq(scan_ids) {
            return None;
        }
        let (blocks_across, blocks_down) = sof.luma_blocks()?;
        let (luma, chroma) = sos.components.split_first()?;
        let [dc, ac] = luma.huffman_tables(&self.tables)?;
        let quantisation = self.tables.quantisation(sof.components.first()?.quantisation)?;
        Some(Header {
            width: sof.width,
            height: sof.height,
            mcus_across: sof.width.div_ceil(BLOCK_SIDE * blocks_across),
            mcus_down: sof.height.div_ceil(BLOCK_SIDE * blocks_down),
            restart_interval: if self.restart_interval > 0 {
                Some(self.restart_interval)
            } else {
                None
            },
            luma: Luma { blocks_across, blocks_down, dc, ac, quantisation },
            chroma: self.chroma(chroma)?,
            scan,
        })
    }

    /// The chroma components of the scan. Two with the same tables are joined, so that the tables
    /// are built once.
    fn chroma(&self, components: &[ScanComponent]) -> Option<Vec<Chroma>> {
        let (distinct, blocks) = match components {
            [cb, cr] if cb.tables == cr.tables => (&components[..1], 2),
            _ => (components, 1),
        };
        let mut chroma = Vec::with_capacity(distinct.len());
        for component in distinct {
            let [dc, ac] = component.huffman_tables(&self.tables)?;
            chroma.push(Chroma { blocks, dc, ac });
        }
        Some(chroma)
    }
}

/// A frame header (SOF).
struct Sof {
    width: usize,
    height: usize,
    components: Vec<FrameComponent>,
}

struct FrameComponent {
    id: u8,
    /// Sampling factors: the horizontal one in the upper four bits, the vertical one in the lower
    /// four.
    sampling: u8,
    /// Destination of the quantisation table.
    quantisation: u8,
}

impl Sof {
    fn read(segment: &[u8]) -> Option<Self> {
        let [8, height_1, height_0, width_1, width_0, count, components @ ..] = segment else {
            return None;
        };
        let (components, []) = components.as_chunks::<3>() else { return None };
        if components.len() != usize::from(*count) {
            return None;
        }
        let component =
            |&[id, sampling, quantisation]: &[u8; 3]| FrameComponent { id, sampling, quantisation };
        Some(Self {
            width: usize::from(u16::from_be_bytes([*width_1, *width_0])),
            height: usize::from(u16::from_be_bytes([*height_1, *height_0])),
            components: components.iter().map(component).collect(),
        })
    }

    /// Luma blocks of an MCU, across and down. `None` for components that are not luma, alone or
    /// with two of chroma that have one block each.
    fn luma_blocks(&self) -> Option<(usize, usize)> {
        let sampling = match self.components[..] {
            // The scan isn't interleaved, so that an MCU is one block whatever the sampling factors
            // are.
            [_] => 0x11,
            [
                FrameComponent { id: 0 | 1, sampling, .. },
                FrameComponent { id: 1 | 2, sampling: 0x11, .. },
                FrameComponent { id: 2 | 3, sampling: 0x11, .. },
            ] => sampling,
            _ => return None,
        };
        let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
        if !(1..=2).contains(&across) || !(1..=2).contains(&down) {
            return None;
        }
        Some((across, down))
    }
}

/// A scan header (SOS) of all coefficients in one sequential scan.
struct Sos {
    components: Vec<ScanComponent>,
}

struct ScanComponent {
    id: u8,
    /// Destinations of the Huffman tables: DC in the upper four bits, AC in the lower four.
    tables: u8,
}

impl Sos {
    /// Reads the segment. `None` for a part of the coefficients or of their bits, as progressive
    /// JPEGs have it.
    fn read(segment: &[u8]) -> Option<Self> {
        // All coefficients, from 0 to 63, with all of their bits.
        let [count, components @ .., 0, 63, 0] = segment else { return None };
        let (components, []) = components.as_chunks::<2>() else { return None };
        if components.len() != usize::from(*count) {
            return None;
        }
        let components =
            components.iter().map(|&[id, tables]| ScanComponent { id, tables }).collect();
        Some(Self { components })
    }
}

impl ScanComponent {
    /// The DC and the AC table.
    fn huffman_tables(&self, tables: &Tables<'_>) -> Option<[HuffmanTable; 2]> {
        let dc = tables.huffman(TableClass::Dc, self.tables >> 4)?;
        let ac = tables.huffman(TableClass::Ac, self.tables & 15)?;
        Some([dc, ac])
    }
}
