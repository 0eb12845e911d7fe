//! Any environment, as lines of `NAME=value`: settings within their ranges, or every invalid one
//! named.
#![no_main]

use std::{collections::BTreeMap, time::Duration};

use libfuzzer_sys::fuzz_target;
use medialive_source_monitor::settings::{RekognitionUse, Settings};
use source_detection::variables::from_map;

fuzz_target!(|text: &str| {
    let variables: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    match Settings::read(from_map(&variables)) {
        Ok(settings) => check(settings),
        Err(error) => {
            let message = error.to_string();
            let lines = message.lines().skip(1);
            assert!(
                lines.clone().count() >= 1,
                "one line for each invalid setting, whatever it held"
            );
            for line in lines {
                let name = line.trim_start().split(' ').next().unwrap_or_default();
                assert!(variables.contains_key(name), "{name:?} was never set: {message}");
            }
        }
    }
});

fn check(settings: Settings) {
    let within = |time: Duration, from, to| (from..=to).contains(&time.as_secs());
    assert!(within(settings.interval, 2, 60) && within(settings.period, 2, 840));
    assert!(
        (1..=255).contains(&settings.namespace.len()) && !settings.namespace.starts_with("AWS/")
    );
    assert!(settings.thumbnail_tps.get() <= 10_000 && settings.rekognition_tps.get() <= 10_000);
    assert!((1..=1_000).contains(&settings.concurrent_feeds));
    let thresholds = settings.thresholds;
    for time in [
        thresholds.frozen_after,
        thresholds.black_after,
        thresholds.bars_after,
        thresholds.flat_after,
        thresholds.no_picture_after,
        thresholds.clear_after,
    ] {
        assert!(within(time, 1, 86_400));
    }
    assert!(
        within(thresholds.start_grace, 0, 86_400)
            && thresholds.longest_gap >= settings.interval * 3
    );
    assert!(!settings.feed_metrics.is_empty() && settings.feed_metrics.len() <= 9);
    assert!(
        settings.include_tags.iter().chain(&settings.exclude_tags).all(|(key, _)| !key.is_empty())
    );
    if let RekognitionUse::Interval(time) = settings.rekognition {
        assert!(within(time, 1, 86_400));
    }
}
