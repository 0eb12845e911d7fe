//! How much the cells changed from one picture to another, counted instead of sorted: the changes are whole numbers of a
//! small range. It knows nothing of what they mean, or of where in the picture they are.

use crate::picture::grid::CELLS;

/// From -255 to 255 for a change, from 0 to 510 for its distance from the level.
const NUMBERS: usize = 511;

/// How many cells changed by how much: the first entry is for -255 levels.
pub(super) struct Changes([u16; NUMBERS]);

impl Changes {
    pub(super) fn between(before: &[u8; CELLS], now: &[u8; CELLS]) -> Self {
        let mut counts = [0; NUMBERS];
        for (&before, &now) in before.iter().zip(now) {
            counts[usize::from(now) + 255 - usize::from(before)] += 1;
        }
        Self(counts)
    }

    fn ascending(&self) -> impl Iterator<Item = (i16, u16)> {
        (-255..).zip(self.0)
    }

    /// The middle cell's change, in levels.
    pub(super) fn level(&self) -> i16 {
        let mut seen = 0;
        let middle = |&(_, cells): &(i16, u16)| {
            seen += usize::from(cells);
            seen > CELLS / 2
        };
        self.ascending().find(middle).map_or(0, |(change, _)| change)
    }

    /// The same changes as seen from this level, without their direction.
    pub(super) fn from(&self, level: i16) -> Sizes {
        let mut counts = [0; NUMBERS];
        for (change, cells) in self.ascending() {
            if cells > 0 {
                counts[usize::from(change.abs_diff(level))] += cells;
            }
        }
        Sizes(counts)
    }
}

/// How many cells changed by how much, whichever way: the first entry is for none at all.
pub(super) struct Sizes([u16; NUMBERS]);

impl Sizes {
    fn ascending(&self) -> impl DoubleEndedIterator<Item = (u16, u16)> + ExactSizeIterator {
        self.0.iter().enumerate().map(|(size, &cells)| (u16::try_from(size).unwrap_or(u16::MAX), cells))
    }

    /// The largest change of a cell, in levels.
    pub(super) fn largest(&self) -> u16 {
        self.ascending().rev().find(|&(_, cells)| cells > 0).map_or(0, |(size, _)| size)
    }

    /// How many cells changed by no more than this many levels.
    pub(super) fn within(&self, limit: f32) -> usize {
        let within = self.ascending().take_while(|&(size, _)| f32::from(size) <= limit);
        within.map(|(_, cells)| usize::from(cells)).sum()
    }

    /// Sum of the squares of the changes of the least changed `cells`, in levels squared: at most 3,600 times 510
    /// squared, which fits.
    pub(super) fn squares_of_least(&self, cells: usize) -> u32 {
        let mut left = cells;
        let mut squares = 0;
        for (size, cells) in self.ascending() {
            let cells = u16::try_from(left).unwrap_or(u16::MAX).min(cells);
            left -= usize::from(cells);
            squares += u32::from(size) * u32::from(size) * u32::from(cells);
        }
        squares
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn byte(number: u32) -> u8 {
        number.to_le_bytes()[0]
    }

    /// Two pictures that differ by noise, by a few cells altogether, or in all of them.
    fn pictures() -> impl Strategy<Value = ([u8; CELLS], [u8; CELLS])> {
        (any::<u32>(), 0_u32..256, 0_u32..256, 0_i32..511).prop_map(|(seed, noise, rare, level)| {
            let mut state = seed | 1;
            let mut next = move || {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state >> 8
            };
            let before = std::array::from_fn(|_| byte(next()));
            let now = std::array::from_fn(|cell: usize| {
                let noise = i32::try_from(next() % (noise + 1)).unwrap();
                let all = next() % 256 < rare / 8;
                let now = i32::from(before[cell]) + level - 255 + noise;
                if all { byte(next()) } else { u8::try_from(now.clamp(0, 255)).unwrap() }
            });
            (before, now)
        })
    }

    proptest! {
        #[test]
        fn counted_is_as_sorted((before, now) in pictures(), least in 0..=CELLS, limit in 0.0_f32..520.0) {
            let mut sorted: Vec<_> = now.iter().zip(&before).map(|(&now, &before)| i16::from(now) - i16::from(before)).collect();
            sorted.sort_unstable();
            let changes = Changes::between(&before, &now);
            let level = changes.level();
            prop_assert_eq!(level, sorted[CELLS / 2]);
            let mut sizes: Vec<_> = sorted.iter().map(|change| change.abs_diff(level)).collect();
            sizes.sort_unstable();
            let counted = changes.from(level);
            prop_assert_eq!(counted.largest(), sizes[CELLS - 1]);
            prop_assert_eq!(counted.within(limit), sizes.partition_point(|&size| f32::from(size) <= limit));
            let squares: u32 = sizes[..least].iter().map(|&size| u32::from(size).pow(2)).sum();
            prop_assert_eq!(counted.squares_of_least(least), squares);
        }
    }
}
