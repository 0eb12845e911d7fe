//! Many ticks in one process: whether memory and descriptors stay constant.
//!
//! A tick over the whole fleet runs once per interval. Here each tick samples another shard of the
//! fleet, so that ticks follow each other as fast as the rate limit of ListChannels allows: four
//! per second.

use std::time::Duration;

use aws_stand_in::runtime_api::Function;
use serde_json::json;

use crate::{
    arguments::Arguments,
    fleet::{self, PAGE_SIZE},
    monitor::{round_line, tick, variables},
    process::Process,
};

/// Shards of the fleet: the number of ticks in an interval.
const SHARDS: usize = 64;
const INTERVAL: Duration = Duration::from_secs(16);

/// Rows of the table.
const ROWS: usize = 10;

/// Runs this many ticks over a page of channels.
pub(crate) async fn run(arguments: &Arguments, ticks: usize) {
    let aws = fleet::stand_in(PAGE_SIZE, arguments.latency);
    let variables = variables(arguments, &aws.endpoint(), INTERVAL);
    let group = arguments.control_group.as_deref();
    let mut function = Function::start_in(group, &arguments.monitor, &variables).await;
    let process = Process(function.id());
    println!(
        "| ticks | samples | CPU | memory: now, peak | descriptors |\n|---:|---:|---:|---:|---:|"
    );
    let mut samples = 0;
    for number in 1..=ticks {
        let event = json!({ "shard": number % SHARDS, "of": SHARDS }).to_string();
        let report = tick(&mut function, &event, INTERVAL * 3).await;
        assert_eq!(report["rounds"], 1, "{report}");
        samples += report["samples"].as_u64().unwrap();
        round_line(&mut function).await;
        if number % ticks.div_ceil(ROWS) == 0 || number == ticks {
            println!(
                "| {number} | {samples} | {:.1} s | {:.1}, {:.1} MB | {} |",
                process.cpu().as_secs_f64(),
                process.memory(),
                process.peak_memory(),
                process.descriptors(),
            );
        }
    }
}
