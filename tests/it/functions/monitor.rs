//! The scheduled function: every event file, other events, invalid settings, and what it logs.

use std::{fs, path::Path, time::Duration};

use aws_stand_in::{
    Api, Channel, Fault, Pace, Scene, StandIn,
    runtime_api::{Function, FunctionResponse, Invocation},
};

use serde_json::Value;

use super::{MONITOR, error, log_lines, variables};
use crate::harness::NAMESPACE;

#[tokio::test]
async fn every_event_file_starts_a_tick() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .channel(Channel::new("1002").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut tried = 0;
    for file in fs::read_dir(events).unwrap() {
        let path = file.unwrap().path();
        // These are for the other function, or sent by this one.
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("widget") || name.starts_with("sent") {
            continue;
        }
        let event = fs::read_to_string(&path).unwrap();
        let report = function.invoke(Invocation::new(event)).await.success();
        assert_eq!(report["rounds"], 1, "{}: {report}", path.display());
        tried += 1;
    }
    assert_eq!(tried, 5);
    let log = log_lines(&function.stop().await);
    let rounds = log.iter().filter(|line| line["message"] == "round").count();
    assert_eq!(rounds, 5);
    assert!(log.iter().all(|line| line["level"] == "INFO"), "{log:?}");
    assert!(log.iter().all(|line| line["channel"] != "1001"), "a healthy feed has no line");
}

#[tokio::test]
async fn an_event_that_is_not_a_schedules_is_refused_under_a_stable_name() {
    let aws = StandIn::builder().start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    let s3 = r#"{"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "pictures"}}}]}"#;
    for event in [
        s3,
        "[]",
        "\"tick\"",
        "null",
        "7",
        r#"{"detail-type": "MediaLive Channel Alert"}"#,
        r#"{"shard": 9}"#,
    ] {
        let (error_type, message) = error(function.invoke(Invocation::new(event)).await);
        assert_eq!(error_type, "EventRefused", "{event}");
        assert!(message.contains("accepted are") || message.contains("takes"), "{message}");
    }
    assert_eq!(aws.count(Api::ListChannels), 0);
}

#[tokio::test]
async fn invalid_settings_fail_the_init_with_every_one_named() {
    let aws = StandIn::builder().start();
    let invalid = [("DETECTION_INTERVAL", "1"), ("FROZEN_AFTER", "soon")];
    let mut function = Function::start(MONITOR, &variables(&aws, &invalid)).await;
    let expected = FunctionResponse::InitError {
        error_type: "SettingsInvalid".to_owned(),
        message: "2 invalid settings:\n  \
                  DETECTION_INTERVAL is \"1\"; it accepts whole seconds from 2 to 60\n  \
                  FROZEN_AFTER is \"soon\"; it accepts whole seconds from 1 to 86400"
            .to_owned(),
    };
    assert_eq!(function.next_response().await, expected);
    let output = function.wait().await;
    assert!(!output.status.success());
}

#[tokio::test]
async fn a_deadline_of_1970_means_that_it_is_not_known() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    let invocation = Invocation { time_left: None, ..Invocation::new("{}") };
    assert_eq!(function.invoke(invocation).await.success()["samples"], 1);
}

#[tokio::test]
async fn a_monitor_that_cannot_list_the_channels_fails_under_a_stable_name() {
    let aws = StandIn::builder().fault(Fault::on(Api::ListChannels).denied()).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    let (error_type, message) = error(function.invoke(Invocation::new("{}")).await);
    assert_eq!(error_type, "DiscoveryFailed");
    assert!(message.contains("failed to call ListChannels"), "{message}");
    assert_eq!(aws.fleet("ApiErrors").len(), 1);
    assert_eq!(
        aws.fleet("WatchedFeeds").len(),
        0,
        "a missing datapoint means that the monitor is blind"
    );
}

#[tokio::test]
async fn datapoints_that_cloudwatch_never_accepted_are_whole_lines_of_the_log() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).expired())
        .start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    let (error_type, _) = error(function.invoke(Invocation::new("{}")).await);
    assert_eq!(error_type, "PublishFailed");
    let log = log_lines(&function.stop().await);
    let spilled: Vec<_> = log.iter().filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(spilled.len(), 2);
    assert_eq!(spilled[1]["_aws"]["CloudWatchMetrics"][0]["Namespace"], NAMESPACE);
}

#[tokio::test]
async fn a_failed_sample_is_a_warning_that_names_the_feed_the_call_and_the_cause() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Zwei \"HD\" – Süd"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).denied())
        .start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    function.invoke(Invocation::new("{}")).await.success();
    let log = log_lines(&function.stop().await);
    let warning = log.iter().find(|line| line["level"] == "WARN").unwrap();
    assert_eq!(warning["channel"], "1001");
    assert_eq!(warning["name"], "Zwei \"HD\" – Süd");
    assert_eq!(
        (&warning["pipeline"], &warning["api"], &warning["cause"]),
        (&"0".into(), &"DescribeThumbnails".into(), &"Denied".into())
    );
}

#[tokio::test]
async fn no_picture_is_ever_in_the_log() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .channel(Channel::new("1002"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).channel("1001").broken_body())
        .fault(Fault::on(Api::DetectLabels).channel("1002").validation())
        .start();
    let mut function =
        Function::start(MONITOR, &variables(&aws, &[("ENABLE_DEBUG", "true")])).await;
    function.invoke(Invocation::new("{}")).await.success();
    let log = function.stop().await;
    // The first bytes of a JPEG in base64, and a length that no line without a picture reaches.
    assert!(!log.contains("/9j/"));
    let longest = log.lines().map(str::len).max().unwrap();
    assert!(longest < 1_000, "{log}");
}

#[tokio::test]
async fn debug_logs_each_sample() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let mut function =
        Function::start(MONITOR, &variables(&aws, &[("ENABLE_DEBUG", "True")])).await;
    function.invoke(Invocation::new("{}")).await.success();
    let log = log_lines(&function.stop().await);
    assert!(
        log.iter().any(|line| line["message"] == "verdict" && line["channel"] == "1001"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_second_invocation_continues_with_the_history_of_the_warm_process() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    for _ in 0..2 {
        let invocation =
            Invocation { time_left: Some(Duration::from_secs(30)), ..Invocation::new("{}") };
        function.invoke(invocation).await.success();
    }
    assert_eq!(aws.values_of("1001", 0, "ImageProperties").len(), 1);
    assert_eq!(aws.count(Api::GetMetricData), 2, "once for the feed, in two steps");
}

/// The warning that nothing is watched, after two ticks with these settings.
async fn warnings_of_nothing_watched(
    aws: &StandIn,
    settings: &[(&'static str, &str)],
) -> Vec<Value> {
    let mut function = Function::start(MONITOR, &variables(aws, settings)).await;
    for _ in 0..2 {
        function.invoke(Invocation::new("{}")).await.success();
    }
    let mut log = log_lines(&function.stop().await);
    log.retain(|line| line["level"] == "WARN" && line["message"] == "nothing is watched");
    log
}

#[tokio::test]
async fn the_log_says_once_why_nothing_is_watched() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let misspelt = [("INCLUDE_TAGS", "tier=prodution")];
    let [warning] = &warnings_of_nothing_watched(&aws, &misspelt).await[..] else { panic!() };
    assert_eq!((&warning["listed"], &warning["selected"]), (&1.into(), &0.into()));
    assert!(warning["reason"].as_str().unwrap().contains("INCLUDE_TAGS"));

    let aws = StandIn::builder().pace(Pace::PerRequest).start();
    let [warning] = &warnings_of_nothing_watched(&aws, &[]).await[..] else { panic!() };
    assert!(warning["reason"].as_str().unwrap().contains("Region"));

    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    assert!(warnings_of_nothing_watched(&aws, &[]).await.is_empty());
}
