//! Cold start: from the start of the process to its first request for an event, of the monitor and of a function that
//! does nothing.

use std::{collections::HashMap, path::Path, time::Duration};

use crate::{arguments::Arguments, fleet, function::Function};

/// Starts of each; the median of the times is told.
const STARTS: usize = 21;

/// The root certificates in one file, as Lambda's system has them. A system that has each of them in a file of its own too, as Debian
/// does, makes every program read them twice.
const ROOTS: (&str, &str) = ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt");

/// Starts both by turns and prints what they took.
pub(crate) async fn run(said: &Arguments) {
    let aws = fleet::stand_in(1, said.latency);
    let mut variables: HashMap<_, _> = said.more.iter().cloned().collect();
    variables.entry("AWS_ENDPOINT_URL".to_owned()).or_insert(aws.endpoint());
    if Path::new(ROOTS.1).exists() {
        variables.entry(ROOTS.0.to_owned()).or_insert(ROOTS.1.to_owned());
    }
    let (mut monitor, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        monitor.push(start(&said.monitor, said, &variables).await);
        bare.push(start(&said.bare, said, &HashMap::new()).await);
    }
    println!("| {STARTS} starts | to the first /next | CPU | peak memory |\n|---|---:|---:|---:|");
    row("monitor", monitor);
    row("bare runtime", bare);
}

/// Time to the first `/next`, CPU time until then, and MB.
async fn start(
    binary: &Path,
    said: &Arguments,
    variables: &HashMap<String, String>,
) -> (Duration, Duration, f64) {
    let mut function = Function::start(binary, said.group.as_deref(), variables).await;
    let polled = function.polled().await;
    (polled - function.started, function.process().cpu(), function.process().peak_memory())
}

fn row(name: &str, mut starts: Vec<(Duration, Duration, f64)>) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let middle = starts.len() / 2;
    starts.sort_by_key(|&(_, cpu, _)| cpu);
    let cpu = starts[middle].1;
    starts.sort_by_key(|&(time, _, _)| time);
    let (time, _, memory) = starts[middle];
    println!("| {name} | {:.1} ms | {:.1} ms | {memory:.1} MB |", milliseconds(time), milliseconds(cpu));
}
