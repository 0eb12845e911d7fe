//! Known stills from a folder, for `--known`.

use std::{fs, path::Path, sync::Arc};

use super::ReplayError;
use crate::{
    judge::{KnownStill, KnownStills, StillName},
    picture::{Picture, STILL_PIXELS},
};

/// The `.jpg` and `.jpeg` files of a folder, each named for its file.
///
/// # Errors
/// A folder or a file that cannot be read, and a file that cannot be used as a known still.
pub(super) fn known_stills(folder: &Path) -> Result<KnownStills, ReplayError> {
    let read = |source| ReplayError::Read { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.extension().is_some_and(|extension| extension == "jpg" || extension == "jpeg") {
            paths.push(path);
        }
    }
    paths.sort();
    let stills = paths.iter().map(|path| known_still(path)).collect::<Result<Arc<[_]>, _>>()?;
    Ok(KnownStills::new([stills]))
}

fn known_still(path: &Path) -> Result<KnownStill, ReplayError> {
    let unusable = |reason: String| ReplayError::Known { path: path.to_owned(), reason };
    let jpeg =
        fs::read(path).map_err(|source| ReplayError::Read { path: path.to_owned(), source })?;
    let name = path.file_stem().and_then(|name| name.to_str()).and_then(StillName::new);
    let name = name.ok_or_else(|| unusable(format!("a name has {}", StillName::ACCEPTS)))?;
    let picture =
        Picture::decode_within(&jpeg, STILL_PIXELS).map_err(|error| unusable(error.to_string()))?;
    KnownStill::new(name, &picture).map_err(|error| unusable(error.to_string()))
}
