//! Frame headers (SOF): the size of a picture, its components and what they mean (ISO/IEC 10918-1,
//! B.2.2).
//!
//! A SOF segment and the application segments before the first scan enter; a [`Frame`] and a
//! [`ColourSpace`] leave. Kinds of pictures that are not read are rejected here.

use super::{
    BLOCK_SIDE,
    marker::{self, DHP, DNL, EXP, SOF0, SOF2, SOF3, SOF5, SOF7, SOF9, SOF15},
};
use crate::picture::Unreadable;

/// How the coefficients of a frame are distributed over scans.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    /// Baseline and extended sequential: all of a component's coefficients are in one scan.
    Sequential,
    /// Progressive: scans add frequencies and bits.
    Progressive,
}

/// A frame header.
pub(super) struct Frame {
    pub(super) process: Process,
    /// Pixels from left to right.
    pub(super) width: usize,
    /// Pixels from top to bottom.
    pub(super) height: usize,
    /// One or three.
    pub(super) components: Vec<Component>,
}

/// A component of a frame. The sampling factors are 1 if it is the only one: without interleaving
/// they have no effect.
pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal sampling factor (1-4), which is also the blocks of an MCU from left to right.
    pub(super) across: usize,
    /// Vertical sampling factor (1-4), which is also the blocks of an MCU from top to bottom.
    pub(super) down: usize,
    /// Destination of the quantisation table.
    pub(super) quantisation: u8,
}

/// What the components of a frame mean.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ColourSpace {
    /// Luma alone.
    Grey,
    /// Luma and two of chroma.
    YCbCr,
    /// Red, green and blue.
    Rgb,
}

/// What the application segments say about the colour space.
#[derive(Default)]
pub(super) struct ColourMarkers {
    /// There is a JFIF segment.
    pub(super) jfif: bool,
    /// The colour transform of Adobe's segment.
    pub(super) adobe_transform: Option<u8>,
}

impl Frame {
    /// Reads the segment of the marker `code`.
    ///
    /// # Errors
    /// The frame is malformed, or of a kind that is not read.
    pub(super) fn read(code: u8, segment: &[u8]) -> Result<Self, Unreadable> {
        const MALFORMED: Unreadable = Unreadable::Broken("the frame header is malformed");
        let &[precision, height_1, height_0, width_1, width_0, count, ref components @ ..] =
            segment
        else {
            return Err(MALFORMED);
        };
        if precision != 8 {
            return Err(Unreadable::Unsupported("its samples do not have 8 bits"));
        }
        let (components, []) = components.as_chunks::<3>() else { return Err(MALFORMED) };
        let width = usize::from(u16::from_be_bytes([width_1, width_0]));
        let height = usize::from(u16::from_be_bytes([height_1, height_0]));
        if components.len() != usize::from(count) || width == 0 {
            return Err(MALFORMED);
        }
        if height == 0 {
            return Err(Unreadable::Unsupported("its height is defined after the first scan"));
        }
        let process = if code == SOF2 { Process::Progressive } else { Process::Sequential };
        let components: Vec<_> = components.iter().copied().map(Component::read).collect();
        let mut frame = Self { process, width, height, components };
        frame.check_components()?;
        if let [component] = &mut frame.components[..] {
            (component.across, component.down) = (1, 1);
        }
        Ok(frame)
    }

    fn check_components(&self) -> Result<(), Unreadable> {
        let components = &self.components;
        let in_range = |factor: usize| (1..=4).contains(&factor);
        for (index, component) in components.iter().enumerate() {
            if !in_range(component.across) || !in_range(component.down) {
                return Err(Unreadable::Broken("a sampling factor is not between 1 and 4"));
            }
            if components[..index].iter().any(|other| other.id == component.id) {
                return Err(Unreadable::Broken("two components have the same id"));
            }
        }
        match components[..] {
            [_] => Ok(()),
            [Component { across, down, .. }, ref others @ ..] if others.len() == 2 => {
                let divides =
                    |other: &Component| across % other.across == 0 && down % other.down == 0;
                if others.iter().all(divides) {
                    Ok(())
                } else {
                    Err(Unreadable::Unsupported("its first component is subsampled"))
                }
            }
            [_, _, _, _] => Err(Unreadable::Unsupported("it has four components, as CMYK has")),
            _ => Err(Unreadable::Unsupported("it does not have one or three components")),
        }
    }

    /// What the components mean. JFIF defines that it is luma and chroma; Adobe's segment counts
    /// without JFIF, and the components' ids without either. libjpeg has the same order.
    ///
    /// # Errors
    /// It is unknown, or a kind that is not read.
    pub(super) fn colour_space(&self, markers: &ColourMarkers) -> Result<ColourSpace, Unreadable> {
        let [first, second, third] = &self.components[..] else { return Ok(ColourSpace::Grey) };
        if markers.jfif {
            return Ok(ColourSpace::YCbCr);
        }
        let colour_space = match (markers.adobe_transform, [first.id, second.id, third.id]) {
            (Some(0), _) | (None, [b'R', b'G', b'B']) => ColourSpace::Rgb,
            (Some(1), _) | (None, [0, 1, 2] | [1, 2, 3]) => ColourSpace::YCbCr,
            _ => return Err(Unreadable::Unsupported("its colour space is unknown")),
        };
        let is_full = |component: &Component| {
            (component.across, component.down) == (first.across, first.down)
        };
        if colour_space == ColourSpace::Rgb && !self.components.iter().all(is_full) {
            return Err(Unreadable::Unsupported("it is RGB with subsampled components"));
        }
        Ok(colour_space)
    }

    /// Sampling factors of the first component, across and down. Those of the others divide them.
    pub(super) fn max_sampling(&self) -> (usize, usize) {
        self.components.first().map_or((1, 1), |first| (first.across, first.down))
    }

    /// MCUs of a scan with several components, across and down.
    pub(super) fn mcus(&self) -> (usize, usize) {
        let (across, down) = self.max_sampling();
        (self.width.div_ceil(BLOCK_SIDE * across), self.height.div_ceil(BLOCK_SIDE * down))
    }

    /// Blocks with pixels of this component, across and down, which are the MCUs of a scan of this
    /// component alone (A.2.2).
    pub(super) fn blocks(&self, component: &Component) -> (usize, usize) {
        let (across, down) = self.max_sampling();
        let columns = (self.width * component.across).div_ceil(across);
        let rows = (self.height * component.down).div_ceil(down);
        (columns.div_ceil(BLOCK_SIDE), rows.div_ceil(BLOCK_SIDE))
    }
}

impl Component {
    fn read([id, sampling, quantisation]: [u8; 3]) -> Self {
        let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
        Self { id, across, down, quantisation }
    }
}

impl ColourMarkers {
    /// Reads an application segment.
    pub(super) fn read(&mut self, code: u8, segment: &[u8]) {
        match code {
            marker::APP0 if segment.starts_with(b"JFIF\0") => self.jfif = true,
            marker::APP14 if segment.starts_with(b"Adobe") => {
                self.adobe_transform = segment.get(11).copied();
            }
            _ => {}
        }
    }
}

/// What is wrong with a marker that is not expected before the end of image.
pub(super) fn unexpected(code: u8) -> Unreadable {
    match code {
        SOF0..=SOF2 => Unreadable::Broken("it has two frame headers"),
        SOF3 => Unreadable::Unsupported("it is lossless"),
        SOF5..=SOF7 | DHP | EXP => Unreadable::Unsupported("it is hierarchical"),
        SOF9..=SOF15 => Unreadable::Unsupported("it is arithmetically coded"),
        DNL => Unreadable::Unsupported("its height is defined after the first scan"),
        _ => Unreadable::Broken("a marker is misplaced or unknown"),
    }
}
