//! Pictures of incidents: what reaches the bucket, and what a failing bucket costs.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Api, Channel, Fault, Object, Pace, Scene, StandIn, fingerprint};
use base64::{Engine, engine::general_purpose::STANDARD};
use medialive_source_monitor::{
    aws::{BucketOperations, Clients, ErrorKind},
    incident_pictures::recent,
    multiviewer::Multiviewer,
    settings::Settings,
};
use serde_json::json;

use crate::harness::{Harness, bucket, channels, clients};

/// A bucket, set times that two or three rounds of two seconds reach, and no ratings.
const SETTINGS: [(&str, &str); 6] = [
    ("PICTURE_BUCKET", "incident-pictures"),
    ("BLACK_AFTER", "4"),
    ("FROZEN_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_INTERVAL", "0"),
];

fn start(channel: Channel) -> StandIn {
    StandIn::builder().channel(channel).pace(Pace::PerRequest).start()
}

/// The kinds of the pictures in the bucket, in the order of their keys.
fn moments(objects: &[Object]) -> Vec<&str> {
    objects.iter().map(|object| object.key.rsplit_once('/').unwrap().1).collect()
}

/// The number of the still that a picture shows, counted from 1.
fn still_number(aws: &StandIn, picture: &Object) -> u64 {
    let served = aws.thumbnails_served("1001", 0);
    let shown = fingerprint(&picture.body);
    served.iter().find(|still| still.fingerprint == shown).unwrap().number
}

#[tokio::test]
async fn an_incident_leaves_three_pictures_in_the_bucket() {
    let aws = start(Channel::new("1001").shows(Scene::Moving));
    let mut harness = Harness::new(&aws, 3, &SETTINGS);
    harness.tick().await;
    aws.set_programme("1001", 0, Scene::NoisyBlack);
    let report = harness.tick().await;
    assert_eq!((report.pictures, report.lost_pictures), (2, 0));
    let slot = aws.data_of("1001", 0, "FaultSeconds")[3].timestamp;
    let slot = humantime::format_rfc3339_seconds(slot).to_string().replace(['-', ':'], "");
    let objects = aws.objects();
    let keys: Vec<_> = objects.iter().map(|object| object.key.clone()).collect();
    let folder = format!("1001/{slot}-pipeline-0-black");
    assert_eq!(keys, ["1-before.jpg", "2-first.jpg"].map(|name| format!("{folder}/{name}")));
    let stills: Vec<_> = objects.iter().map(|object| still_number(&aws, object)).collect();
    assert_eq!(stills, [3, 4]);
    let of_pictures = |object: &Object| {
        object.bucket == "incident-pictures" && object.content_type.as_deref() == Some("image/jpeg")
    };
    assert!(objects.iter().all(of_pictures));

    aws.set_programme("1001", 0, Scene::Moving);
    harness.tick().await;
    let objects = aws.objects();
    let last = objects.last().unwrap();
    assert!(last.key.starts_with(&format!("{folder}/3-last-after-")), "{}", last.key);
    assert_eq!(still_number(&aws, last), 6);
}

#[tokio::test]
async fn without_a_bucket_nothing_is_stored() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    let report = Harness::new(&aws, 3, &SETTINGS[1..]).tick().await;
    assert_eq!(report.incidents.len(), 1);
    assert_eq!((report.pictures, aws.count(Api::PutObject)), (0, 0));
}

#[tokio::test]
async fn pictures_follow_datapoints_and_events() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    Harness::new(&aws, 3, &SETTINGS).tick().await;
    let calls: Vec<_> = aws.all_calls().iter().map(|call| call.api).collect();
    let first = |api| calls.iter().position(|one| *one == api).unwrap();
    assert!(first(Api::PutEvents) < first(Api::PutObject), "{calls:?}");
    let published = calls.iter().rposition(|api| *api == Api::PutMetricData).unwrap();
    assert!(published < first(Api::PutObject), "{calls:?}");
}

#[tokio::test]
async fn a_failing_bucket_costs_pictures_only() {
    let fault = || Fault::on(Api::PutObject);
    for fault in [fault().denied(), fault().hang(), fault().reset()] {
        let aws = start(Channel::new("1001").shows(Scene::Black));
        aws.fault(fault);
        let mut harness = Harness::new(&aws, 3, &SETTINGS);
        let report = harness.tick().await;
        assert_eq!((report.rounds, report.samples, report.spilled), (3, 3, 0));
        assert_eq!((report.events, report.spilled_events), (2, 0));
        assert_eq!((report.pictures, report.api_errors), (0, 0));
        assert!(aws.objects().is_empty());
    }
}

#[tokio::test]
async fn a_picture_waits_while_the_bucket_fails_and_is_dropped_after_three_rounds() {
    let aws = start(Channel::new("1001").shows(Scene::Black));
    aws.fault(Fault::on(Api::PutObject).denied());
    let mut harness = Harness::new(&aws, 4, &SETTINGS);
    // Raised in the third round, tried in it, in the fourth and at the end of the tick.
    let report = harness.tick().await;
    assert_eq!((report.pictures, report.lost_pictures), (0, 1));
    aws.clear_faults();
    assert_eq!(harness.tick().await.pictures, 0);

    let aws = start(Channel::new("1001").shows(Scene::Black));
    aws.fault(Fault::on(Api::PutObject).denied().times(1));
    let report = Harness::new(&aws, 4, &SETTINGS).tick().await;
    assert_eq!((report.pictures, report.lost_pictures), (1, 0));
    assert_eq!(moments(&aws.objects()), ["2-first.jpg"]);
}

#[tokio::test]
async fn a_storm_costs_no_datapoint_no_event_and_no_round() {
    let feeds = 60;
    let aws = StandIn::builder()
        .channels(channels(1001, feeds).map(|channel| channel.shows(Scene::Black)))
        .pace(Pace::PerRequest)
        .start();
    aws.set_latency(Api::PutObject, Duration::from_millis(500));
    let mut harness = Harness::new(&aws, 4, &SETTINGS);
    let report = harness.tick().await;
    assert_eq!((report.rounds, report.spilled, report.slot_overruns), (4, 0, 0));
    assert_eq!(report.samples, 4 * feeds);
    assert_eq!(report.incidents.len(), feeds);
    // The rest waits for the next tick.
    aws.set_latency(Api::PutObject, Duration::ZERO);
    let next = harness.tick().await;
    assert_eq!(report.pictures + next.pictures, feeds);
    assert_eq!(aws.objects().len(), feeds);
}

#[tokio::test]
async fn the_incidents_of_all_pages_are_read_back_with_their_pictures() {
    let aws = StandIn::builder().start();
    for minute in 0..60 {
        for pipeline in 0..2 {
            for channel in 1001..1011 {
                let folder =
                    format!("{channel}/20261126T03{minute:02}40Z-pipeline-{pipeline}-black");
                aws.put_object("pictures", &format!("{folder}/2-first.jpg"), folder);
            }
        }
    }
    aws.put_object("another", "1001/20261127T000000Z-pipeline-0-black/2-first.jpg", "");
    let operations = BucketOperations::new(&bucket(&aws, "pictures"));
    let incidents = recent::list(&operations).await.unwrap();
    assert_eq!((incidents.len(), aws.count(Api::ListBucket)), (1_200, 2));
    let first = incidents[0].pictures().next().unwrap();
    let key = first.to_string();
    assert!(key.starts_with("1001/20261126T035940Z"), "{key}");
    let jpeg = recent::fetch(&operations, &first).await.unwrap();
    assert_eq!(jpeg, key.rsplit_once('/').unwrap().0);
}

#[tokio::test]
async fn a_bucket_that_fails_is_an_error_of_its_kind() {
    let aws = StandIn::builder().start();
    let operations = BucketOperations::new(&bucket(&aws, "pictures"));
    let faults = [
        (Fault::on(Api::ListBucket).denied(), ErrorKind::Denied),
        (Fault::on(Api::ListBucket).throttle(), ErrorKind::Throttled),
        (Fault::on(Api::ListBucket).server_error(500), ErrorKind::ServerFault),
        (Fault::on(Api::ListBucket).reset(), ErrorKind::Unreachable),
        (Fault::on(Api::ListBucket).hang(), ErrorKind::TimedOut),
    ];
    for (fault, kind) in faults {
        aws.fault(fault);
        assert_eq!(recent::list(&operations).await.unwrap_err().kind, kind);
        aws.clear_faults();
    }
    aws.fault(Fault::on(Api::ListBucket).skewed().times(1));
    assert_eq!(recent::list(&operations).await.unwrap(), []);
}

/// A wall that reads the pictures of incidents.
fn wall(aws: &StandIn) -> Multiviewer {
    let bucket = Some(bucket(aws, "incident-pictures"));
    let settings = Settings::read_multiviewer(|_| None).unwrap();
    Multiviewer::new(settings, Clients { bucket, ..clients(aws) })
}

async fn view(wall: &Multiviewer) -> String {
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:multiviewer";
    let deadline = SystemTime::now() + Duration::from_secs(30);
    wall.view(&json!({}), arn, deadline).await.unwrap().as_str().unwrap().to_owned()
}

/// A black source whose incident has pictures from before and of its beginning.
async fn black_source() -> (StandIn, Harness) {
    let aws = start(Channel::new("1001").shows(Scene::Moving));
    let mut harness = Harness::new(&aws, 3, &SETTINGS);
    harness.tick().await;
    aws.set_programme("1001", 0, Scene::NoisyBlack);
    harness.tick().await;
    // So that the wall, which knows the defaults only, sees it as an incident too.
    aws.set_tag("1001", "source-monitor:black-after", "4");
    (aws, harness)
}

#[tokio::test]
async fn the_wall_shows_the_pictures_of_open_and_of_ended_incidents() {
    let (aws, mut harness) = black_source().await;
    let (wall, listed) = (wall(&aws), aws.count(Api::ListBucket));
    let html = view(&wall).await;
    let objects = aws.objects();
    assert_eq!(objects.len(), 2);
    for object in &objects {
        let base64 = STANDARD.encode(&object.body);
        assert_eq!(html.matches(&base64).count(), 2, "once in the tile, once in the list");
    }
    assert!(html.contains("<strong>open</strong>"));
    view(&wall).await;
    let calls = [Api::ListBucket, Api::GetObject].map(|api| aws.count(api));
    assert_eq!(calls, [listed + 1, 2], "a refresh within seconds reads nothing again");

    aws.set_programme("1001", 0, Scene::Moving);
    harness.tick().await;
    let html = view(&self::wall(&aws)).await;
    let objects = aws.objects();
    assert_eq!(objects.len(), 3);
    for object in &objects {
        assert_eq!(html.matches(&STANDARD.encode(&object.body)).count(), 1);
    }
    assert!(html.contains("lasted"));
}

#[tokio::test]
async fn a_bucket_that_fails_costs_the_wall_the_pictures_of_incidents_only() {
    let (aws, _) = black_source().await;
    let denied = "There are no pictures of incidents: the wall may not read the bucket";
    let slow = "There are no pictures of incidents: Amazon S3 took too long to answer";
    let faults = [
        (Fault::on(Api::ListBucket).denied(), denied),
        (Fault::on(Api::ListBucket).hang(), slow),
        (Fault::on(Api::GetObject).denied(), "<strong>open</strong>"),
        (Fault::on(Api::GetObject).hang(), "<strong>open</strong>"),
    ];
    for (fault, expected) in faults {
        aws.fault(fault);
        let html = view(&wall(&aws)).await;
        assert!(html.contains(expected), "{html}");
        assert!(html.contains("<strong>BLACK</strong>"));
        assert_eq!(html.matches("<img").count(), 1, "the current picture");
        aws.clear_faults();
    }
}

#[tokio::test]
async fn an_incident_that_began_after_the_list_was_read_is_shown_at_once() {
    let (aws, _) = black_source().await;
    let stored = aws.objects();
    aws.remove_objects();
    let wall = wall(&aws);
    let quiet = "No incident in the last 24 hours";
    let html = view(&wall).await;
    assert!(!html.contains(quiet) && html.contains("<strong>BLACK</strong>"));
    for Object { bucket, key, body, .. } in stored {
        aws.put_object(&bucket, &key, body);
    }
    assert!(view(&wall).await.contains("<strong>open</strong>"));
}

#[tokio::test]
async fn an_object_that_is_no_picture_is_not_shown() {
    let (aws, _) = black_source().await;
    let key = aws.objects()[0].key.clone();
    aws.put_object("incident-pictures", &key, "<script>alert(1)</script>");
    let html = view(&wall(&aws)).await;
    assert!(!html.contains("alert") && !html.contains(&STANDARD.encode("<script>")));
    assert_eq!(html.matches("<img").count(), 3, "the current one, and the other one twice");
}
