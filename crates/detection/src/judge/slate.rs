//! Whether a picture is one of the stills that operators have declared known: a slate.
//!
//! [`KnownStill`]s enter once; then the grid of each picture enters, and the name of the still that
//! it shows leaves. Whether the source stands still is up to `state`.
//!
//! Encoding, scaling and noise change all cells a little; a clock changes some cells of one place
//! altogether. So a picture shows a known still if all cells outside of one place the size of a
//! clock are the same but for a few, and if those that differ are few in comparison with what is
//! drawn on the still: white text on black must not be taken for black. Most stills are rejected by
//! their [`Sketch`], which takes some 20 ns.

use std::sync::Arc;

use thiserror::Error;

use super::slate_name::StillName;
use crate::picture::{
    Picture,
    grid::{CELLS, COLUMNS, Grid, ROWS},
};

// Measured on 10 slates of 1920x1080, each as a known still of four sizes and as a thumbnail of
// several qualities (15-95), sizes and encoders, with and without noise and with another time of
// day. The lists are (largest value over pictures of the same slate; smallest value over other
// pictures of the labelled sets that nothing else rejects).

/// Brighter or darker as a whole by at most so many levels (5 for a drifting freeze).
const LEVEL: i16 = 8;

/// A cell that differs by more than this, in levels, shows something else.
const DIFFERENT: u16 = 16;

/// The other cells differ by at most this, in levels, as the root mean square (2.9, and 4.0 for a
/// starved encoder; 5.1 for colour bars of another colour matrix).
const CHANGE: f32 = 4.1;

/// The place of a clock, in cells: 180x48 pixels of a thumbnail.
const CLOCK: (usize, usize) = (30, 8);

/// At most so many cells of the clock's place differ, 3.3 % of all (22 for a clock that is 16
/// pixels high, 56 for one of 24; 184 for a line of text over colour bars).
const CLOCK_CELLS: usize = 120;

/// At most so many other cells differ (14; 18 for an animation 2 s later).
const OTHER_CELLS: usize = 16;

/// The cells that differ are at most this share of those with an edge: one of three. Of two
/// different texts on black nearly all differ.
const EDGES_PER_DIFFERENCE: usize = 3;

/// A still has at least so many cells with an edge, 1.3 %: "Back at 20:00" in small letters has 67,
/// one grey word on grey 49, black with a clock 41, black with a logo 26, a night scene 0.
const MIN_EDGES: usize = 45;

/// Neighbours that differ by more than this, in levels, have an edge between them. It is more than
/// [`DIFFERENT`], so that no edge can vanish unnoticed.
const EDGE: u8 = 24;

/// Cells of a sketch's block, from side to side.
const BLOCK: usize = 5;

/// Blocks of a sketch.
const BLOCKS: usize = CELLS / (BLOCK * BLOCK);

/// Blocks of the same still differ by at most so many levels: by [`LEVEL`] and noise…
const SKETCH_DIFFERENT: u8 = 14;

/// …except for those that the place of a clock touches, and some in which other cells differ.
const SKETCH_BLOCKS: u8 = 30;

/// A picture that the operators of a channel have declared known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownStill {
    name: StillName,
    grid: Grid,
    sketch: Sketch,
    /// How many cells have an edge.
    edges: usize,
}

/// A picture has too little structure to be recognised by: it would be found in every black or
/// plain picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "it is too plain to be recognised: {edges} of its {CELLS} cells have an edge, and at least {MIN_EDGES} are needed"
)]
pub struct TooPlain {
    /// How many of its cells have an edge.
    pub edges: usize,
}

impl KnownStill {
    /// A known still of this name.
    ///
    /// # Errors
    /// [`TooPlain`] for black, one colour, or a picture with nothing but a logo.
    pub fn new(name: StillName, picture: &Picture) -> Result<Self, TooPlain> {
        let grid = picture.grid.clone();
        let edges = edges(&grid);
        if edges < MIN_EDGES {
            return Err(TooPlain { edges });
        }
        Ok(Self { name, sketch: Sketch::of(&grid), grid, edges })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> StillName {
        self.name
    }

    /// How much a picture differs outside of the clock, in levels; `None` if it does not show this
    /// still.
    fn change(&self, grid: &Grid, sketch: &Sketch) -> Option<f32> {
        if self.sketch.differing_blocks(sketch) > SKETCH_BLOCKS {
            return None;
        }
        let level = self.sketch.median_change(sketch);
        let mut differing = [0_u8; CELLS];
        let mut squares = 0_u32;
        for ((differs, &known), &now) in
            differing.iter_mut().zip(self.grid.cells()).zip(grid.cells())
        {
            let change = (i16::from(now) - i16::from(known) - level).unsigned_abs();
            *differs = u8::from(change > DIFFERENT);
            squares += u32::from(if change > DIFFERENT { 0 } else { change * change });
        }
        // At most 80.
        let of_rows: [u8; ROWS] =
            std::array::from_fn(|row| differing[row * COLUMNS..][..COLUMNS].iter().sum());
        let all: usize = of_rows.iter().map(|&cells| usize::from(cells)).sum();
        let change = root_mean_square(squares, CELLS - all);
        if level.abs() > LEVEL || change > CHANGE {
            return None;
        }
        let in_clock = most_in_one_place(&differing, &of_rows);
        let is_same = in_clock <= CLOCK_CELLS
            && all - in_clock <= OTHER_CELLS
            && all * EDGES_PER_DIFFERENCE <= self.edges;
        is_same.then_some(change)
    }
}

/// The known stills of a channel. Clones share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownStills(Vec<Arc<[KnownStill]>>);

impl KnownStills {
    /// The stills of these groups, such as a channel's own and those of all channels.
    #[must_use]
    pub fn new(groups: impl IntoIterator<Item = Arc<[KnownStill]>>) -> Self {
        Self(groups.into_iter().filter(|group| !group.is_empty()).collect())
    }

    /// The still that this picture shows: the one from which it differs least, and of equal ones
    /// the first.
    #[must_use]
    pub fn find(&self, grid: &Grid) -> Option<StillName> {
        if self.0.is_empty() {
            return None;
        }
        let sketch = Sketch::of(grid);
        let stills = self.0.iter().flat_map(|group| group.iter());
        let shown = stills.filter_map(|still| Some((still.change(grid, &sketch)?, still.name)));
        shown.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
    }
}

/// The mean level of each of 16x9 blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sketch([u8; BLOCKS]);

impl Sketch {
    fn of(grid: &Grid) -> Self {
        let sums: [u16; BLOCKS] = grid.block_sums::<{ COLUMNS / BLOCK }, _>();
        Self(sums.map(|sum| u8::try_from(usize::from(sum) / (BLOCK * BLOCK)).unwrap_or(u8::MAX)))
    }

    /// At most 144.
    fn differing_blocks(&self, other: &Self) -> u8 {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(one, other)| u8::from(one.abs_diff(*other) > SKETCH_DIFFERENT)).sum()
    }

    /// By how many levels most of the other picture is brighter.
    fn median_change(&self, other: &Self) -> i16 {
        let mut changes: [i16; BLOCKS] =
            std::array::from_fn(|block| i16::from(other.0[block]) - i16::from(self.0[block]));
        *changes.select_nth_unstable(BLOCKS / 2).1
    }
}

/// How many cells have an edge to their right or lower neighbour.
fn edges(grid: &Grid) -> usize {
    let cells = grid.cells();
    let has_edge = |cell: &usize| {
        let (row, column) = (cell / COLUMNS, cell % COLUMNS);
        let differs = |other: usize| cells[*cell].abs_diff(cells[other]) > EDGE;
        (column + 1 < COLUMNS && differs(cell + 1)) || (row + 1 < ROWS && differs(cell + COLUMNS))
    };
    (0..CELLS).filter(has_edge).count()
}

/// How many of the cells that differ are in the place of the size of a clock that has most of them.
fn most_in_one_place(differing: &[u8; CELLS], of_rows: &[u8; ROWS]) -> usize {
    let (width, height) = CLOCK;
    let (top, _) = busiest(of_rows, height);
    let mut of_columns = [0_u8; COLUMNS];
    for cells in differing.chunks_exact(COLUMNS).skip(top).take(height) {
        for (column, &differs) in of_columns.iter_mut().zip(cells) {
            *column += differs;
        }
    }
    busiest(&of_columns, width).1
}

/// The `length` neighbours with the largest sum: where they begin, and the sum.
fn busiest(counts: &[u8], length: usize) -> (usize, usize) {
    let mut sum: usize = counts.iter().take(length).map(|&count| usize::from(count)).sum();
    let mut busiest = (0, sum);
    for (first, (&left, &entered)) in counts.iter().zip(&counts[length..]).enumerate() {
        sum = sum + usize::from(entered) - usize::from(left);
        if sum > busiest.1 {
            busiest = (first + 1, sum);
        }
    }
    busiest
}

#[expect(clippy::cast_precision_loss, reason = "sums of at most 3,600 small squares")]
fn root_mean_square(squares: u32, cells: usize) -> f32 {
    (squares as f32 / cells.max(1) as f32).sqrt()
}
