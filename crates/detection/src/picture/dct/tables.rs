//! The Huffman and quantisation tables that precede a scan (ISO/IEC 10918-1, B.2.4).
//!
//! DHT and DQT segments enter; the tables that a scan names leave. They stay slices of the JPEG
//! until a scan uses them.

use super::{
    COEFFICIENTS,
    huffman::{HuffmanTable, TableClass},
};

/// A Huffman table as its segment defines it: BITS, the number of codes of each length, and
/// HUFFVAL, the symbols.
type HuffmanDefinition<'a> = (&'a [u8; 16], &'a [u8]);

/// The tables defined so far, by class and destination. A later definition replaces an earlier one.
#[derive(Default)]
pub(super) struct Tables<'a> {
    huffman: [[Option<HuffmanDefinition<'a>>; 4]; 2],
    quantisation: [Option<&'a [u8; COEFFICIENTS]>; 4],
}

impl<'a> Tables<'a> {
    /// Reads a DHT segment. `None` if it is malformed.
    pub(super) fn read_dht(&mut self, mut segment: &'a [u8]) -> Option<()> {
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

    /// Reads a DQT segment. `None` if it is malformed, or has elements of 16 bits, which baseline
    /// JPEGs don't.
    pub(super) fn read_dqt(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let [precision_and_destination, rest @ ..] = segment {
            let (elements, rest) = rest.split_first_chunk::<COEFFICIENTS>()?;
            *self.quantisation.get_mut(usize::from(*precision_and_destination))? = Some(elements);
            segment = rest;
        }
        Some(())
    }

    /// The Huffman table at this destination, ready for decoding; `None` if it is undefined or
    /// malformed.
    pub(super) fn huffman(&self, class: TableClass, destination: u8) -> Option<HuffmanTable> {
        let definition = *self.huffman[class as usize].get(usize::from(destination))?;
        let (counts, symbols) = definition?;
        HuffmanTable::new(class, counts, symbols)
    }

    /// The quantisation table at this destination, in zigzag order; `None` if it is undefined.
    pub(super) fn quantisation(&self, destination: u8) -> Option<[f32; COEFFICIENTS]> {
        let elements = *self.quantisation.get(usize::from(destination))?;
        Some(elements?.map(f32::from))
    }
}
