//! Colour bars, recognised by the order of their hues.
//!
//! RGB pixels enter, the longest run of the canonical order leaves. The bars of every standard
//! (SMPTE, SMPTE HD, EBU, PAL 75 and 100, ARIB, BT.2111) are white, yellow, cyan, green, magenta,
//! red and blue from left to right. Their levels, their saturation and even their hues may be
//! wrong: after a wrong matrix, a turned hue phase, swapped colour channels or a mirror, the steps
//! from one hue to the next are still the same, or all of them are reversed. So the steps are
//! compared and not the colours.
//!
//! Each row of cells is searched by itself. A few rows are enough, because a slate, a clock or a
//! caption hides the others.

use super::{
    grid::{COLUMNS, Grid, ROWS, cell_span},
    jpeg::Rgb,
};

/// Vertical strips that a row is divided into: 3 pixels of a thumbnail. A bar in a window of 30 %
/// is about 7 strips wide.
const STRIPS: usize = 160;

/// A bar is at least this many strips wide; less is an edge between two bars.
const MIN_BAR_STRIPS: usize = 4;

/// Between two bars that stand side by side are at most this many strips of a mixture: chroma has
/// blocks of 16 pixels.
const MAX_EDGE_STRIPS: usize = 7;

/// There are no bars if the lightest and the darkest channel of all bars differ by less than this
/// many levels. Bars at 35 % contrast have 70.
const MIN_CONTRAST: i16 = 40;

/// The channels of a grey differ by less than this share of the contrast, in percent. Blue at a
/// saturation of 30 % has 33.
const GREY: i16 = 13;

/// Channels of a bar differ by at most this share of the contrast, in percent, and at least by
/// [`MIN_TOLERANCE`] levels.
const TOLERANCE: i16 = 15;

/// Noise of 20 levels and a JPEG of quality 15 change a strip by up to so many levels.
const MIN_TOLERANCE: i16 = 10;

/// The hues of the bars with colour, in degrees: yellow, cyan, green, magenta, red, blue.
const HUES: [f32; 6] = [60.0, 180.0, 120.0, 300.0, 0.0, 240.0];

/// A step from one hue to the next differs from the canonical one by at most so many degrees.
const MAX_STEP_ERROR: f32 = 45.0;

/// The hue of a bar is the right one if it differs by at most so many degrees.
const MAX_HUE_ERROR: f32 = 20.0;

/// The hues of mirrored bars are turned by at most so many degrees, unless the bars darken from
/// white on. ffmpeg's `testsrc` is like bars that are mirrored and turned by 60 degrees.
const MAX_MIRRORED_TURN: f32 = 50.0;

/// Red, green and blue of unaltered bars have two levels, from which they differ by at most this
/// share of the contrast, in percent.
const MAX_LEVEL_ERROR: i16 = 15;

/// Unaltered bars have at least so many colours side by side.
const MIN_COLOURS: usize = 4;

/// Bars with wrong hues or levels have at least so many, and white is one of them.
const MIN_ALTERED_COLOURS: usize = 6;

/// This many colours beside white are enough if few rows show them: in a window of 30 %, SMPTE bars
/// take 9 of the grid's.
const MIN_COLOURS_OF_FEW_ROWS: usize = 5;

/// Every second of the grid's rows is searched.
const ROW_STEP: usize = 2;

/// Bars show in at least so many of the searched rows.
const MIN_ROWS: usize = 3;

/// Fewer colours, or colours without white, show in at least so many rows: a slate hides half of
/// the picture from top to bottom. The bars of a test card (PM5544) take 5.
const MIN_ROWS_OF_PART: usize = 8;

/// How many colours of the canonical order stand side by side (4-7); 0 if there are fewer.
pub(super) fn run(rgb: &Rgb, width: usize, height: usize) -> u8 {
    // For each number of colours, how many rows show it; and how many show it beside white.
    let (mut rows, mut rows_with_white) = ([0_usize; 8], [0_usize; 8]);
    for row in (0..ROWS).step_by(ROW_STEP) {
        let stripes = stripes(&strips(rgb, width, cell_span(row, ROWS, height)));
        let bars = longest_run(&stripes);
        rows[bars.colours] += 1;
        rows_with_white[bars.colours] += usize::from(bars.has_white);
    }
    let sum_from = |rows: &[usize; 8], colours: usize| rows[colours..].iter().sum::<usize>();
    let is_shown = |&colours: &usize| {
        let is_whole = colours >= MIN_COLOURS_OF_FEW_ROWS;
        (is_whole && sum_from(&rows_with_white, colours) >= MIN_ROWS)
            || sum_from(&rows, colours) >= MIN_ROWS_OF_PART
    };
    let colours = (MIN_COLOURS..rows.len()).rev().find(is_shown);
    colours.and_then(|colours| u8::try_from(colours).ok()).unwrap_or(0)
}

/// Rows of a band of the grid for [`may_be_bars`], and how far apart bands begin.
const BAND: (usize, usize) = (4, 3);

/// Colour is decoded only if in some band at least this share of the columns with stripes has one
/// level from top to bottom, in percent.
const MIN_EVEN_COLUMNS: usize = 80;

/// A column has one level if its cells in the band differ by at most this many.
const MAX_UNEVENNESS: u8 = 8;

/// The cells of a stripe differ by at most this many levels from its first one.
const MAX_DRIFT: u8 = 3;

/// From one stripe to the next the level changes by at least this much, within two cells.
const MIN_LUMA_STEP: u8 = 5;

/// So many stripes side by side may be bars: four bars and what is beside them.
const MIN_STRIPES: usize = 5;

/// Bars are together at least this many cells wide: in a window of 30 %, they take 24.
const MIN_WIDTH: usize = 18;

/// Whether a picture with this luma can be colour bars: in some band of rows, vertical stripes
/// stand side by side. It is so in 11 % of the stills of living and frozen sources.
pub(super) fn may_be_bars(grid: &Grid) -> bool {
    let (height, step) = BAND;
    (0..=ROWS - height).step_by(step).any(|top| {
        let cells = &grid.cells()[top * COLUMNS..][..height * COLUMNS];
        let (mut lowest, mut highest) = ([u8::MAX; COLUMNS], [0; COLUMNS]);
        for row in cells.chunks_exact(COLUMNS) {
            for ((lowest, highest), &cell) in lowest.iter_mut().zip(&mut highest).zip(row) {
                *lowest = cell.min(*lowest);
                *highest = cell.max(*highest);
            }
        }
        let is_even: [bool; COLUMNS] =
            std::array::from_fn(|column| highest[column] - lowest[column] <= MAX_UNEVENNESS);
        // Fewer are too few for the narrowest bars.
        let even = is_even.iter().filter(|&&is_even| is_even).count();
        even * 100 >= MIN_WIDTH * MIN_EVEN_COLUMNS
            && has_stripes(&cells[COLUMNS..2 * COLUMNS], &is_even)
    })
}

/// Whether stripes of at least two cells stand side by side in a row, in columns of which most are
/// even.
fn has_stripes(row: &[u8], is_even: &[bool; COLUMNS]) -> bool {
    let (mut first, mut stripes) = (0, 0);
    // Where the latest stripe ends, and its last level.
    let mut latest: Option<(usize, u8)> = None;
    let mut start = 0;
    while start < row.len() {
        let is_like = |cell: &&u8| cell.abs_diff(row[start]) <= MAX_DRIFT;
        let end = start + row[start..].iter().take_while(is_like).count();
        if end - start < 2 {
            start += 1;
            continue;
        }
        let follows = |(end, level): (usize, u8)| {
            start - end <= 2 && level.abs_diff(row[start]) >= MIN_LUMA_STEP
        };
        (first, stripes) =
            if latest.is_some_and(follows) { (first, stripes + 1) } else { (start, 1) };
        let width = end - first;
        if stripes >= MIN_STRIPES && width >= MIN_WIDTH {
            let even = is_even[first..end].iter().filter(|&&is_even| is_even).count();
            if even * 100 >= width * MIN_EVEN_COLUMNS {
                return true;
            }
        }
        latest = Some((end, row[end - 1]));
        start = end;
    }
    false
}

/// A part of a row in one colour.
#[derive(Clone, Copy)]
struct Stripe {
    start: usize,
    end: usize,
    colour: [i16; 3],
}

/// The mean colour of each strip between two lines.
fn strips(rgb: &Rgb, width: usize, (top, bottom): (usize, usize)) -> [[i16; 3]; STRIPS] {
    let mut strips = [[0; 3]; STRIPS];
    let mut sums = vec![0_u32; width];
    for (index, channel) in rgb.channels().into_iter().enumerate() {
        sums.fill(0);
        for line in channel[top * width..bottom * width].chunks_exact(width) {
            for (sum, &level) in sums.iter_mut().zip(line) {
                *sum += u32::from(level);
            }
        }
        for (strip, colour) in strips.iter_mut().enumerate() {
            let (left, right) = cell_span(strip, STRIPS, width);
            let pixels = u32::try_from((right - left) * (bottom - top)).unwrap_or(u32::MAX);
            let mean = sums[left..right].iter().sum::<u32>() / pixels;
            colour[index] = i16::try_from(mean).unwrap_or(i16::MAX);
        }
    }
    strips
}

/// The stripes of a row, without the mixtures between them.
fn stripes(strips: &[[i16; 3]; STRIPS]) -> Vec<Stripe> {
    let tolerance = (contrast(strips.iter()) * TOLERANCE / 100).max(MIN_TOLERANCE);
    let mut found: Vec<Stripe> = Vec::new();
    let mut start = 0;
    while start < STRIPS {
        let colour = strips[start];
        let is_like = |other: &&[i16; 3]| distance(colour, **other) <= tolerance;
        let end = start + strips[start..].iter().take_while(is_like).count();
        if end - start >= MIN_BAR_STRIPS {
            let colour = mean(&strips[start..end]);
            match found.last_mut() {
                Some(last) if distance(last.colour, colour) <= tolerance => last.end = end,
                _ => found.push(Stripe { start, end, colour }),
            }
            start = end;
        } else {
            start += 1;
        }
    }
    found
}

/// The mean of some colours.
fn mean(colours: &[[i16; 3]]) -> [i16; 3] {
    let count = i32::try_from(colours.len()).unwrap_or(i32::MAX);
    [0, 1, 2].map(|channel| {
        let sum: i32 = colours.iter().map(|colour| i32::from(colour[channel])).sum();
        i16::try_from(sum / count.max(1)).unwrap_or(i16::MAX)
    })
}

/// The largest difference of a channel.
fn distance(one: [i16; 3], other: [i16; 3]) -> i16 {
    one.into_iter().zip(other).map(|(one, other)| (one - other).abs()).max().unwrap_or(0)
}

/// The difference between the lightest and the darkest channel.
fn contrast<'a>(colours: impl Iterator<Item = &'a [i16; 3]> + Clone) -> i16 {
    let highest = colours.clone().flatten().max().copied().unwrap_or(0);
    highest - colours.flatten().min().copied().unwrap_or(0)
}

/// Bars that stand side by side in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    /// How many colours, including white.
    colours: usize,
    /// Whether white is one of them.
    has_white: bool,
}

/// The most bars that stand side by side in a row, from left to right or from right to left.
fn longest_run(stripes: &[Stripe]) -> Run {
    let contrast = contrast(stripes.iter().map(|stripe| &stripe.colour));
    if stripes.len() < MIN_COLOURS || contrast < MIN_CONTRAST {
        return Run::default();
    }
    let bar = |stripe: &Stripe| {
        let Stripe { start, end, colour } = *stripe;
        let hue = hue(colour, contrast * GREY / 100);
        let [first, second, third] = colour;
        Bar {
            span: (start, end),
            levels: (first.min(second).min(third), first.max(second).max(third)),
            brightness: colour.iter().sum(),
            hue,
        }
    };
    let mut bars: Vec<Bar> = stripes.iter().map(bar).collect();
    let from_left = longest_run_in_order(&bars, false);
    bars.reverse();
    from_left.max(longest_run_in_order(&bars, true))
}

/// A stripe that may be a bar.
struct Bar {
    /// The first strip, and the one after the last.
    span: (usize, usize),
    /// The lowest and the highest of red, green and blue.
    levels: (i16, i16),
    /// Red, green and blue together.
    brightness: i16,
    /// In degrees; `None` for a grey.
    hue: Option<f32>,
}

/// The hue of a colour in degrees (0 is red, 120 green); `None` if its channels differ by less than
/// `grey`.
fn hue([red, green, blue]: [i16; 3], grey: i16) -> Option<f32> {
    let range = red.max(green).max(blue) - red.min(green).min(blue);
    if range < grey.max(1) {
        return None;
    }
    let [red, green, blue] = [red, green, blue].map(f32::from);
    let across = red - f32::midpoint(green, blue);
    let up = (green - blue) * 3.0_f32.sqrt() / 2.0;
    Some(up.atan2(across).to_degrees())
}

/// How far apart two angles are, in degrees (0-180).
fn angle_between(one: f32, other: f32) -> f32 {
    let difference = (one - other).rem_euclid(360.0);
    difference.min(360.0 - difference)
}

fn longest_run_in_order(bars: &[Bar], is_mirrored: bool) -> Run {
    let mut longest = Run::default();
    for first in 0..bars.len() {
        for position in 0..HUES.len() - 1 {
            for direction in [1.0, -1.0] {
                longest = longest.max(run_from(bars, is_mirrored, (first, position, direction)));
            }
        }
    }
    longest
}

/// The bars that begin with the `first` one as the colour in this `position` of [`HUES`]. With a
/// `direction` of -1, all steps from hue to hue are reversed.
fn run_from(
    bars: &[Bar],
    is_mirrored: bool,
    (first, position, direction): (usize, usize, f32),
) -> Run {
    let mut coloured = 0;
    for (pair, steps) in bars[first..].windows(2).zip(HUES[position..].windows(2)) {
        let [previous, bar] = pair else { break };
        let (Some(from), Some(to)) = (previous.hue, bar.hue) else { break };
        let expected = from + direction * (steps[1] - steps[0]);
        if angle_between(to, expected) > MAX_STEP_ERROR || !are_neighbours(previous, bar) {
            break;
        }
        coloured += 1;
    }
    coloured += 1;
    let run = &bars[first..first + coloured];
    let has_white = position == 0
        && first > 0
        && bars[first - 1].hue.is_none()
        && are_neighbours(&bars[first - 1], &run[0])
        && bars[first - 1].brightness > run[0].brightness;
    let colours = coloured + usize::from(has_white);
    let is_darkening = run[0].brightness > run[coloured - 1].brightness;
    let may_be_altered = has_white
        && colours >= MIN_ALTERED_COLOURS
        && (!is_mirrored || is_darkening || have_hues(run, position, MAX_MIRRORED_TURN));
    if colours >= MIN_COLOURS && (may_be_altered || is_unaltered(run, position)) {
        Run { colours, has_white }
    } else {
        Run::default()
    }
}

/// Whether bars, of which the first is the colour in this `position` of [`HUES`], have the right
/// hues, and two levels.
fn is_unaltered(bars: &[Bar], position: usize) -> bool {
    let range = |value: fn(&Bar) -> i16| {
        let (lowest, highest) = (bars.iter().map(value).min(), bars.iter().map(value).max());
        (lowest.unwrap_or(0), highest.unwrap_or(0))
    };
    let (low, high) = (range(|bar| bar.levels.0), range(|bar| bar.levels.1));
    let tolerance = (high.1 - low.0) * MAX_LEVEL_ERROR / 100;
    have_hues(bars, position, MAX_HUE_ERROR)
        && low.1 - low.0 <= tolerance
        && high.1 - high.0 <= tolerance
}

/// Whether bars have the canonical hues from this `position` on, give or take so many degrees.
fn have_hues(bars: &[Bar], position: usize, most: f32) -> bool {
    let has_hue =
        |(bar, &hue): (&Bar, &f32)| bar.hue.is_some_and(|own| angle_between(own, hue) <= most);
    bars.iter().zip(&HUES[position..]).all(has_hue)
}

/// Whether nothing but a mixture of both is between two bars.
fn are_neighbours(one: &Bar, other: &Bar) -> bool {
    let gap = one.span.0.max(other.span.0) - one.span.1.min(other.span.1);
    gap <= MAX_EDGE_STRIPS
}
