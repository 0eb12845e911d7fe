//! Replaying stills or videos through the same decoding and judging as in the functions.
//!
//! Folders, files or addresses and [`Thresholds`] enter; a report leaves, as text or as JSON and as
//! a page of HTML, with a score if the stills are labelled. It is for operators who tune set times
//! on their own pictures, and for tests; it is not part of the deployed functions.
//!
//! In reading order: `arguments`, `sequence`; `input`, `manifest` and `recording` find the
//! sequences, `known` the known stills; `video` with `mjpeg` takes stills of a video; `play`,
//! `score`, `report`; `text` with `table`, and `json` write it, and `album` and `page` show its
//! pictures.

mod album;
mod arguments;
mod input;
mod json;
mod known;
mod manifest;
mod mjpeg;
mod page;
mod play;
mod recording;
mod report;
mod score;
mod sequence;
mod table;
mod text;
mod video;

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use thiserror::Error;

pub use self::{
    arguments::{Arguments, Command, Format, HELP, UsageError},
    input::sequences,
    play::{JudgedStill, Played, RaisedIncident, play},
    recording::{Header, RecordedOutcome, RecordedSample, RecordedTime, SAMPLES_FILE},
    report::Report,
    score::{Score, Tally, score},
    sequence::{LabelledRun, Sequence, Stills},
    text::position,
    video::Video,
};
use crate::judge::Thresholds;

/// Why something could not be replayed.
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
    #[error(
        "`{path}` has neither a manifest.json nor any .jpg, .jpeg or video, and is no recording"
    )]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// A video cannot be read without ffmpeg.
    #[error(
        "ffmpeg was not found on PATH: videos need it (`apt-get install ffmpeg`, \
         `brew install ffmpeg`, https://ffmpeg.org); folders of stills do not"
    )]
    NoFfmpeg,
    /// ffmpeg is there and could not be started.
    #[error("failed to start ffmpeg: {0}")]
    Ffmpeg(io::Error),
    /// A file or stream without pictures.
    #[error("`{name}` has no video")]
    NoVideo {
        /// The file or address.
        name: String,
    },
    /// No still could be taken of a video.
    #[error("failed to read `{name}` with ffmpeg: {problem}")]
    Video {
        /// The file or address.
        name: String,
        /// The last message of ffmpeg.
        problem: String,
    },
    /// The page of HTML could not be written.
    #[error("failed to write `{path}`: {source}")]
    Page {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file cannot be a known still.
    #[error("`{path}` can't be a known still: {reason}")]
    Known {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The report could not be written.
    #[error("failed to write the report: {0}")]
    Write(#[from] io::Error),
}

/// Follows a replay, and can end it.
pub trait Observer {
    /// The replay begins with these sequences.
    fn begins(&mut self, _sequences: &[Sequence]) {}

    /// A still was judged.
    fn judged(&mut self, sequence: &Sequence, still: &JudgedStill<'_>);

    /// Whether to stop. It is asked before each file and after each still of a video.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Nobody follows.
impl Observer for () {
    fn judged(&mut self, _: &Sequence, _: &JudgedStill<'_>) {}
}

/// Replays what the arguments name and writes the report to `out`. If the observer stops it, the
/// report has what was judged until then, without the labelled sequence that was not finished.
///
/// # Errors
/// [`ReplayError`] if a file is missing or invalid, if ffmpeg is missing or finds no video, or if
/// the report cannot be written. A still that cannot be decoded is not an error: its condition is
/// `unknown`.
pub fn run(
    arguments: &Arguments,
    thresholds: &Thresholds,
    out: &mut impl Write,
    observer: &mut impl Observer,
) -> Result<Tally, ReplayError> {
    // Created first, so that a wrong name is known before hours of video are replayed.
    let page = arguments.report.as_deref().map(create).transpose()?;
    let sequences = input::named(arguments)?;
    let known_stills = match &arguments.known {
        Some(folder) => known::known_stills(folder)?,
        None => thresholds.known_stills.clone(),
    };
    observer.begins(&sequences);
    let mut budget = if page.is_some() { page::PICTURE_BYTES } else { 0 };
    let mut reports = Vec::new();
    for sequence in sequences {
        if observer.is_stopped() {
            break;
        }
        let known_stills = known_stills.clone();
        let thresholds = Thresholds { known_stills, ..sequence.thresholds(thresholds) };
        let mut album = album::Album::new(observer, budget);
        let played = play(&sequence, &thresholds, &mut album)?;
        let pictures = album.into_pictures();
        budget -= pictures.bytes();
        if sequence.is_labelled() && sequence.stills.count() != Some(played.conditions.len()) {
            break;
        }
        let score = score(&sequence, &played, &thresholds);
        reports.push(Report { sequence, played, score, pictures });
    }
    match arguments.format {
        Format::Text => text::write(&reports, thresholds, out)?,
        Format::Json => json::write(&reports, out)?,
    }
    if let (Some(mut page), Some(path)) = (page, &arguments.report) {
        let written = page::write(&reports, thresholds, &mut page).and_then(|()| page.flush());
        written.map_err(|source| ReplayError::Page { path: path.clone(), source })?;
    }
    Ok(reports.iter().map(Report::tally).sum())
}

fn create(path: &Path) -> Result<BufWriter<File>, ReplayError> {
    let file = File::create(path);
    file.map(BufWriter::new).map_err(|source| ReplayError::Page { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
