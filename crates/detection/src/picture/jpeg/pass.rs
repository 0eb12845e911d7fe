//! Decoding of a block in a progressive scan (ISO/IEC 10918-1, G.2).
//!
//! Bits and a block as earlier scans have left it enter; the block with what this scan adds leaves.

use super::{
    COEFFICIENTS, ZIGZAG,
    bits::BitReader,
    huffman::{HuffmanTable, SymbolTable, extend},
    mcu::IntervalState,
    segments::Scan,
    tables::{QuantisationTable, Tables},
};
use crate::picture::Unreadable;

/// The quantised coefficients of a block, at eight times their vertical frequency plus the
/// horizontal one.
pub(super) type Block = [i16; COEFFICIENTS];

/// The coefficient at this zigzag index.
#[inline]
pub(super) fn at(block: &mut Block, index: usize) -> &mut i16 {
    &mut block[usize::from(ZIGZAG[index]) % COEFFICIENTS]
}

/// The largest AC coefficient of 8-bit pixels: ten bits.
const MAX_AC: i16 = 1023;

/// What a scan codes. The tables of a scan with several components are in the scan's order.
pub(super) enum Pass {
    /// DC coefficients down to a bit.
    Dc { tables: Vec<(HuffmanTable, i16)>, lowest_bit: u8 },
    /// One more bit of the DC coefficients.
    DcRefinement { bit: u8 },
    /// A band of AC coefficients down to a bit.
    Ac { table: SymbolTable, band: Band },
    /// One more bit of a band of AC coefficients.
    AcRefinement { table: SymbolTable, band: Band },
}

/// Coefficients of a progressive scan.
#[derive(Clone, Copy)]
pub(super) struct Band {
    /// Zigzag index of the first coefficient.
    first: usize,
    /// Zigzag index of the last coefficient.
    last: usize,
    /// The lowest bit that the scan codes.
    lowest_bit: u8,
}

impl Pass {
    /// The pass of a scan whose header has been checked. `quantisation` has a table for each of its
    /// components.
    ///
    /// # Errors
    /// A table is undefined or malformed.
    pub(super) fn new(
        scan: &Scan,
        tables: &Tables<'_>,
        quantisation: &[&QuantisationTable],
    ) -> Result<Self, Unreadable> {
        let Scan { first, last, previous_bit, lowest_bit, .. } = *scan;
        if first == 0 && previous_bit == 0 {
            let dc = scan.components.iter().zip(quantisation).map(|(component, quantisation)| {
                // The bits below the lowest are missing from the magnitude.
                let max_dc = quantisation.max_dc.saturating_add(1 << lowest_bit);
                Ok((component.dc_table(tables)?, max_dc))
            });
            return Ok(Self::Dc { tables: dc.collect::<Result<_, _>>()?, lowest_bit });
        }
        if first == 0 {
            return Ok(Self::DcRefinement { bit: lowest_bit });
        }
        let destination = scan.components.first().map_or(0, |component| component.tables & 15);
        let table = tables.progressive_ac(destination)?;
        let band = Band { first, last, lowest_bit };
        Ok(if previous_bit == 0 {
            Self::Ac { table, band }
        } else {
            Self::AcRefinement { table, band }
        })
    }

    /// Decodes a block of the component at index `slot` of the scan. `None` if the bits are no
    /// block.
    pub(super) fn decode(
        &self,
        slot: usize,
        bits: &mut BitReader<'_>,
        state: &mut IntervalState,
        block: &mut Block,
    ) -> Option<()> {
        match self {
            Self::Dc { tables, lowest_bit } => {
                let ((table, max_dc), predictor) =
                    (tables.get(slot)?, state.predictors.get_mut(slot)?);
                bits.refill();
                *predictor += table.decode(bits)?.value;
                block[0] = shifted(*predictor, *lowest_bit, *max_dc)?;
                Some(())
            }
            Self::DcRefinement { bit } => {
                block[0] |= i16::try_from(bits.read(1)?).ok()? << bit;
                Some(())
            }
            Self::Ac { table, band } => band.decode(table, bits, &mut state.end_of_band_run, block),
            Self::AcRefinement { table, band } => {
                band.refine(table, bits, &mut state.end_of_band_run, block)
            }
        }
    }
}

/// A coefficient without its lowest bits as a whole one; `None` if its magnitude exceeds `max`.
fn shifted(coefficient: i16, lowest_bit: u8, max: i16) -> Option<i16> {
    let whole = i32::from(coefficient) << lowest_bit;
    if whole.abs() > i32::from(max) { None } else { i16::try_from(whole).ok() }
}

impl Band {
    /// Decodes the first scan of the band in a block (G.1.2.2).
    fn decode(
        self,
        table: &SymbolTable,
        bits: &mut BitReader<'_>,
        end_of_band_run: &mut u32,
        block: &mut Block,
    ) -> Option<()> {
        if *end_of_band_run > 0 {
            *end_of_band_run -= 1;
            return Some(());
        }
        let mut index = self.first;
        while index <= self.last {
            let symbol = table.decode(bits)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            match (run, size) {
                (15, 0) => index += 16,
                (_, 0) => {
                    // This block is the first of the run.
                    *end_of_band_run = run_length(run, bits)? - 1;
                    return Some(());
                }
                _ => {
                    index += usize::from(run);
                    if index > self.last || size > 10 {
                        return None;
                    }
                    let value = extend(bits.read(size.into())?.into(), size);
                    *at(block, index) = shifted(value, self.lowest_bit, MAX_AC)?;
                    index += 1;
                }
            }
        }
        Some(())
    }

    /// Decodes a further bit of the band in a block (G.1.2.3).
    fn refine(
        self,
        table: &SymbolTable,
        bits: &mut BitReader<'_>,
        end_of_band_run: &mut u32,
        block: &mut Block,
    ) -> Option<()> {
        let mut index = self.first;
        while *end_of_band_run == 0 && index <= self.last {
            let symbol = table.decode(bits)?;
            let (run, size) = (symbol >> 4, symbol & 15);
            let value = match (run, size) {
                (0..15, 0) => {
                    *end_of_band_run = run_length(run, bits)?;
                    break;
                }
                (_, 0) => 0,
                (_, 1) => (2 * i16::try_from(bits.read(1)?).ok()? - 1) << self.lowest_bit,
                _ => return None,
            };
            index = self.refine_nonzero(index, Some(run), bits, block)?;
            if index > self.last {
                return None;
            }
            *at(block, index) = value;
            index += 1;
        }
        if *end_of_band_run > 0 {
            self.refine_nonzero(index, None, bits, block)?;
            *end_of_band_run -= 1;
        }
        Some(())
    }

    /// Reads a bit for each nonzero coefficient from `index` on, up to the zero after `zeros`
    /// zeros, whose index it returns, or to the end of the band.
    fn refine_nonzero(
        self,
        mut index: usize,
        mut zeros: Option<u8>,
        bits: &mut BitReader<'_>,
        block: &mut Block,
    ) -> Option<usize> {
        while index <= self.last {
            let coefficient = at(block, index);
            if *coefficient != 0 {
                let bit = i16::try_from(bits.read(1)?).ok()? << self.lowest_bit;
                *coefficient += coefficient.signum() * bit;
            } else if let Some(left) = &mut zeros {
                if *left == 0 {
                    return Some(index);
                }
                *left -= 1;
            }
            index += 1;
        }
        Some(index)
    }
}

/// The number of blocks in an end-of-band run of category `run` (0-14), from its additional bits.
fn run_length(run: u8, bits: &mut BitReader<'_>) -> Option<u32> {
    Some((1 << run) + u32::from(bits.read(run.into())?))
}
