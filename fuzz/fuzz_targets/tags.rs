//! Any tags on a channel: times within their ranges, what can't be read told by its key, and no value ever told.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mounted::{
    feed::Tags,
    judge::Limits,
    steer::{Choice, steer},
};

fuzz_target!(|input: (Vec<(String, String)>, Vec<(String, String)>, Vec<(String, String)>)| {
    let (pairs, include, exclude) = input;
    // Ours is one of many prefixes; without help the fuzzer would rarely spell it.
    let spelt = |(key, value): (String, String)| match key.strip_prefix('*') {
        Some(rest) => (format!("source-monitor:{rest}"), value),
        None => (key, value),
    };
    let tags: Tags = pairs.into_iter().map(spelt).collect();
    let defaults = Limits::default();
    let steering = steer(&tags, &defaults, Choice { include: &include, exclude: &exclude });
    let limits = &steering.limits;
    for time in [
        limits.frozen_after,
        limits.black_after,
        limits.bars_after,
        limits.flat_after,
        limits.no_picture_after,
        limits.clear_after,
    ] {
        assert!((1..=86_400).contains(&time.as_secs()));
    }
    assert!(limits.frozen_background_after.is_none_or(|time| (1..=86_400).contains(&time.as_secs())));
    assert_eq!((limits.start_grace, limits.longest_gap), (defaults.start_grace, defaults.longest_gap));
    for tag in &steering.unreadable {
        assert!(tag.key.starts_with("source-monitor") && tags.contains_key(&tag.key));
    }
    if !tags.keys().any(|key| key.starts_with("source-monitor")) {
        assert_eq!(steering.limits, defaults);
        assert!(steering.unreadable.is_empty());
    }
});
