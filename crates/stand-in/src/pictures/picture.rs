//! The pictures of the scenes: from a [`Picture`], which identifies a picture and its variant, to
//! pixels.
//!
//! There are finitely many pictures, so that each is drawn and encoded once. Knows neither channels
//! nor time.

use super::canvas::{Canvas, Font, HEIGHT, Rgb, WIDTH, mix, triangle};

/// Steps of the moving scene before it repeats.
pub(crate) const MOVING_STEPS: u8 = 32;
/// Noise variants of a scene that does not move; consecutive stills have different ones.
pub(crate) const NOISE_VARIANTS: u8 = 8;
/// Different landscapes, so that neighbouring channels differ.
pub(crate) const LANDSCAPES: u8 = 4;

/// Identifies one picture: equal values are drawn as equal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Picture {
    /// A step of the pan over a landscape.
    Moving { landscape: u8, step: u8 },
    /// One step of the pan with encoder noise.
    Frozen { landscape: u8, step: u8, noise: u8 },
    /// One step of the pan with encoder noise, behind a running clock.
    Clock { landscape: u8, step: u8, ticks: u8 },
    /// All pixels 0.
    Black,
    /// Black with source noise up to level 6.
    NoisyBlack { noise: u8 },
    /// SMPTE bars with encoder noise.
    Bars { noise: u8 },
    /// One colour with encoder noise.
    Flat { noise: u8 },
    /// A text card with encoder noise.
    Slate { noise: u8 },
    /// A step of the pan whose lower half is one colour.
    Partial { landscape: u8, step: u8 },
}

/// Amplitude of encoder noise on a frozen picture, in levels. The labelled stills with "light
/// noise" have 4 on the source.
const FREEZE_NOISE: u8 = 3;
const BARS_NOISE: u8 = 2;
const FLAT_NOISE: u8 = 1;
const FLAT_COLOUR: Rgb = [0, 71, 142];
/// Darker than anything in a landscape.
const LOST_COLOUR: Rgb = [16; 3];

/// Sky, sun, hills and ground of each landscape.
const PALETTES: [[Rgb; 4]; LANDSCAPES as usize] = [
    [[120, 170, 225], [250, 220, 120], [60, 110, 70], [150, 130, 90]],
    [[235, 150, 90], [255, 240, 190], [110, 60, 80], [80, 60, 70]],
    [[60, 80, 120], [200, 210, 230], [40, 60, 70], [110, 120, 130]],
    [[180, 205, 190], [230, 90, 70], [90, 140, 150], [190, 170, 140]],
];

/// Draws a picture.
pub(crate) fn draw(picture: Picture) -> Canvas {
    match picture {
        Picture::Moving { landscape, step } => moving(landscape, step),
        Picture::Frozen { landscape, step, noise } => {
            let mut canvas = moving(landscape, step);
            canvas.add_noise(u64::from(noise), FREEZE_NOISE);
            canvas
        }
        Picture::Clock { landscape, step, ticks } => clock(landscape, step, ticks),
        Picture::Black => Canvas::filled([0; 3]),
        Picture::NoisyBlack { noise } => {
            let mut canvas = Canvas::filled([3; 3]);
            canvas.add_noise(u64::from(noise), 3);
            canvas
        }
        Picture::Bars { noise } => bars(noise),
        Picture::Flat { noise } => {
            let mut canvas = Canvas::filled(FLAT_COLOUR);
            canvas.add_noise(u64::from(noise), FLAT_NOISE);
            canvas
        }
        Picture::Slate { noise } => slate(noise),
        Picture::Partial { landscape, step } => {
            let mut canvas = moving(landscape, step);
            canvas.rectangle((0, HEIGHT / 2), (WIDTH, HEIGHT), LOST_COLOUR);
            canvas
        }
    }
}

/// A pan over a landscape that discs and rectangles cross; the light changes from step to step.
fn moving(landscape: u8, step: u8) -> Canvas {
    let [sky, sun, hills, ground] = PALETTES[usize::from(landscape % LANDSCAPES)];
    let (step, seed) = (usize::from(step % MOVING_STEPS), u64::from(landscape) << 32);
    let pan = step * 53;
    let light = 70 + triangle(step * 11, 45);
    // Tests draw hundreds of these with little optimisation, so colours and the ridge come from
    // tables.
    let [sky, hills, ground] = [sky, hills, ground].map(|base| shade_table(base, light));
    let ridge: Vec<usize> = (pan / 2..)
        .take(WIDTH)
        .map(|x| 90 + triangle(x, 61) / 2 + triangle(x * 3, 47) / 3)
        .collect();
    let mut canvas = Canvas::painted(|x, y| {
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
        let colour = sun.map(|component| shade(component, 60 + 15 * n, 0));
        if n % 2 == 0 {
            canvas.disc((x, y), 18 + 5 * n, colour);
        } else {
            canvas.rectangle((x, y), (34 + 9 * n, 26), colour);
        }
    }
    canvas
}

/// The texture of ground and hills: a level from 0 to 63 for each patch.
fn texture(seed: u64, x: usize, y: usize) -> usize {
    usize::try_from(mix(seed ^ (x as u64) << 16 ^ y as u64) >> 58).unwrap_or(0)
}

/// A colour in this light (percent), with each of the 64 levels of texture added.
fn shade_table(base: Rgb, light: usize) -> Vec<Rgb> {
    (0..64).map(|grain| base.map(|component| shade(component, light, grain))).collect()
}

fn shade(component: u8, light: usize, grain: usize) -> u8 {
    u8::try_from((usize::from(component) * light / 100 + grain).min(255)).unwrap_or(255)
}

fn clock(landscape: u8, step: u8, ticks: u8) -> Canvas {
    let mut canvas = moving(landscape, step);
    canvas.add_noise(u64::from(ticks % NOISE_VARIANTS), FREEZE_NOISE);
    canvas.rectangle((WIDTH - 118, HEIGHT - 34), (106, 24), [16; 3]);
    let text = format!("12:{:02}:{:02}", ticks / 30, u32::from(ticks) * 2 % 60);
    canvas.text((WIDTH - 112, HEIGHT - 29), &text, &Font { dot: 2, colour: [235; 3] });
    canvas
}

/// 75 % bars in the order of SMPTE EG 1 and of EBU bars: W Y C G M R B.
const BARS: [Rgb; 7] = [
    [191, 191, 191],
    [191, 191, 0],
    [0, 191, 191],
    [0, 191, 0],
    [191, 0, 191],
    [191, 0, 0],
    [0, 0, 191],
];

fn bars(noise: u8) -> Canvas {
    let reversed = [BARS[6], [19; 3], BARS[4], [19; 3], BARS[2], [19; 3], BARS[0]];
    let bottom = [[0, 33, 76], [255; 3], [50, 0, 106], [19; 3], [9; 3], [19; 3], [29; 3]];
    let mut canvas = Canvas::painted(|x, y| {
        let column = x * 7 / WIDTH;
        match y {
            0..180 => BARS[column],
            180..202 => reversed[column],
            _ => bottom[column],
        }
    });
    canvas.add_noise(u64::from(noise), BARS_NOISE);
    canvas
}

fn slate(noise: u8) -> Canvas {
    let mut canvas = Canvas::filled([28, 32, 44]);
    canvas.rectangle((40, 60), (400, 6), [200, 60, 50]);
    canvas.text((78, 95), "BACK SOON", &Font { dot: 6, colour: [230; 3] });
    canvas.text((129, 170), "NEWS AT 10:00", &Font { dot: 3, colour: [170; 3] });
    canvas.rectangle((40, 214), (400, 6), [200, 60, 50]);
    canvas.add_noise(u64::from(noise), BARS_NOISE);
    canvas
}
