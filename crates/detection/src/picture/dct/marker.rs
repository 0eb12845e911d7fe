//! Marker codes: the byte after `FF` (ISO/IEC 10918-1, table B.1).

/// Precedes every marker code.
pub(super) const PREFIX: u8 = 0xFF;

/// Byte stuffing: in entropy-coded data, `FF 00` stands for the byte `FF`.
pub(super) const STUFFING: u8 = 0x00;

/// Start of frame, baseline DCT. The other kinds of frame are left to the decoder.
pub(super) const SOF0: u8 = 0xC0;

/// Define Huffman tables.
pub(super) const DHT: u8 = 0xC4;

/// The first of the eight restart markers, which follow each other in turn.
pub(super) const RST0: u8 = 0xD0;

/// Start of image.
pub(super) const SOI: u8 = 0xD8;

/// End of image.
pub(super) const EOI: u8 = 0xD9;

/// Start of scan.
pub(super) const SOS: u8 = 0xDA;

/// Define quantisation tables.
pub(super) const DQT: u8 = 0xDB;

/// Define restart interval.
pub(super) const DRI: u8 = 0xDD;

/// The first application segment.
pub(super) const APP0: u8 = 0xE0;

/// The application segment that Adobe uses.
pub(super) const APP14: u8 = 0xEE;

/// The last application segment.
pub(super) const APP15: u8 = 0xEF;

/// Comment.
pub(super) const COM: u8 = 0xFE;
