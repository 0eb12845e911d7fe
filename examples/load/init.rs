//! Cold start: from the start of the process to its first request for an event, for a built
//! function, the monitor unless another one is named, and for a function that does nothing.

use std::{path::Path, time::Duration};

use aws_stand_in::runtime_api::Function;

use crate::{arguments::Arguments, fleet, process::Process};

/// Starts of each binary; the median is printed.
const STARTS: usize = 21;

/// The root certificates in one file, as in Lambda's system. Where each also has a file of its own,
/// as in Debian, every program reads them twice.
const ROOTS: (&str, &str) = ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt");

/// What one start took.
struct Start {
    /// Until the first `/next`.
    time: Duration,
    /// Until then.
    cpu: Duration,
    /// MB.
    peak_memory: f64,
}

/// Starts both binaries alternately and prints the medians.
pub(crate) async fn run(arguments: &Arguments) {
    let aws = fleet::stand_in(1, arguments.latency);
    let mut variables = vec![("AWS_ENDPOINT_URL".to_owned(), aws.endpoint())];
    if Path::new(ROOTS.1).exists() {
        variables.push((ROOTS.0.to_owned(), ROOTS.1.to_owned()));
    }
    // The settings of the command line come last, so that they win.
    variables.extend(arguments.settings.iter().cloned());
    let (mut built, mut noop_function) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        built.push(start(arguments, &arguments.monitor, &variables).await);
        noop_function.push(start(arguments, &arguments.noop_function, &[]).await);
    }
    println!("| {STARTS} starts | to the first /next | CPU | peak memory |\n|---|---:|---:|---:|");
    row(&arguments.monitor.file_name().unwrap_or_default().to_string_lossy(), built);
    row("function that does nothing", noop_function);
}

async fn start(arguments: &Arguments, binary: &Path, variables: &[(String, String)]) -> Start {
    let mut function =
        Function::start_in(arguments.control_group.as_deref(), binary, variables).await;
    let time = function.init_duration().await;
    let process = Process(function.id());
    Start { time, cpu: process.cpu(), peak_memory: process.peak_memory() }
}

fn row(name: &str, mut starts: Vec<Start>) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let middle = starts.len() / 2;
    starts.sort_by_key(|start| start.cpu);
    let cpu = milliseconds(starts[middle].cpu);
    starts.sort_by_key(|start| start.time);
    let Start { time, peak_memory, .. } = starts[middle];
    println!("| {name} | {:.1} ms | {cpu:.1} ms | {peak_memory:.1} MB |", milliseconds(time));
}
