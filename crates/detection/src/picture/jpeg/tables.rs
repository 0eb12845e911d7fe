//! The Huffman and quantisation tables that precede a scan (ISO/IEC 10918-1, B.2.4).
//!
//! DHT and DQT segments enter; the tables that a scan names leave. They stay slices of the JPEG
//! until a scan uses them.

use super::{
    COEFFICIENTS, ZIGZAG,
    huffman::{HuffmanTable, SymbolTable, TableClass},
};
use crate::picture::Unreadable;

/// A Huffman table as its segment defines it: BITS, the number of codes of each length, and
/// HUFFVAL, the symbols.
type HuffmanDefinition<'a> = (&'a [u8; 16], &'a [u8]);

/// A component's quantisation table.
#[derive(Clone)]
pub(super) struct QuantisationTable {
    /// The elements, in zigzag order.
    pub(super) elements: [f32; COEFFICIENTS],
    /// The elements, at eight times their vertical frequency plus the horizontal one.
    pub(super) by_position: [f32; COEFFICIENTS],
    /// The largest magnitude of a quantised DC coefficient. The DCT of 8-bit pixels has DC
    /// coefficients from -1,024 to 1,016 (A.3.3), to which quantisation adds half an element at
    /// most. Damaged data soon exceed this, because each DC coefficient is coded as the difference
    /// from the one before.
    pub(super) max_dc: i16,
}

/// The tables defined so far, by class and destination. A later definition replaces an earlier one.
#[derive(Default)]
pub(super) struct Tables<'a> {
    huffman: [[Option<HuffmanDefinition<'a>>; 4]; 2],
    quantisation: [Option<[u16; COEFFICIENTS]>; 4],
}

impl<'a> Tables<'a> {
    /// Reads a DHT segment.
    ///
    /// # Errors
    /// The segment is malformed.
    pub(super) fn read_dht(&mut self, segment: &'a [u8]) -> Result<(), Unreadable> {
        self.huffman_definitions(segment)
            .ok_or(Unreadable::Broken("a segment of Huffman tables is malformed"))
    }

    fn huffman_definitions(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let [class_and_destination, rest @ ..] = segment {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let symbols = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols)?;
            let class = self.huffman.get_mut(usize::from(class_and_destination >> 4))?;
            *class.get_mut(usize::from(class_and_destination & 15))? = Some((counts, symbols));
            segment = rest;
        }
        Some(())
    }

    /// Reads a DQT segment.
    ///
    /// # Errors
    /// The segment is malformed, or an element is 0, which the standard excludes (B.2.4.1).
    pub(super) fn read_dqt(&mut self, segment: &[u8]) -> Result<(), Unreadable> {
        self.quantisation_definitions(segment)
            .ok_or(Unreadable::Broken("a segment of quantisation tables is malformed"))
    }

    fn quantisation_definitions(&mut self, mut segment: &[u8]) -> Option<()> {
        while let [precision_and_destination, rest @ ..] = segment {
            let (elements, rest) = match precision_and_destination >> 4 {
                0 => {
                    let (elements, rest) = rest.split_first_chunk::<COEFFICIENTS>()?;
                    (elements.map(u16::from), rest)
                }
                1 => {
                    let (bytes, rest) = rest.split_first_chunk::<{ 2 * COEFFICIENTS }>()?;
                    let pairs = bytes.as_chunks::<2>().0;
                    (std::array::from_fn(|index| u16::from_be_bytes(pairs[index])), rest)
                }
                _ => return None,
            };
            if elements.contains(&0) {
                return None;
            }
            let destination = usize::from(precision_and_destination & 15);
            *self.quantisation.get_mut(destination)? = Some(elements);
            segment = rest;
        }
        Some(())
    }

    /// The Huffman table at this destination, for sequential scans and DC coefficients.
    ///
    /// # Errors
    /// It is undefined or malformed.
    pub(super) fn huffman(
        &self,
        class: TableClass,
        destination: u8,
    ) -> Result<HuffmanTable, Unreadable> {
        let (counts, symbols) = self.huffman_definition(class, destination)?;
        HuffmanTable::new(class, counts, symbols).ok_or(MALFORMED)
    }

    /// The Huffman table at this destination, for the AC coefficients of progressive scans.
    ///
    /// # Errors
    /// It is undefined or malformed.
    pub(super) fn progressive_ac(&self, destination: u8) -> Result<SymbolTable, Unreadable> {
        let (counts, symbols) = self.huffman_definition(TableClass::Ac, destination)?;
        SymbolTable::new(counts, symbols).ok_or(MALFORMED)
    }

    fn huffman_definition(
        &self,
        class: TableClass,
        destination: u8,
    ) -> Result<HuffmanDefinition<'a>, Unreadable> {
        let definition = self.huffman[class as usize].get(usize::from(destination));
        definition.copied().flatten().ok_or(Unreadable::Broken("a Huffman table is missing"))
    }

    /// The quantisation table at this destination.
    ///
    /// # Errors
    /// It is undefined.
    pub(super) fn quantisation(&self, destination: u8) -> Result<QuantisationTable, Unreadable> {
        let Some(Some(elements)) = self.quantisation.get(usize::from(destination)) else {
            return Err(Unreadable::Broken("a quantisation table is missing"));
        };
        let mut by_position = [0.0; COEFFICIENTS];
        for (position, &element) in ZIGZAG.into_iter().zip(elements) {
            by_position[usize::from(position)] = f32::from(element);
        }
        Ok(QuantisationTable {
            elements: elements.map(f32::from),
            by_position,
            max_dc: i16::try_from(1024 / elements[0] + 1).unwrap_or(i16::MAX),
        })
    }
}

const MALFORMED: Unreadable = Unreadable::Broken("a Huffman table is malformed");
