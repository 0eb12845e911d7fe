//! Any environment, as lines of `NAME=value`: settings within their ranges, or every fault named.
#![no_main]

use std::{collections::BTreeMap, time::Duration};

use libfuzzer_sys::fuzz_target;
use mounted::settings::{RekognitionUse, Settings, from_map};

fuzz_target!(|text: &str| {
    let variables: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, held)| (name.to_owned(), held.to_owned()))
        .collect();
    let within = |time: Duration, from, to| (from..=to).contains(&time.as_secs());
    match Settings::read(from_map(&variables)) {
        Ok(read) => {
            assert!(within(read.interval, 2, 60) && within(read.period, 2, 840));
            assert!((1..=255).contains(&read.namespace.len()) && !read.namespace.starts_with("AWS/"));
            assert!(read.thumbnail_tps.get() <= 10_000 && read.rekognition_tps.get() <= 10_000);
            assert!((1..=1_000).contains(&read.concurrent_feeds));
            let limits = read.limits;
            for time in [
                limits.frozen_after,
                limits.black_after,
                limits.bars_after,
                limits.flat_after,
                limits.no_picture_after,
                limits.clear_after,
            ] {
                assert!(within(time, 1, 86_400));
            }
            assert!(within(limits.start_grace, 0, 86_400) && limits.longest_gap >= read.interval * 3);
            assert!(!read.feed_metrics.is_empty() && read.feed_metrics.len() <= 9);
            assert!(read.include_tags.iter().chain(&read.exclude_tags).all(|(key, _)| !key.is_empty()));
            if let RekognitionUse::Interval(time) = read.rekognition {
                assert!(within(time, 1, 86_400));
            }
        }
        Err(faults) => {
            let message = faults.to_string();
            let told = message.lines().skip(1);
            assert!(told.clone().count() >= 1, "one line for each fault, whatever it held");
            for line in told {
                let name = line.trim_start().split(' ').next().unwrap_or_default();
                assert!(variables.contains_key(name), "{name:?} was never set: {message}");
            }
        }
    }
});
