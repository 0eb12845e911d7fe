//! The built functions as Lambda runs them: a process that polls a Runtime API and calls the
//! stand-in for AWS.
//!
//! | file | tests |
//! | --- | --- |
//! | `start` | what a function does before its first event |
//! | `monitor` | events, settings, errors and the log of the scheduled function |
//! | `multiviewer` | the log of the picture wall |
//! | `dates` | every format of MediaLive's dates |
//! | `survival` | faults that the process survives, and its limits: deadline, memory, signals |

mod start;
mod monitor;
mod multiviewer;
mod dates;
mod connections;
mod survival;

use aws_stand_in::{StandIn, runtime_api::FunctionResponse};
use serde_json::Value;

/// The scheduled function.
const MONITOR: &str = env!("CARGO_BIN_EXE_monitor");

/// The dashboard widget.
const MULTIVIEWER: &str = env!("CARGO_BIN_EXE_multiviewer");

/// Environment variables of a function that calls the stand-in and makes one round a tick. The last
/// value of a name counts, so `more` overrides the others.
fn variables(aws: &StandIn, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("AWS_ENDPOINT_URL", aws.endpoint()),
        ("DETECTION_INTERVAL", "2".to_owned()),
        ("SCHEDULE_PERIOD", "2".to_owned()),
    ];
    variables.extend(more.iter().map(|&(name, value)| (name, value.to_owned())));
    variables
}

/// The lines of a log, each of which must be JSON.
fn log_lines(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

/// The `errorType` and the message of a failed invocation.
#[track_caller]
fn error(response: FunctionResponse) -> (String, String) {
    match response {
        FunctionResponse::Error { error_type, message } => (error_type, message),
        other => panic!("the invocation did not fail: {other:?}"),
    }
}
