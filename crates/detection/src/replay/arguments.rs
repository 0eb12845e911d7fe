//! What is written after `replay` on the command line.
//!
//! Words enter, [`Arguments`] leave, or what is wrong with them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::{Long, Short, Value, ValueExt};
use thiserror::Error;

/// What `--help` prints.
pub const HELP: &str = "\
Replays thumbnails from a folder through the monitor's own decoding and judging.

Usage: replay FOLDER [--step SECONDS] [--json]

  FOLDER           a folder of .jpg files, taken in the order of their names, or
                   a folder with a manifest.json that names labelled sequences
  --step SECONDS   time between two stills; 10 if not said. A manifest says it
                   for each sequence, and --step then overrules it
  --json           print JSON instead of tables
  -h, --help       print this

Set and clear times come from the same environment variables as the monitor's,
in seconds: FROZEN_AFTER, BLACK_AFTER, BARS_AFTER, FLAT_AFTER, NO_PICTURE_AFTER,
CLEAR_AFTER. The feed counts as running since before the first still, so that
START_GRACE changes nothing here.

Exit code: 0 if nothing was missed and nothing raised wrongly (always 0 for
stills without labels), 1 if something was, 2 if it could not be replayed.
";

/// The default of `--step`: the default of `DETECTION_INTERVAL`.
const DEFAULT_STEP: Duration = Duration::from_secs(10);

/// How the report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables, for people.
    Text,
    /// One JSON object.
    Json,
}

/// What to replay, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The folder.
    pub folder: PathBuf,
    /// Time between two stills, if said.
    pub step: Option<Duration>,
    /// How the report is printed.
    pub format: Format,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// To print [`HELP`].
    Help,
    /// To replay.
    Replay(Arguments),
}

/// A command line that makes no sense.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UsageError {
    /// An option that is unknown, lacks its value or has one too many.
    #[error("{0}")]
    Option(#[from] lexopt::Error),
    /// No folder was named.
    #[error("which folder? `replay FOLDER`, and `replay --help` for more")]
    NoFolder,
    /// Zero or a negative number, or far too much.
    #[error("--step takes seconds from 0.1 to 86400, and was given `{0}`")]
    Step(String),
}

impl Arguments {
    /// The step of stills whose manifest doesn't say it.
    #[must_use]
    pub fn step_or_default(step: Option<Duration>) -> Duration {
        step.unwrap_or(DEFAULT_STEP)
    }
}

impl Command {
    /// Reads the command line, without the program's name.
    ///
    /// # Errors
    /// [`UsageError`], which says which part is wrong.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut parser = lexopt::Parser::from_args(words);
        let mut folder = None;
        let mut step = None;
        let mut format = Format::Text;
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("json") => format = Format::Json,
                Long("step") => step = Some(seconds(&parser.value()?.string()?)?),
                Value(value) if folder.is_none() => folder = Some(PathBuf::from(value)),
                other => return Err(other.unexpected().into()),
            }
        }
        let folder = folder.ok_or(UsageError::NoFolder)?;
        Ok(Self::Replay(Arguments { folder, step, format }))
    }
}

fn seconds(text: &str) -> Result<Duration, UsageError> {
    let seconds: Option<f64> = text.parse().ok().filter(|seconds| (0.1..=86_400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| UsageError::Step(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, UsageError> {
        Command::read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_folder_is_enough() {
        let expected = Arguments { folder: "stills".into(), step: None, format: Format::Text };
        assert_eq!(read("stills").expect("is understood"), Command::Replay(expected));
    }

    #[test]
    fn options_may_stand_anywhere() {
        let expected =
            Arguments { folder: "stills".into(), step: Some(Duration::from_secs(2)), format: Format::Json };
        assert_eq!(read("--json stills --step 2").expect("is understood"), Command::Replay(expected));
    }

    #[test]
    fn help_needs_no_folder() {
        assert_eq!(read("--help").expect("is understood"), Command::Help);
    }

    #[test]
    fn a_wrong_command_line_says_what_is_wrong() {
        assert!(read("").expect_err("is refused").to_string().contains("which folder?"));
        assert!(read("a b").expect_err("is refused").to_string().contains('b'));
        assert!(read("a --stpe 2").expect_err("is refused").to_string().contains("--stpe"));
        assert!(read("a --step nan").expect_err("is refused").to_string().contains("nan"));
        assert!(read("a --step 0").expect_err("is refused").to_string().contains("from 0.1"));
    }
}
