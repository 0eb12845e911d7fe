//! Events that EventBridge does not take at once or at all, more of them than usual, and texts in
//! them that are meant to do harm.

use std::{collections::BTreeSet, time::Duration};

use aws_stand_in::{Api, Event, Fault, Pace, Quota, Scene, StandIn};
use serde_json::{Value, json};

use crate::{
    harness::{Harness, channels, values},
    schema::{assert_valid, violations},
};

/// The set time of black ends between the second and the third round, however busy the machine is.
const SETTINGS: [(&str, &str); 3] =
    [("BLACK_AFTER", "3"), ("NO_PICTURE_AFTER", "4"), ("REKOGNITION_INTERVAL", "0")];

const ALERT: &str = "MediaLive Channel Alert";
const SUMMARY: &str = "MediaLive Sources Changed";

/// What SNS, SQS and Lambda take of an event by default, in bytes.
const MAX_TARGET_BYTES: usize = 256 * 1024;

/// Three black channels, and a monitor that announces them in the third round of a tick.
fn three_black_channels(fault: Fault) -> StandIn {
    let black = channels(1001, 3).map(|channel| channel.shows(Scene::Black));
    StandIn::builder().channels(black).pace(Pace::PerRequest).fault(fault).start()
}

/// The text members of events, in the order of arrival.
fn members(events: &[Event], member: &str) -> Vec<String> {
    events.iter().map(|event| event.detail[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn entries_that_fail_for_now_are_sent_again_in_the_next_round_and_the_others_are_not() {
    let fault = Fault::on(Api::PutEvents).fail_entries(1..3, "ThrottlingException").times(1);
    let aws = three_black_channels(fault);
    let report = Harness::new(&aws, 4, &SETTINGS).tick().await;
    assert_eq!((report.events, report.spilled_events), (4, 0));
    let events = aws.events_of(ALERT);
    assert_eq!(members(&events, "channel_id"), ["1003", "1001", "1002"]);
    let times: BTreeSet<_> = events.iter().map(|event| event.time).collect();
    assert_eq!((times.len(), aws.events_of(SUMMARY).len()), (1, 1), "each keeps its own time");
    assert_eq!(aws.calls(Api::PutEvents).iter().map(|call| call.items).collect::<Vec<_>>(), [4, 2]);
}

#[tokio::test]
async fn entries_that_will_never_be_accepted_are_in_the_log_at_once() {
    let code = "NotAuthorizedForDetailTypeException";
    let aws = three_black_channels(Fault::on(Api::PutEvents).fail_entries(0..1, code));
    let mut harness = Harness::new(&aws, 4, &SETTINGS);
    let report = harness.tick().await;
    assert_eq!((report.events, report.spilled_events), (3, 1));
    assert_eq!(aws.count(Api::PutEvents), 1);
    let lines = harness.spilled();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["event"]["detail-type"], SUMMARY);
    assert_eq!(lines[0]["event"]["detail"]["counts"]["raised"], 3);
}

#[tokio::test]
async fn events_that_are_never_accepted_are_whole_in_the_log_once_and_no_datapoint_is_missing() {
    let failing: [fn(Fault) -> Fault; 7] = [
        Fault::denied,
        Fault::expired,
        Fault::throttle,
        |fault| fault.server_error(500),
        Fault::hang,
        Fault::reset,
        Fault::broken_body,
    ];
    for failing in failing {
        let aws = three_black_channels(failing(Fault::on(Api::PutEvents)));
        let mut harness = Harness::new(&aws, 4, &SETTINGS);
        let report = harness.try_tick(Duration::from_secs(60)).await.unwrap();
        assert_eq!((report.rounds, report.slot_overruns), (4, 0));
        assert_eq!((report.events, report.spilled_events, report.spilled), (0, 4, 0));
        assert_eq!(values(&aws.fleet("BlackFeeds")), [0.0, 0.0, 3.0, 3.0]);
        let lines = harness.spilled();
        let conditions: Vec<_> =
            lines.iter().map(|line| line["event"]["detail"]["condition"].clone()).collect();
        assert_eq!(conditions, [Value::Null, json!("black"), json!("black"), json!("black")]);
        for mut line in lines {
            // A rule's target receives the Region too.
            line["event"]["region"] = "eu-west-1".into();
            assert_eq!(violations(&line["event"]), Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn events_that_wait_are_counted_until_they_are_sent() {
    let fault = Fault::on(Api::PutEvents).fail_entries(1..3, "ThrottlingException").times(1);
    let aws = three_black_channels(fault);
    Harness::new(&aws, 5, &SETTINGS).tick().await;
    // The third round raises the incidents and publishes before it sends.
    assert_eq!(values(&aws.fleet("UnsentEvents")), [0.0, 0.0, 0.0, 2.0, 0.0]);
}

#[tokio::test]
async fn events_that_were_given_up_are_counted_until_event_bridge_takes_others() {
    // The third and the fourth round, and once more at the end of the tick.
    let aws = three_black_channels(Fault::on(Api::PutEvents).denied().times(3));
    let settings = [&SETTINGS[..], &[("CLEAR_AFTER", "2")]].concat();
    let mut harness = Harness::new(&aws, 4, &settings);
    assert_eq!(harness.tick().await.spilled_events, 4);
    harness.tick().await;
    aws.set_programme("1001", 0, Scene::Moving);
    assert_eq!(harness.tick().await.events, 2);
    harness.tick().await;
    let unsent = values(&aws.fleet("UnsentEvents"));
    assert_eq!(unsent[..8], [0.0, 0.0, 0.0, 4.0, 4.0, 4.0, 4.0, 4.0], "nothing shows a recovery");
    assert_eq!(unsent[12..], [0.0; 4]);
}

#[tokio::test]
async fn an_event_that_is_rejected_for_good_is_counted_although_the_others_were_sent() {
    let code = "NotAuthorizedForDetailTypeException";
    let aws = three_black_channels(Fault::on(Api::PutEvents).fail_entries(0..1, code));
    Harness::new(&aws, 5, &SETTINGS).tick().await;
    assert_eq!(values(&aws.fleet("UnsentEvents")), [0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[tokio::test]
async fn an_event_whose_response_was_lost_arrives_twice_under_the_same_id() {
    let aws = three_black_channels(Fault::on(Api::PutEvents).lose_response().times(1));
    let report = Harness::new(&aws, 3, &SETTINGS).tick().await;
    assert_eq!(report.events, 4);
    let ids = members(&aws.events_of(ALERT), "alarm_id");
    assert_eq!((ids.len(), &ids[..3]), (6, &ids[3..]));
}

#[tokio::test]
async fn a_response_without_its_entries_leaves_the_events_waiting() {
    let aws = three_black_channels(Fault::on(Api::PutEvents).empty_object().times(1));
    let report = Harness::new(&aws, 4, &SETTINGS).tick().await;
    assert_eq!((report.events, report.spilled_events, aws.count(Api::PutEvents)), (4, 0, 2));
}

#[tokio::test]
async fn a_slow_event_bridge_delays_no_round() {
    let aws = three_black_channels(Fault::on(Api::PutEvents).delay(Duration::from_secs(1)));
    let report = Harness::new(&aws, 5, &SETTINGS).tick().await;
    assert_eq!((report.rounds, report.slot_overruns, report.events), (5, 0, 4));
    let watched = aws.fleet("WatchedFeeds");
    let distance = |pair: &[aws_stand_in::Datum]| pair[1].epoch_seconds() - pair[0].epoch_seconds();
    assert!(watched.windows(2).all(|pair| distance(pair) == 2.0));
}

#[tokio::test]
async fn a_storm_of_a_thousand_feeds_is_announced_whole_and_as_one_event_for_people() {
    let dark = channels(1001, 1_000)
        .map(|channel| channel.name("Regional – Süd, second feed").shows(Scene::NoThumbnail));
    let aws = StandIn::builder()
        .channels(dark)
        .page_size(100)
        .pace(Pace::PerRequest)
        .quota(Api::PutEvents, Quota::PUT_EVENTS)
        .start();
    let settings = [
        &SETTINGS[..],
        &[("DETECTION_INTERVAL", "8"), ("SCHEDULE_PERIOD", "16"), ("CONCURRENT_FEEDS", "32")],
    ]
    .concat();
    let report = Harness::new(&aws, 2, &settings).tick().await;
    assert_eq!((report.incidents.len(), report.slot_overruns, report.skipped), (1_000, 0, 0));
    assert_eq!((report.events, report.spilled_events), (1_001, 0));
    let ids: BTreeSet<_> = members(&aws.events_of(ALERT), "alarm_id").into_iter().collect();
    assert_eq!(ids.len(), 1_000);
    assert!(aws.calls(Api::PutEvents).iter().all(|call| call.status == Some(200)));
    assert!(aws.events().iter().all(|event| event.bytes < MAX_TARGET_BYTES));
    let rounds = aws.events_of(SUMMARY);
    assert_eq!(rounds.len(), 1);
    assert_valid(&rounds[0]);
    let detail = &rounds[0].detail;
    assert_eq!(detail["raised"].as_array().unwrap().len(), 1_000);
    assert_eq!(
        (&detail["counts"]["off_air"], &detail["counts"]["not_listed"]),
        (&json!(1_000), &json!(0))
    );
    // The condition was seen with the second sample; the datapoints of that round come first.
    let slot = aws.fleet("NoPictureFeeds")[1].timestamp;
    assert!(aws.events().iter().all(|event| event.time == slot));
}

#[tokio::test]
async fn a_hostile_name_is_a_short_line_and_costs_no_event() {
    let names = [
        "line\nfeeds\r\nand\u{0}\u{2028}more".to_owned(),
        "x".repeat(10_000),
        "\u{1}".repeat(10_000),
        "\u{202e}txet detrevni\u{202c} \u{2067}عربي\u{2069}".to_owned(),
        r#"","alarm_state":"CLEARED"} *bold* <b>${AWS::Region}</b> <$.detail.x>"#.to_owned(),
        String::new(),
    ];
    let shown = channels(1001, names.len()).zip(&names);
    let aws = StandIn::builder()
        .channels(shown.map(|(channel, name)| channel.name(name.as_str()).shows(Scene::Black)))
        .pace(Pace::PerRequest)
        .start();
    Harness::new(&aws, 3, &SETTINGS).tick().await;
    let (alerts, rounds) = (aws.events_of(ALERT), aws.events_of(SUMMARY));
    for event in aws.events() {
        assert_valid(&event);
        assert!(event.bytes < 16_000, "{}", event.bytes);
    }
    let expected = [
        "line feeds  and  more".to_owned(),
        "x".repeat(254) + "…",
        " ".repeat(254) + "…",
        "txet detrevni عربي".to_owned(),
        names[4].clone(),
        String::new(),
    ];
    assert_eq!(members(&alerts, "channel_name"), expected);
    let messages = members(&alerts, "message");
    assert!(messages[0].starts_with("1001 (line feeds  and  more) pipeline 0 black since "));
    assert!(messages[5].starts_with("1006 pipeline 0 black since "));
    assert!(messages.iter().all(|message| message.lines().count() == 1));
    assert!(alerts.iter().all(|event| event.detail["alarm_state"] == "SET"));
    assert_eq!(rounds[0].detail["raised"][3]["channel_name"], expected[3]);
}
