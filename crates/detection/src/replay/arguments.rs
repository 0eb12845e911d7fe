//! The command line of `replay`.
//!
//! Arguments enter, a [`Command`] leaves, or what is wrong with them.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use lexopt::prelude::{Long, Short, Value, ValueExt};
use thiserror::Error;

/// What `--help` prints.
pub const HELP: &str = "\
Decodes and judges pictures exactly as the monitor does: stills from folders, or
videos, of which ffmpeg takes stills as MediaLive takes thumbnails of a source.

Usage: replay [OPTIONS] INPUT...

  INPUT            one of:
                   - a folder of .jpg files, replayed in the order of their names
                   - a folder with a manifest.json of labelled sequences
                   - a recording of a running account, with times of its own
                   - a folder of videos
                   - a video file, whatever ffmpeg reads
                   - an address that ffmpeg reads, such as https://.../x.m3u8,
                     rtmp://..., srt://... or udp://...

  --step SECONDS   time between two stills, 0.1 to 86400. By default 10 for a
                   folder of stills, 2 for a video; overrides the step that a
                   manifest gives for each sequence
  --for SECONDS    replay this much of each video, 0.1 to 31536000, in the time
                   of the video. A live stream ends with Ctrl-C too
  --qscale NUMBER  JPEG quantiser scale of the stills of a video, as ffmpeg's
                   -q:v: 2 (best) to 31 (worst), 5 by default
  --report FILE    also write a page that shows stills with their verdicts; the
                   name must end with .html, and the file is replaced
  --known FOLDER   a folder of .jpg files that are known stills: a source that
                   shows one is `slate`
  --json           print JSON instead of text
  -h, --help       print this help

A video needs the program ffmpeg on PATH. Its stills have 480x270 pixels, and
times are positions in the video.

Set and clear times, in seconds, are read from the monitor's environment
variables: FROZEN_AFTER, BLACK_AFTER, BARS_AFTER, FLAT_AFTER, NO_PICTURE_AFTER,
REPEATING_AFTER, FROZEN_BACKGROUND_AFTER, PARTIAL_AFTER, SLATE_AFTER,
CLEAR_AFTER. START_GRACE counts in a recording; otherwise the feed is assumed to
have been running before the first still.

Exit codes:
  0  nothing was missed and there was no false alarm, or the stills are not
     labelled
  1  a fault was missed, or there was a false alarm
  2  something could not be replayed, or not to its end
";

/// The default of `--qscale`.
const QSCALE: u8 = 5;

/// How the report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Text with tables, for people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// What to replay, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// Folders, files and addresses.
    pub inputs: Vec<OsString>,
    /// Time between two stills; `None` for the manifest's, or else the default.
    pub step: Option<Duration>,
    /// How much of each video is replayed; `None` for all of it.
    pub length: Option<Duration>,
    /// The quantiser scale of a video's stills, 2 to 31.
    pub qscale: u8,
    /// The page of HTML to write.
    pub report: Option<PathBuf>,
    /// A folder of known stills.
    pub known: Option<PathBuf>,
    /// How the report is printed.
    pub format: Format,
}

impl Default for Arguments {
    /// No input, and the default of each option.
    fn default() -> Self {
        Self {
            inputs: Vec::new(),
            step: None,
            length: None,
            qscale: QSCALE,
            report: None,
            known: None,
            format: Format::Text,
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Replay stills or videos.
    Replay(Arguments),
}

/// An invalid command line.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UsageError {
    /// An option that is unknown, lacks its value or has an unexpected one.
    #[error("{0}")]
    Option(#[from] lexopt::Error),
    /// There is no input.
    #[error(
        "no input given; usage: `replay FOLDER` or `replay VIDEO`, and `replay --help` for more"
    )]
    NoInput,
    /// The value of `--report` is the name of something else, which would be replaced.
    #[error("--report accepts a name that ends with .html, not `{0}`")]
    Report(String),
    /// The value of an option is not a number within the range.
    #[error("{option} accepts {accepts}, not `{value}`")]
    Number {
        /// The option.
        option: &'static str,
        /// What it accepts.
        accepts: String,
        /// The value.
        value: String,
    },
}

impl Command {
    /// Parses the command line, without the program's name.
    ///
    /// # Errors
    /// [`UsageError`], which names the invalid part.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut parsed = Arguments::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("json") => parsed.format = Format::Json,
                Long("known") => parsed.known = Some(PathBuf::from(parser.value()?)),
                Long("report") => parsed.report = Some(report(parser.value()?)?),
                Long("step") => {
                    parsed.step = Some(seconds("--step", 86_400, parser.value()?.string()?)?);
                }
                Long("for") => {
                    parsed.length = Some(seconds("--for", 31_536_000, parser.value()?.string()?)?);
                }
                Long("qscale") => parsed.qscale = qscale(parser.value()?.string()?)?,
                Value(value) if !value.is_empty() => parsed.inputs.push(value),
                other => return Err(other.unexpected().into()),
            }
        }
        if parsed.inputs.is_empty() { Err(UsageError::NoInput) } else { Ok(Self::Replay(parsed)) }
    }
}

/// Seconds from 0.1 to `most`, in whole milliseconds.
fn seconds(option: &'static str, most: u32, value: String) -> Result<Duration, UsageError> {
    match value.parse::<f64>() {
        Ok(seconds) if (0.1..=f64::from(most)).contains(&seconds) => {
            Ok(Duration::from_secs_f64((seconds * 1000.0).round() / 1000.0))
        }
        _ => Err(UsageError::Number {
            option,
            accepts: format!("seconds from 0.1 to {most}"),
            value,
        }),
    }
}

/// The name of a page. A recording that is named by mistake is not overwritten.
fn report(value: OsString) -> Result<PathBuf, UsageError> {
    let path = PathBuf::from(value);
    let is_page = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
    if is_page { Ok(path) } else { Err(UsageError::Report(path.to_string_lossy().into_owned())) }
}

fn qscale(value: String) -> Result<u8, UsageError> {
    let accepts = || "a whole number from 2 (best) to 31 (worst)".to_owned();
    let number = value.parse().ok().filter(|scale| (2..=31).contains(scale));
    number.ok_or_else(|| UsageError::Number { option: "--qscale", accepts: accepts(), value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, UsageError> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn an_input_is_enough() {
        let expected = Arguments { inputs: vec!["stills".into()], ..Arguments::default() };
        assert_eq!(parse("stills").expect("is valid"), Command::Replay(expected));
    }

    #[test]
    fn options_may_precede_and_follow_the_inputs() {
        let expected = Arguments {
            inputs: vec!["a.ts".into(), "-b.ts".into()],
            step: Some(Duration::from_secs(2)),
            length: Some(Duration::from_millis(1_500)),
            qscale: 12,
            report: Some("x.html".into()),
            known: Some("slates".into()),
            format: Format::Json,
        };
        let line =
            "--json a.ts --step 2 --for 1.5 --qscale=12 --report x.html --known slates -- -b.ts";
        assert_eq!(parse(line).expect("is valid"), Command::Replay(expected));
    }

    #[test]
    fn help_needs_no_input() {
        assert_eq!(parse("--help").expect("is valid"), Command::Help);
    }

    #[test]
    fn an_invalid_command_line_is_rejected_with_the_invalid_part() {
        for (line, part) in [
            ("", "no input"),
            ("a --stpe 2", "--stpe"),
            ("a --step nan", "--step accepts seconds from 0.1 to 86400, not `nan`"),
            ("a --step 0", "not `0`"),
            ("a --for 1e99", "--for accepts seconds from 0.1 to 31536000, not `1e99`"),
            (
                "a --qscale 1",
                "--qscale accepts a whole number from 2 (best) to 31 (worst), not `1`",
            ),
            ("a --qscale 32", "not `32`"),
            ("a --report", "--report"),
            ("--report a.ts b.ts", "--report accepts a name that ends with .html, not `a.ts`"),
        ] {
            let message = parse(line).expect_err("is rejected").to_string();
            assert!(message.contains(part), "{line}: {message}");
        }
        let empty = Command::parse(["".into()]).expect_err("is rejected");
        assert!(empty.to_string().contains("unexpected"), "{empty}");
    }
}
