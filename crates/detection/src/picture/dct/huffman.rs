//! The codes of a JPEG: which bits stand for which amount (ISO/IEC 10918-1, annexes C and F.2). Knows nothing of pictures.

use super::bits::Bits;

/// As many bits are looked up at once: most codes with the amount that follows them are not longer.
pub(super) const LOOKED_UP: u32 = 11;

/// What can be looked up.
const ENTRIES: usize = 1 << LOOKED_UP;

/// The longest code, in bits.
const LONGEST: usize = 16;

/// What a table's codes stand for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A block's first amount, as the distance from the one before.
    First,
    /// All others: those that are zero are counted instead of written.
    Others,
}

/// An amount, and how far its pattern is from the last one in the order of the patterns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Amount {
    pub(super) value: i16,
    /// [`Amount::END_OF_BLOCK`] where all others of the block are zero.
    pub(super) distance: u8,
    /// Bits of code and amount; none where they are more than are looked up.
    length: u8,
}

impl Amount {
    /// More than any distance within a block.
    pub(super) const END_OF_BLOCK: u8 = 128;
}

/// A table of codes.
pub(super) struct Codes {
    kind: Kind,
    short: Box<[Amount; ENTRIES]>,
    /// For each length: the first number of 16 bits that begins with no code of it or of a shorter one...
    ends: [u32; LONGEST + 1],
    /// ...and what is added to a code for the place of its symbol.
    places: [usize; LONGEST + 1],
    symbols: Vec<u8>,
}

impl Codes {
    /// The table as it is written: how many codes have one bit, two bits and so on, and the symbols in the order of their codes.
    pub(super) fn new(kind: Kind, counts: &[u8; LONGEST], symbols: &[u8]) -> Option<Self> {
        let (ends, places) = ([0; LONGEST + 1], [0; LONGEST + 1]);
        let mut codes = Self {
            kind,
            short: Box::new([Amount::default(); ENTRIES]),
            ends,
            places,
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0_usize, 0_usize);
        for (length, &count) in (1_u8..).zip(counts) {
            let (at, count) = (usize::from(length), usize::from(count));
            if code + count > 1 << at {
                return None;
            }
            codes.places[at] = place.wrapping_sub(code);
            for &symbol in symbols.get(place..place + count)? {
                codes.shorten(code, length, symbol);
                code += 1;
            }
            place += count;
            codes.ends[at] = u32::try_from(code << (LONGEST - at)).ok()?;
            code <<= 1;
        }
        Some(codes)
    }

    /// Enters the amounts that can be looked up with their code.
    fn shorten(&mut self, code: usize, length: u8, symbol: u8) {
        let Some((distance, size)) = self.kind.meaning(symbol) else { return };
        let length = length + size;
        let Some(spare) = LOOKED_UP.checked_sub(length.into()) else { return };
        let (first, each) = (code << size, 1 << spare);
        for (number, entries) in
            self.short[first << spare..].chunks_exact_mut(each).take(1 << size).enumerate()
        {
            entries.fill(Amount { value: value(number, size), distance, length });
        }
    }

    /// The next amount. `None` where the bits make no sense, or are over.
    ///
    /// It reads [`LOOKED_UP`] bits of those that are held at most, or fills them up again.
    #[inline]
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Option<Amount> {
        let amount = self.short[bits.ahead()];
        if amount.length == 0 {
            let (amount, rest) = self.next_long(*bits)?;
            *bits = rest;
            return Some(amount);
        }
        bits.pass(amount.length.into())?;
        Some(amount)
    }

    #[inline(never)]
    fn next_long<'a>(&self, mut bits: Bits<'a>) -> Option<(Amount, Bits<'a>)> {
        bits.refill();
        let beginning = bits.sixteen_ahead();
        let length = (1..=LONGEST).find(|&length| beginning < self.ends[length])?;
        let code = (beginning >> (LONGEST - length)) as usize;
        let symbol = self.symbols.get(self.places[length].wrapping_add(code))?;
        let (distance, size) = self.kind.meaning(*symbol)?;
        bits.pass(u32::try_from(length).ok()?)?;
        let number = bits.sixteen_ahead() >> (16 - u32::from(size));
        bits.pass(size.into())?;
        bits.refill();
        Some((Amount { value: value(number as usize, size), distance, length: 0 }, bits))
    }
}

impl Kind {
    /// The distance and the amount's bits that a symbol stands for; `None` for what no picture of eight bits has.
    const fn meaning(self, symbol: u8) -> Option<(u8, u8)> {
        match (self, symbol >> 4, symbol & 15) {
            (Self::First, 0, size @ 0..=11) => Some((0, size)),
            (Self::Others, 0, 0) => Some((Amount::END_OF_BLOCK, 0)),
            (Self::Others, zeros, size @ 1..=10) | (Self::Others, zeros @ 15, size @ 0) => {
                Some((zeros + 1, size))
            }
            _ => None,
        }
    }
}

/// The amount that is written as this number of so many bits, at most 11: the lower half stands for negative amounts.
fn value(number: usize, size: u8) -> i16 {
    let number = i16::try_from(number).unwrap_or_default();
    let half = (1 << size) >> 1;
    if number < half { number - (1 << size) + 1 } else { number }
}
