//! Measures the comparison of two feeds on labelled sequences: folders with a `manifest.json` as
//! `replay` reads them.
//!
//! Each living sequence is shown by two feeds, the second one later by up to 4 s and encoded anew
//! with noise: no mismatch may be raised. Each two sequences of different sources are shown by two
//! feeds: the time until the mismatch is raised is printed. A sequence is played forth and back for
//! half an hour.
//!
//! ```sh
//! cargo run --release -p source-detection --example pairs -- FOLDER…
//! ```

#![expect(clippy::print_stdout, reason = "printing is what it does")]

use std::{
    env,
    error::Error,
    fs,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use serde_json::Value;
use source_detection::{
    FeedState, Observation, Picture, Thresholds,
    judge::{Pair, SampleTime, Shown, Sketch},
};

/// How long two sequences are compared.
const PLAYED: u64 = 1_800;

/// JPEG quality and noise (levels to either side) of the second feed's thumbnails, in turn.
const ENCODINGS: [(f32, i32); 4] = [(15.0, 0), (30.0, 6), (60.0, 14), (95.0, 3)];

struct Sequence {
    name: String,
    source: String,
    /// Seconds between two stills.
    step: u64,
    /// Each still as it is, and encoded anew.
    stills: Vec<[Sketch; 2]>,
}

impl Sequence {
    /// The still that is shown at this second, forth and back.
    fn at(&self, second: u64, encoded_anew: bool) -> &Sketch {
        let number = usize::try_from(second / self.step).unwrap_or_default();
        let turn = 2 * self.stills.len() - 2;
        let place = number % turn;
        &self.stills[place.min(turn - place)][usize::from(encoded_anew)]
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut sequences = Vec::new();
    for folder in env::args().skip(1) {
        sequences.extend(living(Path::new(&folder))?);
    }
    println!("{} living sequences", sequences.len());
    for interval in [2_u64, 10] {
        let mut raised = 0;
        for one in sequences.iter().filter(|one| interval.is_multiple_of(one.step)) {
            for skew in (0..=4).step_by(usize::try_from(one.step)?) {
                if let Some(after) = mismatch(one, one, skew, interval) {
                    raised += 1;
                    println!("false: {} {skew} s later, after {after} s", one.name);
                }
            }
        }
        println!("sampled every {interval} s: {raised} false mismatches");
        differences(&sequences, interval);
    }
    Ok(())
}

/// How soon each two sequences are found to differ.
fn differences(sequences: &[Sequence], interval: u64) {
    let (mut times, mut never) = (Vec::new(), 0);
    for (number, one) in sequences.iter().enumerate() {
        for other in &sequences[number + 1..] {
            let is_sampled =
                interval.is_multiple_of(one.step) && interval.is_multiple_of(other.step);
            let is_other = one.source != other.source || one.source == "generated";
            if is_sampled && is_other {
                match mismatch(one, other, 0, interval) {
                    Some(after) => times.push(after),
                    None => never += 1,
                }
            }
        }
    }
    times.sort_unstable();
    let found = times.len();
    let at = |percent: usize| times.get(found * percent / 100).copied().unwrap_or_default();
    println!(
        "{found} pairs differ, half of them after {} s, 90 % after {} s; {never} are not told apart",
        at(50),
        at(90)
    );
}

/// After how many seconds the mismatch of two sequences is raised.
fn mismatch(one: &Sequence, other: &Sequence, skew: u64, interval: u64) -> Option<u64> {
    let (mut pair, mut state) = (Pair::default(), FeedState::new());
    let thresholds = Thresholds {
        longest_gap: Thresholds::gap_for(Duration::from_secs(interval)),
        ..Thresholds::default()
    };
    (0..PLAYED / interval).map(|round| round * interval).find(|&second| {
        let at = SampleTime::from(UNIX_EPOCH + Duration::from_secs(second));
        let shown = |sketch: &Sketch| Some(Shown { at, stamp: None, sketch: sketch.clone() });
        let later = other.at(second + 4 - skew, true);
        let comparison = pair.compare(at, [shown(one.at(second + 4, false)), shown(later)]);
        state.observe(at, Observation::Compared(comparison), &thresholds).raised.is_some()
    })
}

/// The living sequences of a folder.
fn living(folder: &Path) -> Result<Vec<Sequence>, Box<dyn Error>> {
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json"))?)?;
    let mut sequences = Vec::new();
    for entry in manifest["sequences"].as_array().into_iter().flatten() {
        let name = entry["name"].as_str().unwrap_or_default();
        let labels = entry["labels"].as_array().map(Vec::as_slice).unwrap_or_default();
        if labels.is_empty() || labels.iter().any(|label| label != "moving") {
            continue;
        }
        let mut stills = Vec::new();
        for number in 0..labels.len() {
            let jpeg = fs::read(folder.join(name).join(format!("{number:03}.jpg")))?;
            let anew = encode_anew(&jpeg, number)?;
            let sketch = |jpeg: &[u8]| Picture::decode(jpeg).map(|one| Sketch::of(&one.grid));
            stills.push([sketch(&jpeg)?, sketch(&anew)?]);
        }
        sequences.push(Sequence {
            name: name.to_owned(),
            source: entry["source"].as_str().unwrap_or("generated").to_owned(),
            step: entry["step_s"].as_u64().unwrap_or(2),
            stills,
        });
    }
    Ok(sequences)
}

/// The picture with noise, at another quality.
fn encode_anew(jpeg: &[u8], number: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    let (quality, noise) = ENCODINGS[number % ENCODINGS.len()];
    let mut picture = mozjpeg::Decompress::new_mem(jpeg)?.rgb()?;
    let (width, height) = (picture.width(), picture.height());
    let mut pixels: Vec<u8> = picture.read_scanlines()?;
    let mut random = 0x2545_F491_u32;
    for pixel in pixels.chunks_exact_mut(3) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let change = (random >> 8).cast_signed() % (noise + 1) - noise / 2;
        for level in pixel {
            *level = u8::try_from((i32::from(*level) + change).clamp(0, 255))?;
        }
    }
    let mut encoder = mozjpeg::Compress::new(mozjpeg::ColorSpace::JCS_RGB);
    encoder.set_size(width, height);
    encoder.set_quality(quality);
    let mut encoder = encoder.start_compress(Vec::new())?;
    encoder.write_scanlines(&pixels)?;
    Ok(encoder.finish()?)
}
