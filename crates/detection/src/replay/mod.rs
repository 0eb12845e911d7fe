//! Replaying stills: the same decoding and judging as in the Lambda, over pictures in a folder.
//!
//! A folder and [`Thresholds`] enter; a report leaves, as text for people or as JSON, with a score where the
//! stills are labelled. It is for operators who tune the set times on pictures of their own, and for the
//! tests. It never calls AWS, reads no settings itself, and is not part of the deployed functions.

mod arguments;
mod manifest;
mod play;
mod print;
mod report;
mod score;

#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::PathBuf;

use thiserror::Error;

pub use arguments::{Arguments, Format, HELP, Command, UsageError};
pub use manifest::{Run, Sequence};
pub use play::{Played, RaisedIncident, play};
pub use report::Report;
pub use score::{Score, Tally, score};

use crate::judge::Thresholds;

/// Why a folder could not be replayed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A file or folder that could not be read.
    #[error("failed to read `{path}`: {source}")]
    Read {
        /// What was read.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A manifest that is not what it should be.
    #[error("failed to understand `{path}`: {source}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A manifest whose parts don't fit together.
    #[error("sequence `{sequence}`: {problem}")]
    Sequence {
        /// Its name.
        sequence: String,
        /// What doesn't fit.
        problem: String,
    },
    /// A folder without anything to replay.
    #[error("`{path}` holds neither a manifest.json nor any .jpg or .jpeg file")]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// The report could not be written.
    #[error("failed to write the report: {0}")]
    Write(#[from] io::Error),
}

/// Replays what the arguments name and writes the report to `out`; `progress` is told how far it is.
///
/// # Errors
/// [`ReplayError`], where a file is missing or is not what it should be. A picture that cannot be decoded is
/// no error: it is an `unknown` still.
pub fn run(
    arguments: &Arguments,
    thresholds: &Thresholds,
    out: &mut impl Write,
    mut progress: impl FnMut(usize, usize),
) -> Result<Tally, ReplayError> {
    let sequences = manifest::sequences(&arguments.folder, arguments.step)?;
    let total = sequences.iter().map(|sequence| sequence.stills.len()).sum();
    let mut done = 0;
    let mut reports = Vec::with_capacity(sequences.len());
    for sequence in sequences {
        let thresholds = Thresholds { longest_gap: Thresholds::gap_for(sequence.step), ..thresholds.clone() };
        let played = play(&sequence, &thresholds, |_| {
            done += 1;
            progress(done, total);
        })?;
        let score = score(&sequence, &played, &thresholds);
        reports.push(Report { sequence, played, score });
    }
    match arguments.format {
        Format::Text => print::text(&reports, thresholds, out)?,
        Format::Json => print::json(&reports, out)?,
    }
    Ok(reports.iter().map(|report| report.score.tally()).sum())
}
