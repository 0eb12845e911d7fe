//! Compares `template.yaml` with the code: its alarms and its dashboard use metrics that the
//! monitor publishes, the monitor accepts the events of its schedules, and its roles allow the
//! calls that the functions make and no others.
//!
//! Reads the template as it is written. `.ci/template` checks the template that SAM makes of it.
//!
//! | file | compares |
//! | --- | --- |
//! | `read` | nothing: it reads the template |
//! | `parameters` | the parameters with the settings |
//! | `deployment` | what is deployed with what the documents say about it |
//! | `alarms` | alarms on the monitor itself with what their descriptions promise |
//! | `notifier` | the notifier's rule with the events that are sent |

pub(super) mod read;
mod parameters;
mod deployment;
mod alarms;
mod notifier;

use std::collections::{BTreeMap, BTreeSet};

use medialive_source_monitor::{
    announce::{event, summary},
    metric::Metric,
    monitor::trigger::{self, Trigger},
};
use serde_json::{Value, json};

use read::{MONITORS, Use, allowed, of_type, template, used_by_alarms, used_by_dashboard, widgets};

/// The IAM actions that each role must have, by whether their statement names a resource. The file
/// is the only list besides the template; `.ci/template.py` reads it too.
const PERMISSIONS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/repository/permissions.json"));

/// The metrics of AWS services that the template uses. They are listed so that a misspelt name
/// fails a test.
const AWS_METRICS: [(&str, &str); 12] = [
    ("AWS/Lambda", "ConcurrentExecutions"),
    ("AWS/Lambda", "Duration"),
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Invocations"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/MediaLive", "FillMsec"),
    ("AWS/MediaLive", "InputVideoFrameRate"),
    ("AWS/MediaLive", "OutputAudioLevelDbfs"),
    ("AWS/Rekognition", "SuccessfulRequestCount"),
    ("AWS/Rekognition", "ThrottledCount"),
    ("AWS/SNS", "NumberOfNotificationsFailed"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
];

/// The metrics that the monitor publishes, with their dimensions.
fn published() -> BTreeSet<Use> {
    Metric::ALL
        .into_iter()
        .map(|metric| {
            let dimensions = metric.dimensions().iter().copied();
            Use::new("EmlRekognitionWatcher", metric.name(), dimensions)
        })
        .collect()
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
        assert_eq!(alarm["AlarmActions"][0]["Ref"], "AlarmTopic", "{name}");
        // The end of a failed delivery must not be notified: that delivery would fail again.
        assert_eq!(alarm.get("OKActions").is_none(), name == "UndeliveredAlarm", "{name}");
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
                matches!(dimension, Some("FunctionName" | "QueueName" | "TopicName")),
                "{name} has {dimension:?}"
            );
        }
    }
}

#[test]
fn the_schedules_send_every_shard_to_its_own_function_in_a_form_that_the_monitor_accepts() {
    let template = template();
    let sent: BTreeMap<_, _> = of_type(&template, "AWS::Scheduler::Schedule")
        .map(|(_, schedule)| {
            let target = &schedule["Target"];
            let format = target["Input"]["Fn::Sub"].as_str().unwrap().replace("${Shards}", "8");
            let Trigger { shard, of } =
                trigger::read(&serde_json::from_str(&format).unwrap()).unwrap();
            ((shard, of), target["Arn"]["Fn::GetAtt"].as_str().unwrap().to_owned())
        })
        .collect();
    let own = |(shard, function)| ((shard, 8), format!("{function}.Arn"));
    assert_eq!(sent, (0..).zip(MONITORS).map(own).collect());
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

#[test]
fn events_link_to_the_dashboard_of_the_stack() {
    let template = template();
    let variable = &template["Globals"]["Function"]["Environment"]["Variables"]["DASHBOARD"];
    let dashboard = &template["Resources"]["Dashboard"]["Properties"]["DashboardName"];
    assert!(dashboard["Fn::Sub"].is_string());
    assert_eq!(variable, dashboard);
}

#[test]
fn the_monitor_may_send_its_own_events_to_the_default_bus_and_no_others() {
    let template = template();
    let policies = &template["Resources"]["MonitorRole"]["Properties"]["Policies"];
    let statements = policies[0]["PolicyDocument"]["Statement"].as_array().unwrap();
    let sends = |statement: &&Value| statement["Action"] == "events:PutEvents";
    let statement = statements.iter().find(sends).unwrap();
    assert_eq!(
        statement["Resource"]["Fn::Sub"],
        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"
    );
    let expected = json!({"StringEquals": {
        "events:source": event::SOURCE,
        "events:detail-type": [event::ALERT, summary::SOURCES_CHANGED],
    }});
    assert_eq!(statement["Condition"], expected);
}
