//! The built function against a Runtime API: every event file, events that are not for it, settings that can't be used.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;

use crate::{
    runtime_api::{Function, Invocation, Told},
    standin::{Api, Channel, Fault, Pace, Scene, StandIn},
};

pub const MONITOR: &str = env!("CARGO_BIN_EXE_monitor");

pub fn variables(aws: &StandIn, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("AWS_ENDPOINT_URL", aws.endpoint()),
        ("DETECTION_INTERVAL", "2".to_owned()),
        ("SCHEDULE_PERIOD", "2".to_owned()),
    ];
    variables.extend(more.iter().map(|&(name, held)| (name, held.to_owned())));
    variables
}

pub fn lines(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect()
}

#[tokio::test]
async fn every_event_file_sets_off_a_tick() {
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
        // The widget's events are the other function's.
        if path.file_name().unwrap().to_string_lossy().starts_with("widget") {
            continue;
        }
        let event = fs::read_to_string(&path).unwrap();
        let answer = match function.invoke(Invocation::new(event)).await {
            Told::Answer(answer) => answer,
            told => panic!("{}: {told:?}", path.display()),
        };
        assert_eq!(answer["rounds"], 1, "{}: {answer}", path.display());
        tried += 1;
    }
    assert_eq!(tried, 5);
    let log = lines(&function.stop().await);
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
        match function.invoke(Invocation::new(event)).await {
            Told::Error { error_type, message } => {
                assert_eq!(error_type, "EventRefused", "{event}");
                assert!(message.contains("accepted are") || message.contains("takes"), "{message}");
            }
            told => panic!("{event}: {told:?}"),
        }
    }
    assert_eq!(aws.count(Api::ListChannels), 0);
}

#[tokio::test]
async fn settings_that_cannot_be_used_fail_the_init_with_every_fault_named() {
    let aws = StandIn::builder().start();
    let bad = [("DETECTION_INTERVAL", "1"), ("FROZEN_AFTER", "soon")];
    let mut function = Function::start(MONITOR, &variables(&aws, &bad)).await;
    let expected = "2 settings can't be used, so the monitor does not start:\n  \
                    DETECTION_INTERVAL is \"1\"; it takes whole seconds from 2 to 60\n  \
                    FROZEN_AFTER is \"soon\"; it takes whole seconds from 1 to 86400";
    match function.told().await {
        Told::InitError { error_type, message } => {
            assert_eq!((error_type.as_str(), message.as_str()), ("SettingsInvalid", expected));
        }
        told => panic!("{told:?}"),
    }
    let output = function.ended().await;
    assert!(!output.status.success());
}

#[tokio::test]
async fn a_deadline_of_1970_means_that_it_is_not_known() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    let invocation = Invocation { event: "{}".to_owned(), time_left: None };
    match function.invoke(invocation).await {
        Told::Answer(answer) => assert_eq!(answer["samples"], 1),
        told => panic!("{told:?}"),
    }
}

#[tokio::test]
async fn a_monitor_that_cannot_list_the_channels_fails_under_a_stable_name() {
    let aws = StandIn::builder().fault(Fault::on(Api::ListChannels).denied()).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    match function.invoke(Invocation::new("{}")).await {
        Told::Error { error_type, message } => {
            assert_eq!(error_type, "DiscoveryFailed");
            assert!(message.contains("failed to call ListChannels"), "{message}");
        }
        told => panic!("{told:?}"),
    }
    assert_eq!(aws.fleet("ApiErrors").len(), 1);
    assert_eq!(aws.fleet("WatchedFeeds").len(), 0, "a missing datapoint says that the monitor is blind");
}

#[tokio::test]
async fn datapoints_that_cloudwatch_never_took_are_whole_lines_of_the_log() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).expired())
        .start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    match function.invoke(Invocation::new("{}")).await {
        Told::Error { error_type, .. } => assert_eq!(error_type, "PublishFailed"),
        told => panic!("{told:?}"),
    }
    let log = lines(&function.stop().await);
    let spilled: Vec<_> = log.iter().filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(spilled.len(), 2);
    assert_eq!(spilled[1]["_aws"]["CloudWatchMetrics"][0]["Namespace"], "EmlRekognitionWatcher");
}

#[tokio::test]
async fn a_failed_sample_is_a_warning_that_says_which_and_why() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Zwei \"HD\" – Süd"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).denied())
        .start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    assert!(matches!(function.invoke(Invocation::new("{}")).await, Told::Answer(_)));
    let log = lines(&function.stop().await);
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
    let mut function = Function::start(MONITOR, &variables(&aws, &[("ENABLE_DEBUG", "true")])).await;
    assert!(matches!(function.invoke(Invocation::new("{}")).await, Told::Answer(_)));
    let log = function.stop().await;
    // Base64 of a JPEG's first bytes, and the longest line that has any business there.
    assert!(!log.contains("/9j/"));
    let longest = log.lines().map(str::len).max().unwrap();
    assert!(longest < 1_000, "{log}");
}

#[tokio::test]
async fn debug_logs_each_sample() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[("ENABLE_DEBUG", "True")])).await;
    assert!(matches!(function.invoke(Invocation::new("{}")).await, Told::Answer(_)));
    let log = lines(&function.stop().await);
    assert!(log.iter().any(|line| line["message"] == "verdict" && line["channel"] == "1001"), "{log:?}");
}

#[tokio::test]
async fn a_second_invocation_finds_the_warm_process_with_its_memory() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let mut function = Function::start(MONITOR, &variables(&aws, &[])).await;
    for _ in 0..2 {
        let invocation = Invocation { time_left: Some(Duration::from_secs(30)), ..Invocation::new("{}") };
        assert!(matches!(function.invoke(invocation).await, Told::Answer(_)));
    }
    assert_eq!(aws.values_of("1001", 0, "ImageProperties").len(), 1);
    assert_eq!(aws.count(Api::GetMetricData), 1);
}
