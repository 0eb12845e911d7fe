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
#[derive(Clone, Copy, Debug)]
pub(super) struct Coefficient {
    /// The quantised value; of a DC coefficient its difference from the predictor.
    pub(super) value: i16,
    /// How many coefficients further it is in zigzag order: the run of zeros before it, and itself;
    /// or [`Coefficient::END_OF_BLOCK`].
    pub(super) advance: u8,
}

impl Coefficient {
    /// What stands for EOB: further than a block has coefficients.
    pub(super) const END_OF_BLOCK: u8 = 128;
}

/// What [`LOOKAHEAD_BITS`] begin with: a code and the value after it, or a code whose value is not
/// all there, or nothing, because they are only the beginning of a code.
#[derive(Clone, Copy, Debug, Default)]
struct LookupEntry {
    /// The value; without all of it the code's length times 16 plus the value's size, or 0 without
    /// a code.
    value: i16,
    /// See [`Coefficient::advance`].
    advance: u8,
    /// Bits of code and value; 0 without all of them.
    length: u8,
}

impl LookupEntry {
    /// A code of so many bits, before a value of so many.
    fn of_code(length: u8, advance: u8, size: u8) -> Self {
        Self { value: i16::from(length) << 4 | i16::from(size), advance, length: 0 }
    }

    /// The code's length, how far it advances, and the value's size, if there is a code without all
    /// of its value.
    fn code(self) -> Option<(u32, u8, u8)> {
        let code = u8::try_from(self.value).ok().filter(|&code| code > 0)?;
        Some((u32::from(code >> 4), self.advance, code & 15))
    }
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
    /// What the next [`LOOKAHEAD_BITS`] bits begin with.
    lookup: Box<[LookupEntry; LOOKUP_ENTRIES]>,
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
        let mut lookup = Box::new([LookupEntry::default(); LOOKUP_ENTRIES]);
        let codebook = Codebook::new(counts, symbols, |code, length, symbol| {
            fill_lookup(&mut lookup, code, length, class.advance_and_size(symbol));
        })?;
        Some(Self { class, lookup, codebook })
    }

    /// The next coefficient, from a buffer that was just refilled. `None` if the bits are no code
    /// of this table, or are exhausted.
    #[inline]
    pub(super) fn decode(&self, bits: &mut BitReader<'_>) -> Option<Coefficient> {
        let mut entry = self.lookup[bits.peek()];
        if entry.length == 0 {
            entry = self.long(entry, bits.peek_32())?;
        }
        bits.consume(entry.length.into())?;
        Some(Coefficient { value: entry.value, advance: entry.advance })
    }

    /// The next coefficient, if [`LOOKAHEAD_BITS`] are enough for it and so many are buffered.
    #[inline]
    pub(super) fn decode_short(&self, bits: &mut BitReader<'_>) -> Option<Coefficient> {
        let LookupEntry { value, advance, length } = self.lookup[bits.peek()];
        if length == 0 {
            return None;
        }
        bits.consume(length.into())?;
        Some(Coefficient { value, advance })
    }

    /// What [`LookupEntry::code`] would be in a larger table, for these 16 bits.
    #[cold]
    fn search(&self, next: u32) -> Option<(u32, u8, u8)> {
        let (symbol, length) = self.codebook.symbol(next)?;
        let (advance, size) = self.class.advance_and_size(symbol)?;
        Some((length, advance, size))
    }

    /// The entry that a larger table would have for these 32 bits. `None` if they are no code.
    #[inline(never)]
    fn long(&self, entry: LookupEntry, next: u32) -> Option<LookupEntry> {
        let (length, advance, size) = entry.code().or_else(|| self.search(next >> 16))?;
        let value = (next << length).checked_shr(32 - u32::from(size)).unwrap_or_default();
        let length = u8::try_from(length).ok()? + size;
        Some(LookupEntry { value: extend(value as usize, size), advance, length })
    }
}

/// Enters this code, with every value after it if there are bits for them.
fn fill_lookup(
    lookup: &mut [LookupEntry; LOOKUP_ENTRIES],
    code: usize,
    length: u8,
    advance_and_size: Option<(u8, u8)>,
) {
    let Some((advance, size)) = advance_and_size else { return };
    let Some(spare_bits) = LOOKAHEAD_BITS.checked_sub(length.into()) else { return };
    let entries = &mut lookup[code << spare_bits..(code + 1) << spare_bits];
    let Some(spare_bits) = spare_bits.checked_sub(size.into()) else {
        return entries.fill(LookupEntry::of_code(length, advance, size));
    };
    for (bits, entries) in entries.chunks_exact_mut(1 << spare_bits).enumerate() {
        entries.fill(LookupEntry { value: extend(bits, size), advance, length: length + size });
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
    /// How far a symbol advances, and the size in bits of the value that follows; `None` for
    /// symbols that 8-bit pixels don't need.
    const fn advance_and_size(self, symbol: u8) -> Option<(u8, u8)> {
        match (self, symbol >> 4, symbol & 15) {
            (Self::Dc, 0, size @ 0..=11) => Some((1, size)),
            (Self::Ac, 0, 0) => Some((Coefficient::END_OF_BLOCK, 0)),
            // The symbol (15, 0) is ZRL: sixteen zeros, read as fifteen zeros and a coefficient of
            // 0.
            (Self::Ac, run, size @ 1..=10) | (Self::Ac, run @ 15, size @ 0) => {
                Some((run + 1, size))
            }
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
