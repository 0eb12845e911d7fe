//! Compares `template.yaml` with the code: its alarms and its dashboard use metrics that the
//! monitor publishes, its parameters are the settings, the monitor accepts the events of its
//! schedules, and its roles allow the calls that the functions make and no others.
//!
//! Reads the template as it is written. `.ci/template` checks the template that SAM makes of it.

mod read;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use medialive_source_monitor::{
    metric::{FEED_DIMENSIONS, Metric, Scope},
    monitor::trigger::{self, Trigger},
    settings::{RekognitionUse, Settings},
};
use regex_lite::Regex;
use serde_json::Value;

use read::{
    Use, allowed, default_of, of_type, template, used_by_alarms, used_by_dashboard, widgets,
};

/// The IAM actions that each role must have, by whether their statement names a resource. The file
/// is the only list besides the template; `.ci/template.py` reads it too.
const PERMISSIONS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/repository/permissions.json"));

/// The metrics of AWS services that the template uses. They are listed so that a misspelt name
/// fails a test.
const AWS_METRICS: [(&str, &str); 8] = [
    ("AWS/Lambda", "ConcurrentExecutions"),
    ("AWS/Lambda", "Duration"),
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Invocations"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/Rekognition", "SuccessfulRequestCount"),
    ("AWS/Rekognition", "ThrottledCount"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
];

/// The metrics that the monitor publishes, with their dimensions.
fn published() -> BTreeSet<Use> {
    Metric::ALL
        .into_iter()
        .map(|metric| {
            let dimensions = if metric.scope() == Scope::Feed { &FEED_DIMENSIONS[..] } else { &[] };
            Use::new("EmlRekognitionWatcher", metric.name(), dimensions.iter().copied())
        })
        .collect()
}

/// Whether the monitor accepts this value of an environment variable while all others are unset.
fn accepts(variable: &str, value: &str) -> bool {
    Settings::read(|name| (name == variable).then(|| value.to_owned())).is_ok()
}

/// The environment variables of both functions, with the parameter that each refers to.
fn variables(template: &Value) -> BTreeMap<String, String> {
    let variables =
        template["Globals"]["Function"]["Environment"]["Variables"].as_object().unwrap();
    variables
        .iter()
        .map(|(variable, value)| {
            let value = value.get("Fn::Join").map_or(value, |join| &join[1]);
            (variable.clone(), value["Ref"].as_str().unwrap().to_owned())
        })
        .collect()
}

/// `FROZEN_AFTER` as `FrozenAfter`.
fn pascal_case(variable: &str) -> String {
    variable.split('_').flat_map(|word| [word[..1].to_owned(), word[1..].to_lowercase()]).collect()
}

#[test]
fn alarms_and_dashboard_use_published_metrics_with_their_dimensions() {
    let template = template();
    let published = published();
    for (user, one) in used_by_alarms(&template).into_iter().chain(used_by_dashboard(&template)) {
        let of_aws = AWS_METRICS.contains(&(one.namespace.as_str(), one.metric.as_str()));
        assert!(of_aws || published.contains(&one), "{user:?} uses {one:?}");
    }
}

#[test]
fn every_published_metric_is_on_the_dashboard_or_in_an_alarm() {
    let template = template();
    let mut unused = published();
    for (_, one) in used_by_alarms(&template).into_iter().chain(used_by_dashboard(&template)) {
        unused.remove(&one);
    }
    // Another process reads them, and the picture wall.
    let read = [Metric::StartGraceSeconds, Metric::NoThumbnailSeconds].map(Metric::name);
    unused.retain(|one| !read.contains(&one.metric.as_str()));
    assert_eq!(unused, BTreeSet::new());
}

#[test]
fn every_alarm_is_on_the_dashboard_and_notifies_the_topic() {
    let template = template();
    let shown = widgets(&template).into_iter().find(|widget| widget["type"] == "alarm").unwrap();
    let shown = shown["properties"]["alarms"].as_array().unwrap();
    for (name, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        assert!(
            shown.contains(&Value::from(format!("{name}.Arn"))),
            "{name} is not on the dashboard"
        );
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm[actions][0]["Ref"], "AlarmTopic", "{name}");
        }
    }
}

#[test]
fn no_alarm_names_a_channel() {
    let template = template();
    for (name, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        assert!(!alarm.to_string().contains(" WHERE "), "{name} has a condition on a dimension");
        for dimension in alarm.get("Dimensions").and_then(Value::as_array).into_iter().flatten() {
            let dimension = dimension["Name"].as_str();
            assert!(
                matches!(dimension, Some("FunctionName" | "QueueName")),
                "{name} has {dimension:?}"
            );
        }
    }
}

#[test]
fn the_variables_are_the_settings_and_refer_to_the_parameters_of_the_same_name() {
    let template = template();
    let read = RefCell::new(BTreeSet::new());
    let _ = Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    });
    let mut read = read.into_inner();
    assert!(read.remove("AWS_LAMBDA_LOG_LEVEL"), "Lambda sets it from LoggingConfig");
    let variables = variables(&template);
    assert_eq!(variables.keys().cloned().collect::<BTreeSet<_>>(), read);
    for (variable, parameter) in variables {
        assert_eq!(parameter, pascal_case(&variable));
        assert!(template["Parameters"].get(&parameter).is_some(), "{parameter}");
    }
}

#[test]
fn the_parameters_defaults_are_the_settings_defaults_except_for_rekognition_interval() {
    let template = template();
    let variables = variables(&template);
    let with_template = Settings::read(|name| match name {
        "AWS_LAMBDA_LOG_LEVEL" => default_of(&template, "LogLevel"),
        name => default_of(&template, &variables[name]),
    });
    let mut expected = Settings::read(|_| None).unwrap();
    assert_eq!(expected.rekognition, RekognitionUse::EverySample);
    expected.rekognition = RekognitionUse::Interval(Duration::from_mins(1));
    assert_eq!(with_template.unwrap(), expected);
}

#[test]
fn a_parameters_bounds_are_the_settings_bounds() {
    let template = template();
    for (variable, parameter) in variables(&template) {
        let body = &template["Parameters"][&parameter];
        if let (Some(min), Some(max)) = (body.get("MinValue"), body.get("MaxValue")) {
            let (min, max) = (min.as_i64().unwrap(), max.as_i64().unwrap());
            for (value, valid) in [(min - 1, false), (min, true), (max, true), (max + 1, false)] {
                assert_eq!(accepts(&variable, &value.to_string()), valid, "{variable}={value}");
            }
        }
        for value in body.get("AllowedValues").and_then(Value::as_array).into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert!(accepts(&variable, &value), "{variable}={value}");
        }
        let bounded = ["MinValue", "AllowedValues", "AllowedPattern"]
            .iter()
            .any(|key| body.get(key).is_some());
        assert!(bounded, "{parameter} accepts any value");
    }
}

#[test]
fn feed_metrics_offers_every_per_feed_metric() {
    let offered = &template()["Parameters"]["FeedMetrics"]["AllowedValues"];
    let all: Vec<_> = Metric::selectable_metrics().map(Metric::name).collect();
    assert_eq!(*offered, Value::from(all));
}

/// Values that some patterns accept: numbers, Regions, namespaces and lists of tags, valid and
/// invalid. The first one is empty.
const CANDIDATES: [&str; 47] = [
    "",
    "0",
    "1",
    "9",
    "10",
    "999",
    "9999",
    "10000",
    "79999",
    "80000",
    "85999",
    "86400",
    "86401",
    "99999",
    "100000",
    "00",
    "-1",
    "1.5",
    "1 ",
    "1e3",
    "eu-west-1",
    "us-gov-west-1",
    "eu-west",
    "eu--1",
    "-eu-west",
    "EU-WEST-1",
    "eu-west-1a",
    "AWS",
    "AWS/",
    "AWS/Lambda",
    "aws/x",
    "My/AWS/Name",
    "Play.Out_1-#:",
    ":x",
    "a b",
    "n\u{e4}he",
    "k=v",
    "k=",
    "=v",
    " =v",
    "a b=c d",
    "k=v,",
    ",k=v",
    "k=v=w",
    "k=v,l=w",
    "k=v,,l=w",
    "kv",
];

#[test]
fn a_parameters_pattern_accepts_exactly_what_the_setting_accepts() {
    let (longest, too_long) = ("n".repeat(255), "n".repeat(256));
    let template = template();
    for (variable, parameter) in variables(&template) {
        let Some(pattern) = template["Parameters"][&parameter].get("AllowedPattern") else {
            continue;
        };
        let pattern = pattern.as_str().unwrap();
        // Skip the empty namespace: the setting replaces it by its default. The template must
        // reject it, because the alarms use the parameter as well.
        let skipped = usize::from(variable == "METRIC_NAMESPACE");
        for value in CANDIDATES.into_iter().chain([&*longest, &*too_long]).skip(skipped) {
            assert_eq!(matches(pattern, value), accepts(&variable, value), "{variable}={value:?}");
        }
    }
}

/// Whether the pattern matches. `regex_lite` has no look-ahead, so the only one in the template,
/// which rejects the namespaces that AWS reserves, is evaluated here.
fn matches(pattern: &str, value: &str) -> bool {
    let without_look_ahead = pattern.replace("(?!AWS/)", "");
    if without_look_ahead.len() < pattern.len() && value.starts_with("AWS/") {
        return false;
    }
    Regex::new(&without_look_ahead).unwrap().is_match(value)
}

#[test]
fn the_schedules_send_every_shard_in_a_form_that_the_monitor_accepts() {
    let template = template();
    let first = &template["Resources"]["Monitor"]["Properties"]["Events"]["FirstShard"]["Properties"]
        ["Input"];
    let inputs = of_type(&template, "AWS::Scheduler::Schedule")
        .map(|(_, schedule)| &schedule["Target"]["Input"])
        .chain([first]);
    let triggers: BTreeSet<_> = inputs
        .map(|input| {
            let format = input["Fn::Sub"].as_str().unwrap().replace("${Shards}", "8");
            let Trigger { shard, of } =
                trigger::read(&serde_json::from_str(&format).unwrap()).unwrap();
            (shard, of)
        })
        .collect();
    assert_eq!(triggers, (0..8).map(|shard| (shard, 8)).collect());
}

#[test]
fn the_roles_allow_the_calls_that_are_made_and_no_others() {
    let template = template();
    let expected: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> =
        serde_json::from_str(PERMISSIONS).unwrap();
    let roles: BTreeSet<_> = of_type(&template, "AWS::IAM::Role").map(|(role, _)| role).collect();
    assert_eq!(roles, expected.keys().map(String::as_str).collect());
    for (role, scopes) in &expected {
        assert_eq!(
            allowed(&template, role),
            scopes.values().flatten().cloned().collect(),
            "{role}"
        );
    }
}
