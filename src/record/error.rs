//! Why a recording could not begin or continue.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

use crate::aws::{CallError, ErrorKind};

/// Why a recording could not begin or continue.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The environment names no Region.
    #[error("no Region is set: set AWS_REGION, or AWS_PROFILE to a profile with a Region")]
    NoRegion,
    /// A call failed.
    #[error("{}", explained(.0))]
    Call(CallError),
    /// No channel is on air.
    #[error(
        "no channel to record in {region}: ListChannels has none that starts, runs, recovers or is \
         updated and lacks the tag source-monitor = off"
    )]
    NoChannel {
        /// The Region.
        region: String,
    },
    /// Channels that were named are not on air.
    #[error("not running in {region}: {}; running: {}", list(missing), list(running))]
    NotRunning {
        /// The Region.
        region: String,
        /// The channels that were named and do not run.
        missing: Vec<String>,
        /// The channels that do.
        running: Vec<String>,
    },
    /// The feeds need more calls than are allowed.
    #[error(
        "{feeds} feeds every {} s are more than {calls_per_second} calls a second: name fewer with \
         --channel, use --every {needed}s, or allow more with --calls-per-second if the quota does",
        interval.as_secs()
    )]
    TooManyCalls {
        /// The feeds to record.
        feeds: usize,
        /// From one sample of a feed to the next.
        interval: Duration,
        /// The calls that are allowed.
        calls_per_second: u32,
        /// The shortest interval for that, in seconds.
        needed: usize,
    },
    /// The folder has files that could be mistaken for the recording's.
    #[error("`{path}` is not empty: name a new or an empty folder")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A file or folder could not be written.
    #[error("failed to write `{path}`: {source}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// Codes of a call that a policy doesn't allow.
const NOT_ALLOWED: [&str; 3] = ["AccessDenied", "AccessDeniedException", "ForbiddenException"];

/// What to do about a failed call, and the failure.
fn explained(error: &CallError) -> String {
    match (error.kind, error.code.as_deref()) {
        (ErrorKind::Denied, None) => format!(
            "no usable credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY: {error}"
        ),
        (ErrorKind::Denied, Some(code)) if NOT_ALLOWED.contains(&code) => {
            format!("the permission medialive:{} is missing: {error}", error.api)
        }
        (ErrorKind::Denied, Some(_)) => format!("the credentials were refused: {error}"),
        _ => error.to_string(),
    }
}

fn list(channels: &[String]) -> String {
    /// A message names this many.
    const MOST: usize = 20;
    let named = channels.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match channels.len() {
        0 => "none".to_owned(),
        count if count > MOST => format!("{named} and {} more", count - MOST),
        _ => named,
    }
}
