//! The built function when EventBridge fails, and in a storm: what it logs and how much memory it
//! needs.

use aws_stand_in::{
    Api, Channel, Fault, Pace, Scene, StandIn,
    runtime_api::{Function, Invocation},
};
use serde_json::json;

use super::{MONITOR, kilobytes, log_lines, variables};
use crate::harness::{channels, values};

#[tokio::test]
async fn a_role_that_may_not_send_events_is_one_warning_a_round_and_costs_no_datapoint() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Süd\n\"HD\"").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutEvents).denied())
        .start();
    let settings = [("SCHEDULE_PERIOD", "10"), ("BLACK_AFTER", "4")];
    let mut function = Function::start(MONITOR, &variables(&aws, &settings)).await;
    let report = function.invoke(Invocation::new("{}")).await.success();
    assert_eq!((&report["rounds"], &report["spilled"]), (&json!(5), &json!(0)));
    assert_eq!((&report["events"], &report["spilled_events"]), (&json!(0), &json!(2)));
    assert_eq!(aws.fleet("BlackFeeds").len(), 5);
    assert_eq!(values(&aws.fleet("UnsentEvents")), [0.0, 0.0, 0.0, 2.0, 2.0]);
    let log = log_lines(&function.stop().await);
    let failed: Vec<_> =
        log.iter().filter(|line| line["message"] == "failed to send events").collect();
    // Three rounds, and once more at the end of the tick.
    assert_eq!(failed.len(), 4);
    assert!(failed.iter().all(|line| line["level"] == "WARN" && line["waiting"] == 2));
    let error = failed[0]["error"].as_str().unwrap();
    assert!(error.contains("not authorized to perform: events:PutEvents"), "{error}");
    let lost: Vec<_> = log.iter().filter(|line| line.get("event").is_some()).collect();
    assert_eq!(lost.len(), 2);
    assert_eq!(lost[1]["event"]["detail"]["channel_name"], "Süd \"HD\"");
}

#[tokio::test]
async fn a_storm_that_event_bridge_does_not_take_stays_within_the_functions_memory() {
    let dark = channels(1001, 1_000)
        .map(|channel| channel.name("x".repeat(10_000)).shows(Scene::NoThumbnail));
    let aws = StandIn::builder()
        .channels(dark)
        .page_size(100)
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutEvents).server_error(503))
        .start();
    let settings = [
        ("DETECTION_INTERVAL", "10"),
        ("SCHEDULE_PERIOD", "20"),
        ("NO_PICTURE_AFTER", "4"),
        ("REKOGNITION_INTERVAL", "0"),
        ("THUMBNAIL_TPS", "10000"),
    ];
    let mut function = Function::start(MONITOR, &variables(&aws, &settings)).await;
    let report = function.invoke(Invocation::new("{}")).await.success();
    assert_eq!(report["incidents"].as_array().unwrap().len(), 1_000);
    assert_eq!((&report["events"], &report["spilled_events"]), (&json!(0), &json!(1_001)));
    assert_eq!(report["slot_overruns"], 0);
    let peak = kilobytes(function.id(), "VmHWM");
    assert!(peak < 100 * 1024, "{peak} KB");
    let log = log_lines(&function.stop().await);
    assert_eq!(log.iter().filter(|line| line.get("event").is_some()).count(), 1_001);
}
