//! The scenes as pictures: from a [`Picture`] (which one, in which variant) to pixels.
//!
//! The set of all pictures is finite, so that each is drawn and encoded once. Knows nothing of channels or time.

use crate::pictures::canvas::{Canvas, HEIGHT, Rgb, WIDTH, mix, triangle};

/// How many stills the moving scene has before it comes round again.
pub(crate) const MOVES: u8 = 32;
/// How many variants of noise a still scene has; neighbours always differ.
pub(crate) const NOISES: u8 = 8;
/// How many different programmes there are, so that neighbouring channels don't show the same.
pub(crate) const LOOKS: u8 = 4;

/// Names one picture; equal names are equal pictures, to the byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Picture {
    /// A programme: a look, and how far it has gone.
    Moving { look: u8, step: u8 },
    /// One picture of a programme, encoded again.
    Frozen { look: u8, step: u8, noise: u8 },
    /// The same behind a running clock.
    Clock { look: u8, step: u8, ticks: u8 },
    /// All pixels 0.
    Black,
    /// Black with source noise up to level 6.
    NoisyBlack { noise: u8 },
    /// SMPTE bars.
    Bars { noise: u8 },
    /// One colour.
    Flat { noise: u8 },
    /// A text card.
    Slate { noise: u8 },
}

/// Levels of encoder noise on a frozen picture. "Light noise" in the labelled stills has 4 on the source.
const FREEZE_NOISE: u8 = 3;
const BARS_NOISE: u8 = 2;
const FLAT_NOISE: u8 = 1;
const FLAT_COLOUR: Rgb = [0, 71, 142];

/// Sky, sun, hills and ground of each look.
const PALETTES: [[Rgb; 4]; LOOKS as usize] = [
    [[120, 170, 225], [250, 220, 120], [60, 110, 70], [150, 130, 90]],
    [[235, 150, 90], [255, 240, 190], [110, 60, 80], [80, 60, 70]],
    [[60, 80, 120], [200, 210, 230], [40, 60, 70], [110, 120, 130]],
    [[180, 205, 190], [230, 90, 70], [90, 140, 150], [190, 170, 140]],
];

/// Draws it.
pub(crate) fn draw(picture: Picture) -> Canvas {
    match picture {
        Picture::Moving { look, step } => moving(look, step),
        Picture::Frozen { look, step, noise } => {
            let mut canvas = moving(look, step);
            canvas.noise(u64::from(noise), FREEZE_NOISE);
            canvas
        }
        Picture::Clock { look, step, ticks } => clock(look, step, ticks),
        Picture::Black => Canvas::of([0; 3]),
        Picture::NoisyBlack { noise } => {
            let mut canvas = Canvas::of([3; 3]);
            canvas.noise(u64::from(noise), 3);
            canvas
        }
        Picture::Bars { noise } => bars(noise),
        Picture::Flat { noise } => {
            let mut canvas = Canvas::of(FLAT_COLOUR);
            canvas.noise(u64::from(noise), FLAT_NOISE);
            canvas
        }
        Picture::Slate { noise } => slate(noise),
    }
}

/// A pan over a landscape with things crossing it; light and shade change from still to still.
fn moving(look: u8, step: u8) -> Canvas {
    let [sky, sun, hills, ground] = PALETTES[usize::from(look % LOOKS)];
    let (step, seed) = (usize::from(step % MOVES), u64::from(look) << 32);
    let pan = step * 53;
    let light = 70 + triangle(step * 11, 45);
    // Tests draw hundreds of these without optimisation, so what can be is looked up.
    let [sky, hills, ground] = [sky, hills, ground].map(|base| shades(base, light));
    let ridge: Vec<usize> =
        (pan / 2..).take(WIDTH).map(|x| 90 + triangle(x, 61) / 2 + triangle(x * 3, 47) / 3).collect();
    let mut canvas = Canvas::each(|x, y| {
        if y >= 165 {
            ground[texture(seed, (x + pan) / 11, y / 9)]
        } else if y < ridge[x] {
            sky[triangle((x + pan / 2) / 3 + y / 2, 24)]
        } else {
            hills[texture(seed, (x + pan / 2) / 5, y / 5)]
        }
    });
    for n in 0..5 {
        let x = (n * 113 + step * (31 + 17 * n)) % (WIDTH + 80);
        let y = 60 + (n * 47 + triangle(step * 13, 60)) % (HEIGHT - 100);
        let colour = sun.map(|part| shade(part, 60 + 15 * n, 0));
        if n % 2 == 0 {
            canvas.disc(x, y, 18 + 5 * n, colour);
        } else {
            canvas.block(x, y, 34 + 9 * n, 26, colour);
        }
    }
    canvas
}

/// A patch of ground or leaves: a level from 0 to 63.
fn texture(seed: u64, x: usize, y: usize) -> usize {
    usize::try_from(mix(seed ^ (x as u64) << 16 ^ y as u64) >> 58).unwrap_or(0)
}

/// A colour under this light, with every level of grain.
fn shades(base: Rgb, light: usize) -> Vec<Rgb> {
    (0..64).map(|grain| base.map(|part| shade(part, light, grain))).collect()
}

fn shade(part: u8, light: usize, grain: usize) -> u8 {
    u8::try_from((usize::from(part) * light / 100 + grain).min(255)).unwrap_or(255)
}

fn clock(look: u8, step: u8, ticks: u8) -> Canvas {
    let mut canvas = moving(look, step);
    canvas.noise(u64::from(ticks % NOISES), FREEZE_NOISE);
    canvas.block(WIDTH - 118, HEIGHT - 34, 106, 24, [16, 16, 16]);
    let text = format!("12:{:02}:{:02}", ticks / 30, u32::from(ticks) * 2 % 60);
    canvas.text(WIDTH - 112, HEIGHT - 29, 2, &text, [235; 3]);
    canvas
}

/// The order is that of SMPTE EG 1 and of EBU bars: W Y C G M R B, at 75 %.
const BARS: [Rgb; 7] =
    [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191]];

fn bars(noise: u8) -> Canvas {
    let castellations = [BARS[6], [19; 3], BARS[4], [19; 3], BARS[2], [19; 3], BARS[0]];
    let foot = [[0, 33, 76], [255; 3], [50, 0, 106], [19; 3], [9; 3], [19; 3], [29; 3]];
    let mut canvas = Canvas::each(|x, y| {
        let column = x * 7 / WIDTH;
        match y {
            0..180 => BARS[column],
            180..202 => castellations[column],
            _ => foot[column],
        }
    });
    canvas.noise(u64::from(noise), BARS_NOISE);
    canvas
}

fn slate(noise: u8) -> Canvas {
    let mut canvas = Canvas::of([28, 32, 44]);
    canvas.block(40, 60, 400, 6, [200, 60, 50]);
    canvas.text(78, 95, 6, "BACK SOON", [230; 3]);
    canvas.text(129, 170, 3, "NEWS AT 10:00", [170; 3]);
    canvas.block(40, 214, 400, 6, [200, 60, 50]);
    canvas.noise(u64::from(noise), BARS_NOISE);
    canvas
}
