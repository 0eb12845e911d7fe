//! The built functions after Lambda has frozen them: the connections of the invocation before are
//! lost.

use std::time::Duration;

use aws_stand_in::{
    Api, Channel, Fault, LostConnection, Pace, StandIn,
    runtime_api::{Function, Invocation},
};
use serde_json::{Value, json};

use super::{MONITOR, MULTIVIEWER, variables};
use crate::harness::channels;

/// The ways in which connections are lost.
const WAYS: [LostConnection; 2] = [LostConnection::Silence, LostConnection::Reset];

fn aws() -> StandIn {
    StandIn::builder()
        .channels(channels(1001, 6).map(Channel::standard))
        .pace(Pace::PerRequest)
        .start()
}

async fn invoke(function: &mut Function) -> Value {
    function.invoke(Invocation::new("{}")).await.success()
}

#[tokio::test]
async fn a_monitor_loses_no_sample_to_connections_that_died_while_it_was_frozen() {
    for way in WAYS {
        let aws = aws();
        let settings = [("DETECTION_INTERVAL", "6"), ("SCHEDULE_PERIOD", "6")];
        let mut function = Function::start(MONITOR, &variables(&aws, &settings)).await;
        assert_eq!(invoke(&mut function).await["samples"], 12);
        for _ in 0..2 {
            aws.lose_connections(way);
            let report = invoke(&mut function).await;
            assert_eq!(
                (&report["samples"], &report["skipped"]),
                (&12.into(), &0.into()),
                "{way:?}"
            );
            assert_eq!((&report["spilled"], &report["failures"]), (&0.into(), &json!({})));
        }
        assert_eq!(aws.fleet("WatchedFeeds").len(), 3, "the datapoints of all rounds");
        assert_eq!(aws.values_of("1001", 0, "ImageProperties").len(), 2, "and all ratings");
    }
}

#[tokio::test]
async fn a_wall_shows_all_pictures_although_its_connections_died_while_it_was_frozen() {
    for way in WAYS {
        let aws = aws();
        let mut function = Function::start(MULTIVIEWER, &variables(&aws, &[])).await;
        let pictures = |page: &Value| page.as_str().unwrap().matches("/9j/").count();
        assert_eq!(pictures(&invoke(&mut function).await), 12);
        aws.lose_connections(way);
        assert_eq!(pictures(&invoke(&mut function).await), 12, "{way:?}");
    }
}

#[tokio::test]
async fn connections_that_work_are_kept_from_one_invocation_to_the_next() {
    let aws = aws();
    let mut function =
        Function::start(MONITOR, &variables(&aws, &[("CONCURRENT_FEEDS", "1")])).await;
    invoke(&mut function).await;
    let connections = aws.connections();
    invoke(&mut function).await;
    assert_eq!(aws.connections(), connections);
    assert!(aws.count(Api::DescribeThumbnails) == 24);
}

#[tokio::test]
async fn a_service_that_is_only_slow_is_waited_for() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    let settings = [("DETECTION_INTERVAL", "6"), ("SCHEDULE_PERIOD", "6")];
    let mut function = Function::start(MONITOR, &variables(&aws, &settings)).await;
    invoke(&mut function).await;
    aws.fault(Fault::on(Api::DescribeThumbnails).delay(Duration::from_millis(1_500)));
    let report = invoke(&mut function).await;
    assert_eq!((&report["samples"], &report["api_errors"]), (&1.into(), &0.into()));
}
