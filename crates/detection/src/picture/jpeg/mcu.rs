//! The order of a scan's blocks: MCU by MCU, and restart interval by restart interval (ISO/IEC
//! 10918-1, A.2).

use super::{bits::BitReader, frame::Frame, segments::Scan};

/// A block of a scan.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Index of its component in the scan.
    pub(super) slot: usize,
    /// Index of its component in the frame.
    pub(super) component: usize,
    /// Row among the component's blocks.
    pub(super) row: usize,
    /// Column among the component's blocks.
    pub(super) column: usize,
}

/// What a block leaves to the next one in its restart interval.
#[derive(Default)]
pub(super) struct IntervalState {
    /// The last DC coefficient of each component in the scan.
    pub(super) predictors: [i16; 3],
    /// How many blocks follow in whose band no further coefficient becomes nonzero (EOBRUN).
    pub(super) end_of_band_run: u32,
}

/// The blocks of one component in an MCU.
struct McuPart {
    component: usize,
    across: usize,
    down: usize,
}

/// Calls `decode` for each block of the scan, in the order in which they are coded. `None` if a
/// call returns it, or if the data are not exactly those of the blocks.
pub(super) fn decode_blocks(
    frame: &Frame,
    scan: &Scan,
    mut decode: impl FnMut(Place, &mut BitReader<'_>, &mut IntervalState) -> Option<()>,
) -> Option<()> {
    let (parts, (mcus_across, mcus_down)) = layout(frame, scan);
    let mcus = mcus_across * mcus_down;
    let restart_interval = scan.restart_interval.unwrap_or(mcus);
    if scan.data.restart_intervals().len() != mcus.div_ceil(restart_interval) {
        return None;
    }
    for (interval, mut bits) in scan.data.restart_intervals().enumerate() {
        let mut state = IntervalState::default();
        for mcu in (interval * restart_interval..mcus).take(restart_interval) {
            for (slot, &McuPart { component, across, down }) in parts.iter().enumerate() {
                let (top, left) = (mcu / mcus_across * down, mcu % mcus_across * across);
                for row in top..top + down {
                    for column in left..left + across {
                        decode(Place { slot, component, row, column }, &mut bits, &mut state)?;
                    }
                }
            }
        }
        if !bits.is_at_padding() || state.end_of_band_run > 0 {
            return None;
        }
    }
    Some(())
}

/// The parts of an MCU, and the MCUs across and down. In a scan of one component, an MCU is a
/// block, and there are none beyond the picture's last pixel.
fn layout(frame: &Frame, scan: &Scan) -> (Vec<McuPart>, (usize, usize)) {
    if let [alone] = &scan.components[..] {
        let part = McuPart { component: alone.index, across: 1, down: 1 };
        return (vec![part], frame.blocks(&frame.components[alone.index]));
    }
    let part = |component: usize| {
        let sampling = &frame.components[component];
        McuPart { component, across: sampling.across, down: sampling.down }
    };
    (scan.components.iter().map(|component| part(component.index)).collect(), frame.mcus())
}
