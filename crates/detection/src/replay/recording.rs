//! Recordings: what a source showed over time, sample by sample, with the samples that have no
//! picture.
//!
//! Samples leave as lines of text, and come back from a folder as [`Sequence`]s. A recording is a
//! folder with one subfolder for each feed. That holds the thumbnails as they came and
//! [`SAMPLES_FILE`]: a [`Header`] on the first line, then a [`RecordedSample`] on each line, in
//! order of time, all as JSON. A last line that has no end is ignored: whoever wrote it was
//! interrupted.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::{ReplayError, Sequence, Stills};
use crate::{
    judge::{Observation, SampleTime, Thresholds},
    picture::{STILL_PIXELS, THUMBNAIL_PIXELS},
};

/// The name of the file that lists the samples of a feed.
pub const SAMPLES_FILE: &str = "samples.jsonl";

/// The first line of [`SAMPLES_FILE`]. Further members are for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name of the feed.
    pub feed: String,
    /// Seconds from one sample to the next, as planned.
    pub interval_s: u64,
}

/// A sample of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedSample {
    /// The slot for which it was taken.
    pub slot: RecordedTime,
    /// When it was taken.
    pub taken: RecordedTime,
    /// Whether the source was being started: faults count from the end of the grace.
    pub starting: bool,
    /// What it returned.
    #[serde(flatten)]
    pub outcome: RecordedOutcome,
}

/// What a sample returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RecordedOutcome {
    /// A thumbnail.
    Picture {
        /// The name of its file, in the folder of the feed.
        file: String,
        /// Its own time stamp, if it has one.
        stamp: Option<RecordedTime>,
    },
    /// The service responded that it has no thumbnail.
    NoPicture,
    /// Nothing that says anything about the source.
    Unknown {
        /// Why, for people.
        reason: String,
    },
}

/// A time, written in UTC with milliseconds, such as `2026-11-26T05:40:02.120Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordedTime(pub SystemTime);

impl From<RecordedTime> for String {
    fn from(time: RecordedTime) -> Self {
        humantime::format_rfc3339_millis(time.0).to_string()
    }
}

impl TryFrom<String> for RecordedTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let time = humantime::parse_rfc3339(&text);
        time.map(Self).map_err(|error| format!("`{text}` is not a time in UTC: {error}"))
    }
}

impl RecordedSample {
    /// The time stamp of its thumbnail, if it has both.
    pub(super) fn stamp(&self) -> Option<SystemTime> {
        match self.outcome {
            RecordedOutcome::Picture { stamp, .. } => stamp.map(|stamp| stamp.0),
            RecordedOutcome::NoPicture | RecordedOutcome::Unknown { .. } => None,
        }
    }

    /// What is observed if it has no picture.
    pub(super) fn without_picture(&self) -> Observation {
        match self.outcome {
            RecordedOutcome::Unknown { .. } => Observation::Unknown,
            RecordedOutcome::NoPicture | RecordedOutcome::Picture { .. } => Observation::NoPicture,
        }
    }

    /// The file of its thumbnail in this folder.
    fn path(&self, folder: &Path) -> Option<PathBuf> {
        match &self.outcome {
            RecordedOutcome::Picture { file, .. } => Some(folder.join(file)),
            RecordedOutcome::NoPicture | RecordedOutcome::Unknown { .. } => None,
        }
    }
}

impl Sequence {
    /// The thresholds for its interval. Samples of a recording came with the jitter of a monitor.
    #[must_use]
    pub fn thresholds(&self, thresholds: &Thresholds) -> Thresholds {
        let is_even = self.recorded.is_empty();
        Thresholds {
            longest_gap: Thresholds::gap_for(self.step),
            jitter: if is_even { thresholds.jitter } else { Thresholds::jitter_for(self.step) },
            ..thresholds.clone()
        }
    }

    /// The largest still that is read, in pixels: of a recording what the monitor reads.
    pub(super) fn largest_still(&self) -> usize {
        if self.recorded.is_empty() { STILL_PIXELS } else { THUMBNAIL_PIXELS }
    }

    /// The time of a still: for a recording as it was recorded, otherwise counted from 1970.
    pub(super) fn sample_time(&self, still: usize) -> SampleTime {
        match self.recorded.get(still) {
            Some(sample) => SampleTime { taken: sample.taken.0, slot: sample.slot.0 },
            None => (SystemTime::UNIX_EPOCH + self.even_time(still)).into(),
        }
    }
}

/// The recorded feeds of a folder, in the order of their names: its own one, or those of its
/// subfolders; empty if it is not a recording.
pub(super) fn recorded(
    folder: &Path,
    step: Option<Duration>,
) -> Result<Vec<Sequence>, ReplayError> {
    let read_error = |source| ReplayError::Read { path: folder.to_owned(), source };
    let mut folders = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).map_err(read_error)? {
        folders.push(entry.map_err(read_error)?.path());
    }
    folders.retain(|folder| folder.join(SAMPLES_FILE).is_file());
    folders.sort();
    if let (Some(first), Some(_)) = (folders.first(), step) {
        return Err(ReplayError::Recording {
            path: first.join(SAMPLES_FILE),
            line: 1,
            problem: "a recording has times of its own: omit --step".to_owned(),
        });
    }
    folders.iter().map(|folder| feed(folder)).collect()
}

fn feed(folder: &Path) -> Result<Sequence, ReplayError> {
    let path = folder.join(SAMPLES_FILE);
    let text = fs::read_to_string(&path)
        .map_err(|source| ReplayError::Read { path: path.clone(), source })?;
    let problem = |line: usize, problem: String| {
        let path = path.clone();
        ReplayError::Recording { path, line, problem }
    };
    let mut lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let header: Header = serde_json::from_str(lines.next().unwrap_or_default())
        .map_err(|error| problem(1, error.to_string()))?;
    let mut recorded = Vec::new();
    for (number, line) in (2..).zip(lines) {
        let sample: RecordedSample =
            serde_json::from_str(line).map_err(|error| problem(number, error.to_string()))?;
        if let RecordedOutcome::Picture { file, .. } = &sample.outcome
            && Path::new(file).file_name().is_none_or(|name| name != file.as_str())
        {
            return Err(problem(number, format!("`{file}` is not the name of a file")));
        }
        recorded.push(sample);
    }
    let files = recorded.iter().map(|sample| sample.path(folder)).collect();
    let step = Duration::from_secs(header.interval_s);
    Ok(Sequence { recorded, ..Sequence::unlabelled(header.feed, step, Stills::Files(files)) })
}
