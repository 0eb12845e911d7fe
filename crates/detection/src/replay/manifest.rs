//! Labelled sequences, which a `manifest.json` lists.
//!
//! A folder enters, [`Sequence`]s leave, each with its stills in order of time. No picture is read
//! here.

use std::{fs, path::Path, time::Duration};

use serde::Deserialize;

use super::{LabelledRun, ReplayError, Sequence, Stills};
use crate::judge::Fault;

/// The file that makes a folder a labelled set.
pub(super) const MANIFEST: &str = "manifest.json";

/// The label of a still without a file: no thumbnail was available.
const NO_PICTURE: &str = "no_picture";

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

/// The sequences of a labelled set. `step` overrides the time between two stills in the manifest.
///
/// # Errors
/// [`ReplayError`] if the manifest cannot be read, or contradicts itself.
pub(super) fn sequences(
    folder: &Path,
    step: Option<Duration>,
) -> Result<Vec<Sequence>, ReplayError> {
    let path = folder.join(MANIFEST);
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
        stills: Stills::Files(stills),
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
