//! Sources that show known stills, from the bucket to the metrics and events, and what a bucket
//! that fails or has unusable objects costs.

use std::{fs, time::Duration};

use aws_stand_in::{Api, Channel, Fault, Pace, Scene, StandIn};
use medialive_source_monitor::{
    aws::BucketOperations,
    known_stills::{Library, MAX_STILLS},
};
use source_detection::Picture;
use tokio::time::Instant;

use crate::harness::{Harness, bucket, open, values};

/// A bucket, and set times that a few rounds of two seconds reach.
const SETTINGS: [(&str, &str); 5] = [
    ("PICTURE_BUCKET", "pictures"),
    ("FROZEN_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("START_GRACE", "0"),
    ("REKOGNITION_INTERVAL", "0"),
];

/// A text card, and another picture.
const SLATE: &str = "slate/000.jpg";
const OTHER: &str = "frozen-noise/000.jpg";

/// A still of the detection crate's labelled set.
fn still(path: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/detection/tests/stills/");
    fs::read(format!("{folder}{path}")).unwrap()
}

/// A text card as the stand-in draws it, which one channel shows until it is known.
async fn drawn_slate() -> Vec<u8> {
    let aws = showing_slates(["1001"]);
    Harness::new(&aws, 4, &SETTINGS).tick().await;
    let objects = aws.objects();
    objects.iter().find(|object| object.key.ends_with("2-first.jpg")).unwrap().body.to_vec()
}

fn showing_slates<const N: usize>(channels: [&str; N]) -> StandIn {
    let channels = channels.map(|id| Channel::new(id).shows(Scene::Slate));
    StandIn::builder().channels(channels).pace(Pace::PerRequest).start()
}

#[tokio::test]
async fn a_known_still_is_no_incident_however_long_it_is_shown() {
    let aws = showing_slates(["1001", "1002"]);
    aws.put_object("pictures", "known-stills/1001/closed.jpg", drawn_slate().await);
    let report = Harness::new(&aws, 5, &SETTINGS).tick().await;
    let open: Vec<_> =
        report.incidents.iter().map(|open| (open.channel.as_str(), open.condition)).collect();
    assert_eq!(open, [("1002", "frozen")], "the still of one channel is not known on others");
    assert_eq!(aws.values_of("1001", 0, "SlateSeconds"), [2.0, 4.0, 6.0, 8.0]);
    assert!(aws.values_of("1001", 0, "FrozenSeconds").is_empty());
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0; 5], "no set time, no fault");
    assert_eq!(values(&aws.fleet("SlateFeeds")), [0.0; 5]);
    assert_eq!(values(&aws.fleet("HealthyFeeds")), [2.0, 2.0, 1.0, 1.0, 1.0]);
}

#[tokio::test]
async fn a_known_still_is_raised_where_it_has_a_set_time() {
    let slate = drawn_slate().await;
    let channel = Channel::new("1001").shows(Scene::Slate).tag("source-monitor:slate-after", "6");
    let other = Channel::new("1002").shows(Scene::Slate);
    let aws = StandIn::builder().channels([channel, other]).pace(Pace::PerRequest).start();
    aws.put_object("pictures", "known-stills/closed.jpg", slate);
    let mut harness = Harness::new(&aws, 5, &SETTINGS);
    let report = harness.tick().await;
    assert_eq!(open(&report), [("1001", "slate", 8)]);
    assert_eq!(values(&aws.fleet("SlateFeeds")), [0.0, 0.0, 0.0, 1.0, 1.0]);
    let event = aws.events().into_iter().find(|event| event.detail["alarm_state"] == "SET");
    let detail = event.expect("announced").detail;
    assert_eq!(detail["condition"], "slate");
    assert_eq!(detail["alert_type"], "Source Slate");
    assert_eq!(detail["evidence"], "the known still closed");
    assert!(aws.objects().iter().any(|object| object.key.ends_with("-slate/2-first.jpg")));

    aws.set_programme("1001", 0, Scene::Moving);
    assert_eq!(harness.tick().await.incidents, []);
    assert_eq!(aws.count(Api::GetObject), 1, "it is read once");
}

#[tokio::test]
async fn the_first_picture_of_an_incident_is_declared_known_by_copying_it() {
    let aws = showing_slates(["1001"]);
    let report = Harness::new(&aws, 4, &SETTINGS).tick().await;
    assert_eq!(report.incidents[0].condition, "frozen");
    let objects = aws.objects();
    let first = objects.iter().find(|object| object.key.ends_with("2-first.jpg")).unwrap();
    aws.put_object("pictures", "known-stills/1001/closed.jpg", first.body.clone());
    let report = Harness::new(&aws, 3, &SETTINGS).tick().await;
    assert_eq!(report.incidents, []);
    let event = aws.events().into_iter().find(|event| event.detail["alarm_state"] == "CLEARED");
    assert_eq!(event.expect("announced").detail["condition"], "frozen");
}

#[tokio::test]
async fn a_new_process_continues_the_duration_of_a_slate() {
    let aws = showing_slates(["1001"]);
    aws.put_object("pictures", "known-stills/closed.jpg", drawn_slate().await);
    let settings = [&SETTINGS[..], &[("SLATE_AFTER", "4")]].concat();
    Harness::new(&aws, 4, &settings).tick().await;
    Harness::new(&aws, 2, &settings).tick().await;
    let durations = aws.values_of("1001", 0, "SlateSeconds");
    assert_eq!(durations[..3], [2.0, 4.0, 6.0]);
    assert!(durations[3..].iter().all(|seconds| *seconds >= 6.0), "{durations:?}");
    let raised = aws.events().into_iter().filter(|event| event.detail["alarm_state"] == "SET");
    assert_eq!(raised.count(), 1);
}

#[tokio::test]
async fn a_bucket_that_fails_costs_the_known_stills_only() {
    let slate = drawn_slate().await;
    for fault in [Fault::on(Api::ListBucket), Fault::on(Api::GetObject)] {
        for fault in [fault.clone().denied(), fault.clone().hang(), fault.reset()] {
            let aws = showing_slates(["1001"]);
            aws.put_object("pictures", "known-stills/closed.jpg", slate.clone());
            aws.fault(fault);
            let report = Harness::new(&aws, 3, &SETTINGS).tick().await;
            assert_eq!((report.rounds, report.samples, report.spilled), (3, 3, 0));
            assert_eq!(report.incidents[0].condition, "frozen", "nothing is known of it");
        }
    }
}

/// A library that reads a bucket of the stand-in.
struct Shelf<'a> {
    aws: &'a StandIn,
    bucket: BucketOperations,
    library: Library,
    now: Instant,
}

impl<'a> Shelf<'a> {
    fn new(aws: &'a StandIn) -> Self {
        let bucket = BucketOperations::new(&bucket(aws, "pictures"));
        Self { aws, bucket, library: Library::default(), now: Instant::now() }
    }

    fn put(&self, key: &str, body: impl Into<Vec<u8>>) {
        self.aws.put_object("pictures", &format!("known-stills/{key}"), body.into());
    }

    /// Reads what is due after this many minutes more. Returns how many objects were read; `None`
    /// if nothing was due.
    async fn read_after(&mut self, minutes: u64) -> Option<u64> {
        self.now += Duration::from_secs(60 * minutes);
        let before = self.aws.count(Api::GetObject);
        let deadline = Instant::now() + Duration::from_secs(60);
        let reading = self.library.read(&self.bucket, self.now, deadline).await?;
        self.library.update(reading, self.now);
        Some(self.aws.count(Api::GetObject) - before)
    }

    /// The still that is found in a picture that channel 1001 shows.
    fn find(&self, path: &str) -> Option<String> {
        let picture = Picture::decode(&still(path)).unwrap();
        let name = self.library.of("1001").find(&picture.grid);
        name.map(|name| name.to_string())
    }
}

#[tokio::test]
async fn the_library_is_read_again_only_where_it_has_changed() {
    let aws = StandIn::builder().start();
    let mut shelf = Shelf::new(&aws);
    shelf.put("1001/closed.jpg", still(SLATE));
    shelf.put("pause.jpg", still(OTHER));
    assert_eq!(shelf.read_after(0).await, Some(2));
    assert_eq!(
        (shelf.find(SLATE).as_deref(), shelf.find(OTHER).as_deref()),
        (Some("closed"), Some("pause"))
    );
    assert_eq!(shelf.read_after(1).await, None, "it is not due");
    assert_eq!(shelf.read_after(1).await, Some(0), "nothing has changed");
    shelf.put("pause.jpg", still("pattern/000.jpg"));
    assert_eq!(shelf.read_after(2).await, Some(1));
    assert_eq!(
        (shelf.find(SLATE).as_deref(), shelf.find(OTHER).as_deref()),
        (Some("closed"), None)
    );
    aws.remove_objects();
    assert_eq!(shelf.read_after(2).await, Some(0));
    assert_eq!(shelf.find(SLATE).as_deref(), None);
}

#[tokio::test]
async fn an_object_that_cannot_be_used_costs_no_other_and_is_read_once() {
    let aws = StandIn::builder().start();
    let mut shelf = Shelf::new(&aws);
    shelf.put("a-text.jpg", "no JPEG");
    shelf.put("black.jpg", still("black-clock/000.jpg"));
    shelf.put("back soon.jpg", still(SLATE));
    shelf.put("closed.png", still(SLATE));
    shelf.put("large.jpg", vec![0; 1024 * 1024 + 1]);
    shelf.put("1001/", "");
    shelf.put("1001/closed.jpg", still(SLATE));
    assert_eq!(shelf.read_after(0).await, Some(3), "the text, black, and the usable one");
    assert_eq!(shelf.find(SLATE).as_deref(), Some("closed"));
    assert_eq!(shelf.find("black-clock/000.jpg").as_deref(), None);
    assert_eq!(shelf.read_after(2).await, Some(0));
}

#[tokio::test]
async fn nothing_that_was_read_is_lost_while_the_bucket_fails() {
    for api in [Api::ListBucket, Api::GetObject] {
        let aws = StandIn::builder().start();
        let mut shelf = Shelf::new(&aws);
        shelf.put("closed.jpg", still(SLATE));
        shelf.read_after(0).await;
        shelf.put("closed.jpg", still(OTHER));
        aws.fault(Fault::on(api).denied().times(1));
        shelf.read_after(2).await;
        assert_eq!(shelf.find(SLATE).as_deref(), Some("closed"), "{api:?}");
        shelf.read_after(2).await;
        assert_eq!(
            (shelf.find(SLATE).as_deref(), shelf.find(OTHER).as_deref()),
            (None, Some("closed"))
        );
    }
}

#[tokio::test]
async fn what_finds_no_time_is_read_in_the_next_round() {
    let aws = StandIn::builder().start();
    let mut shelf = Shelf::new(&aws);
    shelf.put("closed.jpg", still(SLATE));
    shelf.put("pause.jpg", still(OTHER));
    aws.fault(Fault::on(Api::GetObject).hang().times(1));
    let deadline = Instant::now() + Duration::from_millis(500);
    let reading = shelf.library.read(&shelf.bucket, shelf.now, deadline).await.unwrap();
    shelf.library.update(reading, shelf.now);
    assert_eq!(shelf.find(SLATE).as_deref(), None);
    assert_eq!(shelf.find(OTHER).as_deref(), Some("pause"), "one that hangs delays no other");
    assert_eq!(shelf.read_after(0).await, Some(1));
    assert_eq!(shelf.find(SLATE).as_deref(), Some("closed"));
}

#[tokio::test]
async fn a_bucket_that_never_responds_delays_one_round_a_minute() {
    let aws = StandIn::builder().start();
    let mut shelf = Shelf::new(&aws);
    shelf.put("closed.jpg", still(SLATE));
    aws.fault(Fault::on(Api::GetObject).hang());
    let deadline = Instant::now() + Duration::from_millis(500);
    let reading = shelf.library.read(&shelf.bucket, shelf.now, deadline).await.unwrap();
    shelf.library.update(reading, shelf.now);
    assert_eq!(shelf.read_after(0).await, None, "it is not due");
    aws.clear_faults();
    assert_eq!(shelf.read_after(1).await, Some(1));
    assert_eq!(shelf.find(SLATE).as_deref(), Some("closed"));
}

#[tokio::test]
async fn the_library_is_bounded() {
    let aws = StandIn::builder().start();
    let mut shelf = Shelf::new(&aws);
    for number in 0..MAX_STILLS + 10 {
        shelf.put(&format!("{number:03}.jpg"), still(OTHER));
    }
    shelf.put("999.jpg", still(SLATE));
    assert_eq!(shelf.read_after(0).await, Some(MAX_STILLS as u64));
    assert_eq!((shelf.find(OTHER).as_deref(), shelf.find(SLATE).as_deref()), (Some("000"), None));
}
