//! Settings as an operator meets them: what is taken, and every word of what is said about the rest.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let variables: BTreeMap<_, _> =
        variables.iter().map(|&(name, held)| (name.to_owned(), held.to_owned())).collect();
    Settings::read(from_map(&variables)).map_err(|faults| faults.to_string())
}

#[track_caller]
fn refused(name: &str, held: &str, takes: &str) {
    let message = format!(
        "1 setting can't be used, so the monitor does not start:\n  {name} is {held:?}; it takes {takes}"
    );
    assert_eq!(read(&[(name, held)]).unwrap_err(), message);
}

#[test]
fn nothing_set_is_the_defaults() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.namespace, "EmlRekognitionWatcher");
    assert_eq!(settings.interval, Duration::from_secs(10));
    assert_eq!(settings.period, Duration::from_secs(60));
    assert_eq!(settings.rekognition, RekognitionUse::EverySample);
    assert_eq!(settings.rekognition_region, None);
    assert_eq!((settings.thumbnail_tps.get(), settings.rekognition_tps.get()), (20, 5));
    assert_eq!(settings.feed_metrics, Metric::DEFAULT);
    assert!(!settings.debug);
}

#[test]
fn a_variable_that_is_empty_is_one_that_is_not_set() {
    assert_eq!(read(&[("DETECTION_INTERVAL", "")]).unwrap(), read(&[]).unwrap());
}

#[test]
fn the_ends_of_a_range_are_in_it() {
    assert_eq!(read(&[("DETECTION_INTERVAL", "2")]).unwrap().interval, Duration::from_secs(2));
    assert_eq!(read(&[("DETECTION_INTERVAL", "60")]).unwrap().interval, Duration::from_secs(60));
    refused("DETECTION_INTERVAL", "1", "whole seconds from 2 to 60");
    refused("DETECTION_INTERVAL", "61", "whole seconds from 2 to 60");
    refused("SCHEDULE_PERIOD", "841", "whole seconds from 2 to 840");
    refused("THUMBNAIL_TPS", "10001", "a whole number from 1 to 10000");
    refused("REKOGNITION_TPS", "0", "a whole number from 1 to 10000");
}

#[test]
fn a_number_is_nothing_but_digits() {
    for held in ["10s", " 10", "1e1", "+10", "10.0", "ten", "-10", "99999999999999999999"] {
        refused("DETECTION_INTERVAL", held, "whole seconds from 2 to 60");
    }
}

#[test]
fn rekognition_is_asked_always_now_and_then_or_never() {
    let rekognition = |held| read(&[("REKOGNITION_INTERVAL", held)]).unwrap().rekognition;
    assert_eq!(rekognition("0"), RekognitionUse::Never);
    assert_eq!(rekognition("60"), RekognitionUse::Interval(Duration::from_mins(1)));
    let takes = "whole seconds from 1 to 86400, 0 for never, or nothing for every sample";
    refused("REKOGNITION_INTERVAL", "never", takes);
}

#[test]
fn the_seeds_switch_is_read_as_the_seed_wrote_it() {
    for (held, debug) in [("True", true), ("False", false), ("true", true), ("0", false)] {
        assert_eq!(read(&[("ENABLE_DEBUG", held)]).unwrap().debug, debug);
    }
    refused("ENABLE_DEBUG", "yes", "true or false");
}

#[test]
fn feed_metrics_are_named_as_they_are_published() {
    let settings = read(&[("FEED_METRICS", "Sharpness, ImageProperties,Sharpness")]).unwrap();
    assert_eq!(settings.feed_metrics, [Metric::Sharpness, Metric::ImageProperties]);
    let takes = "a list with commas of ImageProperties, Brightness, Sharpness, Contrast, FrozenSeconds, \
                 BlackSeconds, BarsSeconds, FlatSeconds, NoPictureSeconds";
    refused("FEED_METRICS", "sharpness", takes);
    refused("FEED_METRICS", "WatchedFeeds", takes);
}

#[test]
fn a_namespace_is_one_that_cloudwatch_takes() {
    assert_eq!(read(&[("METRIC_NAMESPACE", "Playout/Sources")]).unwrap().namespace, "Playout/Sources");
    refused("METRIC_NAMESPACE", "AWS/MediaLive", NAMESPACE_TAKES);
    refused("METRIC_NAMESPACE", "Sendeüberwachung", NAMESPACE_TAKES);
}

#[test]
fn a_region_looks_like_one() {
    let region = |held| read(&[("REKOGNITION_REGION", held)]).unwrap().rekognition_region;
    assert_eq!(region("eu-west-1"), Some("eu-west-1".to_owned()));
    assert_eq!(region("us-gov-west-1"), Some("us-gov-west-1".to_owned()));
    refused("REKOGNITION_REGION", "Ireland", "a Region such as eu-west-1");
}

#[test]
fn tags_to_include_are_pairs() {
    let settings = read(&[("INCLUDE_TAGS", "env=prod, env=staging,watch=")]).unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(settings.include_tags, [pair("env", "prod"), pair("env", "staging"), pair("watch", "")]);
    refused("EXCLUDE_TAGS", "prod", "pairs of tag key and value, such as key=value,key=other");
}

#[test]
fn all_faults_are_told_at_once() {
    let message =
        read(&[("DETECTION_INTERVAL", "1"), ("SCHEDULE_PERIOD", "x"), ("ENABLE_DEBUG", "2")]).unwrap_err();
    assert_eq!(
        message,
        "3 settings can't be used, so the monitor does not start:\n  \
         DETECTION_INTERVAL is \"1\"; it takes whole seconds from 2 to 60\n  \
         SCHEDULE_PERIOD is \"x\"; it takes whole seconds from 2 to 840\n  \
         ENABLE_DEBUG is \"2\"; it takes true or false"
    );
}

proptest! {
    #[test]
    fn reading_settings_never_panics_and_names_what_it_refuses(name in "[A-Z_]{1,20}", held in ".*") {
        for known in ["DETECTION_INTERVAL", "FEED_METRICS", "INCLUDE_TAGS", "METRIC_NAMESPACE", "REKOGNITION_REGION"] {
            if let Err(message) = read(&[(known, &held), (&name, &held)]) {
                let named = format!("{held:?}");
                prop_assert!(message.contains(&named));
            }
        }
    }
}
