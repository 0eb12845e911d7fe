//! Decoding of a block in a sequential scan (ISO/IEC 10918-1, F.2).
//!
//! Bits enter; the quantised coefficients of a block leave one by one. It knows nothing of where
//! the block is in the picture.

use std::{
    ops::ControlFlow::{self, Break, Continue},
    rc::Rc,
};

use super::{
    LAST_COEFFICIENT,
    bits::{BitReader, MIN_BUFFERED_BITS},
    huffman::{Coefficient, HuffmanTable, LOOKAHEAD_BITS},
    segments::Scan,
    tables::{QuantisationTable, Tables},
};
use crate::picture::Unreadable;

/// So many coefficients from the lookup table fit the bits that a refill buffers.
const SHORT_COEFFICIENTS: u32 = MIN_BUFFERED_BITS / LOOKAHEAD_BITS;

/// Decodes the blocks of one component of a sequential scan.
pub(super) struct BlockDecoder {
    dc: Rc<HuffmanTable>,
    ac: Rc<HuffmanTable>,
    /// See [`QuantisationTable::max_dc`].
    max_dc: i16,
}

impl BlockDecoder {
    /// The decoders of a scan's components, of which `quantisation` has one table each.
    ///
    /// # Errors
    /// A table is undefined or malformed.
    pub(super) fn of_scan<'a>(
        scan: &Scan,
        tables: &Tables<'_>,
        quantisation: impl Iterator<Item = &'a QuantisationTable>,
    ) -> Result<Vec<Self>, Unreadable> {
        let mut decoders: Vec<Self> = Vec::with_capacity(scan.components.len());
        for (index, (component, quantisation)) in
            scan.components.iter().zip(quantisation).enumerate()
        {
            // Components with the same tables, as the two of chroma, share them: to build a table
            // takes as long as to decode some dozens of blocks.
            let same = |other: &usize| scan.components[*other].tables == component.tables;
            let (dc, ac) = match (0..index).find(same) {
                Some(other) => (Rc::clone(&decoders[other].dc), Rc::clone(&decoders[other].ac)),
                None => (component.dc_table(tables)?.into(), component.ac_table(tables)?.into()),
            };
            decoders.push(Self { dc, ac, max_dc: quantisation.max_dc });
        }
        Ok(decoders)
    }

    /// Decodes a block. `add` is called with the zigzag index and the value of each coefficient.
    /// `predictor` is the DC coefficient of the component's last block. `None` if the bits are no
    /// block.
    #[inline]
    pub(super) fn decode(
        &self,
        bits: &mut BitReader<'_>,
        predictor: &mut i16,
        mut add: impl FnMut(usize, i16),
    ) -> Option<()> {
        bits.refill();
        // No overflow: the difference has 11 bits and the predictor has been within `max_dc`.
        *predictor += self.dc.decode(bits)?.value;
        if predictor.abs() > self.max_dc {
            return None;
        }
        add(0, *predictor);
        *bits = decode_ac(*bits, &self.ac, add)?;
        Some(())
    }
}

/// Decodes the AC coefficients of a block. `add` is called with the zigzag index (1-63) and the
/// value of each.
#[inline]
fn decode_ac<'a>(
    mut bits: BitReader<'a>,
    table: &HuffmanTable,
    mut add: impl FnMut(usize, i16),
) -> Option<BitReader<'a>> {
    let mut index = 0;
    loop {
        bits.refill();
        for _ in 0..SHORT_COEFFICIENTS {
            let Some(coefficient) = table.decode_short(&mut bits) else { break };
            if let Break(is_whole) = place(coefficient, &mut index, &mut add) {
                return is_whole.then_some(bits);
            }
        }
        bits.refill();
        let coefficient = table.decode(&mut bits)?;
        if let Break(is_whole) = place(coefficient, &mut index, &mut add) {
            return is_whole.then_some(bits);
        }
    }
}

/// Passes a coefficient on to `add`. Breaks at the end of a block, with whether it ends there as it
/// should.
#[inline]
fn place(
    coefficient: Coefficient,
    index: &mut usize,
    add: &mut impl FnMut(usize, i16),
) -> ControlFlow<bool> {
    *index += usize::from(coefficient.advance);
    if *index > LAST_COEFFICIENT {
        return Break(coefficient.advance == Coefficient::END_OF_BLOCK);
    }
    add(*index, coefficient.value);
    if *index == LAST_COEFFICIENT { Break(true) } else { Continue(()) }
}
