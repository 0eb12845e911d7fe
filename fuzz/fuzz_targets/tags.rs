//! Any tags on a channel: thresholds within their ranges, and every invalid tag reported by its
//! key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use medialive_source_monitor::{
    feed::Tags,
    tags::{TagFilter, TagOverrides},
};
use source_detection::Thresholds;

const PREFIX: &str = "source-monitor";

fuzz_target!(|input: (Vec<(String, String)>, Vec<(String, String)>, Vec<(String, String)>)| {
    let (pairs, include, exclude) = input;
    // `*` stands for the prefix, which the fuzzer would rarely find by itself.
    let spelt = |(key, value): (String, String)| match key.strip_prefix('*') {
        Some(rest) => (format!("{PREFIX}:{rest}"), value),
        None => (key, value),
    };
    let tags: Tags = pairs.into_iter().map(spelt).collect();
    let defaults = Thresholds::default();
    let overrides =
        TagOverrides::of(&tags, &defaults, TagFilter { include: &include, exclude: &exclude });
    let thresholds = &overrides.thresholds;
    for time in [
        thresholds.frozen_after,
        thresholds.black_after,
        thresholds.bars_after,
        thresholds.flat_after,
        thresholds.no_picture_after,
        thresholds.clear_after,
    ] {
        assert!((1..=86_400).contains(&time.as_secs()));
    }
    assert!(
        thresholds
            .frozen_background_after
            .is_none_or(|time| (1..=86_400).contains(&time.as_secs()))
    );
    assert_eq!(
        (thresholds.start_grace, thresholds.longest_gap),
        (defaults.start_grace, defaults.longest_gap)
    );
    for tag in &overrides.invalid {
        assert!(tag.key.starts_with(PREFIX) && tags.contains_key(&tag.key));
    }
    if !tags.keys().any(|key| key.starts_with(PREFIX)) {
        assert_eq!(overrides.thresholds, defaults);
        assert!(overrides.invalid.is_empty());
    }
});
