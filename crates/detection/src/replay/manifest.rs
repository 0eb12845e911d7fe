//! Which stills a folder has: pictures without labels, or labelled sequences that a `manifest.json`
//! lists.
//!
//! A path enters, [`Sequence`]s leave, each with its stills in order of time. No picture is read
//! here.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;

use super::{Arguments, RecordedSample, ReplayError, recording::recorded};
use crate::judge::Fault;

/// The label of a still without a file: no thumbnail was available.
const NO_PICTURE: &str = "no_picture";

/// Stills of one feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The name of its folder.
    pub name: String,
    /// Time between two stills.
    pub step: Duration,
    /// The files, in order of time; `None` for a sample without a picture.
    pub stills: Vec<Option<PathBuf>>,
    /// Successive stills with the same label; empty if the stills are not labelled.
    pub runs: Vec<LabelledRun>,
    /// The sequence has black of at most 3 s, which is labelled black but must not be raised.
    pub short_black: bool,
    /// Faults that are as right as the one that the label names, or as none.
    pub accepted: Vec<Fault>,
    /// The samples of a recording, one for each still; empty for anything else.
    pub recorded: Vec<RecordedSample>,
}

/// Successive stills with the same label.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LabelledRun {
    /// Index of the first still.
    pub first: usize,
    /// How many stills.
    pub count: usize,
    /// What the source was doing.
    pub label: String,
}

impl Sequence {
    /// The time of a still, from the first one.
    #[must_use]
    pub fn time_of(&self, still: usize) -> Duration {
        let (first, this) = (self.sample_time(0), self.sample_time(still));
        this.taken.duration_since(first.taken).unwrap_or_default()
    }

    /// The time of a still, from the first one, if all are one step apart.
    pub(super) fn even_time(&self, still: usize) -> Duration {
        self.step.saturating_mul(u32::try_from(still).unwrap_or(u32::MAX))
    }
}

impl LabelledRun {
    /// Index of the last still.
    #[must_use]
    pub const fn last(&self) -> usize {
        (self.first + self.count).saturating_sub(1)
    }
}

#[derive(Deserialize)]
struct Manifest {
    sequences: Vec<Entry>,
}

/// A sequence as the manifest lists it. Other keys (`source`, `encode`, ...) are for people.
#[derive(Deserialize)]
struct Entry {
    name: String,
    step_s: f64,
    labels: Vec<String>,
    runs: Vec<LabelledRun>,
    #[serde(default)]
    short_black: bool,
    #[serde(default)]
    still_scene: bool,
    expect: Option<String>,
}

/// The sequences of a folder. `step` overrides the manifest.
///
/// # Errors
/// [`ReplayError`] if a file is missing or invalid. No still is read.
pub fn sequences(folder: &Path, step: Option<Duration>) -> Result<Vec<Sequence>, ReplayError> {
    let path = folder.join("manifest.json");
    if !path.exists() {
        let recorded = recorded(folder, step)?;
        if !recorded.is_empty() {
            return Ok(recorded);
        }
        return Ok(vec![unlabelled(folder, Arguments::step_or_default(step))?]);
    }
    let text =
        fs::read(&path).map_err(|source| ReplayError::Read { path: path.clone(), source })?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|source| ReplayError::Manifest { path, source })?;
    manifest.sequences.into_iter().map(|entry| labelled(folder, entry, step)).collect()
}

fn labelled(folder: &Path, entry: Entry, step: Option<Duration>) -> Result<Sequence, ReplayError> {
    let problem = |problem: String| ReplayError::Sequence { sequence: entry.name.clone(), problem };
    let labels = entry.labels.len();
    for LabelledRun { first, count, .. } in &entry.runs {
        if first.saturating_add(*count) > labels {
            return Err(problem(format!(
                "a run of {count} stills starts at still {first}, but there are {labels} labels"
            )));
        }
    }
    let own_step = Duration::try_from_secs_f64(entry.step_s).ok().filter(|step| !step.is_zero());
    let Some(step) = step.or(own_step) else {
        return Err(problem(format!("`step_s` must be more than 0 seconds, not {}", entry.step_s)));
    };
    let accepted = accepted(entry.expect.as_deref(), entry.still_scene).ok_or_else(|| {
        problem(
            "`expect` must be `fault by any name`, `either way` or names of faults such as `bars \
             or frozen`"
                .to_owned(),
        )
    })?;
    let mut stills = Vec::with_capacity(labels);
    for (index, label) in entry.labels.iter().enumerate() {
        let has_file = label != NO_PICTURE;
        let file = || folder.join(&entry.name).join(format!("{index:03}.jpg"));
        stills.push(has_file.then(file));
    }
    Ok(Sequence {
        name: entry.name,
        step,
        stills,
        runs: entry.runs,
        short_black: entry.short_black,
        accepted,
        recorded: Vec::new(),
    })
}

/// The faults that are accepted by a manifest's `expect`, or else for a scene that stands still;
/// `None` if `expect` is unknown.
pub(super) fn accepted(expect: Option<&str>, is_still_scene: bool) -> Option<Vec<Fault>> {
    match expect {
        Some("fault by any name" | "either way") => Some(Fault::ALL.to_vec()),
        Some(names) => names.split(" or ").map(Fault::named).collect(),
        None if is_still_scene => {
            Some(vec![Fault::Frozen, Fault::FrozenBackground, Fault::Repeating])
        }
        None => Some(Vec::new()),
    }
}

fn unlabelled(folder: &Path, step: Duration) -> Result<Sequence, ReplayError> {
    let read_error = |source| ReplayError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(read_error)? {
        let path = entry.map_err(read_error)?.path();
        if path.extension().is_some_and(is_jpeg_extension) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(ReplayError::Empty { path: folder.to_owned() });
    }
    files.sort();
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    let stills = files.into_iter().map(Some).collect();
    Ok(Sequence {
        name,
        step,
        stills,
        runs: Vec::new(),
        short_black: false,
        accepted: Vec::new(),
        recorded: Vec::new(),
    })
}

fn is_jpeg_extension(extension: &OsStr) -> bool {
    extension.eq_ignore_ascii_case("jpg") || extension.eq_ignore_ascii_case("jpeg")
}
