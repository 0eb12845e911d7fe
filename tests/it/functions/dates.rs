//! MediaLive's dates in every format that it was seen to write, or might: none costs a picture or a
//! list of channels.

use aws_stand_in::{
    Api, Channel, DateFormat, Pace, Scene, StandIn, TimeStamp,
    runtime_api::{Function, Invocation},
};
use serde_json::{Value, json};

use super::{MONITOR, variables};

/// Date formats, and whether a date in this format is one moment.
fn formats() -> Vec<(DateFormat, bool)> {
    let readable = [
        DateFormat::NoZone,
        DateFormat::Zoned,
        DateFormat::Offset,
        DateFormat::Space,
        DateFormat::Fraction,
        DateFormat::Seconds,
        DateFormat::Milliseconds,
    ];
    let unreadable = [
        json!(""),
        Value::Null,
        json!("yesterday"),
        json!(true),
        json!({"seconds": 1}),
        json!([2023, 7, 18]),
        json!(-1),
    ];
    let readable = readable.into_iter().map(|format| (format, true));
    readable.chain(unreadable.into_iter().map(|value| (DateFormat::Fixed(value), false))).collect()
}

/// Channel and condition of each incident that is open after a tick of six rounds, and the report
/// of the tick.
async fn watch(aws: &StandIn) -> (Vec<(String, String)>, Value) {
    let settings = [
        ("SCHEDULE_PERIOD", "12"),
        ("REKOGNITION_INTERVAL", "0"),
        ("THUMBNAIL_TPS", "1000"),
        ("FROZEN_AFTER", "6"),
        ("NO_PICTURE_AFTER", "8"),
    ];
    let mut function = Function::start(MONITOR, &variables(aws, &settings)).await;
    let report = function.invoke(Invocation::new("{}")).await.success();
    function.stop().await;
    let open = report["incidents"].as_array().unwrap().iter();
    let text = |open: &Value, key: &str| open[key].as_str().unwrap().to_owned();
    (open.map(|open| (text(open, "channel"), text(open, "condition"))).collect(), report)
}

#[tokio::test]
async fn a_freeze_is_detected_with_any_date_format_and_a_stale_time_stamp_with_every_readable_one()
{
    let (mut channels, mut expected) = (Vec::new(), Vec::new());
    for ((format, is_readable), number) in formats().into_iter().zip(0..) {
        let id = |channel: u32| (1000 + 10 * number + channel).to_string();
        let channel = |channel| Channel::new(id(channel)).date_format(format.clone());
        channels.push(channel(1));
        channels.push(channel(2).shows(Scene::Frozen));
        // The same still with the same time stamp, which is a freeze if the time stamp is
        // unreadable.
        channels.push(channel(3).time_stamp(TimeStamp::Stale));
        let stale = if is_readable { "no_picture" } else { "frozen" };
        expected.extend([(id(2), "frozen".to_owned()), (id(3), stale.to_owned())]);
    }
    let feeds = channels.len();
    let aws = StandIn::builder().channels(channels).page_size(15).pace(Pace::PerRequest).start();
    let (open, report) = watch(&aws).await;
    assert_eq!(open, expected, "{report}");
    assert_eq!((&report["feeds"], &report["failures"]), (&json!(feeds), &json!({})), "{report}");
    assert!(aws.count(Api::ListChannels) >= 12, "a list has several pages");
}

#[tokio::test]
async fn unreadable_dates_on_all_channels_cost_no_sample() {
    let format = DateFormat::Fixed(json!("0000-00-00T00:00:00"));
    let channels = (1001..1013).map(|id| Channel::new(id.to_string()).standard());
    let aws = StandIn::builder()
        .channels(channels)
        .date_format(format)
        .page_size(5)
        .pace(Pace::PerRequest)
        .start();
    let (open, report) = watch(&aws).await;
    assert!(open.is_empty(), "{report}");
    assert_eq!((&report["feeds"], &report["failures"]), (&json!(24), &json!({})), "{report}");
    assert_eq!(report["samples"], json!(24 * report["rounds"].as_u64().unwrap()));
}
