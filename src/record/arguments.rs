//! The command line of `record`.
//!
//! Words enter, a [`Command`] leaves, or what is wrong with them.

use std::{num::NonZeroU32, ops::RangeInclusive, path::PathBuf, time::Duration};

use thiserror::Error;

use crate::feed::is_channel_id;

/// What `--help` prints.
pub const HELP: &str = "\
Saves the thumbnails of a running account to a folder that `replay` reads.

  cargo run --release --example record -- --folder FOLDER

  --folder FOLDER        where to save them; new or empty
  --channel ID           a channel that runs; may be repeated. By default all that run, except those
                         with the tag source-monitor = off
  --for TIME             how long, such as 90s, 10m or 2h; from 1s to 7d, 10m by default
  --every TIME           from one sample of a feed to the next; whole seconds from 1s to 60s, 2s by
                         default
  --at-most SIZE         stops before the folder exceeds this, such as 500MB or 2GB; from 1MB to
                         1000GB, 1GB by default
  --calls-per-second N   DescribeThumbnails calls, from 1 to 40, 5 by default. The account has about
                         40, of which the monitor may make 20 and the picture wall 10
  -h, --help             print this help

Region, credentials and endpoints are those of the environment: AWS_REGION, AWS_PROFILE,
AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ... They need the permissions medialive:ListChannels and
medialive:DescribeThumbnails. Ctrl-C ends early and keeps what is there.

Exit codes:
  0  recorded for the whole time, or until Ctrl-C or the size ended it
  1  it could not begin or continue
  2  the command line is invalid
";

/// The range of `--for`: up to a week.
const LENGTH_RANGE: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(7 * 86_400);

/// The range of `--every`, in seconds. MediaLive renews a thumbnail every 2 s.
const INTERVAL_RANGE: RangeInclusive<u64> = 1..=60;

/// The range of `--at-most`, in bytes.
const SIZE_RANGE: RangeInclusive<u64> = MEGABYTE..=1_000 * GIGABYTE;

const MEGABYTE: u64 = 1_000_000;
const GIGABYTE: u64 = 1_000 * MEGABYTE;

/// The range of `--calls-per-second`: up to the account's quota.
const CALLS_RANGE: RangeInclusive<u32> = 1..=40;

/// The default of `--calls-per-second`: with the monitor's 20 and the multiviewer's 10 it leaves an
/// eighth of the account's quota to the console.
const CALLS_PER_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// What to record, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where to save it.
    pub folder: PathBuf,
    /// The identifiers of the channels; empty for all that run.
    pub channels: Vec<String>,
    /// How long.
    pub length: Duration,
    /// From one sample of a feed to the next, in whole seconds.
    pub interval: Duration,
    /// Bytes that the folder may have.
    pub at_most: u64,
    /// DescribeThumbnails calls a second.
    pub calls_per_second: NonZeroU32,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Record.
    Record(Options),
}

/// An invalid command line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum UsageError {
    /// A word that is no option.
    #[error("unknown argument `{0}`; --help lists the known ones")]
    Unknown(String),
    /// An option without its value.
    #[error("{0} takes a value; --help describes it")]
    NoValue(String),
    /// A value that an option does not accept.
    #[error("{option} accepts {accepts}, not `{value}`")]
    Value {
        /// The option.
        option: String,
        /// What it accepts.
        accepts: &'static str,
        /// What it was given.
        value: String,
    },
    /// There is no folder.
    #[error("no folder given: --folder FOLDER names a new or an empty one")]
    NoFolder,
}

impl Options {
    /// The defaults, with this folder.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            channels: Vec::new(),
            length: Duration::from_mins(10),
            interval: Duration::from_secs(2),
            at_most: GIGABYTE,
            calls_per_second: CALLS_PER_SECOND,
        }
    }
}

impl Command {
    /// Parses the command line, without the program's name.
    ///
    /// # Errors
    /// [`UsageError`], which names the invalid part and what is accepted.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let (mut options, mut folder) = (Options::new(PathBuf::new()), None);
        while let Some(option) = words.next() {
            let mut value = || words.next().ok_or_else(|| UsageError::NoValue(option.clone()));
            match option.as_str() {
                "-h" | "--help" => return Ok(Self::Help),
                "--folder" => folder = Some(PathBuf::from(value()?)),
                "--channel" => {
                    let accepts = "the id of a channel, up to 20 digits";
                    let is_id = |text: &str| is_channel_id(text).then(|| text.to_owned());
                    options.channels.push(parsed(&option, value()?, accepts, is_id)?);
                }
                "--for" => {
                    let accepts = "a time from 1s to 7d, such as 90s, 10m or 2h";
                    options.length = parsed(&option, value()?, accepts, length)?;
                }
                "--every" => {
                    let accepts = "whole seconds from 1s to 60s";
                    options.interval = parsed(&option, value()?, accepts, interval)?;
                }
                "--at-most" => {
                    let accepts = "a size from 1MB to 1000GB, such as 500MB or 2GB";
                    options.at_most = parsed(&option, value()?, accepts, size)?;
                }
                "--calls-per-second" => {
                    let accepts = "a whole number from 1 to 40";
                    options.calls_per_second = parsed(&option, value()?, accepts, calls)?;
                }
                _ => return Err(UsageError::Unknown(option)),
            }
        }
        let folder = folder.ok_or(UsageError::NoFolder)?;
        Ok(Self::Record(Options { folder, ..options }))
    }
}

fn parsed<T>(
    option: &str,
    value: String,
    accepts: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, UsageError> {
    parse(&value).ok_or_else(|| UsageError::Value { option: option.to_owned(), accepts, value })
}

fn length(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok().filter(|length| LENGTH_RANGE.contains(length))
}

fn interval(text: &str) -> Option<Duration> {
    let interval = humantime::parse_duration(text).ok()?;
    let is_whole = interval.subsec_nanos() == 0;
    (is_whole && INTERVAL_RANGE.contains(&interval.as_secs())).then_some(interval)
}

/// Bytes of a size in decimal units.
fn size(text: &str) -> Option<u64> {
    let (number, unit) = text
        .strip_suffix("MB")
        .map(|number| (number, MEGABYTE))
        .or_else(|| text.strip_suffix("GB").map(|number| (number, GIGABYTE)))?;
    let bytes = number.trim_end().parse::<u64>().ok()?.checked_mul(unit)?;
    SIZE_RANGE.contains(&bytes).then_some(bytes)
}

fn calls(text: &str) -> Option<NonZeroU32> {
    text.parse().ok().filter(|calls: &NonZeroU32| CALLS_RANGE.contains(&calls.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, UsageError> {
        Command::parse(line.split(' ').map(str::to_owned))
    }

    #[test]
    fn a_folder_is_enough() {
        let expected = Options::new("stills".into());
        assert_eq!(parse("--folder stills"), Ok(Command::Record(expected)));
    }

    #[test]
    fn every_option_is_read() {
        let line = "--channel 1001 --channel 1002 --for 1h --every 10s --at-most 20GB \
                    --calls-per-second 8 --folder stills";
        let expected = Options {
            folder: "stills".into(),
            channels: vec!["1001".to_owned(), "1002".to_owned()],
            length: Duration::from_mins(60),
            interval: Duration::from_secs(10),
            at_most: 20_000_000_000,
            calls_per_second: NonZeroU32::new(8).unwrap(),
        };
        assert_eq!(parse(line), Ok(Command::Record(expected)));
        assert_eq!(parse("--folder stills --help"), Ok(Command::Help));
    }

    #[test]
    fn an_invalid_command_line_is_rejected_with_the_invalid_part_and_what_is_accepted() {
        for (line, message) in [
            ("--for 1m", "no folder given: --folder FOLDER names a new or an empty one"),
            ("stills", "unknown argument `stills`; --help lists the known ones"),
            ("--folder", "--folder takes a value; --help describes it"),
            ("--channel a/b", "--channel accepts the id of a channel, up to 20 digits, not `a/b`"),
            ("--for 8d", "--for accepts a time from 1s to 7d, such as 90s, 10m or 2h, not `8d`"),
            ("--every 500ms", "--every accepts whole seconds from 1s to 60s, not `500ms`"),
            ("--every 61s", "--every accepts whole seconds from 1s to 60s, not `61s`"),
            (
                "--calls-per-second 0",
                "--calls-per-second accepts a whole number from 1 to 40, not `0`",
            ),
            (
                "--at-most 1",
                "--at-most accepts a size from 1MB to 1000GB, such as 500MB or 2GB, not `1`",
            ),
        ] {
            assert_eq!(parse(line).map_err(|error| error.to_string()), Err(message.to_owned()));
        }
        for size in ["0MB", "-1GB", "99999999999999999999GB", "1001GB", "1.5GB", "GB"] {
            assert!(parse(&format!("--folder a --at-most {size}")).is_err(), "{size}");
        }
    }
}
