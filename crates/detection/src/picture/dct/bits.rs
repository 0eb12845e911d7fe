//! The bits of a scan, the most significant of each byte first. Knows nothing of pictures.

use super::huffman::LOOKED_UP;

/// Begins every marker; a zero after it says that it is none.
const MARKER: u8 = 0xFF;

/// After [`MARKER`]: the picture is over.
const END: u8 = 0xD9;

/// After [`MARKER`]: the first of the eight restarts, which take turns.
const RESTART: u8 = 0xD0;

/// How many bits [`Bits::refill`] holds at least, if there are as many.
pub(super) const HELD: u32 = 56;

/// A scan's bytes without markers and what makes other bytes unlike them.
pub(super) struct Scan {
    bytes: Vec<u8>,
    /// Where each piece ends: at a restart or at the end of the picture.
    ends: Vec<usize>,
}

impl Scan {
    /// What comes after a scan's header. `None` unless restarts come in their order, and then the picture's end.
    pub(super) fn read(mut coded: &[u8]) -> Option<Self> {
        let (mut bytes, mut ends) = (Vec::with_capacity(coded.len()), vec![]);
        loop {
            let (plain, marker) = coded.split_at(memchr::memchr(MARKER, coded)?);
            bytes.extend_from_slice(plain);
            let [_, kind, rest @ ..] = marker else { return None };
            match kind {
                0 => bytes.push(MARKER),
                &kind if usize::from(kind) == usize::from(RESTART) + ends.len() % 8 => ends.push(bytes.len()),
                &END => {
                    ends.push(bytes.len());
                    return Some(Self { bytes, ends });
                }
                _ => return None,
            }
            coded = rest;
        }
    }

    /// The bits between restarts.
    pub(super) fn pieces(&self) -> impl ExactSizeIterator<Item = Bits<'_>> {
        let mut from = 0;
        self.ends.iter().map(move |&to| {
            let piece = Bits { rest: &self.bytes[from..to], held: 0, count: 0 };
            from = to;
            piece
        })
    }
}

/// Bits that are yet to be read.
///
/// What is rarely done hands them over by value, so that they stay in registers everywhere else.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    /// What is not held.
    rest: &'a [u8],
    /// The next bits, from the top. Below `count` of them stands what follows them, or nothing.
    held: u64,
    count: u32,
}

impl Bits<'_> {
    /// Holds at least [`HELD`] bits, or all.
    #[inline]
    pub(super) fn refill(&mut self) {
        if let Some(next) = self.rest.first_chunk::<8>() {
            self.held |= u64::from_be_bytes(*next) >> self.count;
            self.rest = &self.rest[(63 - self.count as usize) / 8..];
            self.count |= HELD;
        } else {
            *self = self.refilled_with_the_last();
        }
    }

    #[cold]
    fn refilled_with_the_last(mut self) -> Self {
        while self.count <= HELD
            && let [next, rest @ ..] = self.rest
        {
            self.held |= u64::from(*next) << (HELD - self.count);
            self.rest = rest;
            self.count += 8;
        }
        self
    }

    /// The next bits without reading them: as many as are looked up at once.
    #[inline]
    pub(super) const fn ahead(&self) -> usize {
        (self.held >> (64 - LOOKED_UP)) as usize
    }

    /// The next 16 bits without reading them.
    pub(super) const fn sixteen_ahead(&self) -> u32 {
        (self.held >> 48) as u32
    }

    /// Passes over this many bits, fewer than 64; `None` where not as many are held.
    #[inline]
    pub(super) fn pass(&mut self, count: u32) -> Option<()> {
        self.count = self.count.checked_sub(count)?;
        self.held <<= count;
        Some(())
    }

    /// Whether all was read, but for what fills the last byte.
    pub(super) fn are_over(mut self) -> bool {
        self.refill();
        self.count < 8
    }
}
