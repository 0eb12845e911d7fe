//! Huffman tables: which bits stand for which coefficient (ISO/IEC 10918-1, annexes C and F.2).
//!
//! A table as its segment defines it and bits enter; [`Coefficient`]s leave. It knows nothing of
//! blocks or pictures.

use super::bits::BitReader;

/// Bits that index the lookup table. Most codes are no longer than this together with the
/// coefficient that follows.
pub(super) const LOOKAHEAD_BITS: u32 = 11;

/// Entries of the lookup table.
const LOOKUP_ENTRIES: usize = 1 << LOOKAHEAD_BITS;

/// The longest code, in bits.
const MAX_CODE_LENGTH: usize = 16;

/// What a table's symbols mean. The value is Tc, as table definitions and scan headers number the
/// classes.
#[derive(Clone, Copy, Debug)]
pub(super) enum TableClass {
    /// The symbol is the size of a DC coefficient's difference from its predictor.
    Dc = 0,
    /// The symbol is a run of zeros and the size of the AC coefficient after them.
    Ac = 1,
}

/// A decoded coefficient.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coefficient {
    /// The quantised value; of a DC coefficient its difference from the predictor.
    pub(super) value: i16,
    /// Zero coefficients before it in zigzag order, or [`Coefficient::END_OF_BLOCK`].
    pub(super) run: u8,
    /// Bits of code and value. 0 in a lookup entry whose code or value is longer than
    /// [`LOOKAHEAD_BITS`].
    length: u8,
}

impl Coefficient {
    /// The run that stands for EOB: more zeros than a block has coefficients.
    pub(super) const END_OF_BLOCK: u8 = 128;
}

/// Which bits stand for which symbol.
struct Codebook {
    /// For each code length: one more than the largest code of at most this length, left-aligned to
    /// 16 bits.
    max_code: [u32; MAX_CODE_LENGTH + 1],
    /// For each code length: what to add to a code for the index of its symbol.
    symbol_offset: [usize; MAX_CODE_LENGTH + 1],
    symbols: Vec<u8>,
}

impl Codebook {
    /// The code of a DHT segment: `counts` is BITS, the number of codes of each length from 1 to
    /// 16, and `symbols` is HUFFVAL, in the order of their codes. `assigned` is called with each
    /// code, its length and its symbol. `None` if counts and symbols don't fit together.
    fn new(
        counts: &[u8; MAX_CODE_LENGTH],
        symbols: &[u8],
        mut assigned: impl FnMut(usize, u8, u8),
    ) -> Option<Self> {
        let mut table = Self {
            max_code: [0; MAX_CODE_LENGTH + 1],
            symbol_offset: [0; MAX_CODE_LENGTH + 1],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0_usize, 0_usize);
        for (bits, &count) in (1_u8..).zip(counts) {
            let (length, count) = (usize::from(bits), usize::from(count));
            // No code consists of ones alone (C.2).
            if count > 0 && code + count >= 1 << length {
                return None;
            }
            table.symbol_offset[length] = index.wrapping_sub(code);
            for &symbol in symbols.get(index..index + count)? {
                assigned(code, bits, symbol);
                code += 1;
            }
            index += count;
            table.max_code[length] = u32::try_from(code << (MAX_CODE_LENGTH - length)).ok()?;
            code <<= 1;
        }
        Some(table)
    }

    /// The symbol that `next`, the next 16 bits, begin with, and its length in bits. `None` if they
    /// are no code of this table.
    fn symbol(&self, next: u32) -> Option<(u8, u32)> {
        let length = (1..=MAX_CODE_LENGTH).find(|&length| next < self.max_code[length])?;
        let code = (next >> (MAX_CODE_LENGTH - length)) as usize;
        let symbol = self.symbols.get(self.symbol_offset[length].wrapping_add(code))?;
        Some((*symbol, u32::try_from(length).ok()?))
    }
}

/// A Huffman table of a sequential scan or of DC coefficients, ready for decoding.
pub(super) struct HuffmanTable {
    class: TableClass,
    /// The coefficient that the next [`LOOKAHEAD_BITS`] bits begin with.
    lookup: Box<[Coefficient; LOOKUP_ENTRIES]>,
    codebook: Codebook,
}

impl HuffmanTable {
    /// The table of a DHT segment with these BITS and HUFFVAL. `None` if they don't fit together.
    pub(super) fn new(
        class: TableClass,
        counts: &[u8; MAX_CODE_LENGTH],
        symbols: &[u8],
    ) -> Option<Self> {
        if matches!(class, TableClass::Dc) && symbols.iter().any(|&symbol| symbol > 15) {
            return None;
        }
        let mut lookup = Box::new([Coefficient::default(); LOOKUP_ENTRIES]);
        let codebook = Codebook::new(counts, symbols, |code, length, symbol| {
            fill_lookup(&mut lookup, code, length, class.run_and_size(symbol));
        })?;
        Some(Self { class, lookup, codebook })
    }

    /// The next coefficient. `None` if the bits are no code of this table, or are exhausted.
    ///
    /// It consumes at most [`LOOKAHEAD_BITS`] buffered bits, or refills the buffer.
    #[inline]
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> Option<Coefficient> {
        let coefficient = self.lookup[bits.peek()];
        if coefficient.length == 0 {
            let (coefficient, rest) = self.decode_long(*bits)?;
            *bits = rest;
            return Some(coefficient);
        }
        bits.consume(coefficient.length.into())?;
        Some(coefficient)
    }

    /// Decodes a coefficient that is not in the lookup table.
    #[inline(never)]
    fn decode_long<'a>(&self, mut bits: BitReader<'a>) -> Option<(Coefficient, BitReader<'a>)> {
        bits.refill();
        let (symbol, length) = self.codebook.symbol(bits.peek_16())?;
        let (run, size) = self.class.run_and_size(symbol)?;
        bits.consume(length)?;
        let additional = bits.peek_16() >> (16 - u32::from(size));
        bits.consume(size.into())?;
        bits.refill();
        Some((Coefficient { value: extend(additional as usize, size), run, length: 0 }, bits))
    }
}

/// Enters every coefficient of this code that fits into the lookup table together with the code.
fn fill_lookup(
    lookup: &mut [Coefficient; LOOKUP_ENTRIES],
    code: usize,
    length: u8,
    run_and_size: Option<(u8, u8)>,
) {
    let Some((run, size)) = run_and_size else { return };
    let length = length + size;
    let Some(spare_bits) = LOOKAHEAD_BITS.checked_sub(length.into()) else { return };
    let first = code << size << spare_bits;
    let entries_per_value = lookup[first..].chunks_exact_mut(1 << spare_bits);
    for (bits, entries) in entries_per_value.take(1 << size).enumerate() {
        entries.fill(Coefficient { value: extend(bits, size), run, length });
    }
}

/// A Huffman table of the AC coefficients of a progressive scan, whose symbols do not stand for
/// coefficients alone.
pub(super) struct SymbolTable {
    /// The symbol that the next [`LOOKAHEAD_BITS`] bits begin with, and its length in bits; 0 for a
    /// longer one.
    lookup: Box<[(u8, u8); LOOKUP_ENTRIES]>,
    codebook: Codebook,
}

impl SymbolTable {
    /// The table of a DHT segment with these BITS and HUFFVAL. `None` if they don't fit together.
    pub(super) fn new(counts: &[u8; MAX_CODE_LENGTH], symbols: &[u8]) -> Option<Self> {
        let mut lookup = Box::new([(0, 0); LOOKUP_ENTRIES]);
        let codebook = Codebook::new(counts, symbols, |code, length, symbol| {
            if let Some(spare_bits) = LOOKAHEAD_BITS.checked_sub(length.into()) {
                let first = code << spare_bits;
                lookup[first..first + (1 << spare_bits)].fill((symbol, length));
            }
        })?;
        Some(Self { lookup, codebook })
    }

    /// The next symbol. `None` if the bits are no code of this table, or are exhausted.
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> Option<u8> {
        bits.refill();
        let (symbol, length) = match self.lookup[bits.peek()] {
            (_, 0) => self.codebook.symbol(bits.peek_16())?,
            (symbol, length) => (symbol, length.into()),
        };
        bits.consume(length)?;
        Some(symbol)
    }
}

impl TableClass {
    /// The run and the size in bits that a symbol stands for; `None` for symbols that 8-bit pixels
    /// don't need.
    const fn run_and_size(self, symbol: u8) -> Option<(u8, u8)> {
        match (self, symbol >> 4, symbol & 15) {
            (Self::Dc, 0, size @ 0..=11) => Some((0, size)),
            (Self::Ac, 0, 0) => Some((Coefficient::END_OF_BLOCK, 0)),
            // The symbol (15, 0) is ZRL: sixteen zeros, read as fifteen zeros and a coefficient of
            // 0.
            (Self::Ac, run, size @ 1..=10) | (Self::Ac, run @ 15, size @ 0) => Some((run, size)),
            _ => None,
        }
    }
}

/// The value of a coefficient from its `size` additional bits, at most 11 (EXTEND, figure F.12):
/// the lower half of the range stands for negative values.
pub(super) fn extend(bits: usize, size: u8) -> i16 {
    let bits = i16::try_from(bits).unwrap_or_default();
    let half = (1 << size) >> 1;
    if bits < half { bits - (1 << size) + 1 } else { bits }
}
