//! Whether a part of the picture is frozen while the rest is alive: a decoder or a mixer that shows
//! the last picture in one half.
//!
//! The grids of pictures enter one after another, each with the picture before it; a [`FrozenPart`]
//! leaves if from one edge of the picture on, at least a third of it has not changed for several
//! samples, behind a straight line over whose whole length the picture moves. A fixed camera before
//! a wall moves here and there behind the line, or across it. It knows nothing of set times, and
//! cannot know whether the part is intended: a side panel, or what surrounds a picture that was
//! squeezed back.
//!
//! A feed keeps a grid (3.6 KB) only while a third of its picture stands still and more than a
//! small part of the rest moves.

use std::{fmt, time::Duration};

use super::{
    difference::{Difference, Likeness},
    partial::Edge,
    sample_time::SampleTime,
    window::Window,
};
use crate::picture::grid::Grid;

/// A cell has changed if it differs by more than this many levels from the run's first picture:
/// noise, encoder and JPEG change it by less.
const CHANGED: u8 = 10;

/// A part is at least one third of the picture…
const LEAST: usize = 3;

/// …and at most this many percent: less movement is a frozen background.
const MOST_PERCENT: usize = 88;

/// The line is at most so many cells wide: a JPEG blurs it.
const BLUR: usize = 3;

/// A sample shows the line if so many percent of the cells behind it have changed…
const MOVED_PERCENT: usize = 60;

/// …and so many samples must show it.
const SAMPLES: u32 = 4;

/// A part of the picture that is frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrozenPart {
    /// Where it is.
    pub edge: Edge,
    /// Its share of the picture, in percent.
    pub percent: u8,
    /// For how long it has been the same.
    pub lasted: Duration,
    /// Since when.
    pub(super) since: SampleTime,
}

impl FrozenPart {
    /// Whether the rest is a third of the picture or more. If less moves, and only a small part of
    /// the picture changes, it is a frozen background.
    pub(super) fn leaves_a_third(&self) -> bool {
        u32::from(self.percent) * 3 <= 200
    }
}

impl fmt::Display for FrozenPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { edge, percent, lasted, .. } = self;
        let seconds = lasted.as_secs_f64();
        write!(f, "the {edge} {percent} % have not changed for {seconds:.0} s, the rest is alive")
    }
}

/// Since when which part of the picture has not changed.
#[derive(Clone, Debug, Default)]
pub(super) struct StillPart {
    run: Option<Run>,
    /// Whether an earlier process saw a part frozen, and no run has begun since.
    is_restored: bool,
}

#[derive(Clone, Debug)]
struct Run {
    first: Grid,
    since: SampleTime,
    edge: Edge,
    /// How many lines from the edge on have not changed.
    lines: usize,
    /// How many samples have shown the straight line behind them.
    samples: u32,
}

impl StillPart {
    /// Continues a part that is not known: one sample that shows a line is enough.
    pub(super) fn restored() -> Self {
        Self { run: None, is_restored: true }
    }

    /// Resets after a sampling gap. With `keep`, retains the open incident's part.
    pub(super) fn reset_after_gap(&mut self, keep: bool) {
        if !keep {
            *self = Self::default();
        }
    }

    /// Adds the next picture, and the one before it with its time. Returns the part that is frozen.
    pub(super) fn add(
        &mut self,
        at: SampleTime,
        before: Option<(&Grid, SampleTime)>,
        grid: &Grid,
    ) -> Option<FrozenPart> {
        let continued = self.run.take().and_then(|run| run.with(grid));
        self.run = continued.or_else(|| {
            let begun = Run::begin(before?, grid)?;
            let samples = if std::mem::take(&mut self.is_restored) { SAMPLES - 1 } else { 0 };
            Run { samples, ..begun }.with(grid)
        });
        let run = self.run.as_ref().filter(|run| run.is_frozen(grid))?;
        let (lines, _) = run.edge.lines();
        let percent = u8::try_from(run.lines * 100 / lines).ok()?;
        let lasted = run.since.elapsed_until(at);
        Some(FrozenPart { edge: run.edge, percent, lasted, since: run.since })
    }
}

impl Run {
    /// A run from an earlier picture on, if a large part of this one is the same.
    fn begin((first, since): (&Grid, SampleTime), grid: &Grid) -> Option<Self> {
        let parts = Edge::ALL.map(|edge| (edge, still_lines(edge, first, grid)));
        let parts = parts.into_iter().filter(|&(edge, lines)| is_part(edge, lines));
        let (edge, lines) = parts.max_by_key(|(edge, lines)| lines * edge.lines().1)?;
        let first = first.clone();
        Some(Self { first, since, edge, lines, samples: 0 })
    }

    /// Adds a picture; `None` if too little of it is the same.
    fn with(mut self, grid: &Grid) -> Option<Self> {
        let still = still_lines(self.edge, &self.first, grid);
        if still < self.lines {
            self.lines = still;
            self.samples = 0;
        }
        if !is_part(self.edge, self.lines) {
            return None;
        }
        let (lines, cells) = self.edge.lines();
        let behind = self.lines..lines.min(self.lines + BLUR);
        let has_moved = |cell: &usize| {
            let mut behind = behind.clone();
            behind.any(|line| has_changed(self.edge, &self.first, grid, (line, *cell)))
        };
        let moved = (0..cells).filter(has_moved).count();
        self.samples += u32::from(moved * 100 >= cells * MOVED_PERCENT);
        Some(self)
    }

    fn is_frozen(&self, grid: &Grid) -> bool {
        if self.samples < SAMPLES {
            return false;
        }
        let opposite = still_lines(self.edge.opposite(), &self.first, grid);
        let window = Window::of_part(self.edge, self.lines);
        opposite * 3 < self.lines
            && Difference::within(&window, &self.first, grid).likeness() == Likeness::Same
    }
}

/// Whether so many lines are a part of the picture that can be told from a frozen background.
fn is_part(edge: Edge, still: usize) -> bool {
    let (lines, _) = edge.lines();
    still * LEAST >= lines && still * 100 <= lines * MOST_PERCENT
}

fn has_changed(edge: Edge, first: &Grid, now: &Grid, (line, cell): (usize, usize)) -> bool {
    edge.level(first, line, cell).abs_diff(edge.level(now, line, cell)) > CHANGED
}

/// How many lines from the edge on have not changed. Cells at the edges of the picture do not
/// count: lines of data and the ends of captions change there.
fn still_lines(edge: Edge, first: &Grid, now: &Grid) -> usize {
    let (lines, cells) = edge.lines();
    let is_still =
        |line: &usize| !(1..cells - 1).any(|cell| has_changed(edge, first, now, (*line, cell)));
    1 + (1..lines).take_while(is_still).count()
}
