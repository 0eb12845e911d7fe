//! Dates as MediaLive was seen to write them, and as it might: none costs a picture or a list. On the built function.

use serde_json::{Value, json};

use crate::{
    binary::{MONITOR, variables},
    runtime_api::{Function, Invocation, Told},
    standin::{Api, Channel, DateForm, Pace, Scene, Stamp, StandIn},
};

/// Forms that stand for one moment, and forms that stand for none or several.
fn forms() -> Vec<(DateForm, bool)> {
    let readable = [
        DateForm::NoZone,
        DateForm::Zoned,
        DateForm::Offset,
        DateForm::Blank,
        DateForm::Fraction,
        DateForm::Seconds,
        DateForm::Milliseconds,
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
    let readable = readable.into_iter().map(|form| (form, true));
    readable.chain(unreadable.into_iter().map(|value| (DateForm::Fixed(value), false))).collect()
}

/// The incidents after a tick that lasts 10 s, and the rest of its answer.
async fn watched(aws: &StandIn) -> (Vec<(String, String)>, Value) {
    let settings = [
        ("SCHEDULE_PERIOD", "12"),
        ("REKOGNITION_INTERVAL", "0"),
        ("THUMBNAIL_TPS", "1000"),
        ("FROZEN_AFTER", "6"),
        ("NO_PICTURE_AFTER", "8"),
    ];
    let mut function = Function::start(MONITOR, &variables(aws, &settings)).await;
    let answer = match function.invoke(Invocation::new("{}")).await {
        Told::Answer(answer) => answer,
        told => panic!("{told:?}"),
    };
    function.stop().await;
    let open = answer["incidents"].as_array().unwrap().iter();
    let text = |open: &Value, key: &str| open[key].as_str().unwrap().to_owned();
    (open.map(|open| (text(open, "channel"), text(open, "condition"))).collect(), answer)
}

#[tokio::test]
async fn in_each_form_of_dates_a_freeze_is_found_and_in_readable_ones_a_stale_stamp_too() {
    let (mut channels, mut expected) = (Vec::new(), Vec::new());
    for ((form, readable), number) in forms().into_iter().zip(0..) {
        let channel = |kind: u32| Channel::new((1000 + 10 * number + kind).to_string()).dates(form.clone());
        channels.push(channel(1));
        channels.push(channel(2).shows(Scene::Frozen));
        // The same still under the same stamp, which is a freeze where the stamp can't be read.
        channels.push(channel(3).stamp(Stamp::Stale));
        let incident =
            |kind: u32, condition: &str| ((1000 + 10 * number + kind).to_string(), condition.to_owned());
        expected.push(incident(2, "frozen"));
        expected.push(incident(3, if readable { "no_picture" } else { "frozen" }));
    }
    let feeds = channels.len();
    let aws = StandIn::builder().channels(channels).page_size(15).pace(Pace::PerRequest).start();
    let (open, answer) = watched(&aws).await;
    assert_eq!(open, expected, "{answer}");
    assert_eq!((&answer["feeds"], &answer["failures"]), (&json!(feeds), &json!({})), "{answer}");
    assert!(aws.count(Api::ListChannels) >= 12, "a list has several pages");
}

#[tokio::test]
async fn dates_that_nobody_can_read_on_all_channels_cost_nothing() {
    let form = DateForm::Fixed(json!("0000-00-00T00:00:00"));
    let channels = (1001..1013).map(|id| Channel::new(id.to_string()).standard());
    let aws = StandIn::builder().channels(channels).dates(form).page_size(5).pace(Pace::PerRequest).start();
    let (open, answer) = watched(&aws).await;
    assert!(open.is_empty(), "{answer}");
    assert_eq!((&answer["feeds"], &answer["failures"]), (&json!(24), &json!({})), "{answer}");
    assert_eq!(answer["samples"], json!(24 * answer["rounds"].as_u64().unwrap()));
}
