//! The notifier: which events its rule selects, and which topics it may publish to.

use std::{fs, path::Path};

use medialive_source_monitor::settings::NotifierSettings;
use serde_json::{Value, json};

use crate::repository::pattern::selects;

use super::read::template;

/// The rule's pattern for a stack with this name in eu-west-1.
fn pattern(stack: &str) -> Value {
    let pattern = &template()["Resources"]["NotifierRule"]["Properties"]["EventPattern"];
    let suffix = &pattern["detail"]["links"]["dashboard"][0]["suffix"]["Fn::Sub"];
    let suffix = suffix.as_str().unwrap().replace("${AWS::StackName}", stack);
    let mut pattern = pattern.clone();
    pattern["detail"]["links"]["dashboard"][0]["suffix"] =
        suffix.replace("${AWS::Region}", "eu-west-1").into();
    pattern
}

fn event(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_rule_selects_the_events_of_rounds_of_its_own_stack() {
    let own = pattern("source-monitor");
    assert!(selects(&own, &event("sent-changed.json")));
    for other in ["sent-set.json", "sent-cleared.json"] {
        assert!(!selects(&own, &event(other)), "{other}");
    }
    assert!(!selects(&pattern("another"), &event("sent-changed.json")));
    let mut foreign = event("sent-changed.json");
    foreign["source"] = json!("aws.medialive");
    assert!(!selects(&own, &foreign));
}

#[test]
fn the_notifier_accepts_its_variables() {
    let template = template();
    let variables = &template["Resources"]["Notifier"]["Properties"]["Environment"]["Variables"];
    assert_eq!(variables["TOPIC_ARN"]["Ref"], "AlarmTopic");
    assert_eq!(
        variables["CHAT_TOPIC_ARN"]["Fn::If"],
        json!(["HasChatTopic", {"Ref": "ChatTopic"}, ""])
    );
    let globals = &template["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(globals["ENABLE_DEBUG"]["Ref"], "EnableDebug");
    let topic = "arn:aws:sns:eu-west-1:111122223333:source-monitor-AlarmTopic-1A2B3C4D5E6F";
    let settings = NotifierSettings::read(|name| match name {
        "TOPIC_ARN" => Some(topic.to_owned()),
        "CHAT_TOPIC_ARN" => Some(String::new()),
        "ENABLE_DEBUG" => Some("false".to_owned()),
        _ => None,
    });
    assert_eq!(settings.unwrap().topic, topic);
}
