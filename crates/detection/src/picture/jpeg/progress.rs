//! Which coefficients of a picture have been coded, and with which quantisation.
//!
//! The headers of scans enter, one by one; errors leave if a scan does not continue what the ones
//! before have coded, or if something is missing in the end. Each coefficient must be coded once,
//! down to its last bit.

use super::{
    COEFFICIENTS, LAST_COEFFICIENT,
    frame::{Frame, Process},
    segments::Scan,
    tables::{QuantisationTable, Tables},
};
use crate::picture::Unreadable;

/// The highest value of Al, the lowest bit that a scan codes (G.1.1.1.1).
const MAX_LOWEST_BIT: u8 = 13;

/// What has been coded of each component, in the frame's order.
pub(super) struct Progress {
    components: Vec<ComponentProgress>,
}

struct ComponentProgress {
    /// By zigzag index: the lowest bit that has been coded of this coefficient; `None` before its
    /// first scan.
    coded_bits: [Option<u8>; COEFFICIENTS],
    /// The table at the time of the component's first scan.
    quantisation: Option<QuantisationTable>,
}

impl Progress {
    /// Nothing has been coded.
    pub(super) fn none(frame: &Frame) -> Self {
        let none = |_| ComponentProgress { coded_bits: [None; COEFFICIENTS], quantisation: None };
        Self { components: frame.components.iter().map(none).collect() }
    }

    /// Notes what a scan codes.
    ///
    /// # Errors
    /// The scan does not continue what has been coded, or a quantisation table is missing.
    pub(super) fn add(
        &mut self,
        frame: &Frame,
        scan: &Scan,
        tables: &Tables<'_>,
    ) -> Result<(), Unreadable> {
        for part in &scan.components {
            let component = &mut self.components[part.index];
            component.add(scan, frame.process)?;
            if component.quantisation.is_none() {
                let destination = frame.components[part.index].quantisation;
                component.quantisation = Some(tables.quantisation(destination)?);
            }
        }
        Ok(())
    }

    /// The quantisation tables of the scan's components.
    pub(super) fn quantisation(&self, scan: &Scan) -> Vec<&QuantisationTable> {
        let tables = scan.components.iter().map(|part| &self.components[part.index].quantisation);
        tables.flatten().collect()
    }

    /// The quantisation tables of all components, in the frame's order.
    ///
    /// # Errors
    /// A coefficient has not been coded to its last bit.
    pub(super) fn complete(&self) -> Result<Vec<&QuantisationTable>, Unreadable> {
        let mut coded = self.components.iter().flat_map(|component| component.coded_bits);
        if coded.all(|lowest_bit| lowest_bit == Some(0)) {
            Ok(self.components.iter().flat_map(|component| &component.quantisation).collect())
        } else {
            Err(Unreadable::Broken("a scan is missing"))
        }
    }
}

impl ComponentProgress {
    fn add(&mut self, scan: &Scan, process: Process) -> Result<(), Unreadable> {
        const OUT_OF_ORDER: Unreadable = Unreadable::Broken("its scans do not fit together");
        let Scan { first, last, previous_bit, lowest_bit, .. } = *scan;
        let is_well_formed = match process {
            Process::Sequential => scan.has_all_coefficients(),
            // DC coefficients have scans of their own, and AC coefficients those of one component
            // (G.1.1.1.1). The first scan of a component is one of its DC coefficients.
            Process::Progressive if first == 0 => last == 0,
            Process::Progressive => {
                first <= last
                    && last <= LAST_COEFFICIENT
                    && scan.components.len() == 1
                    && self.coded_bits[0].is_some()
            }
        };
        let continues = previous_bit == 0 || previous_bit == lowest_bit + 1;
        if !is_well_formed || !continues || lowest_bit > MAX_LOWEST_BIT {
            return Err(OUT_OF_ORDER);
        }
        let expected = if previous_bit == 0 { None } else { Some(previous_bit) };
        for coded_bit in &mut self.coded_bits[first..=last] {
            if *coded_bit != expected {
                return Err(OUT_OF_ORDER);
            }
            *coded_bit = Some(lowest_bit);
        }
        Ok(())
    }
}
