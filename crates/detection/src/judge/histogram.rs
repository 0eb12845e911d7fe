//! How many cells changed by how many levels from one picture to another.
//!
//! Changes are whole numbers in a small range, so that counting them replaces sorting. The
//! histograms don't know where in the picture a cell is.

use crate::picture::grid::CELLS;

/// Entries of a histogram: changes are -255 to 255, and magnitudes about a level 0 to 510.
const ENTRIES: usize = 511;

/// Cells by signed change: the first entry counts the cells that changed by -255 levels.
pub(super) struct DeltaHistogram([u16; ENTRIES]);

impl DeltaHistogram {
    /// Counts the changes from one picture to the next.
    pub(super) fn between(before: &[u8; CELLS], now: &[u8; CELLS]) -> Self {
        let mut counts = [0; ENTRIES];
        for (&before, &now) in before.iter().zip(now) {
            counts[usize::from(now) + 255 - usize::from(before)] += 1;
        }
        Self(counts)
    }

    /// Changes in ascending order, each with its number of cells.
    fn ascending(&self) -> impl Iterator<Item = (i16, u16)> {
        (-255..).zip(self.0)
    }

    /// The median change, in levels.
    pub(super) fn median(&self) -> i16 {
        let mut total = 0;
        for (change, cells) in self.ascending() {
            total += usize::from(cells);
            if total > CELLS / 2 {
                return change;
            }
        }
        0
    }

    /// The magnitudes of the changes' differences from this level.
    pub(super) fn magnitudes_about(&self, level: i16) -> MagnitudeHistogram {
        let mut counts = [0; ENTRIES];
        for (change, cells) in self.ascending() {
            if cells > 0 {
                counts[usize::from(change.abs_diff(level))] += cells;
            }
        }
        MagnitudeHistogram(counts)
    }
}

/// Cells by magnitude of change: the first entry counts the cells that did not change.
pub(super) struct MagnitudeHistogram([u16; ENTRIES]);

impl MagnitudeHistogram {
    /// Magnitudes in ascending order, each with its number of cells.
    fn ascending(&self) -> impl DoubleEndedIterator<Item = (u16, u16)> + ExactSizeIterator {
        let with_magnitude =
            |(magnitude, &cells)| (u16::try_from(magnitude).unwrap_or(u16::MAX), cells);
        self.0.iter().enumerate().map(with_magnitude)
    }

    /// The largest magnitude, in levels.
    pub(super) fn largest(&self) -> u16 {
        self.ascending().rev().find(|&(_, cells)| cells > 0).map_or(0, |(magnitude, _)| magnitude)
    }

    /// How many cells changed by at most this many levels.
    pub(super) fn count_within(&self, limit: f32) -> usize {
        let within = self.ascending().take_while(|&(magnitude, _)| f32::from(magnitude) <= limit);
        within.map(|(_, cells)| usize::from(cells)).sum()
    }

    /// The sum of the squares of the smallest magnitudes, of so many `cells`, in levels squared. It
    /// is at most 3,600 times 510 squared, which a `u32` holds.
    pub(super) fn sum_of_smallest_squares(&self, cells: usize) -> u32 {
        let mut left = cells;
        let mut sum = 0;
        for (magnitude, cells) in self.ascending() {
            let cells = u16::try_from(left).unwrap_or(u16::MAX).min(cells);
            left -= usize::from(cells);
            sum += u32::from(magnitude) * u32::from(magnitude) * u32::from(cells);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn byte(number: u32) -> u8 {
        number.to_le_bytes()[0]
    }

    /// Two pictures that differ by noise and a common level, and altogether in few or many cells.
    fn pictures() -> impl Strategy<Value = ([u8; CELLS], [u8; CELLS])> {
        (any::<u32>(), 0_u32..256, 0_u32..256, 0_i32..511).prop_map(
            |(seed, noise, replaced, level)| {
                let mut state = seed | 1;
                let mut random = move || {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    state >> 8
                };
                let before = std::array::from_fn(|_| byte(random()));
                let now = std::array::from_fn(|cell: usize| {
                    let noise = i32::try_from(random() % (noise + 1)).unwrap();
                    let is_replaced = random() % 256 < replaced / 8;
                    let changed = (i32::from(before[cell]) + level - 255 + noise).clamp(0, 255);
                    if is_replaced { byte(random()) } else { u8::try_from(changed).unwrap() }
                });
                (before, now)
            },
        )
    }

    proptest! {
        #[test]
        fn counting_equals_sorting((before, now) in pictures(), least in 0..=CELLS, limit in 0.0_f32..520.0) {
            let mut changes: Vec<_> =
                now.iter().zip(&before).map(|(&now, &before)| i16::from(now) - i16::from(before)).collect();
            changes.sort_unstable();
            let deltas = DeltaHistogram::between(&before, &now);
            let level = deltas.median();
            prop_assert_eq!(level, changes[CELLS / 2]);

            let mut sorted: Vec<_> = changes.iter().map(|change| change.abs_diff(level)).collect();
            sorted.sort_unstable();
            let counted = deltas.magnitudes_about(level);
            prop_assert_eq!(counted.largest(), sorted[CELLS - 1]);
            let within = sorted.partition_point(|&magnitude| f32::from(magnitude) <= limit);
            prop_assert_eq!(counted.count_within(limit), within);
            let squares: u32 = sorted[..least].iter().map(|&magnitude| u32::from(magnitude).pow(2)).sum();
            prop_assert_eq!(counted.sum_of_smallest_squares(least), squares);
        }
    }
}
