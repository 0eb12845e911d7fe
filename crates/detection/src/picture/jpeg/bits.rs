//! Entropy-coded data as bits, the most significant bit of each byte first.
//!
//! The bytes after a scan header enter; one [`BitReader`] for each restart interval leaves. It
//! knows nothing of Huffman codes or blocks.

use super::{
    huffman::LOOKAHEAD_BITS,
    marker::{self, PREFIX, RST0, RST7, STUFFING},
};
use crate::picture::Unreadable;

/// Bits that [`BitReader::refill`] buffers at least, unless fewer are left.
pub(super) const MIN_BUFFERED_BITS: u32 = 56;

/// Entropy-coded data with markers and byte stuffing (`FF 00`) removed.
pub(super) struct EntropyCodedData {
    bytes: Vec<u8>,
    /// For each restart interval, the index in `bytes` after its last byte.
    interval_ends: Vec<usize>,
}

impl EntropyCodedData {
    /// Reads up to the marker after the scan, with which the returned slice begins.
    ///
    /// # Errors
    /// There is no such marker, or the restart markers are out of order.
    pub(super) fn read(mut coded: &[u8]) -> Result<(Self, &[u8]), Unreadable> {
        let mut bytes = Vec::with_capacity(coded.len());
        let mut interval_ends = Vec::new();
        loop {
            let prefix =
                memchr::memchr(PREFIX, coded).ok_or(Unreadable::Broken("a scan has no end"))?;
            let (plain, marker) = coded.split_at(prefix);
            bytes.extend_from_slice(plain);
            if let [_, STUFFING, rest @ ..] = marker {
                bytes.push(PREFIX);
                coded = rest;
                continue;
            }
            interval_ends.push(bytes.len());
            let (code, rest) = marker::next(marker)?;
            let next_restart = usize::from(RST0) + (interval_ends.len() - 1) % 8;
            if usize::from(code) != next_restart {
                if (RST0..=RST7).contains(&code) {
                    return Err(Unreadable::Broken("a restart marker is missing or misplaced"));
                }
                return Ok((Self { bytes, interval_ends }, marker));
            }
            coded = rest;
        }
    }

    /// The bits of each restart interval; one interval if the scan has no restart markers.
    pub(super) fn restart_intervals(&self) -> impl ExactSizeIterator<Item = BitReader<'_>> {
        let mut start = 0;
        self.interval_ends.iter().map(move |&end| {
            let unread = &self.bytes[start..end];
            start = end;
            BitReader { unread, buffer: 0, buffered: 0 }
        })
    }
}

/// Reads bits through a buffer of 64.
///
/// Rarely called methods take and return the reader by value, so that the compiler keeps it in
/// registers elsewhere.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'a> {
    /// Bytes that are not counted in `buffered`.
    unread: &'a [u8],
    /// The next bits, left-aligned. Below the topmost `buffered` bits are zeros or the first bits
    /// of `unread`.
    buffer: u64,
    /// How many bits of `buffer` are valid.
    buffered: u32,
}

impl BitReader<'_> {
    /// Buffers at least [`MIN_BUFFERED_BITS`], or all bits that are left.
    #[inline]
    pub(super) fn refill(&mut self) {
        if let Some(next) = self.unread.first_chunk::<8>() {
            self.buffer |= u64::from_be_bytes(*next) >> self.buffered;
            // As many whole bytes as fit below 64 bits: they are the bits that this sets in the
            // count.
            self.unread = &self.unread[(63 - self.buffered as usize) / 8..];
            self.buffered |= MIN_BUFFERED_BITS;
        } else {
            *self = self.refilled_bytewise();
        }
    }

    /// Refills from the last seven bytes.
    #[cold]
    fn refilled_bytewise(mut self) -> Self {
        while self.buffered <= MIN_BUFFERED_BITS
            && let [next, rest @ ..] = self.unread
        {
            self.buffer |= u64::from(*next) << (MIN_BUFFERED_BITS - self.buffered);
            self.unread = rest;
            self.buffered += 8;
        }
        self
    }

    /// The next [`LOOKAHEAD_BITS`] bits, without consuming them.
    #[inline]
    pub(super) const fn peek(&self) -> usize {
        (self.buffer >> (64 - LOOKAHEAD_BITS)) as usize
    }

    /// The next 16 bits, without consuming them.
    pub(super) const fn peek_16(&self) -> u32 {
        (self.buffer >> 48) as u32
    }

    /// The next 32 bits, without consuming them.
    #[inline]
    pub(super) const fn peek_32(&self) -> u32 {
        (self.buffer >> 32) as u32
    }

    /// Consumes `count` bits, fewer than 64; `None` if fewer are buffered.
    #[inline]
    pub(super) fn consume(&mut self, count: u32) -> Option<()> {
        self.buffered = self.buffered.checked_sub(count)?;
        self.buffer <<= count;
        Some(())
    }

    /// The next `count` bits, at most 16, as a number; `None` if fewer are left.
    #[inline]
    pub(super) fn read(&mut self, count: u32) -> Option<u16> {
        if self.buffered < count {
            self.refill();
        }
        let bits = self.peek_16() >> (16 - count);
        self.consume(count)?;
        u16::try_from(bits).ok()
    }

    /// Whether nothing is left but the padding of the last byte. The standard pads with ones
    /// (F.1.2.3), some encoders pad with zeros; other bits are the rest of something.
    pub(super) fn is_at_padding(mut self) -> bool {
        self.refill();
        let ones = (1 << self.buffered.min(8)) - 1;
        let padding = self.buffer.rotate_left(self.buffered.min(8)) & ones;
        self.buffered < 8 && (padding == 0 || padding == ones)
    }
}
