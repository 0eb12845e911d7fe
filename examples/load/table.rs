//! The Markdown table that the driver prints, as docs/performance.md contains it.

use std::time::Duration;

use crate::{arguments::Arguments, fleet::APIS, monitor::Run};

pub(crate) fn head(arguments: &Arguments) {
    println!(
        "{} ms for each call, {} feeds concurrently, {} rounds measured{}\n",
        arguments.latency.as_millis(),
        arguments.concurrency,
        arguments.rounds,
        arguments.pace.map(|pace| format!(", {pace} thumbnails a second")).unwrap_or_default()
    );
    let apis = APIS.map(|(_, title)| title).join(" / ");
    let titles = [
        "feeds",
        "CPU a sample",
        "plain, signing baseline",
        "ratios",
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

/// The row of a run; `baselines` are the CPU times that the plain and the signing client need for a
/// sample.
pub(crate) fn row(arguments: &Arguments, run: &Run, baselines: [Duration; 2]) {
    let (cpu, round) = (run.cpu_per_sample(), run.median_round());
    let path_ratio = if arguments.latency.is_zero() {
        "-".to_owned()
    } else {
        format!("{:.2}", round.as_secs_f64() / run.critical_path.as_secs_f64())
    };
    println!(
        "| {} | {:.3} ms | {:.3}, {:.3} ms | {:.2}, {:.2} | {:.1}, {:.1} MB | {}, {} | {:.2} s | {:.2} s | {path_ratio} \
         | {} | {} | {} |",
        run.feeds,
        cpu.as_secs_f64() * 1e3,
        baselines[0].as_secs_f64() * 1e3,
        baselines[1].as_secs_f64() * 1e3,
        cpu.as_secs_f64() / baselines[0].as_secs_f64(),
        cpu.as_secs_f64() / baselines[1].as_secs_f64(),
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
