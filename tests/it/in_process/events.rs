//! Events: what EventBridge receives when incidents begin and end, and when processes change.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Api, Channel, ChannelState, Event, Fault, Pace, Scene, StandIn};
use serde_json::{Value, json};

use crate::{
    harness::{Harness, channels, feed_metric},
    schema::assert_valid,
};

/// Set times that two or three rounds of two seconds reach, and no ratings.
const QUICK: [(&str, &str); 7] = [
    ("FROZEN_AFTER", "4"),
    ("BLACK_AFTER", "4"),
    ("BARS_AFTER", "4"),
    ("FLAT_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_INTERVAL", "0"),
];

const SUMMARY: &str = "MediaLive Sources Changed";

/// The alerts that arrived, all of which have the form that the schema describes.
fn alerts(aws: &StandIn) -> Vec<Event> {
    for event in aws.events() {
        assert_valid(&event);
    }
    aws.events_of("MediaLive Channel Alert")
}

/// The alerts in short: state, channel, pipeline, condition and redundancy.
fn told(aws: &StandIn) -> Vec<String> {
    let text = |detail: &Value, member: &str| detail[member].as_str().unwrap().to_owned();
    let members = ["alarm_state", "channel_id", "pipeline", "condition", "redundancy"];
    let short = |event: &Event| members.map(|member| text(&event.detail, member)).join(" ");
    alerts(aws).iter().map(short).collect()
}

/// The reasons of the incidents that ended.
fn reasons(aws: &StandIn) -> Vec<Value> {
    let ended = alerts(aws).into_iter().filter(|event| event.detail["alarm_state"] == "CLEARED");
    ended.map(|event| event.detail["reason"].clone()).collect()
}

fn ids(aws: &StandIn) -> Vec<Value> {
    alerts(aws).into_iter().map(|event| event.detail["alarm_id"].clone()).collect()
}

fn start(channel: Channel) -> StandIn {
    StandIn::builder().channel(channel).pace(Pace::PerRequest).start()
}

/// A black channel whose incident was announced, and the monitor that did it.
async fn black_incident(channel: Channel) -> (StandIn, Harness) {
    let aws = start(channel.shows(Scene::Black));
    let mut harness = Harness::new(&aws, 3, &QUICK);
    harness.tick().await;
    assert_eq!(alerts(&aws).len(), 1);
    (aws, harness)
}

/// The members of the alert for a black source on channel 1002 that depend on no time and no
/// evidence.
fn black_sports() -> Value {
    let console = "https://eu-west-1.console.aws.amazon.com";
    json!({
        "alarm_state": "SET", "alert_type": "Source Black", "pipeline": "0",
        "channel_arn": "arn:aws:medialive:eu-west-1:111122223333:channel:1002",
        "channel_id": "1002", "channel_name": "Sports", "condition": "black", "seconds": 4,
        "redundancy": "off air", "severity": "critical",
        "dedup_key": "eu-west-1/1002/0", "action": "trigger",
        "links": {
            "channel": format!("{console}/medialive/home?region=eu-west-1#/channels/1002"),
            "dashboard": format!("{console}/cloudwatch/home?region=eu-west-1#dashboards/dashboard/wall"),
        },
    })
}

#[tokio::test]
async fn the_beginning_of_an_incident_is_an_event_with_everything_that_is_known() {
    let settings = [&QUICK[..], &[("DASHBOARD", "wall")]].concat();
    let aws = start(Channel::new("1002").name("Sports").shows(Scene::Black));
    let report = Harness::new(&aws, 3, &settings).tick().await;
    assert_eq!((report.events, report.spilled_events), (2, 0));
    let set = &alerts(&aws)[0];
    let black = aws.data_of("1002", 0, "FaultSeconds");
    assert_eq!(set.source, "medialive-source-monitor");
    assert_eq!(set.resources, [set.detail["channel_arn"].as_str().unwrap()]);
    assert_eq!(set.time, black[2].timestamp, "the slot of the third round");
    let mut expected = black_sports();
    let first = humantime::format_rfc3339_seconds(black[0].timestamp);
    expected["alarm_id"] = format!("eu-west-1/1002/0/black/{first}").into();
    let since = set.detail["since"].as_str().unwrap();
    expected["since"] = since.into();
    expected["message"] = format!("1002 (Sports) pipeline 0 black since {since}: off air").into();
    let evidence = set.detail["evidence"].as_str().unwrap();
    assert!(evidence.starts_with("100.0 % of cells dark"), "{evidence}");
    expected["evidence"] = evidence.into();
    expected["maintenance"] = "2027-07-18T12:04:24".into();
    assert_eq!(set.detail, expected);
}

#[tokio::test]
async fn the_end_of_an_incident_is_an_event_with_the_ids_of_its_beginning() {
    let (aws, mut harness) = black_incident(Channel::new("1002").name("Sports")).await;
    aws.set_programme("1002", 0, Scene::Moving);
    harness.tick().await;
    let [set, cleared] = &alerts(&aws)[..] else { panic!("not two alerts") };
    for id in ["alarm_id", "dedup_key", "since"] {
        assert_eq!(set.detail[id], cleared.detail[id], "{id}");
    }
    let seconds = &cleared.detail["seconds"];
    let message =
        format!("1002 (Sports) pipeline 0 black ended after {seconds} s: the source has recovered");
    let expected = [
        ("alarm_state", "CLEARED"),
        ("action", "resolve"),
        ("reason", "recovered"),
        ("severity", "info"),
        ("redundancy", "full"),
        ("message", &message),
    ];
    for (member, value) in expected {
        assert_eq!(cleared.detail[member], value, "{member}");
    }
}

#[tokio::test]
async fn an_incident_is_announced_in_the_round_that_raises_it_after_its_datapoints() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    Harness::new(&aws, 4, &QUICK).tick().await;
    let calls: Vec<_> = aws.all_calls().iter().map(|call| call.api).collect();
    let event = calls.iter().position(|api| *api == Api::PutEvents).unwrap();
    let before = |api: Api| calls[..event].iter().filter(|one| **one == api).count();
    let made = [Api::ListChannels, Api::DescribeThumbnails, Api::PutMetricData].map(before);
    assert_eq!(made, [3, 3, 3], "all calls of three rounds and none of the fourth: {calls:?}");
}

#[tokio::test]
async fn a_round_in_which_anything_changed_is_one_event_with_everything_that_is_open() {
    let aws = StandIn::builder()
        .channels(channels(1001, 3).map(|channel| channel.shows(Scene::Black)))
        .channel(Channel::new("1004"))
        .pace(Pace::PerRequest)
        .start();
    let mut harness = Harness::new(&aws, 3, &QUICK);
    harness.tick().await;
    aws.set_programme("1003", 0, Scene::Moving);
    aws.set_programme("1004", 0, Scene::NoThumbnail);
    harness.tick().await;
    let rounds: Vec<_> = aws.events_of(SUMMARY).into_iter().map(|event| event.detail).collect();
    assert_eq!(rounds.len(), 3, "three rounds of six changed something");
    let listed = |round: &Value, list: &str| -> Vec<String> {
        let items = round[list].as_array().unwrap().iter();
        items.map(|item| item["channel_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&rounds[0], "raised"), ["1001", "1002", "1003"]);
    assert_eq!(rounds[0]["message"], "3 raised, 0 cleared, 3 open, 3 of them off air");
    assert_eq!(listed(&rounds[1], "cleared"), ["1003"]);
    assert_eq!(rounds[1]["cleared"][0]["reason"], "recovered");
    assert_eq!(listed(&rounds[1], "open"), ["1001", "1002"]);
    assert_eq!(
        (listed(&rounds[2], "raised"), listed(&rounds[2], "open").len()),
        (vec!["1004".to_owned()], 2)
    );
    let counts = json!({"raised": 1, "cleared": 0, "open": 3, "off_air": 3, "not_listed": 0});
    assert_eq!(rounds[2]["counts"], counts);
    let slot = rounds[2]["round"].as_str().unwrap();
    assert_eq!(rounds[2]["round_id"], format!("eu-west-1/0-of-1/{slot}"));
    assert_eq!(rounds[2]["raised"][0]["alarm_id"], ids(&aws)[4]);
}

#[tokio::test]
async fn each_fault_has_an_alert_type_of_its_own() {
    let scenes = [Scene::Frozen, Scene::Black, Scene::Bars, Scene::Flat, Scene::NoThumbnail];
    let shown = channels(1001, 5).zip(scenes).map(|(channel, scene)| channel.shows(scene));
    let background = Channel::new("1006")
        .shows(Scene::FrozenBackground)
        .tag("source-monitor:frozen-background", "4");
    let aws = StandIn::builder().channels(shown).channel(background).pace(Pace::PerRequest).start();
    Harness::new(&aws, 4, &QUICK).tick().await;
    let mut types: Vec<_> = alerts(&aws)
        .iter()
        .map(|event| format!("{} {}", event.detail["channel_id"], event.detail["alert_type"]))
        .collect();
    types.sort();
    let expected = [
        r#""1001" "Source Frozen""#,
        r#""1002" "Source Black""#,
        r#""1003" "Source Bars""#,
        r#""1004" "Source Flat""#,
        r#""1005" "Source Without Picture""#,
        r#""1006" "Source Background Frozen""#,
    ];
    assert_eq!(types, expected);
}

#[tokio::test]
async fn a_fault_that_replaces_another_ends_it_in_the_same_round() {
    let (aws, mut harness) = black_incident(Channel::new("1001")).await;
    aws.set_programme("1001", 0, Scene::Bars);
    harness.tick().await;
    let expected =
        ["SET 1001 0 black off air", "CLEARED 1001 0 black off air", "SET 1001 0 bars off air"];
    assert_eq!(told(&aws), expected);
    assert_eq!(reasons(&aws), ["replaced"]);
    let (black, bars) = (&alerts(&aws)[1], &alerts(&aws)[2]);
    assert_eq!((black.call, black.time), (bars.call, bars.time));
    assert_eq!(black.detail["dedup_key"], bars.detail["dedup_key"]);
}

#[tokio::test]
async fn one_of_two_pipelines_is_redundancy_lost_and_both_are_off_air() {
    let one = Channel::new("1001").standard().pipeline(1, Scene::Black);
    let both = Channel::new("1002").standard().shows(Scene::Black);
    let down = Channel::new("1003")
        .standard()
        .running_pipelines(1)
        .pipeline(0, Scene::Black)
        .pipeline(1, Scene::NoThumbnail);
    let aws = StandIn::builder().channels([one, both, down]).pace(Pace::PerRequest).start();
    let mut harness = Harness::new(&aws, 3, &QUICK);
    harness.tick().await;
    let raised = [
        "SET 1001 1 black redundancy lost",
        "SET 1002 0 black off air",
        "SET 1002 1 black off air",
        "SET 1003 0 black off air",
    ];
    assert_eq!(told(&aws), raised);
    let severities: Vec<_> =
        alerts(&aws).iter().map(|event| event.detail["severity"].clone()).collect();
    assert_eq!(severities, ["warning", "critical", "critical", "critical"]);
    let summary = &aws.events_of(SUMMARY)[0].detail;
    assert_eq!(summary["raised"][0]["redundancy"], "off air", "what is off air comes first");
    aws.set_programme("1002", 1, Scene::Moving);
    harness.tick().await;
    assert_eq!(told(&aws)[4..], ["CLEARED 1002 1 black redundancy lost"]);
}

#[tokio::test]
async fn linked_channels_are_each_others_second_pipeline() {
    let primary = Channel::new("1001").followed_by("1002").shows(Scene::Black);
    let follower = Channel::new("1002").follows("1001");
    let aws = StandIn::builder().channels([primary, follower]).pace(Pace::PerRequest).start();
    let mut harness = Harness::new(&aws, 3, &QUICK);
    harness.tick().await;
    aws.set_programme("1002", 0, Scene::Black);
    harness.tick().await;
    let expected = ["SET 1001 0 black redundancy lost", "SET 1002 0 black off air"];
    assert_eq!(told(&aws), expected);
    // A partner that does not run is no second pipeline.
    aws.set_state("1001", ChannelState::Idle);
    harness.tick().await;
    assert_eq!(told(&aws)[2..], ["CLEARED 1001 0 black not watched"]);
    assert_eq!(aws.events_of(SUMMARY)[2].detail["open"][0]["redundancy"], "off air");
}

#[tokio::test]
async fn an_incident_ends_when_its_channel_stops_is_deleted_is_excluded_or_starts_again() {
    type End = fn(&StandIn);
    let ends: [(&str, End); 5] = [
        ("channel_stopped", |aws| aws.set_state("1001", ChannelState::Stopping)),
        ("channel_stopped", |aws| aws.remove_channel("1001")),
        ("channel_excluded", |aws| aws.set_tag("1001", "source-monitor", "off")),
        ("channel_restarted", |aws| aws.set_state("1001", ChannelState::Starting)),
        ("not_allowed", |aws| aws.set_tag("1001", "source-monitor:expect", "black")),
    ];
    for (reason, end) in ends {
        let (aws, mut harness) = black_incident(Channel::new("1001")).await;
        end(&aws);
        harness.tick().await;
        assert_eq!(reasons(&aws), [reason]);
        let ids = ids(&aws);
        assert_eq!((ids.len(), &ids[0]), (2, &ids[1]), "{reason}");
        assert_eq!(aws.events_of(SUMMARY).len(), 2, "{reason}");
    }
}

/// A feed that an earlier process has published as black for a minute, and whose incident it has
/// announced.
fn black_for_a_minute(scene: Scene, state: ChannelState) -> (StandIn, String) {
    let aws = start(Channel::new("1001").shows(scene).state(state));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let slot = SystemTime::UNIX_EPOCH + Duration::from_secs((now / 2 - 1) * 2);
    aws.add_history(feed_metric("1001", "BlackSeconds"), slot, 60.0);
    let since = humantime::format_rfc3339_seconds(slot - Duration::from_mins(1));
    (aws, format!("eu-west-1/1001/0/black/{since}"))
}

#[tokio::test]
async fn a_new_process_does_not_announce_an_incident_again_and_announces_its_end() {
    let (aws, id) = black_for_a_minute(Scene::Black, ChannelState::Running);
    let mut harness = Harness::new(&aws, 3, &QUICK);
    let report = harness.tick().await;
    assert_eq!((report.incidents.len(), aws.count(Api::PutEvents)), (1, 0));
    aws.set_programme("1001", 0, Scene::Moving);
    harness.tick().await;
    assert_eq!(
        (told(&aws), ids(&aws)),
        (vec!["CLEARED 1001 0 black full".to_owned()], vec![json!(id)])
    );
}

#[tokio::test]
async fn a_new_process_that_finds_the_feed_recovered_or_its_channel_starting_announces_the_end() {
    let found = [
        (Scene::Moving, ChannelState::Running, "recovered"),
        (Scene::Black, ChannelState::Starting, "channel_restarted"),
    ];
    for (scene, state, reason) in found {
        let (aws, id) = black_for_a_minute(scene, state);
        Harness::new(&aws, 3, &QUICK).tick().await;
        assert_eq!((reasons(&aws), ids(&aws)), (vec![json!(reason)], vec![json!(id)]));
    }
}

#[tokio::test]
async fn a_new_process_ends_an_incident_that_was_recovering_when_the_other_one_ended() {
    let (aws, id) = black_for_a_minute(Scene::Moving, ChannelState::Running);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let slot = SystemTime::UNIX_EPOCH + Duration::from_secs(now / 2 * 2);
    aws.add_history(feed_metric("1001", "BlackSeconds"), slot, 0.0);
    Harness::new(&aws, 3, &QUICK).tick().await;
    assert_eq!((reasons(&aws), ids(&aws)), (vec![json!("recovered")], vec![json!(id)]));
}

#[tokio::test]
async fn overlapping_ticks_announce_an_incident_under_the_same_ids() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    let (mut one, mut other) = (Harness::new(&aws, 3, &QUICK), Harness::new(&aws, 3, &QUICK));
    tokio::join!(one.tick(), other.tick());
    let ids = ids(&aws);
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
    let rounds = aws.events_of(SUMMARY);
    assert_eq!(rounds[0].detail["round_id"], rounds[1].detail["round_id"]);
}

#[tokio::test]
async fn the_end_of_an_incident_that_another_process_has_followed_since_is_left_to_it() {
    let (aws, mut first) = black_incident(Channel::new("1001")).await;
    // The second process takes over and ends it. Meanwhile the first one is idle for longer than a
    // sampling gap, so it reads that another process has followed the feed since.
    let mut second = Harness::new(&aws, 17, &QUICK);
    let tag = async {
        tokio::time::sleep(Duration::from_secs(25)).await;
        aws.set_tag("1001", "source-monitor", "off");
    };
    tokio::join!(second.tick(), tag);
    assert_eq!(told(&aws).len(), 2);
    first.tick().await;
    assert_eq!(reasons(&aws), ["channel_excluded"]);
}

#[tokio::test]
async fn without_events_none_is_sent_and_none_waits() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    let settings = [&QUICK[..], &[("EVENTS", "false")]].concat();
    let mut harness = Harness::new(&aws, 3, &settings);
    let report = harness.tick().await;
    assert_eq!((report.incidents.len(), report.events), (1, 0));
    assert_eq!((aws.count(Api::PutEvents), harness.spilled()), (0, Vec::new()));
    assert_eq!((aws.fleet("UnsentEvents"), aws.fleet("ApiErrors").len()), (Vec::new(), 3));
}

#[tokio::test]
async fn a_rounds_events_wait_for_no_datapoints_that_cloudwatch_does_not_take() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    aws.fault(Fault::on(Api::PutMetricData).hang());
    let mut harness = Harness::new(&aws, 3, &QUICK);
    let error = harness.try_tick(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.to_string().starts_with("failed to publish any datapoint"), "{error}");
    assert_eq!(told(&aws), ["SET 1001 0 black off air"]);
}
