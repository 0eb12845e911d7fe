//! The notifier when APIs fail or are slow, when events come twice, in storms, and with texts that
//! are meant to do harm.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Api, Channel, Fault, StandIn};
use medialive_source_monitor::notifier::NotifyError;
use serde_json::{Value, json};

use super::notifier::{CHAT, TOPIC, notifier, notify, subjects};
use crate::harness::channels;

const READING: [Api; 4] =
    [Api::DescribeChannel, Api::DescribeSchedule, Api::ListAlerts, Api::GetMetricData];

/// An incident of a channel that is black.
fn black(channel: &str) -> Value {
    json!({
        "channel_id": channel, "channel_name": format!("Name {channel}"), "pipeline": "0",
        "condition": "black", "since": "2026-11-25T03:12:44Z", "seconds": 30, "redundancy": "off air",
        "alarm_id": format!("eu-west-1/{channel}/0/black/2026-11-25T03:12:40Z"),
    })
}

/// The event of a round that raised these incidents.
fn event(raised: Vec<Value>) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../../events/sent-changed.json")).unwrap();
    event["detail"]["raised"] = raised.into();
    event["detail"]["cleared"] = json!([]);
    event["detail"]["open"] = json!([]);
    event
}

fn aws() -> StandIn {
    StandIn::builder().channels(channels(1001, 3)).start()
}

#[track_caller]
fn unsent(result: Result<impl std::fmt::Debug, NotifyError>) -> (usize, usize) {
    match result {
        Err(NotifyError::NotSent { unsent, messages, .. }) => (unsent, messages),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whichever_api_fails_the_mail_is_sent_and_says_what_is_not_known() {
    for api in READING {
        for fault in [
            Fault::on(api).denied(),
            Fault::on(api).server_error(500),
            Fault::on(api).broken_body(),
        ] {
            let aws = aws();
            aws.fault(fault);
            let report =
                notify(&mut notifier(&aws, false), &event(vec![black("1001")])).await.unwrap();
            assert_eq!((report.mails, report.channels), (1, 1), "{api:?}");
            assert!(report.api_errors >= 1);
            let mail = &aws.messages_to(TOPIC)[0].text;
            let expected = match api {
                Api::DescribeChannel => "active input: not known",
                Api::DescribeSchedule => "last schedule action: not known",
                Api::ListAlerts => "alerts (no data): MediaLive's active alerts could not be read",
                _ => "frame rate (no data): the frame rate of the input is not known",
            };
            assert!(mail.contains(expected), "{api:?}: {mail}");
        }
    }
}

#[tokio::test]
async fn apis_that_never_respond_cost_what_they_know_and_not_the_mail() {
    let aws = aws();
    for api in READING {
        aws.fault(Fault::on(api).hang());
    }
    let mut notifier = notifier(&aws, false);
    let deadline = SystemTime::now() + Duration::from_secs(6);
    let report = notifier.notify(&event(vec![black("1001")]), deadline).await.unwrap();
    assert_eq!(report.mails, 1);
    let mail = &aws.messages_to(TOPIC)[0].text;
    assert!(mail.contains("active input: not known") && mail.contains("(no data)"), "{mail}");
}

#[tokio::test]
async fn a_channel_that_no_longer_exists_is_reported_all_the_same() {
    let aws = aws();
    notify(&mut notifier(&aws, false), &event(vec![black("7777")])).await.unwrap();
    assert_eq!(subjects(&aws), ["OFF AIR: Name 7777 (7777) black on pipeline 0 since 03:12:44Z"]);
}

#[tokio::test]
async fn a_mail_that_was_not_sent_fails_the_invocation_and_its_retry_sends_it_once() {
    for fault in [Fault::on(Api::Publish).denied(), Fault::on(Api::Publish).server_error(503)] {
        let aws = aws();
        aws.fault(fault);
        let (mut notifier, event) = (notifier(&aws, false), event(vec![black("1001")]));
        assert_eq!(unsent(notify(&mut notifier, &event).await), (1, 1));
        aws.clear_faults();
        assert_eq!(notify(&mut notifier, &event).await.unwrap().mails, 1);
        assert_eq!(notify(&mut notifier, &event).await.unwrap().mails, 0);
        assert_eq!(aws.messages().len(), 1);
    }
}

#[tokio::test]
async fn a_throttled_mail_is_attempted_again_at_once() {
    let aws = aws();
    aws.fault(Fault::on(Api::Publish).throttle().times(1));
    let report = notify(&mut notifier(&aws, false), &event(vec![black("1001")])).await.unwrap();
    assert_eq!((report.mails, report.throttles), (1, 1));
}

#[tokio::test]
async fn a_retry_sends_only_what_was_not_sent() {
    let aws = aws();
    // The mail and the first chat message are sent, and the second one is not.
    aws.fault(Fault::on(Api::Publish).denied().calls(2..3));
    let event = event(vec![black("1001"), black("1002"), black("1003")]);
    let mut notifier = notifier(&aws, true);
    assert_eq!(unsent(notify(&mut notifier, &event).await), (1, 4));
    let threads = || -> Vec<Value> {
        let messages = aws.messages_to(CHAT).into_iter();
        let json = messages.map(|one| serde_json::from_str::<Value>(&one.text).unwrap());
        json.map(|one| one["metadata"]["threadId"].clone()).collect()
    };
    assert_eq!(threads(), ["eu-west-1/1001/0", "eu-west-1/1003/0"]);
    let report = notify(&mut notifier, &event).await.unwrap();
    assert_eq!((report.mails, report.chat_messages), (0, 1));
    assert_eq!(threads()[2], "eu-west-1/1002/0");
}

#[tokio::test]
async fn a_message_whose_response_was_lost_may_arrive_twice() {
    let aws = aws();
    aws.fault(Fault::on(Api::Publish).lose_response().times(1));
    notify(&mut notifier(&aws, false), &event(vec![black("1001")])).await.unwrap();
    assert_eq!(aws.messages().len(), 2);
}

#[tokio::test]
async fn overlapping_ticks_are_told_once_and_what_only_one_of_them_saw_too() {
    let aws = aws();
    let mut notifier = notifier(&aws, true);
    notify(&mut notifier, &event(vec![black("1001")])).await.unwrap();
    let mut other = event(vec![black("1001"), black("1002")]);
    // The other process saw the fault a little later.
    other["detail"]["raised"][0]["since"] = "2026-11-25T03:12:45Z".into();
    other["detail"]["round_id"] = "eu-west-1/0-of-1/2026-11-25T03:13:20Z".into();
    let report = notify(&mut notifier, &other).await.unwrap();
    assert_eq!((report.mails, report.chat_messages, report.changes), (1, 1, 1));
    assert!(subjects(&aws)[1].contains("Name 1002"));
    assert!(!subjects(&aws)[1].contains("Name 1001"));
}

#[tokio::test]
async fn a_new_process_does_not_know_what_another_one_sent() {
    let aws = aws();
    let event = event(vec![black("1001")]);
    notify(&mut notifier(&aws, false), &event).await.unwrap();
    notify(&mut notifier(&aws, false), &event).await.unwrap();
    assert_eq!(aws.messages().len(), 2);
}

#[tokio::test]
async fn a_storm_is_one_mail_and_one_chat_message_and_asks_about_five_channels() {
    let aws = StandIn::builder().channels(channels(1001, 1_000)).start();
    let storm = (1001..2001).map(|id| black(&id.to_string())).collect();
    let report = notify(&mut notifier(&aws, true), &event(storm)).await.unwrap();
    assert_eq!((report.mails, report.chat_messages, report.changes), (1, 1, 1_000));
    assert!(subjects(&aws)[0].starts_with("1000 sources down: Name 1001 (1001), "));
    assert_eq!(READING.map(|api| aws.count(api)), [5, 5, 5, 1]);
    let mail = &aws.messages_to(TOPIC)[0].text;
    assert_eq!(mail.matches("WHAT IS KNOWN OF").count(), 5);
    assert!(mail.contains("- and 950 more\n") && mail.len() < 20_000, "{}", mail.len());
}

#[tokio::test]
async fn an_event_without_a_change_or_from_elsewhere_makes_no_call() {
    let aws = aws();
    let report = notify(&mut notifier(&aws, true), &event(Vec::new())).await.unwrap();
    assert_eq!((report.mails, report.chat_messages), (0, 0));
    let mut foreign = event(vec![black("1001")]);
    foreign["source"] = "aws.medialive".into();
    let refused = notify(&mut notifier(&aws, true), &foreign).await;
    assert!(matches!(refused, Err(NotifyError::Event(_))), "{refused:?}");
    assert!(aws.operations().is_empty());
}

#[tokio::test]
async fn hostile_names_change_neither_subject_nor_lines_nor_markdown() {
    let name = "`*x* <!channel> [a](https://evil.example) \r\nBcc: a@b\n1. rm \u{202e}";
    let channel = Channel::new("1001").input(0, name.repeat(100));
    let aws = StandIn::builder().channel(channel).start();
    let mut incident = black("1001");
    incident["channel_name"] = name.repeat(200).into();
    incident["evidence"] = name.into();
    incident["condition"] = name.into();
    incident["runbook"] = "call \n555".into();
    notify(&mut notifier(&aws, true), &event(vec![incident])).await.unwrap();
    let subject = &subjects(&aws)[0];
    assert!(
        subject.starts_with("OFF AIR: ") && subject.len() <= 99 && subject.is_ascii(),
        "{subject}"
    );
    let mail = &aws.messages_to(TOPIC)[0].text;
    assert!(!mail.contains("https://evil") && !mail.contains("\nBcc") && !mail.contains("\n1. rm"));
    assert!(mail.contains("1. Follow the runbook: call  555\n") && mail.len() < 8_000, "{mail}");
    let chat: Value = serde_json::from_str(&aws.messages_to(CHAT)[0].text).unwrap();
    for line in chat["content"]["description"].as_str().unwrap().lines() {
        let outside: String = line.split('`').step_by(2).collect();
        assert!(!outside.contains("evil") && !outside.contains("<!"), "{line}");
    }
}
