//! The monitor at work on this machine, with no AWS account: the stand-in of AWS on a loopback port, channels that show
//! live and dead pictures, and whole ticks of the real function.
//!
//! `cargo run --example local` runs two ticks, prints what was seen and what CloudWatch received, and ends with an error
//! if a datapoint is missing. `-- --serve` stays up, for a browser and for the built function.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "an example ends where something is wrong")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person")]
#![allow(clippy::disallowed_methods, reason = "it has a clock and no settings")]
#![allow(clippy::cast_possible_truncation, reason = "times of day in seconds")]
#![allow(missing_docs, unreachable_pub, reason = "it is read from the top")]

mod arguments;
mod channels;
mod plots;
mod reach;
mod serve;
mod show;
mod standin;

use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, SystemTime},
};

use arguments::Arguments;
use medialive_source_monitor::{
    clients::Clients,
    settings::{Settings, from_map},
    tick::Monitor,
};
use standin::StandIn;

/// The shortest interval, and set times to match, so that all is seen in seconds. A real one has ten times as long.
const SETTINGS: [(&str, &str); 10] = [
    ("DETECTION_INTERVAL", "2"),
    ("SCHEDULE_PERIOD", "12"),
    ("FROZEN_AFTER", "6"),
    ("BLACK_AFTER", "4"),
    ("BARS_AFTER", "4"),
    ("FLAT_AFTER", "4"),
    ("NO_PICTURE_AFTER", "6"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_TPS", "50"),
    ("FEED_METRICS", "ImageProperties,FrozenSeconds,BlackSeconds,BarsSeconds,FlatSeconds,NoPictureSeconds"),
];

/// The two ticks' events: both ways in which EventBridge calls.
const EVENTS: [(&str, &str); 2] = [
    ("events/scheduler-default.json", include_str!("../../events/scheduler-default.json")),
    ("events/rule.json", include_str!("../../events/rule.json")),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    if arguments.help {
        println!("{}", arguments::HELP);
        return ExitCode::SUCCESS;
    }
    let aws = channels::stand_in(&arguments);
    let endpoint = aws.endpoint();
    println!("AWS stands in at {endpoint}: MediaLive, Rekognition and CloudWatch\n");
    let variables = SETTINGS.iter().map(|&(name, held)| (name.to_owned(), held.to_owned())).collect();
    let mut monitor = monitor(&endpoint, &variables);
    if arguments.serve {
        show::how_to_use(&endpoint);
        tokio::task::LocalSet::new().run_until(serve::serve(aws, monitor, &variables)).await;
        return ExitCode::SUCCESS;
    }
    for (name, event) in EVENTS {
        println!("tick on {name}");
        let event = serde_json::from_str(event).unwrap();
        let deadline = SystemTime::now() + Duration::from_secs(90);
        let report = show::while_it_runs(&aws, Box::pin(monitor.tick(&event, deadline))).await;
        match report {
            Ok(report) => show::answer(&report),
            Err(error) => {
                eprintln!("the tick failed: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    show::feeds(&aws);
    show::received(&aws);
    complete(&aws)
}

/// The real monitor with real clients.
fn monitor(endpoint: &str, variables: &BTreeMap<String, String>) -> Monitor {
    let settings = Settings::read(from_map(variables)).unwrap();
    let clients = Clients::new(&reach::reach(endpoint), None);
    Monitor::new(settings, clients, Box::new(std::io::stdout()))
}

/// Success, if every datapoint that should be there is.
fn complete(aws: &StandIn) -> ExitCode {
    let missing = channels::missing(aws);
    if missing.is_empty() {
        println!("every datapoint that should have arrived has");
        return ExitCode::SUCCESS;
    }
    for what in missing {
        eprintln!("missing: {what}");
    }
    ExitCode::FAILURE
}
