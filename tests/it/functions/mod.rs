//! The built functions as Lambda runs them: a process that polls a Runtime API and calls the
//! stand-in for AWS.
//!
//! | file | tests |
//! | --- | --- |
//! | `start` | what a function does before its first event |
//! | `monitor` | events, settings, errors and the log of the scheduled function |
//! | `multiviewer` | the log of the picture wall |
//! | `dates` | every format of MediaLive's dates |
//! | `events` | what the process logs and needs when EventBridge fails, and in a storm |
//! | `notifier` | events, settings, errors and the log of the function that sends messages |
//! | `survival` | faults that the process survives, and its limits: deadline, memory, signals |

mod start;
mod monitor;
mod multiviewer;
mod dates;
mod connections;
mod survival;
mod events;
mod notifier;

use std::fs;

use aws_stand_in::{StandIn, runtime_api::FunctionResponse};
use serde_json::Value;

/// The scheduled function.
const MONITOR: &str = env!("CARGO_BIN_EXE_monitor");

/// The function that sends messages.
const NOTIFIER: &str = env!("CARGO_BIN_EXE_notifier");

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

/// The resident memory of a process, in KB: `VmHWM` is the highest value of its life, `VmRSS` the
/// current one.
fn kilobytes(id: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
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
