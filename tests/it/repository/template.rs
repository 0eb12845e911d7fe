//! `template.yaml` against the code: its metrics are ones that are published, its parameters are the settings, its
//! schedules send what the monitor takes, and its policies allow the calls that are made and no more.
//!
//! Reads the template as written. What SAM makes of it is the matter of `.ci/template`.

mod read;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use medialive_source_monitor::{
    metric::{Metric, Scope},
    settings::{RekognitionUse, Settings},
    trigger::{self, Trigger},
};
use regex_lite::Regex;
use serde_json::Value;

use read::{Use, allowed, default_of, of_type, template, used_by_alarms, used_by_dashboard, widgets};

/// The calls of the monitor, with writing its log and, in its name, handing lost ticks to the queue.
const MONITOR_MAY: [&str; 8] = [
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "medialive:DescribeThumbnails",
    "medialive:ListChannels",
    "rekognition:DetectLabels",
    "sqs:SendMessage",
];

/// The calls of the picture wall, which changes nothing and never asks Rekognition.
const MULTIVIEWER_MAY: [&str; 5] = [
    "cloudwatch:GetMetricData",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "medialive:DescribeThumbnails",
    "medialive:ListChannels",
];

/// Metrics of AWS's own that the template watches. A new one is a decision.
const FOREIGN: [(&str, &str); 8] = [
    ("AWS/Lambda", "ConcurrentExecutions"),
    ("AWS/Lambda", "Duration"),
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Invocations"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/Rekognition", "SuccessfulRequestCount"),
    ("AWS/Rekognition", "ThrottledCount"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
];

fn published() -> BTreeSet<Use> {
    let of_feed = ["ChannelId", "Pipeline"];
    Metric::ALL
        .into_iter()
        .map(|metric| {
            let dimensions = if metric.scope() == Scope::Feed { &of_feed[..] } else { &[] };
            Use::new("EmlRekognitionWatcher", metric.name(), dimensions.iter().copied())
        })
        .collect()
}

/// Whether the monitor starts with this one variable set.
fn starts_with(variable: &str, held: &str) -> bool {
    Settings::read(|name| (name == variable).then(|| held.to_owned())).is_ok()
}

/// Variables of the functions, with the parameter that each comes from.
fn variables(template: &Value) -> BTreeMap<String, String> {
    let variables = template["Globals"]["Function"]["Environment"]["Variables"].as_object().unwrap();
    variables
        .iter()
        .map(|(variable, value)| {
            let value = value.get("Fn::Join").map_or(value, |join| &join[1]);
            (variable.clone(), value["Ref"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn pascal(variable: &str) -> String {
    variable.split('_').flat_map(|word| [word[..1].to_owned(), word[1..].to_lowercase()]).collect()
}

#[test]
fn alarms_and_dashboard_use_metrics_that_are_published_with_their_dimensions() {
    let template = template();
    let published = published();
    for (user, one) in used_by_alarms(&template).into_iter().chain(used_by_dashboard(&template)) {
        let foreign = FOREIGN.contains(&(one.namespace.as_str(), one.metric.as_str()));
        assert!(foreign || published.contains(&one), "{user:?} uses {one:?}");
    }
}

#[test]
fn every_published_metric_is_drawn_or_alarmed() {
    let template = template();
    let mut unused = published();
    for (_, one) in used_by_alarms(&template).into_iter().chain(used_by_dashboard(&template)) {
        unused.remove(&one);
    }
    assert_eq!(unused, BTreeSet::new());
}

#[test]
fn every_alarm_is_on_the_dashboard_and_tells_the_topic() {
    let template = template();
    let shown = widgets(&template).into_iter().find(|widget| widget["type"] == "alarm").unwrap();
    let shown = shown["properties"]["alarms"].as_array().unwrap();
    for (name, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        assert!(shown.contains(&Value::from(format!("{name}.Arn"))), "{name} is not shown");
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm[actions][0]["Ref"], "AlarmTopic", "{name}");
        }
    }
}

#[test]
fn no_alarm_names_a_channel() {
    let template = template();
    for (name, alarm) in of_type(&template, "AWS::CloudWatch::Alarm") {
        assert!(!alarm.to_string().contains(" WHERE "), "{name} picks feeds by name");
        let picks =
            |dimension: &Value| !matches!(dimension["Name"].as_str(), Some("FunctionName" | "QueueName"));
        let dimensions = alarm.get("Dimensions").and_then(Value::as_array);
        assert!(!dimensions.into_iter().flatten().any(picks), "{name} picks feeds by name");
    }
}

#[test]
fn each_setting_has_its_parameter_and_no_parameter_sets_anything_else() {
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
        assert_eq!(parameter, pascal(&variable));
        assert!(template["Parameters"].get(&parameter).is_some(), "{parameter}");
    }
}

#[test]
fn the_templates_defaults_are_the_settings_defaults_but_for_rekognition() {
    let template = template();
    let variables = variables(&template);
    let with_template = Settings::read(|name| match name {
        "AWS_LAMBDA_LOG_LEVEL" => default_of(&template, "LogLevel"),
        name => default_of(&template, &variables[name]),
    });
    let mut by_itself = Settings::read(|_| None).unwrap();
    assert_eq!(by_itself.rekognition, RekognitionUse::EverySample);
    by_itself.rekognition = RekognitionUse::Interval(Duration::from_mins(1));
    assert_eq!(with_template.unwrap(), by_itself);
}

#[test]
fn a_parameters_bounds_are_the_settings_bounds() {
    let template = template();
    for (variable, parameter) in variables(&template) {
        let body = &template["Parameters"][&parameter];
        if let (Some(least), Some(most)) = (body.get("MinValue"), body.get("MaxValue")) {
            let (least, most) = (least.as_i64().unwrap(), most.as_i64().unwrap());
            for (held, good) in [(least - 1, false), (least, true), (most, true), (most + 1, false)] {
                assert_eq!(starts_with(&variable, &held.to_string()), good, "{variable}={held}");
            }
        }
        for held in body.get("AllowedValues").and_then(Value::as_array).into_iter().flatten() {
            let held = held.as_str().map_or_else(|| held.to_string(), str::to_owned);
            assert!(starts_with(&variable, &held), "{variable}={held}");
        }
        let bounded =
            ["MinValue", "AllowedValues", "AllowedPattern"].iter().any(|key| body.get(key).is_some());
        assert!(bounded, "{parameter} takes anything");
    }
}

#[test]
fn feed_metrics_offers_each_metric_of_a_feed() {
    let offered = &template()["Parameters"]["FeedMetrics"]["AllowedValues"];
    let all: Vec<_> = Metric::feed_metrics().map(Metric::name).collect();
    assert_eq!(*offered, Value::from(all));
}

#[test]
fn a_parameters_pattern_takes_what_the_setting_takes() {
    let (longest, too_long) = ("n".repeat(255), "n".repeat(256));
    let candidates = [
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
        &longest,
        &too_long,
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
    let template = template();
    for (variable, parameter) in variables(&template) {
        let Some(pattern) = template["Parameters"][&parameter].get("AllowedPattern") else { continue };
        let pattern = pattern.as_str().unwrap();
        // The setting takes an empty name for its default. The template can't: the alarms name it too.
        let skipped = usize::from(variable == "METRIC_NAMESPACE");
        for held in candidates.into_iter().skip(skipped) {
            assert_eq!(matches(pattern, held), starts_with(&variable, held), "{variable}={held:?}");
        }
    }
}

/// The one look-ahead in the template is for the namespaces that AWS keeps for itself; the small regex crate has none.
fn matches(pattern: &str, held: &str) -> bool {
    let simple = pattern.replace("(?!AWS/)", "");
    let kept = simple.len() < pattern.len() && held.starts_with("AWS/");
    !kept && Regex::new(&simple).unwrap().is_match(held)
}

#[test]
fn the_schedules_send_each_shard_once_in_a_form_that_the_monitor_takes() {
    let template = template();
    let own = &template["Resources"]["Monitor"]["Properties"]["Events"]["FirstShard"]["Properties"]["Input"];
    let inputs = of_type(&template, "AWS::Scheduler::Schedule")
        .map(|(_, schedule)| &schedule["Target"]["Input"])
        .chain([own]);
    let triggers: BTreeSet<_> = inputs
        .map(|input| {
            let format = input["Fn::Sub"].as_str().unwrap().replace("${Shards}", "8");
            let Trigger { shard, of } = trigger::read(&serde_json::from_str(&format).unwrap()).unwrap();
            (shard, of)
        })
        .collect();
    assert_eq!(triggers, (0..8).map(|shard| (shard, 8)).collect());
}

#[test]
fn the_roles_allow_the_calls_that_are_made_and_no_others() {
    let template = template();
    let set = |actions: &[&str]| actions.iter().map(|&action| action.to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(allowed(&template, "MonitorRole"), set(&MONITOR_MAY));
    assert_eq!(allowed(&template, "MultiviewerRole"), set(&MULTIVIEWER_MAY));
    assert_eq!(allowed(&template, "ScheduleRole"), set(&["lambda:InvokeFunction", "sqs:SendMessage"]));
}
