//! Marker codes: the byte after `FF` (ISO/IEC 10918-1, table B.1).

use crate::picture::Unreadable;

/// Precedes every marker code, and may be repeated before one.
pub(super) const PREFIX: u8 = 0xFF;

/// Byte stuffing: in entropy-coded data, `FF 00` stands for the byte `FF`.
pub(super) const STUFFING: u8 = 0x00;

/// Start of frame, baseline DCT.
pub(super) const SOF0: u8 = 0xC0;

/// Start of frame, extended sequential DCT with Huffman coding.
pub(super) const SOF1: u8 = 0xC1;

/// Start of frame, progressive DCT with Huffman coding.
pub(super) const SOF2: u8 = 0xC2;

/// Start of frame, lossless.
pub(super) const SOF3: u8 = 0xC3;

/// Define Huffman tables.
pub(super) const DHT: u8 = 0xC4;

/// The first and the last start of frame of hierarchical pictures with Huffman coding.
pub(super) const SOF5: u8 = 0xC5;
pub(super) const SOF7: u8 = 0xC7;

/// The first and the last start of frame with arithmetic coding, and between them its tables (DAC).
pub(super) const SOF9: u8 = 0xC9;
pub(super) const SOF15: u8 = 0xCF;

/// The first of the eight restart markers, which follow each other in turn.
pub(super) const RST0: u8 = 0xD0;

/// The last of the eight restart markers.
pub(super) const RST7: u8 = 0xD7;

/// Start of image.
pub(super) const SOI: u8 = 0xD8;

/// End of image.
pub(super) const EOI: u8 = 0xD9;

/// Start of scan.
pub(super) const SOS: u8 = 0xDA;

/// Define quantisation tables.
pub(super) const DQT: u8 = 0xDB;

/// Define number of lines, after the first scan.
pub(super) const DNL: u8 = 0xDC;

/// Define restart interval.
pub(super) const DRI: u8 = 0xDD;

/// Define hierarchical progression.
pub(super) const DHP: u8 = 0xDE;

/// Expand reference components, in hierarchical pictures.
pub(super) const EXP: u8 = 0xDF;

/// The first application segment, which JFIF uses.
pub(super) const APP0: u8 = 0xE0;

/// The application segment that Adobe uses.
pub(super) const APP14: u8 = 0xEE;

/// The last application segment.
pub(super) const APP15: u8 = 0xEF;

/// Comment.
pub(super) const COM: u8 = 0xFE;

/// The marker code with which the bytes begin, and the bytes after it.
///
/// # Errors
/// The bytes do not begin with a marker.
pub(super) fn next(bytes: &[u8]) -> Result<(u8, &[u8]), Unreadable> {
    let fill_bytes = bytes.iter().take_while(|&&byte| byte == PREFIX).count();
    match bytes[fill_bytes..] {
        [] => Err(Unreadable::Broken("it has no end-of-image marker")),
        [code, ref rest @ ..] if code != STUFFING && fill_bytes > 0 => Ok((code, rest)),
        _ => Err(Unreadable::Broken("there are bytes between two segments")),
    }
}
