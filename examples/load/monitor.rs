//! One run of the built monitor over a fleet: a round to warm up, then the measured ones.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    fleet::{self, APIS, PAGE},
    function::Function,
};

/// Datapoints in one PutMetricData call, and such calls under way at once.
const POINTS_A_CALL: usize = 1_000;
const CALLS_AT_ONCE: usize = 4;

/// CPU time that is allowed for one sample when the interval is chosen. Generous, for a slow machine.
const CPU_ALLOWED: Duration = Duration::from_millis(3);

/// What a run showed.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) feeds: usize,
    /// Over the measured rounds.
    pub(crate) samples: usize,
    pub(crate) cpu: Duration,
    /// Looks that a round had no time for, or that gave less than they should.
    pub(crate) missed: u64,
    /// Of each measured round, shortest first.
    pub(crate) rounds: Vec<Duration>,
    /// What the APIs' latencies alone add up to.
    pub(crate) critical_path: Duration,
    /// MB after the first round, and at the end.
    pub(crate) memory: (f64, f64),
    pub(crate) descriptors: (usize, usize),
    /// In a round, by API.
    pub(crate) calls: [u64; APIS.len()],
    /// In a round.
    pub(crate) points: usize,
}

impl Run {
    pub(crate) fn cpu_per_sample(&self) -> Duration {
        self.cpu / u32::try_from(self.samples).unwrap()
    }

    pub(crate) fn median_round(&self) -> Duration {
        self.rounds[self.rounds.len() / 2]
    }
}

/// Runs the monitor.
pub(crate) async fn run(said: &Arguments, feeds: usize) -> Run {
    let aws = fleet::stand_in(feeds, said.latency);
    let interval = interval(said, feeds);
    let mut function =
        Function::start(&said.monitor, said.group.as_deref(), &variables(said, &aws.endpoint(), interval))
            .await;
    let process = function.process();
    let left = interval * 2 + Duration::from_secs(30);
    function.invoke(left, json!({})).await;
    function.round_line().await;
    let counted = || APIS.map(|(api, _)| aws.count(api));
    let (calls, points, cpu) = (counted(), aws.data_count(), process.cpu());
    let (memory, descriptors) = (process.peak_memory(), process.descriptors());
    let (mut samples, mut missed, mut rounds) = (0, 0, Vec::new());
    for _ in 0..said.rounds {
        let invoked = SystemTime::now();
        let answer = function.invoke(left, json!({})).await;
        samples += usize::try_from(answer["samples"].as_u64().unwrap()).unwrap();
        missed += missed_in(&answer);
        rounds.push(length(&function.round_line().await, invoked));
    }
    rounds.sort();
    let per_round = u64::try_from(said.rounds).unwrap();
    let points = usize::try_from((aws.data_count() - points) / per_round).unwrap();
    let later = counted();
    Run {
        feeds,
        samples,
        missed,
        cpu: process.cpu().saturating_sub(cpu),
        rounds,
        critical_path: critical_path(said, feeds, points),
        memory: (memory, process.peak_memory()),
        descriptors: (descriptors, process.descriptors()),
        calls: std::array::from_fn(|api| (later[api] - calls[api]) / per_round),
        points,
    }
}

fn missed_in(answer: &Value) -> u64 {
    let failures = answer["failures"].as_object().unwrap().values();
    failures.chain([&answer["skipped"]]).filter_map(Value::as_u64).sum()
}

/// The settings: one round in each tick, and pacing as good as off.
pub(crate) fn variables(said: &Arguments, endpoint: &str, interval: Duration) -> HashMap<String, String> {
    let seconds = interval.as_secs().to_string();
    let ours = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("DETECTION_INTERVAL", &seconds),
        ("SCHEDULE_PERIOD", &seconds),
        ("CONCURRENT_FEEDS", &said.concurrency.to_string()),
        ("THUMBNAIL_TPS", "10000"),
        ("REKOGNITION_TPS", "10000"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    ours.into_iter().chain(said.more.iter().cloned()).collect()
}

/// The shortest interval in which a round surely fits.
fn interval(said: &Arguments, feeds: usize) -> Duration {
    let paced_pages = Duration::from_millis(250) * u32::try_from(feeds.div_ceil(PAGE)).unwrap();
    let most = critical_path(said, feeds, feeds * 7) * 3 / 2
        + CPU_ALLOWED * u32::try_from(feeds).unwrap()
        + paced_pages;
    Duration::from_secs((most.as_secs() + 2).min(60))
}

/// Pages one after the other, then each feed's two calls, as many feeds at once as are allowed, then the datapoints.
fn critical_path(said: &Arguments, feeds: usize, points: usize) -> Duration {
    let turns = feeds.div_ceil(PAGE)
        + 2 * feeds.div_ceil(said.concurrency)
        + points.div_ceil(POINTS_A_CALL).div_ceil(CALLS_AT_ONCE);
    said.latency * u32::try_from(turns).unwrap()
}

/// From the start of a round, which is its slot or the event that came after it, to its line in the log.
fn length(line: &Value, invoked: SystemTime) -> Duration {
    let time = |key: &str| humantime::parse_rfc3339(line[key].as_str().unwrap()).unwrap();
    time("timestamp").duration_since(time("slot").max(invoked)).unwrap_or_default()
}
