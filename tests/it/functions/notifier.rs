//! The built function that sends messages: events, settings, errors, its log and its memory.

use aws_stand_in::{
    Api, Channel, Fault, StandIn,
    runtime_api::{Function, FunctionResponse, Invocation},
};
use serde_json::{Value, json};

use super::{NOTIFIER, error, kilobytes, log_lines};
use crate::harness::channels;

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";
const CHANGED: &str = include_str!("../../../events/sent-changed.json");

async fn start(aws: &StandIn) -> Function {
    let variables = [("AWS_ENDPOINT_URL", aws.endpoint()), ("TOPIC_ARN", TOPIC.to_owned())];
    Function::start(NOTIFIER, &variables).await
}

#[tokio::test]
async fn the_sample_of_a_rounds_event_is_one_mail() {
    let aws = StandIn::builder().channel(Channel::new("1002")).start();
    let mut function = start(&aws).await;
    let report = function.invoke(Invocation::new(CHANGED)).await.success();
    assert_eq!((&report["mails"], &report["changes"]), (&json!(1), &json!(2)));
    let mails = aws.messages_to(TOPIC);
    assert_eq!(
        mails[0].subject.as_deref(),
        Some("OFF AIR: Sports (1002) frozen on pipeline 0 since 03:12:44Z")
    );
    assert!(
        mails[0].text.contains("ENDED IN THE SAME ROUND\n- Regional Süd (1003) pipeline 0, black")
    );
    let log = log_lines(&function.stop().await);
    let messages: Vec<_> = log.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["mail", "notified"]);
    assert!(log.iter().all(|line| line["level"] == "INFO"), "{log:?}");
}

#[tokio::test]
async fn connections_are_open_before_the_first_event() {
    let aws = StandIn::builder().channel(Channel::new("1002")).start();
    let mut function = start(&aws).await;
    error(function.invoke(Invocation::new("7")).await);
    assert_eq!((aws.count(Api::WarmUp), aws.connections()), (3, 3), "MediaLive, CloudWatch, SNS");
    assert!(aws.operations().is_empty());
    function.invoke(Invocation::new(CHANGED)).await.success();
    assert_eq!(aws.count(Api::WarmUp), 3);
}

#[tokio::test]
async fn other_events_are_refused_under_a_stable_name() {
    let aws = StandIn::builder().start();
    let mut function = start(&aws).await;
    for event in ["{}", "7", include_str!("../../../events/sent-set.json")] {
        let (error_type, message) = error(function.invoke(Invocation::new(event)).await);
        assert_eq!(error_type, "EventRefused", "{event}");
        assert!(message.contains("accepted are events with the source"), "{message}");
    }
}

#[tokio::test]
async fn a_message_that_was_not_sent_fails_the_invocation_under_a_stable_name() {
    let aws = StandIn::builder().fault(Fault::on(Api::Publish).denied()).start();
    let mut function = start(&aws).await;
    let (error_type, message) = error(function.invoke(Invocation::new(CHANGED)).await);
    assert_eq!(error_type, "MessageNotSent");
    assert!(message.starts_with("1 of 1 messages about eu-west-1/0-of-1/"), "{message}");
    assert!(message.contains("failed to call Publish"), "{message}");
}

#[tokio::test]
async fn invalid_settings_fail_the_init_with_every_one_named() {
    let variables = [("TOPIC_ARN", "alarms".to_owned()), ("ENABLE_DEBUG", "maybe".to_owned())];
    let mut function = Function::start(NOTIFIER, &variables).await;
    let FunctionResponse::InitError { error_type, message } = function.next_response().await else {
        panic!("the init did not fail");
    };
    assert_eq!(error_type, "SettingsInvalid");
    assert!(message.starts_with("2 invalid settings:\n  TOPIC_ARN is \"alarms\"; "), "{message}");
    assert!(!function.wait().await.status.success());
}

#[tokio::test]
async fn a_storm_with_the_largest_event_stays_within_the_functions_memory() {
    let aws = StandIn::builder().channels(channels(1001, 5)).start();
    let mut event: Value = serde_json::from_str(CHANGED).unwrap();
    let incident = |id: u32| {
        json!({
            "channel_id": id.to_string(), "channel_name": "x".repeat(24), "pipeline": "0",
            "condition": "black", "since": "2026-11-25T03:12:44Z", "seconds": 30, "redundancy": "off air",
        })
    };
    event["detail"]["raised"] = (1001..2301).map(incident).collect();
    let mut function = start(&aws).await;
    let report = function.invoke(Invocation::new(event.to_string())).await.success();
    assert_eq!((&report["mails"], &report["changes"]), (&json!(1), &json!(1_301)));
    let peak = kilobytes(function.id(), "VmHWM");
    assert!(peak < 100 * 1024, "{peak} KB");
}
