//! Faults that the built function survives: everything at once, services that never answer, signals, hostile answers,
//! and thousands of ticks. What each one publishes, counts, logs and loses is told in docs/faults.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::ExitStatusExt,
    time::Duration,
};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    binary::{MONITOR, lines, variables},
    rig::running,
    runtime_api::{Function, Invocation, Told},
    standin::{Api, Channel, Datum, Fault, Pace, Scene, StandIn, odd},
};

const ALL: [Api; 5] =
    [Api::ListChannels, Api::DescribeThumbnails, Api::DetectLabels, Api::PutMetricData, Api::GetMetricData];

const SIGTERM: i32 = 15;

async fn start(aws: &StandIn, more: &[(&'static str, &str)]) -> Function {
    let fast = [("THUMBNAIL_TPS", "10000"), ("REKOGNITION_TPS", "10000")];
    Function::start(MONITOR, &variables(aws, &[&fast, more].concat())).await
}

fn tick() -> Invocation {
    Invocation::new("{}")
}

#[track_caller]
fn answer(told: Told) -> Value {
    match told {
        Told::Answer(answer) => answer,
        told => panic!("{told:?}"),
    }
}

#[track_caller]
fn error_type(told: Told) -> String {
    match told {
        Told::Error { error_type, .. } => error_type,
        told => panic!("{told:?}"),
    }
}

/// The fleet's numbers that went to the log in embedded metric format, of the latest round that did.
fn spilled(log: &[Value]) -> BTreeMap<String, f64> {
    let lines = log.iter().filter(|line| line.get("_aws").is_some() && line.get("ChannelId").is_none());
    let numbers = |line: &Value| {
        let members = line.as_object().unwrap().iter();
        members.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
    };
    lines.map(numbers).next_back().unwrap_or_default()
}

/// What the kernel says of a process, in KB: `VmHWM` is the most memory that it ever had, `VmRSS` what it has.
fn kilobytes(id: u32, what: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn descriptors(id: u32) -> usize {
    fs::read_dir(format!("/proc/{id}/fd")).unwrap().count()
}

/// A good tick, one while these faults hold, and a good one again. Gives what the second said, and the log.
async fn through(aws: &StandIn, faults: impl IntoIterator<Item = Fault>) -> (Told, Vec<Value>) {
    let mut function = start(aws, &[]).await;
    answer(function.invoke(tick()).await);
    for fault in faults {
        aws.fault(fault);
    }
    let told = function.invoke(tick()).await;
    aws.clear_faults();
    let after = answer(function.invoke(tick()).await);
    assert_eq!((&after["samples"], &after["failures"]), (&json!(4), &json!({})), "{after}");
    (told, lines(&function.stop().await))
}

#[tokio::test]
async fn throttles_and_server_errors_on_every_api_at_once_are_counted_in_the_log_and_passed_over() {
    let aws = StandIn::builder().channels(running(4)).pace(Pace::PerRequest).start();
    let faults = [
        Fault::on(Api::ListChannels).throttle(),
        Fault::on(Api::DescribeThumbnails).channel("1001").server_error(500),
        Fault::on(Api::DescribeThumbnails).throttle(),
        Fault::on(Api::DetectLabels).server_error(503),
        Fault::on(Api::PutMetricData).server_error(502),
        Fault::on(Api::GetMetricData).throttle(),
    ];
    let (told, log) = through(&aws, faults).await;
    assert_eq!(error_type(told), "PublishFailed");
    let numbers = spilled(&log);
    // Each call was made twice: a list of channels and three thumbnails were throttled, one thumbnail was not.
    assert_eq!((numbers["WatchedFeeds"], numbers["FailedSamples"]), (4.0, 4.0));
    assert_eq!((numbers["ApiThrottles"], numbers["ApiErrors"]), (8.0, 2.0));
    assert_eq!(numbers["UnknownFeeds"], 4.0);
}

#[tokio::test]
async fn credentials_that_have_expired_blind_the_monitor_until_they_are_renewed() {
    let aws = StandIn::builder().channels(running(4)).pace(Pace::PerRequest).start();
    let (told, log) = through(&aws, ALL.map(|api| Fault::on(api).expired())).await;
    assert_eq!(error_type(told), "PublishFailed");
    let denied = log.iter().filter(|line| line["message"] == "sample failed" && line["cause"] == "Denied");
    assert_eq!(denied.count(), 4);
    assert_eq!(spilled(&log)["UnknownFeeds"], 4.0);
}

#[tokio::test]
async fn connections_that_are_reset_are_made_again() {
    let mut aws = StandIn::builder().channels(running(4)).pace(Pace::PerRequest);
    for api in ALL {
        aws = aws.fault(Fault::on(api).reset().times(1));
    }
    let aws = aws.start();
    let mut function = start(&aws, &[]).await;
    let report = answer(function.invoke(tick()).await);
    assert_eq!((&report["samples"], &report["failures"]), (&json!(4), &json!({})), "{report}");
    assert_eq!(report["api_errors"], 5, "{report}");
}

#[tokio::test]
async fn answers_of_cloudwatch_that_cannot_be_read_cost_the_past_and_no_datapoint() {
    let broken: [fn(Fault) -> Fault; 4] =
        [Fault::broken_body, Fault::truncated, Fault::wrong_content_type, |fault| fault.oversized(4_000_000)];
    let ticks = broken.map(|broken| async move {
        let aws = StandIn::builder()
            .channel(Channel::new("1001").shows(Scene::Black))
            .pace(Pace::PerRequest)
            .fault(broken(Fault::on(Api::GetMetricData)))
            .fault(broken(Fault::on(Api::PutMetricData)).times(1))
            .start();
        let mut function = start(&aws, &[]).await;
        let report = answer(function.invoke(tick()).await);
        assert_eq!(report["samples"], 1, "{report}");
        assert!(aws.values_of("1001", 0, "BlackSeconds").iter().all(|&seconds| seconds == 0.0));
        assert!(!aws.fleet("WatchedFeeds").is_empty());
        let log = lines(&function.stop().await);
        assert!(log.iter().all(|line| line.get("_aws").is_none()), "{log:?}");
    });
    join_all(ticks).await;
}

#[tokio::test]
async fn a_duration_that_nobody_can_have_measured_is_not_taken_up() {
    let aws = StandIn::builder().channel(Channel::new("1001").shows(Scene::Black)).start();
    let before = std::time::SystemTime::now() - Duration::from_secs(20);
    let feed = [("ChannelId", "1001"), ("Pipeline", "0")];
    aws.history("EmlRekognitionWatcher", "BlackSeconds", &feed, before, 1e12);
    let mut function = start(&aws, &[]).await;
    assert_eq!(answer(function.invoke(tick()).await)["incidents"], json!([]));
    assert_eq!(aws.values_of("1001", 0, "BlackSeconds"), [0.0]);
}

/// One round of eight feeds, one after the other, with six seconds until the function would be ended by force.
async fn with_six_seconds(fault: Fault) -> (Told, StandIn) {
    let aws = StandIn::builder().channels(running(8)).pace(Pace::PerRequest).fault(fault).start();
    let once = [("DETECTION_INTERVAL", "60"), ("SCHEDULE_PERIOD", "60"), ("CONCURRENT_FEEDS", "1")];
    let mut function = start(&aws, &once).await;
    let left = Duration::from_secs(6);
    let told = function.invoke(Invocation { time_left: Some(left), ..tick() });
    // Lambda would not wait; this test does, for as long again, where the machine is busy.
    let told = tokio::time::timeout(left * 2, told).await.expect("an answer before the deadline");
    (told, aws)
}

#[tokio::test]
async fn whichever_api_never_answers_the_deadline_is_kept_and_what_was_learnt_is_out() {
    let slow = [Fault::hang as fn(Fault) -> Fault, Fault::drip];
    let stages = slow.into_iter().flat_map(|slow| ALL.map(|api| (api, slow)));
    join_all(stages.map(|(api, slow)| async move {
        let (told, aws) = with_six_seconds(slow(Fault::on(api))).await;
        let fleet = |metric| aws.fleet(metric).iter().map(|datum| datum.value).next_back();
        match api {
            Api::ListChannels => {
                assert_eq!(error_type(told), "DiscoveryFailed");
                assert!(fleet("ApiErrors").is_some() && fleet("WatchedFeeds").is_none());
            }
            Api::DescribeThumbnails => {
                let report = answer(told);
                assert!(report["skipped"].as_u64() > Some(0), "{report}");
                assert_eq!((fleet("WatchedFeeds"), fleet("UnknownFeeds")), (Some(8.0), Some(8.0)));
            }
            Api::DetectLabels => {
                let report = answer(told);
                assert!(report["failures"]["timed_out"].as_u64() > Some(0), "{report}");
                assert!(!aws.values_of("1001", 0, "BlackSeconds").is_empty(), "pixels need nobody");
            }
            // An answer that comes a byte a second is one that came; only what was sent counts.
            Api::PutMetricData if aws.data_count() > 0 => {}
            Api::PutMetricData => assert_eq!(error_type(told), "PublishFailed"),
            _ => assert_eq!(answer(told)["samples"], 8),
        }
    }))
    .await;
}

#[tokio::test]
async fn thumbnails_of_five_megabytes_for_all_feeds_stay_within_the_functions_memory() {
    let heavy = odd::heavy(5_000_000);
    let channels = running(16).into_iter().map(|channel| channel.shows(Scene::raw(heavy.clone())));
    let aws = StandIn::builder().channels(channels).start();
    let patient = [("DETECTION_INTERVAL", "60"), ("SCHEDULE_PERIOD", "60"), ("CONCURRENT_FEEDS", "16")];
    let mut function = start(&aws, &patient).await;
    let report = answer(function.invoke(tick()).await);
    let failed: u64 = report["failures"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!((failed, &report["samples"]), (16, &json!(0)), "{report}");
    let most = kilobytes(function.id(), "VmHWM");
    assert!(most < 100 * 1024, "{most} KB");
}

#[tokio::test]
async fn pictures_that_are_huge_when_decoded_stay_within_the_functions_memory() {
    let (full_hd, bomb) = (odd::sized(1920, 1080), odd::claiming(20_000, 20_000));
    let channels = running(16).into_iter().enumerate().map(|(number, channel)| {
        channel.shows(Scene::raw(if number % 2 == 0 { full_hd.clone() } else { bomb.clone() }))
    });
    let aws = StandIn::builder().channels(channels).start();
    let patient = [("DETECTION_INTERVAL", "60"), ("SCHEDULE_PERIOD", "60"), ("CONCURRENT_FEEDS", "2")];
    let mut function = start(&aws, &patient).await;
    let report = answer(function.invoke(tick()).await);
    assert_eq!((&report["samples"], &report["failures"]["unreadable_picture"]), (&json!(8), &json!(8)));
    let most = kilobytes(function.id(), "VmHWM");
    assert!(most < 100 * 1024, "{most} KB");
}

#[tokio::test]
async fn no_picture_no_secret_and_no_tags_value_is_in_the_log_at_the_lowest_level() {
    let tagged = Channel::new("1001").tag("source-monitor:expect", "a-tags-value");
    let aws = StandIn::builder().channel(tagged).pace(Pace::PerRequest).start();
    let secrets = [("AWS_SECRET_ACCESS_KEY", "a-secret-key"), ("AWS_SESSION_TOKEN", "a-session-token")];
    let mut function = start(&aws, &[&[("AWS_LAMBDA_LOG_LEVEL", "TRACE")], &secrets[..]].concat()).await;
    answer(function.invoke(tick()).await);
    let log = function.stop().await;
    assert!(log.contains("a tag can't be read"));
    for hidden in ["/9j/", "a-secret-key", "a-session-token", "Signature=", "a-tags-value"] {
        assert!(!log.contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn a_signal_to_end_between_ticks_finds_nothing_that_is_not_out() {
    let aws = StandIn::builder().channels(running(4)).pace(Pace::PerRequest).start();
    let mut function = start(&aws, &[]).await;
    let report = answer(function.invoke(tick()).await);
    let output = function.terminate().await;
    assert_eq!(output.status.signal(), Some(SIGTERM));
    assert_eq!(report["published"], aws.data_count());
    let log = lines(&String::from_utf8(output.stdout).unwrap());
    assert!(log.iter().all(|line| line.get("_aws").is_none()), "{log:?}");
}

#[tokio::test]
async fn a_signal_to_end_in_the_middle_of_a_tick_costs_no_round_that_was_over() {
    let aws = StandIn::builder().channel(Channel::new("1001").shows(Scene::Black)).start();
    let long = [("SCHEDULE_PERIOD", "60")];
    let function = start(&aws, &long).await;
    function.deliver(tick());
    let patience = Duration::from_secs(60);
    assert!(aws.wait_for(Api::PutMetricData, 4, patience).await, "no fourth round");
    let output = function.terminate().await;
    assert_eq!(output.status.signal(), Some(SIGTERM));
    let black = aws.values_of("1001", 0, "BlackSeconds");
    assert!(black.len() >= 3 && black.is_sorted(), "{black:?}");
    // Whoever comes next carries on where this one was, in the same slot or in a later one.
    let mut next = start(&aws, &[]).await;
    answer(next.invoke(tick()).await);
    let after = aws.values_of("1001", 0, "BlackSeconds");
    assert!(after.len() > black.len() && after.is_sorted(), "{black:?}, then {after:?}");
}

#[tokio::test]
async fn the_same_tick_twice_at_once_in_two_processes_changes_no_number() {
    let aws =
        StandIn::builder().channels(running(3)).channel(Channel::new("1009").shows(Scene::Black)).start();
    let settings = [("SCHEDULE_PERIOD", "8"), ("BLACK_AFTER", "4")];
    let ticks = [0, 1].map(|_| async {
        let mut function = start(&aws, &settings).await;
        answer(function.invoke(tick()).await)
    });
    for report in join_all(ticks).await {
        assert_eq!((&report["failures"], &report["incidents"][0]["channel"]), (&json!({}), &json!("1009")));
    }
    let slots = |data: &[Datum]| data.iter().map(|datum| datum.timestamp).collect::<BTreeSet<_>>();
    let watched = aws.fleet("WatchedFeeds");
    assert!(slots(&watched).len() < watched.len(), "both looked at one slot at least");
    assert!(watched.iter().all(|datum| datum.value == 4.0 && datum.epoch_seconds() % 2.0 == 0.0));
    assert!(aws.fleet("BlackFeeds").iter().all(|datum| datum.value <= 1.0));
}

/// Ticks in a row, each for another part of the fleet, as a part is looked at once in a slot. Gives descriptors and memory
/// after a fifth of them and at the end.
async fn many(count: u64) -> [(usize, u64); 2] {
    let aws = StandIn::builder()
        .channels(running(24))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).channel("1003").reset())
        .fault(Fault::on(Api::DescribeThumbnails).channel("1004").denied())
        .fault(Fault::on(Api::DescribeThumbnails).channel("1005").broken_jpeg())
        .light()
        .start();
    let mut function = start(&aws, &[]).await;
    let parts = (1..=1_000_u64).flat_map(|of| (0..of).map(move |shard| (shard, of)));
    let mut early = (0, 0);
    for (number, (shard, of)) in (1..=count).zip(parts) {
        let event = json!({"shard": shard, "of": of}).to_string();
        answer(function.invoke(Invocation::new(event)).await);
        if number == count / 5 {
            early = (descriptors(function.id()), kilobytes(function.id(), "VmRSS"));
        }
    }
    [early, (descriptors(function.id()), kilobytes(function.id(), "VmRSS"))]
}

#[track_caller]
fn assert_flat([early, late]: [(usize, u64); 2]) {
    assert!(late.0 <= early.0 + 8, "descriptors: {} and then {}", early.0, late.0);
    assert!(late.1 <= early.1 + 8 * 1024, "memory: {} KB and then {} KB", early.1, late.1);
}

#[tokio::test]
async fn descriptors_and_memory_are_flat_over_sixty_ticks() {
    assert_flat(many(60).await);
}
