//! The AWS sample's way: the sum of three numbers of a picture, which stands still if the picture
//! does.
//!
//! JPEG files enter, incidents leave. The sample takes brightness, sharpness and contrast from
//! Rekognition, whose definitions are not published. These are numbers of the same kind, computed
//! from pixels as the stand-in for Rekognition in this repository does. So the result is that of a
//! replica: it shows what a sum of three numbers can tell, and not what Rekognition would return.

use std::error::Error;

use mozjpeg::Decompress;
use source_detection::{
    Fault, Thresholds,
    replay::{RaisedIncident, Sequence},
};

/// The mean difference between neighbouring pixels, in levels, that counts as sharpness 100.
const FULL_SHARPNESS: f64 = 40.0;

/// The incidents of a sequence: the sum has changed by at most `limit` from still to still for the
/// set time of a freeze.
pub(super) fn play(
    sequence: &Sequence,
    stills: &[Vec<u8>],
    limit: u32,
    thresholds: &Thresholds,
) -> Result<Vec<RaisedIncident>, Box<dyn Error>> {
    let mut incidents: Vec<RaisedIncident> = Vec::new();
    let (mut start, mut before, mut is_open) = (0, None, false);
    for (index, still) in stills.iter().enumerate() {
        let sum =
            sum(still).map_err(|error| format!("`{}`, still {index}: {error}", sequence.name))?;
        let time = sequence.time_of(index);
        if before.replace(sum).is_none_or(|before| sum.abs_diff(before) > limit) {
            start = index;
            if let Some(open) = incidents.last_mut().filter(|_| is_open) {
                open.clear = Some(time);
            }
            is_open = false;
        }
        let since = sequence.time_of(start);
        if !is_open && time >= since + thresholds.frozen_after {
            is_open = true;
            let fault = Fault::Frozen;
            incidents.push(RaisedIncident { fault, since, set: time, clear: None, evidence: None });
        }
    }
    Ok(incidents)
}

/// Brightness, sharpness and contrast, each from 0 to 100, added up and cut off to a whole number
/// as the sample does.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the sum is at most 300, and a thumbnail has few pixels"
)]
fn sum(jpeg: &[u8]) -> Result<u32, Box<dyn Error>> {
    let mut decoder = Decompress::new_mem(jpeg)?.grayscale()?;
    let luma: Vec<u8> = decoder.read_scanlines()?;
    let (width, count) = (decoder.width(), luma.len() as f64);
    let mean = luma.iter().map(|level| f64::from(*level)).sum::<f64>() / count;
    let squares = luma.iter().map(|level| (f64::from(*level) - mean).powi(2)).sum::<f64>();
    let difference = |one: &u8, other: &u8| f64::from(one.abs_diff(*other));
    let mut differences = 0.0;
    for row in luma.chunks_exact(width) {
        differences +=
            row.iter().zip(&row[1..]).map(|(one, other)| difference(one, other)).sum::<f64>();
    }
    differences +=
        luma.iter().zip(&luma[width..]).map(|(one, other)| difference(one, other)).sum::<f64>();
    let brightness = mean / 255.0 * 100.0;
    let sharpness = (differences / (2.0 * count) / FULL_SHARPNESS * 100.0).min(100.0);
    let contrast = ((squares / count).sqrt() / 127.5 * 100.0).min(100.0);
    Ok((brightness + sharpness + contrast) as u32)
}
