//! The monitor on this machine, without an AWS account: a stand-in for AWS on a loopback port,
//! channels with live and faulty pictures, and ticks of the real function.
//!
//! `cargo run --example local` runs three ticks, prints the events, the samples and what CloudWatch
//! received, and fails if a datapoint or an event is missing. `-- --serve` runs until interrupted,
//! for a browser and for the built function.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "an example that cannot continue ends")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
#![allow(clippy::disallowed_methods, reason = "the deadline of a tick is a time of the wall clock")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "times in seconds"
)]
#![allow(missing_docs, unreachable_pub, reason = "no other crate uses it")]

mod arguments;
mod channels;
mod sdk_config;
mod fleet;
mod incidents;
mod people;
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
use medialive_source_monitor::{
    aws::Clients,
    monitor::{Monitor, TickError},
    settings::Settings,
};
use people::People;
use source_detection::variables::from_map;

/// The shortest interval and thresholds to match, so that all faults are found within seconds. The
/// defaults are about ten times as long.
const SETTINGS: [(&str, &str); 12] = [
    ("DETECTION_INTERVAL", "2"),
    ("SCHEDULE_PERIOD", "12"),
    ("FROZEN_AFTER", "6"),
    ("BLACK_AFTER", "4"),
    ("BARS_AFTER", "4"),
    ("FLAT_AFTER", "4"),
    ("NO_PICTURE_AFTER", "6"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_TPS", "50"),
    ("DASHBOARD", "source-monitor-eu-west-1"),
    ("PICTURE_BUCKET", "source-monitor-incidentpictures-local"),
    (
        "FEED_METRICS",
        "ImageProperties,FrozenSeconds,BlackSeconds,BarsSeconds,FlatSeconds,NoPictureSeconds",
    ),
];

/// The events of the first two ticks: one from EventBridge Scheduler and one from an EventBridge
/// rule. The third one is like the second.
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
        "stand-in for AWS at {endpoint}: MediaLive, Rekognition, CloudWatch, EventBridge, SNS and S3\n"
    );
    let variables =
        SETTINGS.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let monitor = monitor(&endpoint, &variables);
    if arguments.serve {
        print::how_to_use(&endpoint);
        tokio::task::LocalSet::new().run_until(serve::serve(aws, monitor, &variables)).await;
        return ExitCode::SUCCESS;
    }
    tokio::task::LocalSet::new().run_until(three_ticks(&aws, monitor)).await
}

/// The production monitor with production clients.
fn monitor(endpoint: &str, variables: &BTreeMap<String, String>) -> Monitor {
    let settings = Settings::read(from_map(variables)).unwrap();
    let clients = clients(endpoint, &settings);
    Monitor::new(settings, clients, Box::new(std::io::stdout()))
}

/// The production clients, with the bucket for pictures of incidents.
#[must_use]
pub fn clients(endpoint: &str, settings: &Settings) -> Clients {
    let shared = sdk_config::sdk_config(endpoint);
    let clients = Clients::new(&shared, None);
    match &settings.pictures {
        Some(pictures) => clients.with_bucket(&shared, &pictures.bucket),
        None => clients,
    }
}

/// Two ticks with single faults and one with a storm, while people are told.
async fn three_ticks(aws: &StandIn, mut monitor: Monitor) -> ExitCode {
    channels::inputs_deliver(aws);
    let people = People::tell(aws);
    for event in EVENTS {
        if let Err(error) = tick(aws, &mut monitor, event).await {
            eprintln!("the tick failed: {error}");
            return ExitCode::FAILURE;
        }
    }
    print::feeds(aws);
    println!("a storm: the router fails, and all sources are black");
    channels::all_black(aws);
    if let Err(error) = tick(aws, &mut monitor, EVENTS[1]).await {
        eprintln!("the tick failed: {error}");
        return ExitCode::FAILURE;
    }
    people.know_all().await;
    print::mails(&people.mails());
    print::received(aws);
    let missing = channels::missing(aws, &people.mails());
    if missing.is_empty() {
        println!("all expected datapoints and events arrived");
        return ExitCode::SUCCESS;
    }
    for what in missing {
        eprintln!("missing: {what}");
    }
    ExitCode::FAILURE
}

async fn tick(
    aws: &StandIn,
    monitor: &mut Monitor,
    (name, event): (&str, &str),
) -> Result<(), TickError> {
    println!("tick on {name}");
    let event = serde_json::from_str(event).unwrap();
    let tick = Box::pin(monitor.tick(&event, SystemTime::now() + TIME_LEFT));
    let report = print::rounds_while(aws, tick).await?;
    print::report(&report);
    Ok(())
}
