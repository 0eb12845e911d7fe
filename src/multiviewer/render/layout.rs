//! How many tiles side by side, and how large their letters. Pure arithmetic in pixels.

use crate::wall::request::Canvas;

/// A thumbnail is 480 pixels wide; a wider tile shows no more.
const WIDEST_TILE: u32 = 480;

/// Below this, a name and a condition no longer fit.
const NARROWEST_TILE: u32 = 160;

/// A tile that is easy to see, where not all of them fit on the canvas anyway.
const USUAL_TILE: u32 = 250;

/// Between tiles. The same in wall.css.
const GAP: u32 = 10;

/// Letters on the narrowest tiles.
const SMALLEST_LETTERS: u32 = 12;

/// The lines above and below the grid.
const AROUND: u32 = 48;

/// The grid of a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Tiles side by side.
    pub(super) columns: u32,
    /// Pixels.
    pub(super) letters: u32,
}

impl Layout {
    /// The largest tiles with which all are seen at once; tiles of the usual size where that would take a magnifying glass.
    pub(super) fn of(canvas: Canvas, tiles: usize) -> Self {
        let tiles = u32::try_from(tiles).unwrap_or(u32::MAX).max(1);
        let fewest = (canvas.width + GAP).div_ceil(WIDEST_TILE + GAP).max(1);
        let most = ((canvas.width + GAP) / (NARROWEST_TILE + GAP)).max(1);
        let usual = ((canvas.width + GAP) / (USUAL_TILE + GAP)).max(1);
        let height = canvas.height.saturating_sub(AROUND);
        let seen_at_once = |columns: &u32| {
            let rows = tiles.div_ceil(*columns);
            rows.saturating_mul(tile_height(canvas, *columns) + GAP) <= height + GAP
        };
        let columns = (fewest..=most).find(seen_at_once).unwrap_or_else(|| usual.max(fewest));
        Self { columns, letters: letters(tile_width(canvas, columns)) }
    }

    /// Whether the tiles are so narrow that a condition needs every pixel.
    pub(super) const fn is_tight(self) -> bool {
        self.letters <= SMALLEST_LETTERS
    }
}

fn tile_width(canvas: Canvas, columns: u32) -> u32 {
    (canvas.width + GAP) / columns - GAP.min(canvas.width / columns)
}

/// Frame, condition, picture (16:9), name and number, as wall.css draws them.
fn tile_height(canvas: Canvas, columns: u32) -> u32 {
    let width = tile_width(canvas, columns);
    10 + width.saturating_sub(10) * 9 / 16 + letters(width) * 11 / 2
}

/// Letters grow with the tile, so that a large one is read from afar.
fn letters(tile_width: u32) -> u32 {
    (tile_width / 17).clamp(SMALLEST_LETTERS, 22)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wall::request::Theme;

    fn columns(width: u32, height: u32, tiles: usize) -> u32 {
        Layout::of(Canvas { theme: Theme::Light, width, height }, tiles).columns
    }

    #[test]
    fn tiles_are_as_large_as_all_of_them_fit() {
        assert_eq!(columns(1_200, 700, 1), 3);
        assert_eq!(columns(1_200, 700, 6), 4);
        assert_eq!(columns(1_200, 700, 12), 5);
        assert_eq!(columns(1_200, 700, 20), 7);
    }

    #[test]
    fn more_tiles_than_fit_have_the_usual_size() {
        assert_eq!(columns(1_200, 700, 200), 4);
    }

    #[test]
    fn a_narrow_widget_has_one_column() {
        assert_eq!(columns(200, 300, 12), 1);
        assert_eq!(columns(120, 80, 1), 1);
    }

    proptest! {
        #[test]
        fn there_is_always_a_layout(width in 120_u32..=8_192, height in 80_u32..=8_192, tiles in any::<usize>()) {
            let layout = Layout::of(Canvas { theme: Theme::Dark, width, height }, tiles);
            prop_assert!((1..=52).contains(&layout.columns));
            prop_assert!((12..=22).contains(&layout.letters));
        }
    }
}
