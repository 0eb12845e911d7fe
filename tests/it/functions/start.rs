//! The built functions before their first event: connections are open, and nothing has been asked.

use std::collections::BTreeSet;

use crate::{
    binary::{MONITOR, lines, variables},
    runtime_api::{Function, Invocation, Told},
    standin::{Api, Channel, Fault, Pace, StandIn},
};

fn aws() -> StandIn {
    StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start()
}

const MULTIVIEWER: &str = env!("CARGO_BIN_EXE_multiviewer");

/// A function that has asked for an event: it refused one that is for neither.
async fn started(binary: &str, aws: &StandIn, more: &[(&'static str, &str)]) -> Function {
    let mut function = Function::start(binary, &variables(aws, more)).await;
    assert!(matches!(function.invoke(Invocation::new("7")).await, Told::Error { .. }));
    function
}

#[tokio::test]
async fn connections_are_open_before_the_first_event_and_the_first_round_makes_no_more() {
    let aws = aws();
    let mut function = started(MONITOR, &aws, &[]).await;
    assert_eq!((aws.count(Api::Knock), aws.connections()), (3, 3), "MediaLive, Rekognition, CloudWatch");
    assert_eq!(aws.operations(), BTreeSet::new(), "nothing is asked before there is an event");
    assert!(matches!(function.invoke(Invocation::new("{}")).await, Told::Answer(_)));
    assert_eq!((aws.count(Api::Knock), aws.connections()), (3, 3));
    let log = lines(&function.stop().await);
    assert!(!log.iter().any(|line| line["level"] == "WARN"), "a refusal is what was wanted: {log:?}");
}

#[tokio::test]
async fn a_service_that_no_round_will_ask_is_not_called_on() {
    let aws = aws();
    started(MONITOR, &aws, &[("REKOGNITION_INTERVAL", "0")]).await;
    assert_eq!(aws.count(Api::Knock), 2);
}

#[tokio::test]
async fn the_wall_asks_over_the_connections_of_its_start() {
    let aws = aws();
    let mut function = started(MULTIVIEWER, &aws, &[]).await;
    assert_eq!((aws.count(Api::Knock), aws.connections()), (2, 2), "MediaLive, CloudWatch");
    match function.invoke(Invocation::new("{}")).await {
        Told::Answer(page) => assert!(page.as_str().unwrap().contains("/9j/")),
        told => panic!("{told:?}"),
    }
    assert_eq!(aws.connections(), 2);
}

#[tokio::test]
async fn services_that_cannot_be_reached_at_the_start_hold_up_nothing() {
    let knock = || Fault::on(Api::Knock);
    for fault in [knock().hang(), knock().reset(), knock().server_error(503), knock().broken_body()] {
        let aws = aws();
        let named = format!("{fault:?}");
        aws.fault(fault);
        let mut function = started(MONITOR, &aws, &[]).await;
        match function.invoke(Invocation::new("{}")).await {
            Told::Answer(answer) => assert_eq!(answer["samples"], 1, "{named}: {answer}"),
            told => panic!("{named}: {told:?}"),
        }
        assert_eq!(aws.count(Api::Knock), 3, "{named}: one attempt each");
    }
}

#[test]
fn the_functions_tls_gathers_no_timing_jitter_before_its_first_connection() {
    let binary = std::fs::read(MONITOR).unwrap();
    let has = |symbol: &str| memchr::memmem::find(&binary, symbol.as_bytes()).is_some();
    // A name of the same library, so that a binary without names can't pass.
    assert!(has("RAND_bytes"));
    assert!(!has("jent_read_entropy"), ".cargo/config.toml was not read");
}
