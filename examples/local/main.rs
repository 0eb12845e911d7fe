//! The monitor on this machine, without an AWS account: a stand-in for AWS on a loopback port,
//! channels with live and faulty pictures, and ticks of the real function.
//!
//! `cargo run --example local` runs two ticks, prints the events, the samples and what CloudWatch
//! received, and fails if a datapoint or an event is missing. `-- --serve` runs until interrupted,
//! for a browser and for the built function.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "an example that cannot continue ends")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
#![allow(clippy::disallowed_methods, reason = "the deadline of a tick is a time of the wall clock")]
#![allow(clippy::cast_possible_truncation, reason = "times in seconds")]
#![allow(missing_docs, unreachable_pub, reason = "no other crate uses it")]

mod arguments;
mod channels;
mod sdk_config;
mod plots;
mod print;
mod serve;

use std::{
    collections::BTreeMap,
    process::ExitCode,
    time::{Duration, SystemTime},
};

use arguments::Arguments;
use aws_stand_in::StandIn;
use medialive_source_monitor::{aws::Clients, monitor::Monitor, settings::Settings};
use source_detection::variables::from_map;

/// The shortest interval and thresholds to match, so that all faults are found within seconds. The
/// defaults are about ten times as long.
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
    (
        "FEED_METRICS",
        "ImageProperties,FrozenSeconds,BlackSeconds,BarsSeconds,FlatSeconds,NoPictureSeconds",
    ),
];

/// The events of the two ticks: one from EventBridge Scheduler and one from an EventBridge rule.
const EVENTS: [(&str, &str); 2] = [
    ("events/scheduler-default.json", include_str!("../../events/scheduler-default.json")),
    ("events/rule.json", include_str!("../../events/rule.json")),
];

/// Time from the start of a tick to its deadline.
pub const TIME_LEFT: Duration = Duration::from_secs(90);

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
    println!(
        "stand-in for AWS at {endpoint}: MediaLive, Rekognition, CloudWatch and EventBridge\n"
    );
    let variables =
        SETTINGS.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let monitor = monitor(&endpoint, &variables);
    if arguments.serve {
        print::how_to_use(&endpoint);
        tokio::task::LocalSet::new().run_until(serve::serve(aws, monitor, &variables)).await;
        return ExitCode::SUCCESS;
    }
    two_ticks(&aws, monitor).await
}

/// The production monitor with production clients.
fn monitor(endpoint: &str, variables: &BTreeMap<String, String>) -> Monitor {
    let settings = Settings::read(from_map(variables)).unwrap();
    let clients = Clients::new(&sdk_config::sdk_config(endpoint), None);
    Monitor::new(settings, clients, Box::new(std::io::stdout()))
}

async fn two_ticks(aws: &StandIn, mut monitor: Monitor) -> ExitCode {
    for (name, event) in EVENTS {
        println!("tick on {name}");
        let event = serde_json::from_str(event).unwrap();
        let tick = Box::pin(monitor.tick(&event, SystemTime::now() + TIME_LEFT));
        match print::rounds_while(aws, tick).await {
            Ok(report) => print::report(&report),
            Err(error) => {
                eprintln!("the tick failed: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    print::feeds(aws);
    print::received(aws);
    let missing = channels::missing(aws);
    if missing.is_empty() {
        println!("all expected datapoints and events arrived");
        return ExitCode::SUCCESS;
    }
    for what in missing {
        eprintln!("missing: {what}");
    }
    ExitCode::FAILURE
}
