//! Faults that the monitor's process survives: failures of all APIs together, services that never
//! respond, signals, malformed responses and many ticks in a row. docs/fault-tolerance.md lists
//! what each one publishes, counts, logs and loses.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::process::ExitStatusExt,
    time::{Duration, SystemTime},
};

use aws_stand_in::{
    Api, Channel, Datum, Fault, Pace, Scene, StandIn, malformed_jpegs,
    runtime_api::{Function, FunctionResponse, Invocation},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{MONITOR, error, kilobytes, log_lines, variables};
use crate::harness::{channels, feed_metric};

/// The operations that the monitor calls although nothing changes.
const ALL: [Api; 5] = [
    Api::ListChannels,
    Api::DescribeThumbnails,
    Api::DetectLabels,
    Api::PutMetricData,
    Api::GetMetricData,
];

const SIGTERM: i32 = 15;

/// One round of 60 s instead of 2 s, because its samples are slow.
const LONG_ROUND: [(&str, &str); 2] = [("DETECTION_INTERVAL", "60"), ("SCHEDULE_PERIOD", "60")];

async fn start(aws: &StandIn, more: &[(&'static str, &str)]) -> Function {
    let unlimited = [("THUMBNAIL_TPS", "10000"), ("REKOGNITION_TPS", "10000")];
    Function::start(MONITOR, &variables(aws, &[&unlimited, more].concat())).await
}

fn tick() -> Invocation {
    Invocation::new("{}")
}

#[track_caller]
fn error_type(response: FunctionResponse) -> String {
    error(response).0
}

/// The fleet's metrics in the log in embedded metric format, of the latest round that has any.
fn spilled(log: &[Value]) -> BTreeMap<String, f64> {
    let lines =
        log.iter().filter(|line| line.get("_aws").is_some() && line.get("ChannelId").is_none());
    let numbers = |line: &Value| {
        let members = line.as_object().unwrap().iter();
        members.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()
    };
    lines.map(numbers).next_back().unwrap_or_default()
}

/// The number of open file descriptors of a process.
fn descriptors(id: u32) -> usize {
    fs::read_dir(format!("/proc/{id}/fd")).unwrap().count()
}

/// A good tick, a tick with these faults, and another good one. Returns the response of the second
/// tick, and the log.
async fn tick_with(
    aws: &StandIn,
    faults: impl IntoIterator<Item = Fault>,
) -> (FunctionResponse, Vec<Value>) {
    let mut function = start(aws, &[]).await;
    function.invoke(tick()).await.success();
    for fault in faults {
        aws.fault(fault);
    }
    let response = function.invoke(tick()).await;
    aws.clear_faults();
    let after = function.invoke(tick()).await.success();
    assert_eq!((&after["samples"], &after["failures"]), (&json!(4), &json!({})), "{after}");
    (response, log_lines(&function.stop().await))
}

#[tokio::test]
async fn throttles_and_server_errors_on_all_apis_are_counted_in_the_log_and_the_next_tick_is_complete()
 {
    let aws = StandIn::builder().channels(channels(1001, 4)).pace(Pace::PerRequest).start();
    let faults = [
        Fault::on(Api::ListChannels).throttle(),
        Fault::on(Api::DescribeThumbnails).channel("1001").server_error(500),
        Fault::on(Api::DescribeThumbnails).throttle(),
        Fault::on(Api::DetectLabels).server_error(503),
        Fault::on(Api::PutMetricData).server_error(502),
        Fault::on(Api::GetMetricData).throttle(),
    ];
    let (response, log) = tick_with(&aws, faults).await;
    assert_eq!(error_type(response), "PublishFailed");
    let numbers = spilled(&log);
    // Two attempts of each call: the list and three thumbnails were throttled, one thumbnail
    // failed.
    assert_eq!((numbers["WatchedFeeds"], numbers["FailedSamples"]), (4.0, 4.0));
    assert_eq!((numbers["ApiThrottles"], numbers["ApiErrors"]), (8.0, 2.0));
    assert_eq!(numbers["UnknownFeeds"], 4.0);
}

#[tokio::test]
async fn credentials_that_have_expired_blind_the_monitor_until_they_are_renewed() {
    let aws = StandIn::builder().channels(channels(1001, 4)).pace(Pace::PerRequest).start();
    let (response, log) = tick_with(&aws, ALL.map(|api| Fault::on(api).expired())).await;
    assert_eq!(error_type(response), "PublishFailed");
    let denied =
        log.iter().filter(|line| line["message"] == "sample failed" && line["cause"] == "Denied");
    assert_eq!(denied.count(), 4);
    assert_eq!(spilled(&log)["UnknownFeeds"], 4.0);
}

#[tokio::test]
async fn calls_on_connections_that_are_reset_are_retried() {
    let mut aws = StandIn::builder().channels(channels(1001, 4)).pace(Pace::PerRequest);
    for api in ALL {
        aws = aws.fault(Fault::on(api).reset().times(1));
    }
    let aws = aws.start();
    let mut function = start(&aws, &[]).await;
    let report = function.invoke(tick()).await.success();
    assert_eq!((&report["samples"], &report["failures"]), (&json!(4), &json!({})), "{report}");
    assert_eq!(report["api_errors"], 5, "{report}");
}

#[tokio::test]
async fn unreadable_responses_of_cloudwatch_restart_durations_and_lose_no_datapoint() {
    let broken: [fn(Fault) -> Fault; 4] =
        [Fault::broken_body, Fault::truncated, Fault::wrong_content_type, |fault| {
            fault.oversized(4_000_000)
        }];
    let ticks = broken.map(|broken| async move {
        let aws = StandIn::builder()
            .channel(Channel::new("1001").shows(Scene::Black))
            .pace(Pace::PerRequest)
            .fault(broken(Fault::on(Api::GetMetricData)))
            .fault(broken(Fault::on(Api::PutMetricData)).times(1))
            .start();
        let mut function = start(&aws, &[]).await;
        let report = function.invoke(tick()).await.success();
        assert_eq!(report["samples"], 1, "{report}");
        assert!(aws.values_of("1001", 0, "FaultSeconds").iter().all(|&seconds| seconds == 0.0));
        assert!(!aws.fleet("WatchedFeeds").is_empty());
        let log = log_lines(&function.stop().await);
        assert!(log.iter().all(|line| line.get("_aws").is_none()), "{log:?}");
    });
    join_all(ticks).await;
}

#[tokio::test]
async fn a_duration_that_cannot_have_been_measured_is_not_restored() {
    let aws = StandIn::builder().channel(Channel::new("1001").shows(Scene::Black)).start();
    let before = SystemTime::now() - Duration::from_secs(20);
    aws.add_history(feed_metric("1001", "BlackSeconds"), before, 1e12);
    let mut function = start(&aws, &[]).await;
    assert_eq!(function.invoke(tick()).await.success()["incidents"], json!([]));
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0]);
}

/// One round of eight feeds, one after the other, in an invocation that Lambda would end after six
/// seconds.
async fn tick_of_six_seconds(fault: Fault) -> (FunctionResponse, StandIn) {
    let aws =
        StandIn::builder().channels(channels(1001, 8)).pace(Pace::PerRequest).fault(fault).start();
    let mut function = start(&aws, &[&LONG_ROUND[..], &[("CONCURRENT_FEEDS", "1")]].concat()).await;
    let left = Duration::from_secs(6);
    let response = function.invoke(Invocation { time_left: Some(left), ..tick() });
    // Lambda would not wait any longer; this test waits twice as long, because the machine may be
    // busy.
    let response =
        tokio::time::timeout(left * 2, response).await.expect("a response before the deadline");
    (response, aws)
}

/// Asserts what the tick reported and published while this operation never responded.
fn assert_tick_without(api: Api, response: FunctionResponse, aws: &StandIn) {
    let fleet = |metric| aws.fleet(metric).iter().map(|datum| datum.value).next_back();
    match api {
        Api::ListChannels => {
            assert_eq!(error_type(response), "DiscoveryFailed");
            assert!(fleet("ApiErrors").is_some() && fleet("WatchedFeeds").is_none());
        }
        Api::DescribeThumbnails => {
            let report = response.success();
            assert!(report["skipped"].as_u64() > Some(0), "{report}");
            assert_eq!((fleet("WatchedFeeds"), fleet("UnknownFeeds")), (Some(8.0), Some(8.0)));
        }
        Api::DetectLabels => {
            let report = response.success();
            assert!(report["failures"]["timed_out"].as_u64() > Some(0), "{report}");
            assert!(
                !aws.values_of("1001", 0, "FaultSeconds").is_empty(),
                "conditions are decided from pixels"
            );
        }
        // A dripping response begins after the datapoints were stored, so the tick may succeed or
        // fail.
        Api::PutMetricData if aws.data_count() > 0 => {}
        Api::PutMetricData => assert_eq!(error_type(response), "PublishFailed"),
        _ => assert_eq!(response.success()["samples"], 8),
    }
}

#[tokio::test]
async fn whichever_api_never_responds_the_deadline_is_kept_and_what_was_sampled_is_published() {
    let never_respond = [Fault::hang as fn(Fault) -> Fault, Fault::drip];
    let faults =
        never_respond.into_iter().flat_map(|fault| ALL.map(|api| (api, fault(Fault::on(api)))));
    join_all(faults.map(|(api, fault)| async move {
        let (response, aws) = tick_of_six_seconds(fault).await;
        assert_tick_without(api, response, &aws);
    }))
    .await;
}

#[tokio::test]
async fn thumbnails_of_five_megabytes_for_all_feeds_stay_within_the_functions_memory() {
    let jpeg = malformed_jpegs::padded(5_000_000);
    let shown = channels(1001, 16).map(|channel| channel.shows(Scene::raw(jpeg.clone())));
    let aws = StandIn::builder().channels(shown).start();
    let mut function =
        start(&aws, &[&LONG_ROUND[..], &[("CONCURRENT_FEEDS", "16")]].concat()).await;
    let report = function.invoke(tick()).await.success();
    let failed: u64 =
        report["failures"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!((failed, &report["samples"]), (16, &json!(0)), "{report}");
    let peak = kilobytes(function.id(), "VmHWM");
    assert!(peak < 100 * 1024, "{peak} KB");
}

#[tokio::test]
async fn pictures_that_are_huge_when_decoded_stay_within_the_functions_memory() {
    let jpegs = [malformed_jpegs::sized(1920, 1080), malformed_jpegs::claiming(20_000, 20_000)];
    let shown = channels(1001, 16)
        .zip(jpegs.iter().cycle())
        .map(|(channel, jpeg)| channel.shows(Scene::raw(jpeg.clone())));
    let aws = StandIn::builder().channels(shown).start();
    let mut function = start(&aws, &[&LONG_ROUND[..], &[("CONCURRENT_FEEDS", "2")]].concat()).await;
    let report = function.invoke(tick()).await.success();
    assert_eq!(
        (&report["samples"], &report["failures"]["unreadable_picture"]),
        (&json!(8), &json!(8))
    );
    let peak = kilobytes(function.id(), "VmHWM");
    assert!(peak < 100 * 1024, "{peak} KB");
}

#[tokio::test]
async fn no_picture_no_secret_and_no_tags_value_is_in_the_log_at_the_lowest_level() {
    let tagged = Channel::new("1001").tag("source-monitor:expect", "a-tags-value");
    let aws = StandIn::builder().channel(tagged).pace(Pace::PerRequest).start();
    let secrets =
        [("AWS_SECRET_ACCESS_KEY", "a-secret-key"), ("AWS_SESSION_TOKEN", "a-session-token")];
    let mut function =
        start(&aws, &[&[("AWS_LAMBDA_LOG_LEVEL", "TRACE")], &secrets[..]].concat()).await;
    function.invoke(tick()).await.success();
    let log = function.stop().await;
    assert!(log.contains("a tag can't be read"));
    for hidden in ["/9j/", "a-secret-key", "a-session-token", "Signature=", "a-tags-value"] {
        assert!(!log.contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn sigterm_between_ticks_loses_no_datapoint() {
    let aws = StandIn::builder().channels(channels(1001, 4)).pace(Pace::PerRequest).start();
    let mut function = start(&aws, &[]).await;
    let report = function.invoke(tick()).await.success();
    let output = function.terminate().await;
    assert_eq!(output.status.signal(), Some(SIGTERM));
    assert_eq!(report["published"], aws.data_count());
    let log = log_lines(&String::from_utf8(output.stdout).unwrap());
    assert!(log.iter().all(|line| line.get("_aws").is_none()), "{log:?}");
}

#[tokio::test]
async fn sigterm_during_a_tick_loses_no_completed_round() {
    let aws = StandIn::builder().channel(Channel::new("1001").shows(Scene::Black)).start();
    let function = start(&aws, &[("SCHEDULE_PERIOD", "60")]).await;
    function.deliver(tick());
    assert!(aws.wait_for(Api::PutMetricData, 4, Duration::from_secs(60)).await, "no fourth round");
    let output = function.terminate().await;
    assert_eq!(output.status.signal(), Some(SIGTERM));
    let black = aws.values_of("1001", 0, "FaultSeconds");
    assert!(black.len() >= 3 && black.is_sorted(), "{black:?}");
    // The next process continues the duration, in the same slot or in a later one.
    let mut next = start(&aws, &[]).await;
    next.invoke(tick()).await.success();
    let after = aws.values_of("1001", 0, "FaultSeconds");
    assert!(after.len() > black.len() && after.is_sorted(), "{black:?}, then {after:?}");
}

#[tokio::test]
async fn the_same_tick_in_two_concurrent_processes_changes_no_value() {
    let black = Channel::new("1009").shows(Scene::Black);
    let aws = StandIn::builder().channels(channels(1001, 3)).channel(black).start();
    let settings = [("SCHEDULE_PERIOD", "8"), ("BLACK_AFTER", "4")];
    let ticks = [0, 1].map(|_| async {
        let mut function = start(&aws, &settings).await;
        function.invoke(tick()).await.success()
    });
    for report in join_all(ticks).await {
        assert_eq!(
            (&report["failures"], &report["incidents"][0]["channel"]),
            (&json!({}), &json!("1009"))
        );
    }
    let slots = |data: &[Datum]| data.iter().map(|datum| datum.timestamp).collect::<BTreeSet<_>>();
    let watched = aws.fleet("WatchedFeeds");
    assert!(slots(&watched).len() < watched.len(), "both sampled one slot at least");
    assert!(watched.iter().all(|datum| datum.value == 4.0 && datum.epoch_seconds() % 2.0 == 0.0));
    assert!(aws.fleet("BlackFeeds").iter().all(|datum| datum.value <= 1.0));
}

/// Open descriptors of a process, and its memory in KB.
fn resources(id: u32) -> (usize, u64) {
    (descriptors(id), kilobytes(id, "VmRSS"))
}

/// Ticks in a row, each for another shard, because a process samples a shard once in a slot.
/// Returns the resources after a fifth of the ticks and at the end.
async fn resources_over_ticks(count: u64) -> [(usize, u64); 2] {
    let aws = StandIn::builder()
        .channels(channels(1001, 24))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DescribeThumbnails).channel("1003").reset())
        .fault(Fault::on(Api::DescribeThumbnails).channel("1004").denied())
        .fault(Fault::on(Api::DescribeThumbnails).channel("1005").broken_jpeg())
        .counters_only()
        .start();
    let mut function = start(&aws, &[]).await;
    let shards = (1..=1_000_u64).flat_map(|of| (0..of).map(move |shard| (shard, of)));
    let mut early = (0, 0);
    for (number, (shard, of)) in (1..=count).zip(shards) {
        let event = json!({"shard": shard, "of": of}).to_string();
        function.invoke(Invocation::new(event)).await.success();
        if number == count / 5 {
            early = resources(function.id());
        }
    }
    [early, resources(function.id())]
}

#[track_caller]
fn assert_flat([early, late]: [(usize, u64); 2]) {
    assert!(late.0 <= early.0 + 8, "descriptors: {} and then {}", early.0, late.0);
    assert!(late.1 <= early.1 + 8 * 1024, "memory: {} KB and then {} KB", early.1, late.1);
}

#[tokio::test]
async fn descriptors_and_memory_are_flat_over_sixty_ticks() {
    assert_flat(resources_over_ticks(60).await);
}
