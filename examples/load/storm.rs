//! A storm: all feeds go black in one round and recover in another one, as when a router fails.
//!
//! A round of a quiet fleet, the round that finds every picture black, the one that raises all
//! incidents, and the one that ends them are compared: CPU time, duration, events, memory.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Api, Programme, Scene, StandIn, runtime_api::Function};

use crate::{
    arguments::Arguments,
    fleet::{self, channel_id},
    monitor::{missed_in, round_duration, round_line, tick, variables},
    process::Process,
};

/// The monitor's default.
const INTERVAL: Duration = Duration::from_secs(10);

/// Set and clear time. Shorter than an interval, so that all feeds reach it in the same round.
const SECONDS: &str = "5";

/// The detail-type of the event of a round, of which people are told.
const SUMMARY: &str = "MediaLive Sources Changed";

/// The rounds: what happens in each, and what all feeds show from then on.
const ROUNDS: [(&str, Option<Show>); 8] = [
    ("first of the process", None),
    ("quiet", None),
    ("quiet", None),
    ("all black", Some(Show::Black)),
    ("all raised", None),
    ("all open", None),
    ("all moving", Some(Show::Moving)),
    ("all ended", None),
];

#[derive(Clone, Copy)]
enum Show {
    Black,
    Moving,
}

/// Runs the storm over each size of the fleet, one round a tick, and prints a row for each round.
pub(crate) async fn run(arguments: &Arguments) {
    println!(
        "| feeds | round | CPU | duration | missed, overruns | events | PutEvents | for people | peak memory |\n\
         |---:|---|---:|---:|---:|---:|---:|---:|---:|"
    );
    for &feeds in &arguments.feeds {
        let programmes = fleet::programmes();
        let aws = fleet::script(&programmes, feeds, arguments.latency)
            .latency(Api::PutEvents, arguments.latency)
            .start();
        let set_times = ["BLACK_AFTER", "CLEAR_AFTER"].map(|name| (name.into(), SECONDS.into()));
        let mut settings = set_times.to_vec();
        settings.extend(variables(arguments, &aws.endpoint(), INTERVAL));
        let group = arguments.control_group.as_deref();
        let mut function = Function::start_in(group, &arguments.monitor, &settings).await;
        let process = Process(function.id());
        for (round, show) in ROUNDS {
            if let Some(show) = show {
                show.on_all(feeds, &aws, &programmes);
            }
            let (cpu, calls, summaries) =
                (process.cpu(), aws.count(Api::PutEvents), aws.events_of(SUMMARY).len());
            let invoked = SystemTime::now();
            let report = tick(&mut function, "{}", INTERVAL * 3).await;
            let lasted = round_duration(&round_line(&mut function).await, invoked);
            println!(
                "| {feeds} | {round} | {:.2} s | {:.2} s | {}, {} | {} | {} | {} | {:.1} MB |",
                process.cpu().saturating_sub(cpu).as_secs_f64(),
                lasted.as_secs_f64(),
                missed_in(&report),
                report["slot_overruns"],
                report["events"],
                aws.count(Api::PutEvents) - calls,
                aws.events_of(SUMMARY).len() - summaries,
                process.peak_memory(),
            );
        }
    }
}

impl Show {
    /// Shows this on all feeds from the next request on.
    fn on_all(self, feeds: usize, aws: &StandIn, programmes: &[Programme]) {
        for feed in 0..feeds {
            let programme = match self {
                Self::Black => Scene::Black.into(),
                Self::Moving => programmes[feed % programmes.len()].clone(),
            };
            aws.set_programme(&channel_id(feed), 0, programme);
        }
    }
}
