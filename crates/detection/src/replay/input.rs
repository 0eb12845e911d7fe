//! What an argument of `replay` names: a folder of stills or videos, a recording, a video file, or
//! the address of a stream.
//!
//! Arguments enter, [`Sequence`]s leave. No picture is read here.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::Path,
    time::Duration,
};

use super::{
    Arguments, ReplayError, Sequence, Stills, Video,
    manifest::{self, MANIFEST},
    recording::recorded,
};

/// Extensions by which videos are found in a folder. A file that is named itself may have any.
const VIDEO_EXTENSIONS: [&str; 21] = [
    "3gp", "avi", "flv", "gxf", "m2ts", "m2v", "m3u8", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg",
    "mts", "mxf", "ogv", "ts", "vob", "webm", "wmv", "y4m",
];

/// Time between two stills of a folder that has no manifest: the default of `DETECTION_INTERVAL`.
const STILLS_STEP: Duration = Duration::from_secs(10);

/// Time between two stills of a video: MediaLive renews a thumbnail every 2 s.
const VIDEO_STEP: Duration = Duration::from_secs(2);

/// Everything that the arguments name, in their order.
///
/// # Errors
/// [`ReplayError`] for the first argument that names nothing that can be replayed.
pub(super) fn named(arguments: &Arguments) -> Result<Vec<Sequence>, ReplayError> {
    let mut sequences = Vec::new();
    for input in &arguments.inputs {
        let path = Path::new(input);
        if is_address(input) {
            sequences.push(video(without_secrets(input), input.clone(), arguments));
        } else if path.is_dir() {
            sequences.extend(folder(path, arguments)?);
        } else {
            sequences.push(video_file(path, arguments)?);
        }
    }
    Ok(sequences)
}

/// The sequences of a folder, with the defaults of everything but the time between two stills.
///
/// # Errors
/// [`ReplayError`] if a file is missing or invalid. No still is read.
pub fn sequences(path: &Path, step: Option<Duration>) -> Result<Vec<Sequence>, ReplayError> {
    folder(path, &Arguments { step, ..Arguments::default() })
}

/// A labelled set, or a recording, or else the stills and the videos that are in the folder.
fn folder(folder: &Path, arguments: &Arguments) -> Result<Vec<Sequence>, ReplayError> {
    if folder.join(MANIFEST).exists() {
        return manifest::sequences(folder, arguments.step);
    }
    let recorded = recorded(folder, arguments.step)?;
    if !recorded.is_empty() {
        return Ok(recorded);
    }
    let (mut stills, mut videos) = (Vec::new(), Vec::new());
    let read_error = |source| ReplayError::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(read_error)? {
        let path = entry.map_err(read_error)?.path();
        if has_extension(&path, &["jpg", "jpeg"]) {
            stills.push(path);
        } else if has_extension(&path, &VIDEO_EXTENSIONS) {
            videos.push(path);
        }
    }
    if stills.is_empty() && videos.is_empty() {
        return Err(ReplayError::Empty { path: folder.to_owned() });
    }
    stills.sort();
    videos.sort();
    let mut sequences = Vec::new();
    if !stills.is_empty() {
        let stills = Stills::Files(stills.into_iter().map(Some).collect());
        let step = arguments.step.unwrap_or(STILLS_STEP);
        sequences.push(Sequence::unlabelled(name_of(folder), step, stills));
    }
    for path in videos {
        sequences.push(video_file(&path, arguments)?);
    }
    Ok(sequences)
}

fn video_file(path: &Path, arguments: &Arguments) -> Result<Sequence, ReplayError> {
    // ffmpeg would say it too, but names the file as it is passed on.
    fs::metadata(path).map_err(|source| ReplayError::Read { path: path.to_owned(), source })?;
    let mut input = OsString::from("file:");
    input.push(path);
    Ok(video(name_of(path), input, arguments))
}

fn video(name: String, input: OsString, arguments: &Arguments) -> Sequence {
    let video = Video { input, qscale: arguments.qscale, length: arguments.length };
    Sequence::unlabelled(name, arguments.step.unwrap_or(VIDEO_STEP), Stills::Video(video))
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    extensions.iter().any(|one| extension.eq_ignore_ascii_case(one))
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Whether an argument has the form `scheme://...`.
fn is_address(input: &OsStr) -> bool {
    let text = input.to_string_lossy();
    text.split_once("://").is_some_and(|(scheme, _)| {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
        !scheme.is_empty() && scheme.chars().all(is_part)
    })
}

/// An address without user, password and query, because reports are handed on.
fn without_secrets(address: &OsStr) -> String {
    let address = address.to_string_lossy();
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(input: &str) -> Result<Vec<Sequence>, ReplayError> {
        named(&Arguments { inputs: vec![input.into()], ..Arguments::default() })
    }

    #[test]
    fn an_address_is_passed_on_as_it_is_and_shown_without_secrets() {
        let address = "rtmp://user:p%40ss@live.example:1935/app/a@b?key=secret#x";
        let sequences = of(address).expect("is valid");
        let [sequence] = &sequences[..] else { panic!("{sequences:?}") };
        assert_eq!(sequence.name, "rtmp://live.example:1935/app/a@b");
        let Stills::Video(video) = &sequence.stills else { panic!("{sequence:?}") };
        assert_eq!(video.input, address);
        assert_eq!((sequence.step, video.qscale, video.length), (VIDEO_STEP, 5, None));
    }

    #[test]
    fn a_colon_makes_no_address() {
        for input in ["a:b.mp4", "://x", "a b://x"] {
            let error = of(input).expect_err("does not exist");
            assert!(matches!(error, ReplayError::Read { .. }), "{error}");
        }
    }

    #[test]
    fn a_file_of_any_name_is_passed_on_as_a_path() {
        let sequences = of("Cargo.toml").expect("exists");
        let Stills::Video(video) = &sequences[0].stills else { panic!("{sequences:?}") };
        assert_eq!(video.input, "file:Cargo.toml");
        assert_eq!(sequences[0].name, "Cargo.toml");
    }

    #[test]
    fn extensions_are_compared_without_case() {
        assert!(has_extension("A.MXF".as_ref(), &VIDEO_EXTENSIONS));
        assert!(!has_extension("mxf".as_ref(), &VIDEO_EXTENSIONS));
    }
}
