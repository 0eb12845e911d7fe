//! Tick after tick in one process: whether memory and descriptors stay what they were.
//!
//! Ticks of the whole fleet come once in an interval. Here each tick is another part of the fleet, so that they come as fast as the
//! pace of ListChannels allows: four a second.

use std::time::Duration;

use serde_json::json;

use crate::{
    arguments::Arguments,
    fleet::{self, PAGE},
    function::Function,
    monitor,
};

/// Parts of the fleet: as many as there are ticks in an interval.
const SHARDS: usize = 64;
const INTERVAL: Duration = Duration::from_secs(16);

/// Lines that are printed.
const LINES: usize = 10;

/// So many ticks over a page of channels.
pub(crate) async fn run(said: &Arguments, ticks: usize) {
    let aws = fleet::stand_in(PAGE, said.latency);
    let mut function = Function::start(
        &said.monitor,
        said.group.as_deref(),
        &monitor::variables(said, &aws.endpoint(), INTERVAL),
    )
    .await;
    println!("| ticks | samples | CPU | memory: now, peak | descriptors |\n|---:|---:|---:|---:|---:|");
    let mut samples = 0;
    for tick in 1..=ticks {
        let event = json!({ "shard": tick % SHARDS, "of": SHARDS });
        let answer = function.invoke(INTERVAL * 3, event).await;
        assert_eq!(answer["rounds"], 1, "{answer}");
        samples += answer["samples"].as_u64().unwrap();
        function.round_line().await;
        if tick % ticks.div_ceil(LINES) == 0 || tick == ticks {
            let process = function.process();
            println!(
                "| {tick} | {samples} | {:.1} s | {:.1}, {:.1} MB | {} |",
                process.cpu().as_secs_f64(),
                process.memory_now(),
                process.peak_memory(),
                process.descriptors(),
            );
        }
    }
}
