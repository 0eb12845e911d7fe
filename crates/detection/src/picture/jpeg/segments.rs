//! The segments of a JPEG in their order: tables, frame header, and one scan after the other
//! (ISO/IEC 10918-1, annex B).
//!
//! The bytes of a JPEG enter; its [`Scan`]s leave one by one, up to the end of image. Order,
//! lengths and contents are checked, and nothing is skipped but application segments and comments.

use super::{
    bits::EntropyCodedData,
    frame::{self, ColourMarkers, Frame},
    huffman::{HuffmanTable, TableClass},
    marker,
    tables::Tables,
};
use crate::picture::Unreadable;

/// A progressive JPEG has about ten scans; hundreds are an attack on the decoder's time.
const MAX_SCANS: usize = 32;

/// The most blocks of an MCU (B.2.3).
const MAX_MCU_BLOCKS: usize = 10;

/// Reads a JPEG from scan to scan.
pub(super) struct Segments<'a> {
    /// The bytes after the last segment or scan that was read.
    rest: &'a [u8],
    pub(super) tables: Tables<'a>,
    pub(super) colour_markers: ColourMarkers,
    /// MCUs between two restart markers; 0 without restart markers.
    restart_interval: usize,
    scans: usize,
}

/// A scan header (SOS) with its entropy-coded data.
pub(super) struct Scan {
    /// The components in the scan, in the frame's order.
    pub(super) components: Vec<ScanComponent>,
    /// Zigzag index of the first coefficient (Ss).
    pub(super) first: usize,
    /// Zigzag index of the last coefficient (Se).
    pub(super) last: usize,
    /// The lowest bit of the coefficients that an earlier scan has coded (Ah); 0 if there is no
    /// earlier scan.
    pub(super) previous_bit: u8,
    /// The lowest bit of the coefficients that this scan codes (Al).
    pub(super) lowest_bit: u8,
    /// MCUs between two restart markers; `None` without restart markers.
    pub(super) restart_interval: Option<usize>,
    pub(super) data: EntropyCodedData,
}

/// A component's part of a scan header.
pub(super) struct ScanComponent {
    /// Index among the components of the frame.
    pub(super) index: usize,
    /// Destinations of the Huffman tables: DC in the upper four bits, AC in the lower four.
    pub(super) tables: u8,
}

impl<'a> Segments<'a> {
    /// Reads all segments up to the frame header.
    ///
    /// # Errors
    /// The JPEG is broken, or of a kind that is not read.
    pub(super) fn read(jpeg: &'a [u8]) -> Result<(Self, Frame), Unreadable> {
        let rest = jpeg
            .strip_prefix(&[marker::PREFIX, marker::SOI])
            .ok_or(Unreadable::Broken("it does not begin with a start-of-image marker"))?;
        let mut segments = Self {
            rest,
            tables: Tables::default(),
            colour_markers: ColourMarkers::default(),
            restart_interval: 0,
            scans: 0,
        };
        let code = segments.read_tables()?;
        match code {
            marker::SOF0 | marker::SOF1 | marker::SOF2 => {
                let frame = Frame::read(code, segments.segment()?)?;
                Ok((segments, frame))
            }
            marker::SOS | marker::EOI => Err(Unreadable::Broken("it has no frame header")),
            _ => Err(frame::unexpected(code)),
        }
    }

    /// The next scan; `None` at the end of image.
    ///
    /// # Errors
    /// The JPEG is broken, or of a kind that is not read.
    pub(super) fn next_scan(&mut self, frame: &Frame) -> Result<Option<Scan>, Unreadable> {
        match self.read_tables()? {
            marker::SOS => {}
            marker::EOI => return Ok(None),
            code => return Err(frame::unexpected(code)),
        }
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(Unreadable::Unsupported("it has more than 32 scans"));
        }
        let header = self.segment()?;
        let (data, rest) = EntropyCodedData::read(self.rest)?;
        self.rest = rest;
        let restart_interval =
            if self.restart_interval > 0 { Some(self.restart_interval) } else { None };
        Scan::new(header, frame, restart_interval, data).map(Some)
    }

    /// Reads tables and other segments up to a marker of another kind, and returns its code.
    fn read_tables(&mut self) -> Result<u8, Unreadable> {
        loop {
            let (code, rest) = marker::next(self.rest)?;
            self.rest = rest;
            match code {
                marker::DHT => {
                    let segment = self.segment()?;
                    self.tables.read_dht(segment)?;
                }
                marker::DQT => {
                    let segment = self.segment()?;
                    self.tables.read_dqt(segment)?;
                }
                marker::DRI => {
                    let &[high, low] = self.segment()? else {
                        return Err(Unreadable::Broken("the restart interval is malformed"));
                    };
                    self.restart_interval = usize::from(u16::from_be_bytes([high, low]));
                }
                marker::APP0..=marker::APP15 => {
                    let segment = self.segment()?;
                    self.colour_markers.read(code, segment);
                }
                marker::COM => {
                    self.segment()?;
                }
                _ => return Ok(code),
            }
        }
    }

    /// The bytes of the segment after its marker, without their length.
    fn segment(&mut self) -> Result<&'a [u8], Unreadable> {
        const CUT_SHORT: Unreadable = Unreadable::Broken("a segment is cut short");
        let (length, rest) = self.rest.split_first_chunk::<2>().ok_or(CUT_SHORT)?;
        let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2).ok_or(CUT_SHORT)?;
        let (segment, rest) = rest.split_at_checked(length).ok_or(CUT_SHORT)?;
        self.rest = rest;
        Ok(segment)
    }
}

impl Scan {
    fn new(
        header: &[u8],
        frame: &Frame,
        restart_interval: Option<usize>,
        data: EntropyCodedData,
    ) -> Result<Self, Unreadable> {
        const MALFORMED: Unreadable = Unreadable::Broken("a scan header is malformed");
        let &[count, ref components @ .., first, last, bits] = header else {
            return Err(MALFORMED);
        };
        let (components, []) = components.as_chunks::<2>() else { return Err(MALFORMED) };
        if components.is_empty() || components.len() != usize::from(count) {
            return Err(MALFORMED);
        }
        let mut known = frame.components.iter().enumerate();
        let mut in_scan = Vec::with_capacity(components.len());
        for &[id, tables] in components {
            // Components have the frame's order (B.2.3), so the search continues after the last.
            let component = known.find(|(_, component)| component.id == id);
            in_scan.push(ScanComponent { index: component.ok_or(MALFORMED)?.0, tables });
        }
        let blocks = |component: &ScanComponent| {
            let component = &frame.components[component.index];
            component.across * component.down
        };
        if in_scan.len() > 1 && in_scan.iter().map(blocks).sum::<usize>() > MAX_MCU_BLOCKS {
            return Err(Unreadable::Broken("an MCU has more than ten blocks"));
        }
        Ok(Self {
            components: in_scan,
            first: first.into(),
            last: last.into(),
            previous_bit: bits >> 4,
            lowest_bit: bits & 15,
            restart_interval,
            data,
        })
    }

    /// Whether this is a scan of all coefficients with all of their bits, as sequential JPEGs have
    /// it.
    pub(super) fn has_all_coefficients(&self) -> bool {
        (self.first, self.last, self.previous_bit, self.lowest_bit) == (0, 63, 0, 0)
    }
}

impl ScanComponent {
    /// The DC table.
    ///
    /// # Errors
    /// It is undefined or malformed.
    pub(super) fn dc_table(&self, tables: &Tables<'_>) -> Result<HuffmanTable, Unreadable> {
        tables.huffman(TableClass::Dc, self.tables >> 4)
    }

    /// The AC table of a sequential scan.
    ///
    /// # Errors
    /// It is undefined or malformed.
    pub(super) fn ac_table(&self, tables: &Tables<'_>) -> Result<HuffmanTable, Unreadable> {
        tables.huffman(TableClass::Ac, self.tables & 15)
    }
}
