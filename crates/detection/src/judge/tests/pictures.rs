//! Pictures for tests, drawn in code and sent through a JPEG like a thumbnail: 480x270, quality 80.

use std::time::{Duration, SystemTime};

use jpeg_encoder::{ColorType, Encoder};

use crate::{
    judge::{FeedState, Observation, Thresholds, Verdict},
    picture::Picture,
};

const WIDTH: u16 = 480;
const HEIGHT: u16 = 270;

/// Draws a picture. `colour` returns red, green and blue at x and y; levels outside 0-255 are
/// clamped.
pub(super) fn draw(colour: impl Fn(f32, f32) -> [f32; 3]) -> Picture {
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to a byte"
            )]
            pixels.extend(
                colour(f32::from(x), f32::from(y)).map(|level| level.clamp(0.0, 255.0) as u8),
            );
        }
    }
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 80).encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb).expect("encodes");
    Picture::decode(&jpeg).expect("decodes")
}

/// The level of a detailed picture without repetition: waves of several lengths.
pub(super) fn scene(x: f32, y: f32) -> f32 {
    let waves = [
        (31.0, 47.0, 0.3),
        (83.0, 29.0, 1.1),
        (17.0, 113.0, 2.0),
        (191.0, 151.0, 0.7),
        (9.0, 13.0, 1.9),
    ];
    let sum: f32 = waves
        .iter()
        .map(|(across, down, phase)| 22.0 * (x / across + y / down + phase).sin())
        .sum();
    130.0 + sum
}

/// Noise of `strength` levels to either side, different in each `frame`.
pub(super) fn noise(x: f32, y: f32, frame: u16, strength: f32) -> f32 {
    let mixed = (x * 12.989_8 + y * 78.233 + f32::from(frame) * 37.719).sin() * 43_758.547;
    (mixed - mixed.floor() - 0.5) * 2.0 * strength
}

pub(super) fn grey(level: f32) -> [f32; 3] {
    [level; 3]
}

/// Whether x and y are in the rectangle of this left, top, width and height.
pub(super) fn inside(x: f32, y: f32, [left, top, width, height]: [f32; 4]) -> bool {
    (left..left + width).contains(&x) && (top..top + height).contains(&y)
}

/// The seven colours of EBU 75 % bars.
pub(super) fn bars(x: f32) -> [f32; 3] {
    const COLOURS: [[f32; 3]; 7] = [
        [191.0, 191.0, 191.0],
        [191.0, 191.0, 0.0],
        [0.0, 191.0, 191.0],
        [0.0, 191.0, 0.0],
        [191.0, 0.0, 191.0],
        [191.0, 0.0, 0.0],
        [0.0, 0.0, 191.0],
    ];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0-6")]
    COLOURS[(x * 7.0 / f32::from(WIDTH)) as usize]
}

/// Seconds after the start of the test.
pub(super) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
}

/// Short times, so that a test needs few pictures: 8 s for frozen, 4 s for all others.
pub(super) fn quick() -> Thresholds {
    let four = Duration::from_secs(4);
    Thresholds {
        frozen_after: Duration::from_secs(8),
        black_after: four,
        bars_after: four,
        flat_after: four,
        no_picture_after: four,
        clear_after: four,
        ..Thresholds::default()
    }
}

/// A picture whose time stamp is so many seconds after the start of the test.
pub(super) fn taken(seconds: u64, picture: Picture) -> Observation {
    Observation::Picture { picture, taken: Some(at(seconds)) }
}

/// Samples one picture at each of `times`, with that time as its time stamp.
pub(super) fn show(
    feed: &mut FeedState,
    thresholds: &Thresholds,
    times: impl IntoIterator<Item = u64>,
    pictures: impl IntoIterator<Item = Picture>,
) -> Vec<Verdict> {
    let samples = times.into_iter().zip(pictures);
    samples
        .map(|(time, picture)| feed.observe(at(time), taken(time, picture), thresholds))
        .collect()
}

/// Times from `first` on, every `step` seconds.
pub(super) fn every(step: usize, first: u64) -> impl Iterator<Item = u64> {
    (first..).step_by(step)
}
