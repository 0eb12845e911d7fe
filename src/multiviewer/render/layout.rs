//! Computes how many tiles are side by side, and their font size. Pure arithmetic in pixels.

use crate::multiviewer::request::Canvas;

/// A thumbnail is 480 pixels wide; a wider tile shows no more detail.
const MAX_TILE: u32 = 480;

/// On a narrower tile, name and condition do not fit.
const MIN_TILE: u32 = 160;

/// The width of a tile if the tiles do not all fit on the canvas.
const USUAL_TILE: u32 = 250;

/// Between tiles, as in style.css.
const GAP: u32 = 10;

/// The font size on the narrowest tiles.
const MIN_FONT_SIZE: u32 = 12;

/// The font size on the widest tiles.
const MAX_FONT_SIZE: u32 = 22;

/// The height of the lines above and below the grid.
const SURROUNDINGS: u32 = 48;

/// The grid of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Tiles side by side.
    pub(super) columns: u32,
    /// Pixels.
    pub(super) font_size: u32,
}

impl Layout {
    /// The fewest columns, and so the largest tiles, with which all tiles are visible at the same
    /// time; columns of the usual width if that would make the tiles too narrow.
    pub(super) fn of(canvas: Canvas, tiles: usize) -> Self {
        let tiles = u32::try_from(tiles).unwrap_or(u32::MAX).max(1);
        let fewest = (canvas.width + GAP).div_ceil(MAX_TILE + GAP).max(1);
        let most = ((canvas.width + GAP) / (MIN_TILE + GAP)).max(1);
        let usual = ((canvas.width + GAP) / (USUAL_TILE + GAP)).max(1);
        let height = canvas.height.saturating_sub(SURROUNDINGS);
        let all_visible = |columns: &u32| {
            let rows = tiles.div_ceil(*columns);
            rows.saturating_mul(tile_height(canvas, *columns) + GAP) <= height + GAP
        };
        let columns = (fewest..=most).find(all_visible).unwrap_or_else(|| usual.max(fewest));
        Self { columns, font_size: font_size(tile_width(canvas, columns)) }
    }

    /// Whether the tiles are so narrow that the condition needs all of their width.
    pub(super) const fn is_tight(self) -> bool {
        self.font_size <= MIN_FONT_SIZE
    }
}

fn tile_width(canvas: Canvas, columns: u32) -> u32 {
    (canvas.width + GAP) / columns - GAP.min(canvas.width / columns)
}

/// Frame, condition, picture (16:9), name and id, as style.css draws them.
fn tile_height(canvas: Canvas, columns: u32) -> u32 {
    let width = tile_width(canvas, columns);
    10 + width.saturating_sub(10) * 9 / 16 + font_size(width) * 11 / 2
}

/// Text grows with the tile, so that a large one can be read from a distance.
fn font_size(tile_width: u32) -> u32 {
    (tile_width / 17).clamp(MIN_FONT_SIZE, MAX_FONT_SIZE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::multiviewer::request::Theme;

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
        fn there_is_always_a_layout(
            width in 120_u32..=8_192,
            height in 80_u32..=8_192,
            tiles in any::<usize>(),
        ) {
            let layout = Layout::of(Canvas { theme: Theme::Dark, width, height }, tiles);
            prop_assert!((1..=52).contains(&layout.columns));
            prop_assert!((12..=22).contains(&layout.font_size));
        }
    }
}
