//! What the newcomer reads.

use std::{collections::BTreeMap, future::Future, io::Write, time::Duration};

use medialive_source_monitor::report::Report;

use crate::{
    channels::CAST,
    standin::{Api, StandIn},
};

/// A condition in the strip of a feed.
const LETTERS: [(&str, char); 5] = [
    ("FrozenSeconds", 'F'),
    ("BlackSeconds", 'K'),
    ("BarsSeconds", 'B'),
    ("FlatSeconds", 'C'),
    ("NoPictureSeconds", 'N'),
];

/// Waits for a tick, and shows that it lives: a line for each round as CloudWatch gets it.
pub async fn while_it_runs<T>(aws: &StandIn, tick: impl Future<Output = T>) -> T {
    let mut tick = std::pin::pin!(tick);
    let mut shown = aws.fleet("WatchedFeeds").len();
    loop {
        tokio::select! {
            done = &mut tick => {
                rounds(aws, &mut shown);
                return done;
            }
            () = tokio::time::sleep(Duration::from_millis(100)) => rounds(aws, &mut shown),
        }
    }
}

fn rounds(aws: &StandIn, shown: &mut usize) {
    let watched = aws.fleet("WatchedFeeds");
    for round in &watched[*shown..] {
        let count = |metric: &str| {
            aws.fleet(metric)
                .iter()
                .find(|datum| datum.timestamp == round.timestamp)
                .map_or(0.0, |datum| datum.value)
        };
        println!(
            "  {}  {:2} feeds: {:2} healthy, {} frozen, {} black, {} bars, {} flat, {} no picture, {} unknown",
            humantime::format_rfc3339_seconds(round.timestamp),
            round.value,
            count("HealthyFeeds"),
            count("FrozenFeeds"),
            count("BlackFeeds"),
            count("BarsFeeds"),
            count("FlatFeeds"),
            count("NoPictureFeeds"),
            count("UnknownFeeds"),
        );
        let _ = std::io::stdout().flush();
    }
    *shown = watched.len();
}

/// The tick's answer.
pub fn answer(report: &Report) {
    let mut counts = serde_json::to_value(report).unwrap();
    counts["incidents"] = report.incidents.len().into();
    println!("  answer: {counts}");
    for open in &report.incidents {
        println!(
            "  open: {} ({}) pipeline {}, {} for {} s",
            open.channel, open.name, open.pipeline, open.condition, open.seconds
        );
    }
    println!();
}

/// One line a feed.
pub fn feeds(aws: &StandIn) {
    println!("channel  name                    pipeline  each look     longest            ImageProperties");
    for cast in &CAST {
        for pipeline in 0..cast.pipelines {
            let (strip, longest) = story(aws, cast.id, pipeline);
            let differences: Vec<String> =
                aws.values_of(cast.id, pipeline, "ImageProperties").iter().map(ToString::to_string).collect();
            println!(
                "{:7}  {:22}  {pipeline:8}  {strip:12}  {longest:17}  {}",
                cast.id,
                cast.name,
                differences.join(" ")
            );
        }
    }
    println!(
        "  . nothing wrong  F frozen  K black  B bars  C one colour  N no picture; a look that failed has no letter\n"
    );
}

/// A letter for each look of a feed, and its longest fault.
fn story(aws: &StandIn, channel: &str, pipeline: u8) -> (String, String) {
    let mut looks: BTreeMap<i64, char> = BTreeMap::new();
    let mut longest: Option<(f64, &str)> = None;
    for (metric, letter) in LETTERS {
        for datum in aws.data_of(channel, pipeline, metric) {
            let look = looks.entry(datum.epoch_seconds() as i64).or_insert('.');
            if datum.value > 0.0 {
                *look = letter;
            }
            if datum.value > longest.map_or(0.0, |(seconds, _)| seconds) {
                longest = Some((datum.value, metric));
            }
        }
    }
    let longest = longest.map_or_else(|| "-".to_owned(), |(seconds, metric)| format!("{metric} {seconds}"));
    (looks.into_values().collect(), longest)
}

/// What CloudWatch received.
pub fn received(aws: &StandIn) {
    let mut metrics: BTreeMap<String, usize> = BTreeMap::new();
    for datum in aws.data() {
        *metrics.entry(datum.name).or_default() += 1;
    }
    let metrics: Vec<String> = metrics.iter().map(|(name, count)| format!("{name} {count}")).collect();
    println!(
        "CloudWatch received {} datapoints in {} requests: {}",
        aws.data_count(),
        aws.count(Api::PutMetricData),
        metrics.join(", ")
    );
}

/// How to use a stand-in that stays up.
pub fn how_to_use(endpoint: &str) {
    println!("It stays up until it is interrupted. In another terminal:\n");
    println!("  export AWS_ENDPOINT_URL={endpoint} AWS_REGION=eu-west-1");
    println!("  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local");
    println!("  cargo lambda watch");
    println!("  cargo lambda invoke monitor --data-file events/schedule.json\n");
}
