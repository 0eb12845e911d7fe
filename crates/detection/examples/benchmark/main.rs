//! Compares the monitor's detection with ffmpeg's filters and with the AWS sample's number, on
//! labelled stills.
//!
//! Labelled sets enter, a Markdown table leaves, which docs/accuracy.md shows. Every detector sees
//! the same stills and has the same set times, except where its name gives other ones.
//!
//! ```sh
//! cargo run --release -p source-detection --example benchmark -- [FOLDER...]
//! ```
//!
//! Without a folder, the set of the repository is scored. Set times are read from the variables
//! that `replay` reads. ffmpeg must be on PATH.

mod detector;
mod ffmpeg;
mod quality_sum;

use std::{
    env,
    error::Error,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use source_detection::{
    replay::{Score, Sequence, score, sequences},
    variables::{Reader, SettingsError, environment},
};

use self::detector::Detector;

/// The set that lies in the repository.
const OWN_SET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stills");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("benchmark: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        folders.push(OWN_SET.into());
    }
    let mut variables = Reader::new(environment);
    let thresholds = variables.thresholds(Duration::ZERO);
    let thresholds = variables.finish(thresholds).map_err(SettingsError)?;
    let mut labelled = Vec::new();
    for folder in folders {
        labelled.extend(sequences(&folder, None)?);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "| detector | due | found | by name | false alarms |")?;
    writeln!(out, "|---|---:|---:|---:|---:|")?;
    for detector in Detector::ALL {
        let mut row = Row::default();
        for sequence in &labelled {
            let thresholds = sequence.thresholds(&thresholds);
            let played = detector.play(sequence, &thresholds)?;
            row.add(sequence, &score(sequence, &played, &thresholds));
        }
        let Row { due, found, named, false_alarms } = row;
        writeln!(out, "| {detector} | {due} | {found} | {named} | {false_alarms} |")?;
    }
    Ok(())
}

/// The counts of one detector.
#[derive(Default)]
struct Row {
    /// Faults that were due.
    due: usize,
    /// Those for which anything was raised.
    found: usize,
    /// Those that were raised under their own name.
    named: usize,
    /// Incidents where nothing was wrong. One that only has the wrong name is none.
    false_alarms: usize,
}

impl Row {
    fn add(&mut self, sequence: &Sequence, score: &Score) {
        let named = score.due - score.missed.len();
        self.due += score.due;
        self.named += named;
        self.found += named + score.misnamed;
        let healthy = |label: &str| label == "moving" || (label == "black" && sequence.short_black);
        let labels = score.false_alarms.iter().map(|(_, label)| label);
        self.false_alarms += labels.filter(|label| healthy(label)).count();
    }
}
