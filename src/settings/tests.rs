//! Settings as an operator meets them: what is accepted, and the exact message about everything
//! else.

use std::collections::BTreeMap;

use proptest::prelude::*;
use source_detection::variables::from_map;

use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let variables: BTreeMap<_, _> =
        variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    Settings::read(from_map(&variables)).map_err(|error| error.to_string())
}

#[track_caller]
fn assert_invalid(name: &str, value: &str, accepts: &str) {
    let message = format!("1 invalid setting:\n  {name} is {value:?}; it accepts {accepts}");
    assert_eq!(read(&[(name, value)]).unwrap_err(), message);
}

#[test]
fn without_variables_the_defaults_apply() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.namespace, "EmlRekognitionWatcher");
    assert_eq!(settings.interval, Duration::from_secs(10));
    assert_eq!(settings.period, Duration::from_secs(60));
    assert_eq!(settings.rekognition, RekognitionUse::EverySample);
    assert_eq!(settings.rekognition_region, None);
    assert_eq!((settings.thumbnail_tps.get(), settings.rekognition_tps.get()), (20, 5));
    assert_eq!(settings.feed_metrics, Metric::DEFAULT);
    assert!(!settings.debug);
    assert_eq!((settings.events, settings.dashboard), (true, None));
}

#[test]
fn events_are_sent_unless_they_are_switched_off_and_link_to_a_dashboard_that_is_named() {
    assert!(!read(&[("EVENTS", "false")]).unwrap().events);
    assert_invalid("EVENTS", "off", "true or false");
    let dashboard = read(&[("DASHBOARD", "source-monitor-eu-west-1")]).unwrap().dashboard;
    assert_eq!(dashboard.as_deref(), Some("source-monitor-eu-west-1"));
    assert_invalid("DASHBOARD", "my dashboard", DASHBOARD_ACCEPTS);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    assert_eq!(read(&[("DETECTION_INTERVAL", "")]).unwrap(), read(&[]).unwrap());
}

#[test]
fn the_ends_of_a_range_are_in_it() {
    assert_eq!(read(&[("DETECTION_INTERVAL", "2")]).unwrap().interval, Duration::from_secs(2));
    assert_eq!(read(&[("DETECTION_INTERVAL", "60")]).unwrap().interval, Duration::from_secs(60));
    assert_invalid("DETECTION_INTERVAL", "1", "whole seconds from 2 to 60");
    assert_invalid("DETECTION_INTERVAL", "61", "whole seconds from 2 to 60");
    assert_invalid("SCHEDULE_PERIOD", "841", "whole seconds from 2 to 840");
    assert_invalid("THUMBNAIL_TPS", "10001", "a whole number from 1 to 10000");
    assert_invalid("REKOGNITION_TPS", "0", "a whole number from 1 to 10000");
}

#[test]
fn a_number_has_only_digits() {
    for value in ["10s", " 10", "1e1", "+10", "10.0", "ten", "-10", "99999999999999999999"] {
        assert_invalid("DETECTION_INTERVAL", value, "whole seconds from 2 to 60");
    }
}

#[test]
fn rekognition_rates_every_sample_or_at_an_interval_or_never() {
    let rekognition = |value| read(&[("REKOGNITION_INTERVAL", value)]).unwrap().rekognition;
    assert_eq!(rekognition("0"), RekognitionUse::Never);
    assert_eq!(rekognition("every-sample"), RekognitionUse::EverySample);
    assert_eq!(rekognition(""), RekognitionUse::EverySample);
    assert_eq!(rekognition("60"), RekognitionUse::Interval(Duration::from_mins(1)));
    let accepts = "whole seconds from 1 to 86400, 0 for never, or every-sample (or nothing)";
    assert_invalid("REKOGNITION_INTERVAL", "never", accepts);
}

#[test]
fn the_debug_switch_is_read_as_the_aws_sample_writes_it() {
    for (value, debug) in [("True", true), ("False", false), ("true", true), ("0", false)] {
        assert_eq!(read(&[("ENABLE_DEBUG", value)]).unwrap().debug, debug);
    }
    assert_invalid("ENABLE_DEBUG", "yes", "true or false");
}

#[test]
fn feed_metrics_are_named_as_they_are_published() {
    let settings = read(&[("FEED_METRICS", "Sharpness, ImageProperties,Sharpness")]).unwrap();
    assert_eq!(settings.feed_metrics, [Metric::Sharpness, Metric::ImageProperties]);
    let accepts = "a list with commas of ImageProperties, Brightness, Sharpness, Contrast, FrozenSeconds, \
                 BlackSeconds, BarsSeconds, FlatSeconds, NoPictureSeconds";
    assert_invalid("FEED_METRICS", "sharpness", accepts);
    assert_invalid("FEED_METRICS", "WatchedFeeds", accepts);
}

#[test]
fn a_namespace_is_one_that_cloudwatch_accepts() {
    assert_eq!(
        read(&[("METRIC_NAMESPACE", "Playout/Sources")]).unwrap().namespace,
        "Playout/Sources"
    );
    assert_invalid("METRIC_NAMESPACE", "AWS/MediaLive", NAMESPACE_ACCEPTS);
    assert_invalid("METRIC_NAMESPACE", "Sendeüberwachung", NAMESPACE_ACCEPTS);
}

#[test]
fn a_region_has_the_form_of_one() {
    let region = |value| read(&[("REKOGNITION_REGION", value)]).unwrap().rekognition_region;
    assert_eq!(region("eu-west-1"), Some("eu-west-1".to_owned()));
    assert_eq!(region("us-gov-west-1"), Some("us-gov-west-1".to_owned()));
    assert_invalid("REKOGNITION_REGION", "Ireland", "a Region such as eu-west-1");
}

#[test]
fn tags_to_include_are_pairs() {
    let settings = read(&[("INCLUDE_TAGS", "env=prod, env=staging,watch=")]).unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        settings.include_tags,
        [pair("env", "prod"), pair("env", "staging"), pair("watch", "")]
    );
    assert_invalid(
        "EXCLUDE_TAGS",
        "prod",
        "pairs of tag key and value, such as key=value,key=other",
    );
}

#[test]
fn all_invalid_settings_are_reported_at_once() {
    let message =
        read(&[("DETECTION_INTERVAL", "1"), ("SCHEDULE_PERIOD", "x"), ("ENABLE_DEBUG", "2")])
            .unwrap_err();
    assert_eq!(
        message,
        "3 invalid settings:\n  \
         DETECTION_INTERVAL is \"1\"; it accepts whole seconds from 2 to 60\n  \
         SCHEDULE_PERIOD is \"x\"; it accepts whole seconds from 2 to 840\n  \
         ENABLE_DEBUG is \"2\"; it accepts true or false"
    );
}

proptest! {
    #[test]
    fn reading_settings_never_panics_and_names_what_it_rejects(name in "[A-Z_]{1,20}", value in ".*") {
        for known in ["DETECTION_INTERVAL", "FEED_METRICS", "INCLUDE_TAGS", "METRIC_NAMESPACE", "REKOGNITION_REGION"] {
            if let Err(message) = read(&[(known, &value), (&name, &value)]) {
                let named = format!("{value:?}");
                prop_assert!(message.contains(&named));
            }
        }
    }
}
