//! Channels whose pipelines show different programmes, from the thumbnails to metrics and events.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use aws_stand_in::{Channel, Metric, Pace, Programme, Scene, Span, StandIn};
use serde_json::Value;

use crate::harness::{Harness, NAMESPACE};

/// Set times that a few rounds of two seconds reach, and no ratings.
const QUICK: [(&str, &str); 5] = [
    ("MISMATCH_AFTER", "4"),
    ("BLACK_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("START_GRACE", "0"),
    ("REKOGNITION_INTERVAL", "0"),
];

/// A living sequence forth and back, `later` stills behind the one that begins with its first.
fn programme(name: &str, later: usize) -> Programme {
    let folder = Path::new("crates/detection/tests/stills").join(name);
    let paths = (0..).map(|number| folder.join(format!("{number:03}.jpg")));
    let mut stills: Vec<_> = paths.map_while(|path| fs::read(path).ok()).map(Scene::raw).collect();
    let back: Vec<_> = stills[1..stills.len() - 1].iter().rev().cloned().collect();
    stills.extend(back);
    stills.rotate_right(later);
    let mut stills = stills.into_iter();
    let first = Programme::of(stills.next().unwrap(), Span::Stills(1));
    stills.fold(first, |programme, still| programme.then(still, Span::Stills(1))).looping()
}

/// A channel whose programmes may come back to their pictures.
fn looping(id: &str) -> Channel {
    Channel::new(id).tag("source-monitor:expect", "repeating")
}

fn both(id: &str, zero: impl Into<Programme>, one: impl Into<Programme>) -> Channel {
    looping(id).standard().pipeline(0, zero).pipeline(1, one)
}

/// Values of a metric of a whole channel.
fn of_channel(aws: &StandIn, id: &str, metric: &str) -> Vec<f64> {
    let dimensions = [("ChannelId".to_owned(), id.to_owned())].into();
    let data = aws.data().into_iter();
    let of_channel = data.filter(|one| one.name == metric && one.dimensions == dimensions);
    of_channel.map(|datum| datum.value).collect()
}

/// The alerts as state, channel, pipeline and condition.
fn alerts(aws: &StandIn) -> Vec<[String; 4]> {
    let alerts = aws.events().into_iter().map(|event| event.detail);
    let alerts = alerts.filter(|detail| detail["alarm_state"] != Value::Null);
    let members = ["alarm_state", "channel_id", "pipeline", "condition"];
    alerts.map(|detail| members.map(|one| detail[one].as_str().unwrap().to_owned())).collect()
}

fn alert(state: &str, channel: &str, pipeline: &str, condition: &str) -> [String; 4] {
    [state, channel, pipeline, condition].map(str::to_owned)
}

#[tokio::test]
async fn pipelines_with_different_programmes_are_raised_and_those_with_skew_are_not() {
    let (pan, zoom) = (|| programme("moving-soft-pan", 0), || programme("moving-zoom", 0));
    let aws = StandIn::builder()
        .channel(both("1001", pan(), programme("moving-soft-pan", 2)))
        .channel(both("1002", pan(), zoom()))
        .channel(both("1003", pan(), zoom()).tag("source-monitor:mismatch-after", "never"))
        .channel(looping("1004").single_pipeline().followed_by("1005").shows(pan()))
        .channel(looping("1005").single_pipeline().follows("1004").shows(zoom()))
        .channel(both("1006", zoom(), Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    let mut harness = Harness::new(&aws, 9, &QUICK);
    harness.tick().await;
    let report = harness.tick().await;
    let open = report.incidents.iter();
    let open: Vec<_> = open.map(|one| (&*one.channel, one.pipeline, one.condition)).collect();
    let expected =
        [("1006", "1", "black"), ("1002", "both", "mismatch"), ("1004", "both", "mismatch")];
    assert_eq!(open, expected);
    let seconds = of_channel(&aws, "1002", "MismatchSeconds");
    assert!(seconds.len() >= 2 && seconds.is_sorted(), "{seconds:?}");
    for other in ["1001", "1003", "1005", "1006"] {
        assert!(of_channel(&aws, other, "MismatchSeconds").is_empty(), "it costs nothing");
    }
    assert_eq!(aws.fleet("MismatchedChannels").last().unwrap().value, 2.0);
    assert_eq!(aws.fleet("WatchedFeeds").last().unwrap().value, 10.0);
    let set = |channel| alert("SET", channel, "both", "mismatch");
    assert_eq!(alerts(&aws), [alert("SET", "1006", "1", "black"), set("1002"), set("1004")]);
    let details = aws.events().into_iter().map(|event| event.detail);
    let detail = details.into_iter().find(|detail| detail["channel_id"] == "1002").unwrap();
    assert_eq!(detail["alert_type"], "Source Mismatch");
    assert_eq!((&detail["redundancy"], &detail["severity"]), (&"full".into(), &"warning".into()));
    assert_eq!(detail["dedup_key"], "eu-west-1/1002/both");
    let message = detail["message"].as_str().unwrap();
    assert!(message.starts_with("1002 (") && message.contains(") both pipelines mismatch since "));

    assert_both_end(&aws, &mut harness).await;
}

/// Repairs one channel, and gives a pipeline of the other one a fault of its own.
async fn assert_both_end(aws: &StandIn, harness: &mut Harness) {
    aws.reset_call_log();
    aws.set_programme("1002", 1, programme("moving-soft-pan", 0));
    aws.set_programme("1005", 0, Scene::Black);
    harness.tick().await;
    let cleared = |channel| alert("CLEARED", channel, "both", "mismatch");
    let expected = [cleared("1002"), alert("SET", "1005", "0", "black"), cleared("1004")];
    let mut found = alerts(aws);
    found.sort_by_key(|one| one[3] == "mismatch" && one[1] == "1004");
    assert_eq!(found, expected);
    assert_eq!(of_channel(aws, "1002", "MismatchSeconds").last(), Some(&0.0));
    assert_eq!(aws.fleet("MismatchedChannels").last().unwrap().value, 0.0);
}

#[tokio::test]
async fn a_new_process_keeps_a_mismatch_open_until_the_pictures_match() {
    let (pan, zoom) = (|| programme("moving-soft-pan", 0), || programme("moving-zoom", 0));
    let aws = StandIn::builder()
        .channel(both("1001", pan(), pan()))
        .channel(both("1002", pan(), zoom()))
        .pace(Pace::PerRequest)
        .start();
    let before = SystemTime::now() - Duration::from_secs(4);
    for channel in ["1001", "1002"] {
        let metric = Metric::new(NAMESPACE, "MismatchSeconds", &[("ChannelId", channel)]);
        aws.add_history(metric, before, 300.0);
    }
    let report = Harness::new(&aws, 4, &QUICK).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|one| (&*one.channel, one.pipeline, one.condition)).collect();
    assert_eq!(open, [("1002", "both", "mismatch")]);
    assert_eq!(alerts(&aws), [alert("CLEARED", "1001", "both", "mismatch")]);
}
