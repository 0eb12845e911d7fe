//! Rekognition's part: when a picture is rated, and what `ImageProperties` says.

use std::time::Duration;

use aws_stand_in::{AnalysedPicture, Api, Channel, Datum, Fault, Pace, Scene, StandIn};
use medialive_source_monitor::{aws::ErrorKind, monitor::FailureKind};

use crate::harness::{Harness, NAMESPACE, channels, values};

/// The AWS sample's number of a picture: the whole part of the sum of its three quality numbers.
fn aws_sample_sum(picture: &AnalysedPicture) -> i64 {
    let decimal = |number: f32| number.to_string().parse::<f64>().unwrap();
    let quality = &picture.quality;
    (decimal(quality.brightness) + decimal(quality.sharpness) + decimal(quality.contrast)) as i64
}

#[tokio::test]
async fn image_properties_is_the_aws_samples_formula_once_for_each_round_from_the_second_on() {
    let scenes = [Scene::Moving, Scene::Frozen, Scene::NoisyBlack, Scene::Bars, Scene::Flat];
    let shown = channels(2000, 40)
        .zip(scenes.iter().cycle())
        .map(|(channel, scene)| channel.shows(scene.clone()));
    let aws = StandIn::builder().channels(shown).pace(Pace::PerRequest).start();
    let settings = [("DETECTION_INTERVAL", "6"), ("SCHEDULE_PERIOD", "18")];
    let report = Harness::new(&aws, 3, &settings).tick().await;
    assert_eq!((report.rounds, report.samples, report.skipped), (3, 120, 0));
    for number in 0..40 {
        let channel = (2000 + number).to_string();
        let sums: Vec<i64> =
            aws.pictures_analysed(&channel, 0).iter().map(aws_sample_sum).collect();
        let expected: Vec<f64> =
            sums.windows(2).map(|pair| (pair[1] - pair[0]).abs() as f64).collect();
        let published = aws.data_of(&channel, 0, "ImageProperties");
        assert_eq!(values(&published), expected, "channel {channel}");
        for (earlier, later) in published.iter().zip(&published[1..]) {
            assert_eq!(
                later.timestamp.duration_since(earlier.timestamp).unwrap(),
                Duration::from_secs(6)
            );
        }
        for datum in &published {
            assert_eq!(datum.epoch_seconds() % 6.0, 0.0);
            assert_eq!((datum.namespace.as_str(), datum.storage_resolution), (NAMESPACE, Some(1)));
            assert_eq!(datum.unit.as_deref(), Some("None"));
        }
    }
}

#[tokio::test]
async fn a_black_picture_publishes_its_zero() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    Harness::new(&aws, 3, &[("FEED_METRICS", "ImageProperties,Brightness")]).tick().await;
    assert_eq!(aws.values_of("1001", 0, "Brightness"), [0.0, 0.0, 0.0]);
    assert_eq!(aws.values_of("1001", 0, "ImageProperties"), [0.0, 0.0]);
}

#[tokio::test]
async fn after_a_failed_sample_the_difference_starts_with_the_second_good_one() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DetectLabels).denied().calls(2..3))
        .start();
    let report = Harness::new(&aws, 5, &[]).tick().await;
    assert_eq!(report.failures, [(FailureKind::Call(ErrorKind::Denied), 1)].into());
    let seconds: Vec<f64> =
        aws.data_of("1001", 0, "ImageProperties").iter().map(Datum::epoch_seconds).collect();
    let first = aws.fleet("WatchedFeeds")[0].epoch_seconds();
    // Five rounds, the third failed: differences at the second and the fifth.
    assert_eq!(seconds, [first + 2.0, first + 8.0]);
}

#[tokio::test]
async fn identical_bytes_are_rated_once() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::FrozenIdentical))
        .pace(Pace::PerRequest)
        .start();
    Harness::new(&aws, 3, &[]).tick().await;
    assert_eq!(aws.count(Api::DetectLabels), 1);
    assert_eq!(aws.values_of("1001", 0, "ImageProperties"), [0.0, 0.0]);
}

#[tokio::test]
async fn rekognition_is_called_as_often_as_the_setting_says() {
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    Harness::new(&aws, 5, &[("REKOGNITION_INTERVAL", "4")]).tick().await;
    assert_eq!(aws.count(Api::DetectLabels), 3);
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .start();
    Harness::new(&aws, 2, &[("REKOGNITION_INTERVAL", "0")]).tick().await;
    assert_eq!(aws.count(Api::DetectLabels), 0);
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0, 2.0]);
}

#[tokio::test]
async fn after_a_failure_rekognition_is_asked_no_more_than_once_an_interval() {
    let on = || Fault::on(Api::DetectLabels);
    // Denied, refused, failing and silent.
    for (fault, first) in
        [(on().denied(), 1), (on().validation(), 1), (on().server_error(500), 2), (on().hang(), 1)]
    {
        let aws = StandIn::builder()
            .channel(Channel::new("1001"))
            .pace(Pace::PerRequest)
            .fault(fault)
            .start();
        let settings = [("DETECTION_INTERVAL", "3"), ("SCHEDULE_PERIOD", "12")];
        let settings = [&settings[..], &[("REKOGNITION_INTERVAL", "9")]].concat();
        let mut harness = Harness::new(&aws, 4, &settings);
        harness.tick().await;
        assert_eq!(aws.count(Api::DetectLabels), first + 1, "in the first round and the fourth");
        assert_eq!(values(&aws.fleet("MissingRatings")), [1.0; 4]);
        aws.clear_faults();
        aws.reset_call_log();
        harness.tick().await;
        let missing = values(&aws.fleet("MissingRatings"));
        assert_eq!(missing.last(), Some(&0.0), "{missing:?}");
    }
}

#[tokio::test]
async fn a_rating_of_every_sample_that_fails_is_not_repeated_within_the_sample() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DetectLabels).server_error(500))
        .start();
    Harness::new(&aws, 3, &[]).tick().await;
    assert_eq!(aws.count(Api::DetectLabels), 2 + 1 + 1);
    assert_eq!(values(&aws.fleet("MissingRatings")), [1.0; 3]);
}
