//! The built functions before their first event: connections are open, and no operation has been
//! called.

use std::collections::BTreeSet;

use aws_stand_in::{
    Api, Channel, Fault, Pace, StandIn,
    runtime_api::{Function, Invocation},
};

use super::{MONITOR, MULTIVIEWER, error, log_lines, variables};

fn aws() -> StandIn {
    StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start()
}

/// A function that has finished its init: it has rejected an event that neither function accepts.
async fn started(binary: &str, aws: &StandIn, more: &[(&'static str, &str)]) -> Function {
    let mut function = Function::start(binary, &variables(aws, more)).await;
    error(function.invoke(Invocation::new("7")).await);
    function
}

#[tokio::test]
async fn connections_are_open_before_the_first_event_and_the_first_round_makes_no_more() {
    let aws = aws();
    let mut function = started(MONITOR, &aws, &[]).await;
    assert_eq!(
        (aws.count(Api::WarmUp), aws.connections()),
        (3, 3),
        "MediaLive, Rekognition, CloudWatch"
    );
    assert_eq!(
        aws.operations(),
        BTreeSet::new(),
        "no operation is called before there is an event"
    );
    function.invoke(Invocation::new("{}")).await.success();
    assert_eq!((aws.count(Api::WarmUp), aws.connections()), (3, 3));
    let log = log_lines(&function.stop().await);
    assert!(
        !log.iter().any(|line| line["level"] == "WARN"),
        "a rejected warm-up is no warning: {log:?}"
    );
}

#[tokio::test]
async fn a_service_that_no_round_calls_is_not_warmed_up() {
    let aws = aws();
    started(MONITOR, &aws, &[("REKOGNITION_INTERVAL", "0")]).await;
    assert_eq!(aws.count(Api::WarmUp), 2);
}

#[tokio::test]
async fn the_multiviewer_reuses_the_connections_of_its_start() {
    let aws = aws();
    let mut function = started(MULTIVIEWER, &aws, &[]).await;
    assert_eq!((aws.count(Api::WarmUp), aws.connections()), (2, 2), "MediaLive, CloudWatch");
    let page = function.invoke(Invocation::new("{}")).await.success();
    assert!(page.as_str().unwrap().contains("/9j/"));
    assert_eq!(aws.connections(), 2);
}

/// The smallest values that the template accepts.
const SMALLEST: [(&str, &str); 17] = [
    ("METRIC_NAMESPACE", "n"),
    ("DETECTION_INTERVAL", "2"),
    ("FROZEN_AFTER", "1"),
    ("BLACK_AFTER", "1"),
    ("BARS_AFTER", "1"),
    ("FLAT_AFTER", "1"),
    ("NO_PICTURE_AFTER", "1"),
    ("REPEATING_AFTER", "1"),
    ("FROZEN_BACKGROUND_AFTER", "1"),
    ("PARTIAL_AFTER", "0"),
    ("SLATE_AFTER", "0"),
    ("MISMATCH_AFTER", "0"),
    ("CLEAR_AFTER", "1"),
    ("START_GRACE", "0"),
    ("THUMBNAIL_TPS", "1"),
    ("REKOGNITION_TPS", "1"),
    ("REKOGNITION_INTERVAL", "1"),
];

/// The largest values that the template accepts, except for the texts.
const LARGEST: [(&str, &str); 17] = [
    ("DETECTION_INTERVAL", "60"),
    ("FROZEN_AFTER", "86400"),
    ("BLACK_AFTER", "86400"),
    ("BARS_AFTER", "86400"),
    ("FLAT_AFTER", "86400"),
    ("NO_PICTURE_AFTER", "86400"),
    ("REPEATING_AFTER", "86400"),
    ("FROZEN_BACKGROUND_AFTER", "86400"),
    ("PARTIAL_AFTER", "86400"),
    ("SLATE_AFTER", "86400"),
    ("MISMATCH_AFTER", "86400"),
    ("CLEAR_AFTER", "86400"),
    ("START_GRACE", "86400"),
    ("THUMBNAIL_TPS", "10000"),
    ("REKOGNITION_TPS", "10000"),
    ("REKOGNITION_INTERVAL", "every-sample"),
    ("REKOGNITION_REGION", "us-gov-west-1"),
];

#[tokio::test]
async fn both_functions_start_with_the_smallest_and_the_largest_values_of_the_template() {
    let (namespace, tags) = ("n".repeat(255), format!("{}=v", "\u{1f3a5}".repeat(348)));
    let texts: [(&str, &str); 3] =
        [("METRIC_NAMESPACE", &namespace), ("INCLUDE_TAGS", &tags), ("EXCLUDE_TAGS", &tags)];
    let largest = [&LARGEST[..], &texts].concat();
    for settings in [&SMALLEST[..], &largest] {
        for function in [MONITOR, MULTIVIEWER] {
            let mut function = Function::start(function, &variables(&aws(), settings)).await;
            let (kind, message) = error(function.invoke(Invocation::new("7")).await);
            assert_ne!(kind, "SettingsInvalid", "{message}");
        }
    }
}

#[tokio::test]
async fn services_that_are_unreachable_at_the_start_do_not_fail_the_first_tick() {
    let warm_up = || Fault::on(Api::WarmUp);
    for fault in
        [warm_up().hang(), warm_up().reset(), warm_up().server_error(503), warm_up().broken_body()]
    {
        let aws = aws();
        let name = format!("{fault:?}");
        aws.fault(fault);
        let mut function = started(MONITOR, &aws, &[]).await;
        let report = function.invoke(Invocation::new("{}")).await.success();
        assert_eq!(report["samples"], 1, "{name}: {report}");
        assert_eq!(aws.count(Api::WarmUp), 3, "{name}: one attempt each");
    }
}

#[test]
fn the_functions_tls_gathers_no_timing_jitter_before_its_first_connection() {
    let binary = std::fs::read(MONITOR).unwrap();
    let has = |symbol: &str| memchr::memmem::find(&binary, symbol.as_bytes()).is_some();
    // A symbol of the same library, so that a binary without symbols can't pass.
    assert!(has("RAND_bytes"));
    assert!(!has("jent_read_entropy"), ".cargo/config.toml was not read");
}
