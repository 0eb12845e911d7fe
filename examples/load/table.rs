//! The table that the driver prints: Markdown, as it stands in docs/performance.md.

use std::time::Duration;

use crate::{arguments::Arguments, fleet::APIS, monitor::Run};

pub(crate) fn head(said: &Arguments) {
    println!(
        "{} ms for each call, {} feeds at once, {} rounds measured\n",
        said.latency.as_millis(),
        said.concurrency,
        said.rounds
    );
    let names = APIS.map(|(_, name)| name).join(" / ");
    let titles = [
        "feeds",
        "CPU a sample",
        "floor",
        "ratio",
        "peak memory: first, last",
        "descriptors",
        "round",
        "critical path",
        "ratio",
        "missed",
        "datapoints",
        &names,
    ];
    println!("| {} |", titles.join(" | "));
    println!("|{}", "---:|".repeat(titles.len()));
}

pub(crate) fn row(said: &Arguments, run: &Run, floor: Duration) {
    let (cpu, round) = (run.cpu_per_sample(), run.median_round());
    let of_path = if said.latency.is_zero() {
        "-".to_owned()
    } else {
        format!("{:.2}", round.as_secs_f64() / run.critical_path.as_secs_f64())
    };
    println!(
        "| {} | {:.3} ms | {:.3} ms | {:.2} | {:.1}, {:.1} MB | {}, {} | {:.2} s | {:.2} s | {of_path} | {} | {} | {} |",
        run.feeds,
        cpu.as_secs_f64() * 1e3,
        floor.as_secs_f64() * 1e3,
        cpu.as_secs_f64() / floor.as_secs_f64(),
        run.memory.0,
        run.memory.1,
        run.descriptors.0,
        run.descriptors.1,
        round.as_secs_f64(),
        run.critical_path.as_secs_f64(),
        run.missed,
        run.points,
        run.calls.map(|calls| calls.to_string()).join(" / "),
    );
}

pub(crate) fn foot() {
    println!("\nCalls and datapoints are those of one round; looks were missed in all of them together.");
}
