//! The command line of `replay`.
//!
//! Arguments enter, a [`Command`] leaves, or what is wrong with them.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use lexopt::prelude::{Long, Short, Value, ValueExt};
use thiserror::Error;

/// What `--help` prints.
pub const HELP: &str = "\
Decodes and judges JPEG stills from a folder exactly as the monitor does.

Usage: replay FOLDER [--step SECONDS] [--json]

  FOLDER           a folder of .jpg files, replayed in the order of their names,
                   or a folder with a manifest.json of labelled sequences, or
                   a recording of a running account, with times of its own
  --step SECONDS   time between two stills, 10 by default; overrides the step
                   that a manifest gives for each sequence
  --json           print JSON instead of text
  -h, --help       print this help

Set and clear times, in seconds, are read from the monitor's environment
variables: FROZEN_AFTER, BLACK_AFTER, BARS_AFTER, FLAT_AFTER, NO_PICTURE_AFTER,
REPEATING_AFTER, FROZEN_BACKGROUND_AFTER, PARTIAL_AFTER, CLEAR_AFTER. START_GRACE
counts in a recording; otherwise the feed is assumed to have been running before
the first still.

Exit codes:
  0  nothing was missed and there was no false alarm, or the stills are not
     labelled
  1  a fault was missed, or there was a false alarm
  2  the stills could not be replayed
";

/// The default of `--step`, which is also the default of `DETECTION_INTERVAL`.
const DEFAULT_STEP: Duration = Duration::from_secs(10);

/// How the report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with tables, for people.
    Text,
    /// One JSON object.
    Json,
}

/// What to replay, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The folder of stills.
    pub folder: PathBuf,
    /// Time between two stills; `None` for the manifest's, or else the default.
    pub step: Option<Duration>,
    /// How the report is printed.
    pub format: Format,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Replay stills.
    Replay(Arguments),
}

/// An invalid command line.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UsageError {
    /// An option that is unknown, lacks its value or has an unexpected one.
    #[error("{0}")]
    Option(#[from] lexopt::Error),
    /// There is no folder argument.
    #[error("no folder given; usage: `replay FOLDER`, and `replay --help` for more")]
    NoFolder,
    /// The value of `--step` is not a number within the range.
    #[error("--step accepts seconds from 0.1 to 86400, not `{0}`")]
    Step(String),
}

impl Arguments {
    /// `step`, or else the default.
    #[must_use]
    pub fn step_or_default(step: Option<Duration>) -> Duration {
        step.unwrap_or(DEFAULT_STEP)
    }
}

impl Command {
    /// Parses the command line, without the program's name.
    ///
    /// # Errors
    /// [`UsageError`], which names the invalid part.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut folder = None;
        let mut step = None;
        let mut format = Format::Text;
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("json") => format = Format::Json,
                Long("step") => step = Some(parse_step(&parser.value()?.string()?)?),
                Value(value) if folder.is_none() => folder = Some(PathBuf::from(value)),
                other => return Err(other.unexpected().into()),
            }
        }
        let Some(folder) = folder else { return Err(UsageError::NoFolder) };
        Ok(Self::Replay(Arguments { folder, step, format }))
    }
}

fn parse_step(text: &str) -> Result<Duration, UsageError> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.1..=86_400.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(UsageError::Step(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, UsageError> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_folder_is_enough() {
        let expected = Arguments { folder: "stills".into(), step: None, format: Format::Text };
        assert_eq!(parse("stills").expect("is valid"), Command::Replay(expected));
    }

    #[test]
    fn options_may_precede_and_follow_the_folder() {
        let step = Some(Duration::from_secs(2));
        let expected = Arguments { folder: "stills".into(), step, format: Format::Json };
        assert_eq!(parse("--json stills --step 2").expect("is valid"), Command::Replay(expected));
    }

    #[test]
    fn help_needs_no_folder() {
        assert_eq!(parse("--help").expect("is valid"), Command::Help);
    }

    #[test]
    fn an_invalid_command_line_is_rejected_with_the_invalid_part() {
        assert!(parse("").expect_err("is rejected").to_string().contains("no folder"));
        assert!(parse("a b").expect_err("is rejected").to_string().contains('b'));
        assert!(parse("a --stpe 2").expect_err("is rejected").to_string().contains("--stpe"));
        assert!(parse("a --step nan").expect_err("is rejected").to_string().contains("nan"));
        assert!(parse("a --step 0").expect_err("is rejected").to_string().contains("from 0.1"));
    }
}
