//! The calls that the functions make, compared with what their roles in the template allow.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use aws_stand_in::{Channel, Pace, Scene, StandIn};
use medialive_source_monitor::{
    announce::{event, summary},
    aws::Clients,
    feed::{FeedKey, Pipeline},
    incident_pictures::{IncidentName, Moment, PictureName},
    multiviewer::Multiviewer,
    settings::Settings,
};
use serde_json::json;
use source_detection::Fault;

use super::notifier::{notifier, notify};
use crate::{
    harness::{Harness, bucket, clients},
    schema::received,
};

/// The services whose APIs the functions call themselves. Lambda uses the rest of a role.
const CALLED: [&str; 6] = ["cloudwatch:", "events:", "medialive:", "rekognition:", "s3:", "sns:"];

/// The calls that a role allows.
fn allowed(role: &str) -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/repository/permissions.json");
    let roles: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let actions = roles[role].values().flatten();
    let is_called = |action: &&String| CALLED.iter().any(|service| action.starts_with(service));
    actions.filter(is_called).cloned().collect()
}

fn aws() -> StandIn {
    StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start()
}

#[tokio::test]
async fn the_monitor_makes_exactly_the_calls_that_its_role_allows() {
    let aws = aws();
    let settings = [("BLACK_AFTER", "4"), ("PICTURE_BUCKET", "pictures")];
    aws.put_object("pictures", "known-stills/closed.jpg", "");
    Harness::new(&aws, 3, &settings).tick().await;
    assert_eq!(aws.operations(), allowed("MonitorRole"));
}

/// The key of a picture of an incident that has just begun.
fn recent_picture() -> String {
    let feed = FeedKey::new("1001", Pipeline::Zero);
    let incident = IncidentName::new(&feed, SystemTime::now(), Fault::Black).unwrap();
    PictureName { incident, moment: Moment::First }.to_string()
}

#[tokio::test]
async fn the_multiviewer_makes_exactly_the_calls_that_its_role_allows() {
    let aws = aws();
    let settings = Settings::read_multiviewer(|_| None).unwrap();
    aws.put_object("pictures", &recent_picture(), "");
    let clients = Clients { bucket: Some(bucket(&aws, "pictures")), ..clients(&aws) };
    let multiviewer = Multiviewer::new(settings, clients);
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:customWidget-multiviewer";
    let deadline = SystemTime::now() + Duration::from_secs(60);
    multiviewer.view(&json!({}), arn, deadline).await.unwrap();
    assert_eq!(aws.operations(), allowed("MultiviewerRole"));
}

#[tokio::test]
async fn the_notifier_makes_exactly_the_calls_that_its_role_allows() {
    let aws = aws();
    Harness::new(&aws, 3, &[("BLACK_AFTER", "4")]).tick().await;
    let event = received(aws.events_of(summary::SOURCES_CHANGED).last().unwrap());
    aws.reset_call_log();
    notify(&mut notifier(&aws, true), &event).await.unwrap();
    assert_eq!(aws.operations(), allowed("NotifierRole"));
}

#[tokio::test]
async fn events_have_the_source_and_the_detail_types_that_the_role_allows() {
    let aws = aws();
    Harness::new(&aws, 3, &[("BLACK_AFTER", "4")]).tick().await;
    let sent: BTreeSet<_> = aws.events().into_iter().map(|event| event.detail_type).collect();
    assert_eq!(sent, [event::ALERT, summary::SOURCES_CHANGED].map(String::from).into());
    assert!(aws.events().iter().all(|one| one.source == event::SOURCE));
}
