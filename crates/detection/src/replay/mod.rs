//! Replaying stills from a folder through the same decoding and judging as in the functions.
//!
//! A folder and [`Thresholds`] enter; a report leaves, as text or as JSON, with a score if the
//! stills are labelled. It is for operators who tune set times on their own pictures, and for
//! tests; it is not part of the deployed functions.
//!
//! In reading order: `arguments`, `manifest`, `recording`, `play`, `score`, `report`; `text` with
//! `table`, and `json`, write it.

mod arguments;
mod json;
mod manifest;
mod play;
mod recording;
mod report;
mod score;
mod table;
mod text;

use std::{
    io::{self, Write},
    path::PathBuf,
};

use thiserror::Error;

pub use self::{
    arguments::{Arguments, Command, Format, HELP, UsageError},
    manifest::{LabelledRun, Sequence, sequences},
    play::{Played, RaisedIncident, play},
    recording::{Header, RecordedOutcome, RecordedSample, RecordedTime, SAMPLES_FILE},
    report::Report,
    score::{Score, Tally, score},
};
use crate::judge::Thresholds;

/// Why a folder could not be replayed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A file or folder could not be read.
    #[error("failed to read `{path}`: {source}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The manifest is not JSON, or lacks something.
    #[error("failed to parse `{path}`: {source}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// An entry of the manifest contradicts itself.
    #[error("sequence `{sequence}`: {problem}")]
    Sequence {
        /// The name of the sequence.
        sequence: String,
        /// The contradiction.
        problem: String,
    },
    /// A line of a recording is invalid.
    #[error("`{path}`, line {line}: {problem}")]
    Recording {
        /// The list of samples.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// There is nothing to replay in the folder.
    #[error("`{path}` has neither a manifest.json nor any .jpg or .jpeg file, and is no recording")]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// The report could not be written.
    #[error("failed to write the report: {0}")]
    Write(#[from] io::Error),
}

/// Replays the stills that the arguments name and writes the report to `out`. `progress` is called
/// after each still with the number of stills that are done and the number of all.
///
/// # Errors
/// [`ReplayError`] if a file is missing or invalid. A still that cannot be decoded is not an error:
/// its condition is `unknown`.
pub fn run(
    arguments: &Arguments,
    thresholds: &Thresholds,
    out: &mut impl Write,
    mut progress: impl FnMut(usize, usize),
) -> Result<Tally, ReplayError> {
    let sequences = sequences(&arguments.folder, arguments.step)?;
    let total = sequences.iter().map(|sequence| sequence.stills.len()).sum();
    let mut done = 0;
    let mut reports = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        let thresholds = sequence.thresholds(thresholds);
        let played = play(&sequence, &thresholds, |_| {
            done += 1;
            progress(done, total);
        })?;
        let score = score(&sequence, &played, &thresholds);
        reports.push(Report { sequence, played, score });
    }
    match arguments.format {
        Format::Text => text::write(&reports, thresholds, out)?,
        Format::Json => json::write(&reports, out)?,
    }
    Ok(reports.iter().map(|report| report.score.tally()).sum())
}

#[cfg(test)]
mod tests;
