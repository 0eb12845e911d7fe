//! Computes how many tiles are side by side, and their font size. Pure arithmetic in pixels.

use crate::multiviewer::request::Canvas;

/// A thumbnail is 480 pixels wide; a wider tile shows no more detail.
const MAX_TILE: u32 = 480;

/// On a narrower tile, name and condition do not fit.
const MIN_TILE: u32 = 160;

/// The width of a tile if the tiles do not all fit on the canvas: more of them are visible than of
/// larger ones, and what they say can still be read.
const SMALL_TILE: u32 = 175;

/// Between tiles, as in style.css.
const GAP: u32 = 10;

/// The font size on the narrowest tiles.
const MIN_FONT_SIZE: u32 = 12;

/// The font size on the widest tiles.
const MAX_FONT_SIZE: u32 = 22;

/// Above and below everything.
const PADDING: u32 = 8;

/// The height of a heading above the channels with the same tag.
const HEADING: u32 = 34;

/// The frame of a tile, on both sides together.
const FRAME: u32 = 10;

/// The height of the strip below a picture.
const STRIP: u32 = 6;

/// The height of condition, strip, name and id on the narrowest tiles.
const TIGHT_TEXTS: u32 = 20 + 5 + 17 + 15;

/// The feeds of a channel, as far as their room is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// How many there are.
    pub(super) tiles: u32,
    /// Whether a line above them says what is left of the channel.
    pub(super) has_line: bool,
    /// Whether there is a heading above it.
    pub(super) has_heading: bool,
}

/// The grid of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Tiles side by side.
    pub(super) columns: u32,
    /// Pixels.
    pub(super) font_size: u32,
    /// The room for a name, in hundredths of the font size.
    pub(super) name_width: u32,
}

impl Layout {
    /// The fewest columns, and so the largest tiles, with which all tiles are visible at the same
    /// time; columns of small tiles if that would make the tiles too narrow. `above` is the height
    /// of everything above the tiles.
    pub(super) fn of(canvas: Canvas, above: u32, blocks: &[Block]) -> Self {
        let fewest = (canvas.width + GAP).div_ceil(MAX_TILE + GAP).max(1);
        let columns_of = |width: u32| ((canvas.width + GAP) / (width + GAP)).max(1);
        let height = canvas.height.saturating_sub(above.saturating_add(PADDING));
        let all_visible = |columns: &u32| grid_height(canvas, *columns, blocks) <= height;
        let columns = (fewest..=columns_of(MIN_TILE)).find(all_visible).unwrap_or_else(|| {
            let columns = columns_of(SMALL_TILE).max(fewest);
            let has_pairs = blocks.iter().any(|block| block.tiles == 2);
            // An odd number of columns leaves a gap at the end of each row of pairs.
            let is_even = columns.is_multiple_of(2) || !has_pairs;
            if is_even { columns } else { (columns + 1).min(columns_of(MIN_TILE)) }
        });
        Self::with(tile_width(canvas, columns), columns)
    }

    /// The layout of a page that shows the feeds of few channels large, next to each other where
    /// there is room. The style sheet chooses the columns, because the size of a window above the
    /// dashboard is not known.
    pub(super) const fn large() -> Self {
        Self::with(MAX_TILE, 1)
    }

    const fn with(tile_width: u32, columns: u32) -> Self {
        let font_size = font_size(tile_width);
        let padding = font_size;
        let room = tile_width.saturating_sub(FRAME + padding);
        Self { columns, font_size, name_width: room * 100 / font_size }
    }

    /// Whether the tiles are so narrow that the condition needs all of their width.
    pub(super) const fn is_tight(self) -> bool {
        self.font_size <= MIN_FONT_SIZE
    }
}

/// The height of the tiles in this many columns.
fn grid_height(canvas: Canvas, columns: u32, blocks: &[Block]) -> u32 {
    let tile = tile_height(canvas, columns);
    let line = font_size(tile_width(canvas, columns)) * 2;
    let (mut height, mut used, mut row) = (0_u32, columns, 0);
    for block in blocks {
        let width = block.tiles.min(columns);
        if used + width > columns || block.has_heading {
            height = height.saturating_add(row);
            (used, row) = (0, 0);
        }
        if block.has_heading {
            height = height.saturating_add(HEADING);
        }
        used += width;
        let tiles = block.tiles.div_ceil(columns).saturating_mul(tile + GAP);
        let line = if block.has_line { line } else { 0 };
        row = row.max(tiles.saturating_add(line));
    }
    height.saturating_add(row).saturating_sub(GAP)
}

fn tile_width(canvas: Canvas, columns: u32) -> u32 {
    (canvas.width + GAP) / columns - GAP.min(canvas.width / columns)
}

/// Frame, picture (16:9) and texts, as style.css draws them.
fn tile_height(canvas: Canvas, columns: u32) -> u32 {
    let width = tile_width(canvas, columns);
    let font_size = font_size(width);
    let texts = if font_size > MIN_FONT_SIZE { font_size * 51 / 10 + STRIP } else { TIGHT_TEXTS };
    FRAME + width.saturating_sub(FRAME) * 9 / 16 + 1 + texts
}

/// Text grows with the tile, so that a large one can be read from a distance.
const fn font_size(tile_width: u32) -> u32 {
    let size = tile_width / 17;
    if size < MIN_FONT_SIZE {
        MIN_FONT_SIZE
    } else if size > MAX_FONT_SIZE {
        MAX_FONT_SIZE
    } else {
        size
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::multiviewer::request::{Theme, UtcOffset};

    /// The height of a header of one line.
    const HEADER: u32 = 40;

    fn canvas(width: u32, height: u32) -> Canvas {
        Canvas { theme: Theme::Light, width, height, utc_offset: UtcOffset::default() }
    }

    fn block(tiles: u32) -> Block {
        Block { tiles, has_line: false, has_heading: false }
    }

    fn columns(width: u32, height: u32, blocks: &[Block]) -> u32 {
        Layout::of(canvas(width, height), HEADER, blocks).columns
    }

    #[test]
    fn tiles_are_as_large_as_all_of_them_fit() {
        for (tiles, expected) in [(1, 3), (6, 4), (12, 5), (20, 7)] {
            assert_eq!(columns(1_200, 700, &vec![block(1); tiles]), expected, "{tiles}");
        }
        assert_eq!(columns(1_400, 700, &[block(1); 24]), 8);
        assert_eq!(columns(1_400, 700, &[block(2); 12]), 8);
        assert_eq!(columns(1_400, 700, &[block(2); 16]), 8);
    }

    #[test]
    fn more_tiles_than_fit_are_small() {
        assert_eq!(columns(1_400, 700, &[block(1); 33]), 7);
        assert_eq!(columns(1_200, 700, &vec![block(1); 200]), 6);
        assert_eq!(columns(1_400, 700, &[block(2); 20]), 8, "an even number for pairs");
    }

    #[test]
    fn the_pipelines_of_a_channel_are_not_separated_by_the_end_of_a_row() {
        let canvas = canvas(500, 5_000);
        let three = grid_height(canvas, 3, &[block(2), block(2)]);
        assert_eq!(three, grid_height(canvas, 3, &[block(1); 6]));
        let one = grid_height(canvas, 1, &[block(2)]);
        assert_eq!(one, grid_height(canvas, 1, &[block(1); 2]), "one above the other");
    }

    #[test]
    fn lines_headings_and_notes_need_room() {
        let plain = [block(2); 4];
        let lines = plain.map(|block| Block { has_line: true, ..block });
        let headings = plain.map(|block| Block { has_heading: true, ..block });
        let height = |blocks: &[Block]| grid_height(canvas(1_200, 700), 4, blocks);
        assert!(height(&lines) > height(&plain));
        assert!(height(&headings) > height(&lines));
        let columns = |above| Layout::of(canvas(1_200, 700), above, &[block(1); 6]).columns;
        assert!(columns(200) > columns(HEADER));
    }

    #[test]
    fn a_narrow_widget_has_one_column() {
        assert_eq!(columns(200, 300, &[block(2); 6]), 1);
        assert_eq!(columns(120, 80, &[block(1)]), 1);
    }

    proptest! {
        #[test]
        fn there_is_always_a_layout(
            width in 120_u32..=8_192,
            height in 80_u32..=8_192,
            tiles in prop::collection::vec(1_u32..3, 0..300),
        ) {
            let blocks: Vec<_> = tiles.into_iter().map(block).collect();
            let layout = Layout::of(canvas(width, height), HEADER, &blocks);
            prop_assert!((1..=52).contains(&layout.columns));
            prop_assert!((12..=22).contains(&layout.font_size));
            prop_assert!(layout.name_width >= 500);
        }
    }
}
