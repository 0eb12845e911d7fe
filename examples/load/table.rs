//! The Markdown table that the driver prints, as docs/performance.md contains it.

use std::time::Duration;

use crate::{arguments::Arguments, fleet::APIS, monitor::Run};

pub(crate) fn head(arguments: &Arguments) {
    println!(
        "{} ms for each call, {} feeds concurrently, {} rounds measured\n",
        arguments.latency.as_millis(),
        arguments.concurrency,
        arguments.rounds
    );
    let apis = APIS.map(|(_, title)| title).join(" / ");
    let titles = [
        "feeds",
        "CPU a sample",
        "baseline",
        "ratio",
        "peak memory: first, last",
        "descriptors",
        "round",
        "critical path",
        "ratio",
        "missed",
        "datapoints",
        &apis,
    ];
    println!("| {} |", titles.join(" | "));
    println!("|{}", "---:|".repeat(titles.len()));
}

/// The row of a run; `baseline` is the CPU time that the baseline client needs for a sample.
pub(crate) fn row(arguments: &Arguments, run: &Run, baseline: Duration) {
    let (cpu, round) = (run.cpu_per_sample(), run.median_round());
    let path_ratio = if arguments.latency.is_zero() {
        "-".to_owned()
    } else {
        format!("{:.2}", round.as_secs_f64() / run.critical_path.as_secs_f64())
    };
    println!(
        "| {} | {:.3} ms | {:.3} ms | {:.2} | {:.1}, {:.1} MB | {}, {} | {:.2} s | {:.2} s | {path_ratio} \
         | {} | {} | {} |",
        run.feeds,
        cpu.as_secs_f64() * 1e3,
        baseline.as_secs_f64() * 1e3,
        cpu.as_secs_f64() / baseline.as_secs_f64(),
        run.memory.0,
        run.memory.1,
        run.descriptors.0,
        run.descriptors.1,
        round.as_secs_f64(),
        run.critical_path.as_secs_f64(),
        run.missed,
        run.datapoints,
        run.calls.map(|calls| calls.to_string()).join(" / "),
    );
}

pub(crate) fn foot() {
    println!("\nCalls and datapoints are per round; missed samples are the sum of all rounds.");
}
