//! Which stills there are: a folder of pictures, or labelled sequences that a `manifest.json` names.
//!
//! A path enters, [`Sequence`]s leave, each with its stills in order of time. No picture is read here.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::{Arguments, ReplayError};

/// Stills of one feed, `step` apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The folder's name.
    pub name: String,
    /// Time between two stills.
    pub step: Duration,
    /// The files, in order of time; `None` where the manifest says that there was no picture.
    pub stills: Vec<Option<PathBuf>>,
    /// Labelled stretches; empty for stills without labels.
    pub runs: Vec<Run>,
    /// Black of at most 3 s inside a programme: labelled black, and never an incident.
    pub short_black: bool,
}

/// A stretch of one label.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// Index of its first still.
    pub first: usize,
    /// How many stills.
    pub count: usize,
    /// What the source was doing.
    pub label: String,
}

#[derive(Deserialize)]
struct Manifest {
    sequences: Vec<Entry>,
}

/// A sequence as the manifest has it. Keys that are only for people (`source`, `treatment`, ...) are passed
/// over.
#[derive(Deserialize)]
struct Entry {
    name: String,
    step_s: f64,
    labels: Vec<String>,
    runs: Vec<Run>,
    #[serde(default)]
    short_black: bool,
}

/// The label of a still for which no thumbnail was served: it has no file.
const NO_PICTURE: &str = "no_picture";

/// What is in a folder. `step` overrules the manifest.
pub(super) fn sequences(folder: &Path, step: Option<Duration>) -> Result<Vec<Sequence>, ReplayError> {
    let path = folder.join("manifest.json");
    if !path.exists() {
        return Ok(vec![plain(folder, Arguments::step_or_default(step))?]);
    }
    let text = fs::read(&path).map_err(|source| ReplayError::Read { path: path.clone(), source })?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|source| ReplayError::Manifest { path, source })?;
    manifest.sequences.into_iter().map(|entry| labelled(folder, entry, step)).collect()
}

fn labelled(folder: &Path, entry: Entry, step: Option<Duration>) -> Result<Sequence, ReplayError> {
    let problem = |problem: String| ReplayError::Sequence { sequence: entry.name.clone(), problem };
    let count = entry.labels.len();
    if let Some(run) = entry.runs.iter().find(|run| run.first.saturating_add(run.count) > count) {
        return Err(problem(format!(
            "a run of {} stills from {} on, and there are {count} labels",
            run.count, run.first
        )));
    }
    let own = Duration::try_from_secs_f64(entry.step_s).ok().filter(|step| !step.is_zero());
    let Some(step) = step.or(own) else {
        return Err(problem(format!("`step_s` is {}, which is no time between two stills", entry.step_s)));
    };
    let still = |(index, label): (usize, &String)| {
        (label != NO_PICTURE).then(|| folder.join(&entry.name).join(format!("{index:03}.jpg")))
    };
    let stills = entry.labels.iter().enumerate().map(still).collect();
    Ok(Sequence { stills, step, runs: entry.runs, short_black: entry.short_black, name: entry.name })
}

fn plain(folder: &Path, step: Duration) -> Result<Sequence, ReplayError> {
    let failed = |source| ReplayError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_jpeg = |ending: &std::ffi::OsStr| {
            ending.eq_ignore_ascii_case("jpg") || ending.eq_ignore_ascii_case("jpeg")
        };
        if path.extension().is_some_and(is_jpeg) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(ReplayError::Empty { path: folder.to_owned() });
    }
    files.sort();
    let name = folder
        .file_name()
        .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(Sequence {
        name,
        step,
        stills: files.into_iter().map(Some).collect(),
        runs: Vec::new(),
        short_black: false,
    })
}
