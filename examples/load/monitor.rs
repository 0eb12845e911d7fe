//! One run of the built monitor over a fleet: a round to warm up, then the measured ones.

use std::time::{Duration, SystemTime};

use aws_stand_in::{
    StandIn,
    runtime_api::{Function, Invocation},
};
use serde_json::Value;

use crate::{
    arguments::Arguments,
    fleet::{self, APIS, PAGE_SIZE},
    process::Process,
};

/// Datapoints in one PutMetricData call, and such calls in flight at the same time.
const MAX_DATAPOINTS: usize = 1_000;
const CONCURRENT_PUTS: usize = 4;

/// CPU time allowed for one sample when the interval is chosen. Generous, for a slow machine.
const CPU_ALLOWED: Duration = Duration::from_millis(3);

/// Time between two pages of ListChannels, which the monitor requests at most four times a second.
const PAGE_INTERVAL: Duration = Duration::from_millis(250);

/// Datapoints of one feed in one round, at most.
const DATAPOINTS_PER_FEED: usize = 7;

/// What a run measured.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) feeds: usize,
    /// Samples in all measured rounds, and the CPU time of these rounds.
    pub(crate) samples: usize,
    pub(crate) cpu: Duration,
    /// Samples that a round had no time for, or that failed.
    pub(crate) missed: u64,
    /// Duration of each measured round, shortest first.
    pub(crate) rounds: Vec<Duration>,
    /// What the APIs' latencies alone add up to in a round.
    pub(crate) critical_path: Duration,
    /// Peak memory in MB, after the first round and at the end.
    pub(crate) memory: (f64, f64),
    /// Open descriptors, after the first round and at the end.
    pub(crate) descriptors: (usize, usize),
    /// Calls per round, in the order of [`APIS`].
    pub(crate) calls: [u64; APIS.len()],
    /// Datapoints per round.
    pub(crate) datapoints: usize,
}

impl Run {
    pub(crate) fn cpu_per_sample(&self) -> Duration {
        self.cpu / u32::try_from(self.samples).unwrap()
    }

    pub(crate) fn median_round(&self) -> Duration {
        self.rounds[self.rounds.len() / 2]
    }
}

/// What the stand-in and the kernel have counted so far.
struct Counters {
    calls: [u64; APIS.len()],
    datapoints: u64,
    cpu: Duration,
    peak_memory: f64,
    descriptors: usize,
}

impl Counters {
    fn read(aws: &StandIn, process: Process) -> Self {
        Self {
            calls: APIS.map(|(api, _)| aws.count(api)),
            datapoints: aws.data_count(),
            cpu: process.cpu(),
            peak_memory: process.peak_memory(),
            descriptors: process.descriptors(),
        }
    }
}

/// Runs the monitor over this many feeds.
pub(crate) async fn run(arguments: &Arguments, feeds: usize) -> Run {
    let aws = fleet::stand_in(feeds, arguments.latency);
    let interval = interval(arguments, feeds);
    let variables = variables(arguments, &aws.endpoint(), interval);
    let group = arguments.control_group.as_deref();
    let mut function = Function::start_in(group, &arguments.monitor, &variables).await;
    let process = Process(function.id());
    let time_left = interval * 2 + Duration::from_secs(30);
    tick(&mut function, "{}", time_left).await;
    round_line(&mut function).await;
    let before = Counters::read(&aws, process);
    let (mut samples, mut missed, mut rounds) = (0, 0, Vec::new());
    for _ in 0..arguments.rounds {
        let invoked = SystemTime::now();
        let report = tick(&mut function, "{}", time_left).await;
        samples += usize::try_from(report["samples"].as_u64().unwrap()).unwrap();
        missed += missed_in(&report);
        rounds.push(round_duration(&round_line(&mut function).await, invoked));
    }
    rounds.sort();
    let after = Counters::read(&aws, process);
    let round_count = u64::try_from(arguments.rounds).unwrap();
    let datapoints = usize::try_from((after.datapoints - before.datapoints) / round_count).unwrap();
    Run {
        feeds,
        samples,
        missed,
        cpu: after.cpu.saturating_sub(before.cpu),
        rounds,
        critical_path: critical_path(arguments, feeds, datapoints),
        memory: (before.peak_memory, after.peak_memory),
        descriptors: (before.descriptors, after.descriptors),
        calls: std::array::from_fn(|api| (after.calls[api] - before.calls[api]) / round_count),
        datapoints,
    }
}

/// Invokes the function and returns the tick's report.
pub(crate) async fn tick(function: &mut Function, event: &str, time_left: Duration) -> Value {
    let invocation = Invocation { event: event.to_owned(), time_left: Some(time_left) };
    function.invoke(invocation).await.success()
}

/// The next line of the log about a round. Warnings and errors before it are printed.
pub(crate) async fn round_line(function: &mut Function) -> Value {
    loop {
        let line = function.next_log_line().await;
        let Ok(json) = serde_json::from_str::<Value>(&line) else { continue };
        if json["message"] == "round" {
            return json;
        }
        if json["level"] == "WARN" || json["level"] == "ERROR" {
            eprintln!("{line}");
        }
    }
}

pub(crate) fn missed_in(report: &Value) -> u64 {
    let failures = report["failures"].as_object().unwrap().values().filter_map(Value::as_u64);
    failures.sum::<u64>() + report["skipped"].as_u64().unwrap_or(0)
}

/// The monitor's settings: one round per tick, and rates that do not limit it.
pub(crate) fn variables(
    arguments: &Arguments,
    endpoint: &str,
    interval: Duration,
) -> Vec<(String, String)> {
    let seconds = interval.as_secs().to_string();
    let settings = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("DETECTION_INTERVAL", &seconds),
        ("SCHEDULE_PERIOD", &seconds),
        ("CONCURRENT_FEEDS", &arguments.concurrency.to_string()),
        ("THUMBNAIL_TPS", "10000"),
        ("REKOGNITION_TPS", "10000"),
    ];
    let mut variables = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    // The settings of the command line come last, so that they win.
    variables.extend(arguments.settings.iter().cloned());
    variables
}

/// The shortest interval in which a round certainly fits, at most 60 s.
fn interval(arguments: &Arguments, feeds: usize) -> Duration {
    let pages = PAGE_INTERVAL * u32::try_from(feeds.div_ceil(PAGE_SIZE)).unwrap();
    let round = critical_path(arguments, feeds, feeds * DATAPOINTS_PER_FEED) * 3 / 2
        + CPU_ALLOWED * u32::try_from(feeds).unwrap()
        + pages;
    Duration::from_secs((round.as_secs() + 2).min(60))
}

/// The latencies of the pages one after the other, of two calls per feed with the allowed
/// concurrency, and of the puts.
fn critical_path(arguments: &Arguments, feeds: usize, datapoints: usize) -> Duration {
    let calls_in_sequence = feeds.div_ceil(PAGE_SIZE)
        + 2 * feeds.div_ceil(arguments.concurrency)
        + datapoints.div_ceil(MAX_DATAPOINTS).div_ceil(CONCURRENT_PUTS);
    let paced = arguments.pace.map_or(Duration::ZERO, |pace| {
        Duration::from_secs(1) * u32::try_from(feeds).unwrap() / pace
    });
    paced.max(arguments.latency * u32::try_from(calls_in_sequence).unwrap())
}

/// From the start of a round, which is its slot or the invocation if that came later, to its line
/// in the log.
pub(crate) fn round_duration(line: &Value, invoked: SystemTime) -> Duration {
    let time = |key: &str| humantime::parse_rfc3339(line[key].as_str().unwrap()).unwrap();
    time("timestamp").duration_since(time("slot").max(invoked)).unwrap_or_default()
}
