//! What the local run prints.

use std::{collections::BTreeMap, future::Future, io::Write, time::Duration};

use aws_stand_in::{Api, Datum, Message, StandIn};
use medialive_source_monitor::monitor::Report;

use crate::channels::CHANNELS;

/// How often new datapoints and events are printed during a tick.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The letter of each fault in the line of a feed.
const LETTERS: [(&str, char); 7] = [
    ("FrozenSeconds", 'F'),
    ("BlackSeconds", 'K'),
    ("BarsSeconds", 'B'),
    ("FlatSeconds", 'C'),
    ("NoPictureSeconds", 'N'),
    ("RepeatingSeconds", 'R'),
    ("PartialSeconds", 'P'),
];

/// The metrics that count feeds, as the line of a round names them.
const COUNTS: [(&str, &str); 9] = [
    ("HealthyFeeds", "healthy"),
    ("FrozenFeeds", "frozen"),
    ("BlackFeeds", "black"),
    ("BarsFeeds", "bars"),
    ("FlatFeeds", "flat"),
    ("RepeatingFeeds", "repeating"),
    ("PartialFeeds", "partial"),
    ("NoPictureFeeds", "no picture"),
    ("UnknownFeeds", "unknown"),
];

/// Waits for a tick. Prints each round as soon as CloudWatch has received its datapoints, and each
/// event as soon as EventBridge has received it.
pub async fn rounds_while<T>(aws: &StandIn, tick: impl Future<Output = T>) -> T {
    let mut tick = std::pin::pin!(tick);
    let mut printed = (aws.fleet("WatchedFeeds").len(), aws.events().len());
    loop {
        let result = tokio::select! {
            result = &mut tick => Some(result),
            () = tokio::time::sleep(POLL_INTERVAL) => None,
        };
        new_rounds(aws, &mut printed.0);
        new_events(aws, &mut printed.1);
        if let Some(result) = result {
            return result;
        }
    }
}

fn new_events(aws: &StandIn, printed: &mut usize) {
    let events = aws.events();
    for event in &events[*printed..] {
        let text = |member: &str| event.detail[member].as_str().unwrap_or_default().to_owned();
        let kind = if event.detail_type == "MediaLive Sources Changed" {
            "round".to_owned()
        } else {
            text("alarm_state").to_lowercase()
        };
        println!("    event: {kind:7}  {}", text("message"));
    }
    *printed = events.len();
}

fn new_rounds(aws: &StandIn, printed: &mut usize) {
    let watched = aws.fleet("WatchedFeeds");
    for round in &watched[*printed..] {
        let count = |metric: &str| {
            let data = aws.fleet(metric);
            let datum = data.iter().find(|datum| datum.timestamp == round.timestamp);
            datum.map_or(0.0, |datum| datum.value)
        };
        let counts = COUNTS.map(|(metric, name)| (count(metric), name));
        let present = counts.iter().filter(|(count, _)| *count > 0.0);
        let present: Vec<_> = present.map(|(count, name)| format!("{count} {name}")).collect();
        println!(
            "  {}  {} feeds: {}",
            humantime::format_rfc3339_seconds(round.timestamp),
            round.value,
            present.join(", "),
        );
        let _ = std::io::stdout().flush();
    }
    *printed = watched.len();
}

/// Prints the report that the tick returned.
pub fn report(report: &Report) {
    let mut counts = serde_json::to_value(report).unwrap();
    counts["incidents"] = report.incidents.len().into();
    println!("  report: {counts}");
    for open in &report.incidents {
        println!(
            "  open: {} ({}) pipeline {}, {} for {} s",
            open.channel, open.name, open.pipeline, open.condition, open.seconds
        );
    }
    println!();
}

/// Prints one line per feed.
pub fn feeds(aws: &StandIn) {
    println!(
        "channel  name                    pipeline  samples       longest fault        ImageProperties"
    );
    for channel in &CHANNELS {
        for pipeline in 0..channel.pipelines {
            let (samples, longest) = history(aws, channel.id, pipeline);
            let differences: Vec<String> = aws
                .values_of(channel.id, pipeline, "ImageProperties")
                .iter()
                .map(ToString::to_string)
                .collect();
            println!(
                "{:7}  {:22}  {pipeline:8}  {samples:12}  {longest:19}  {}",
                channel.id,
                channel.name,
                differences.join(" ")
            );
        }
    }
    println!(
        "  . no fault  F frozen  K black  B bars  C flat  N no picture  R repeating  P partial; a failed \
         sample has no letter\n"
    );
}

/// One letter for each sample of a feed, and its longest fault.
fn history(aws: &StandIn, channel: &str, pipeline: u8) -> (String, String) {
    let mut letters: BTreeMap<i64, char> = BTreeMap::new();
    let mut longest: Option<(f64, &str)> = None;
    for datum in aws.data_of(channel, pipeline, "FaultSeconds") {
        letters.insert(datum.epoch_seconds() as i64, '.');
    }
    for (metric, letter) in LETTERS {
        for datum in aws.data_of(channel, pipeline, metric) {
            let sample = letters.entry(datum.epoch_seconds() as i64).or_insert('.');
            if datum.value > 0.0 {
                *sample = letter;
            }
            if datum.value > longest.map_or(0.0, |(seconds, _)| seconds) {
                longest = Some((datum.value, metric));
            }
        }
    }
    let longest = match longest {
        Some((seconds, metric)) => format!("{metric} {seconds}"),
        None => "-".to_owned(),
    };
    (letters.into_values().collect(), longest)
}

/// Prints the mail about one channel that is off air, and the last one about several.
pub fn mails(mails: &[Message]) {
    let about = |part: &str| {
        mails.iter().rfind(|mail| mail.subject.as_ref().is_some_and(|one| one.contains(part)))
    };
    for mail in [about("OFF AIR: Sports"), about("sources down")].into_iter().flatten() {
        println!("mail\n  Subject: {}\n", mail.subject.as_deref().unwrap_or_default());
        for line in mail.text.lines() {
            println!("  {line}");
        }
        println!();
    }
}

/// Prints how many datapoints of which metric CloudWatch received.
pub fn received(aws: &StandIn) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for Datum { name, .. } in aws.data() {
        *counts.entry(name).or_default() += 1;
    }
    let counts: Vec<String> =
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    println!(
        "CloudWatch received {} datapoints in {} requests: {}",
        aws.data_count(),
        aws.count(Api::PutMetricData),
        counts.join(", ")
    );
}

/// Prints how to call a stand-in that keeps running.
pub fn how_to_use(endpoint: &str) {
    println!("Runs until interrupted. In another terminal:\n");
    println!("  export AWS_ENDPOINT_URL={endpoint} AWS_REGION=eu-west-1");
    println!("  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local");
    println!("  cargo lambda watch");
    println!("  cargo lambda invoke monitor --data-file events/schedule.json\n");
}
