//! Behaviour of the real services that differs from the simplest assumption: states of channels,
//! thumbnails that are late or never made, page sizes, connections, clocks and Regions.

use std::time::Duration;

use aws_stand_in::{Api, Channel, ChannelState, Fault, FirstResponse, Pace, Scene, StandIn};

use crate::harness::{Harness, channels, values};

/// Set times that two or three rounds of two seconds reach, and no ratings.
const QUICK: [(&str, &str); 4] = [
    ("BLACK_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("REKOGNITION_INTERVAL", "0"),
];

#[tokio::test]
async fn an_incident_stays_open_while_medialive_recovers_the_channel() {
    // Pipeline 1 is restarted: it is down, whatever the list counts meanwhile.
    for running in [1, 2] {
        let dead = Channel::new("1001").standard().running_pipelines(running).shows(Scene::Black);
        let aws = StandIn::builder().channel(dead).pace(Pace::PerRequest).start();
        let mut harness = Harness::new(&aws, 3, &QUICK);
        assert_eq!(harness.tick().await.incidents.len(), 2);
        aws.set_state("1001", ChannelState::Recovering);
        aws.set_programme("1001", 1, Scene::NoThumbnail);
        aws.reset_call_log();
        let report = harness.tick().await;
        assert_eq!(values(&aws.fleet("BlackFeeds")), [2.0; 3]);
        assert_eq!(values(&aws.fleet("NoPictureFeeds")), [0.0; 3]);
        assert_eq!(report.incidents.len(), 2, "{report:?}");
        assert!(aws.values_of("1001", 1, "FaultSeconds").is_empty(), "it is known to be down");
        aws.set_state("1001", ChannelState::Running);
        aws.set_programme("1001", 1, Scene::Black);
        aws.reset_call_log();
        harness.tick().await;
        assert_eq!(values(&aws.fleet("BlackFeeds")), [2.0; 3]);
        let seconds = aws.values_of("1001", 0, "BlackSeconds");
        assert!(seconds[0] >= 10.0, "it was never reset: {seconds:?}");
    }
}

#[tokio::test]
async fn a_channel_that_recovers_or_is_updated_has_no_grace() {
    for state in [ChannelState::Recovering, ChannelState::Updating] {
        let black = Channel::new("1001").shows(Scene::Black).state(state);
        let missing = Channel::new("1002").standard().shows(Scene::NoThumbnail).state(state);
        let aws = StandIn::builder().channels([black, missing]).pace(Pace::PerRequest).start();
        let report = Harness::new(&aws, 4, &QUICK).tick().await;
        let open: Vec<_> = report.incidents.iter().map(|open| open.condition).collect();
        assert_eq!(open, ["black", "no_picture", "no_picture"]);
        assert!(aws.values_of("1001", 0, "StartGraceSeconds").is_empty());
    }
}

#[tokio::test]
async fn a_page_size_that_is_refused_is_not_asked_for_again() {
    let aws = StandIn::builder().channels(channels(1001, 25)).pace(Pace::PerRequest).start();
    aws.refuse_pages_larger_than(50);
    let report = Harness::new(&aws, 3, &QUICK).tick().await;
    assert_eq!((report.feeds, report.samples, report.skipped), (25, 75, 0));
    // Pages have 20 channels: one refusal, and two pages in each round.
    assert_eq!(aws.count(Api::ListChannels), 1 + 3 * 2);
    assert_eq!(values(&aws.fleet("ApiErrors")), [1.0, 0.0, 0.0]);
}

#[tokio::test]
async fn a_list_that_is_refused_at_any_page_size_is_an_error_and_the_size_is_tried_again() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).validation().times(2))
        .start();
    let report = Harness::new(&aws, 2, &QUICK).tick().await;
    assert_eq!((report.rounds, report.samples), (2, 1), "{report:?}");
    assert_eq!(aws.count(Api::ListChannels), 3);
}

/// A fleet whose thumbnails are only made while someone asks for them: a request after half a
/// second without one gets `first`.
fn made_on_request(first: FirstResponse) -> StandIn {
    let pace = Pace::WhileRequested { pause: Duration::from_millis(1_200), first };
    StandIn::builder().channels(channels(1001, 5)).pace(pace).start()
}

#[tokio::test]
async fn an_empty_response_after_a_pause_is_requested_once_more_in_the_same_sample() {
    let aws = made_on_request(FirstResponse::Empty);
    let settings = [&QUICK[..], &[("DETECTION_INTERVAL", "3"), ("SCHEDULE_PERIOD", "12")]].concat();
    let report = Harness::new(&aws, 4, &settings).tick().await;
    assert_eq!((report.samples, report.no_picture, report.skipped), (20, 0, 0));
    assert_eq!(aws.count(Api::DescribeThumbnails), 2 * 20);
    assert_eq!(values(&aws.fleet("HealthyFeeds")), [5.0; 4]);
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0; 4]);
}

#[tokio::test]
async fn an_old_picture_after_a_pause_is_no_fault() {
    let aws = made_on_request(FirstResponse::Old);
    // Its time stamp is from the sample before, 6 s ago.
    let settings = [&QUICK[..], &[("DETECTION_INTERVAL", "6"), ("SCHEDULE_PERIOD", "24")]].concat();
    let report = Harness::new(&aws, 4, &settings).tick().await;
    assert_eq!((report.samples, report.incidents.len()), (20, 0));
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0; 4]);
}

#[tokio::test]
async fn a_second_request_waits_for_the_first_ones_of_all_others() {
    let missing = channels(1001, 8).map(|channel| channel.shows(Scene::NoThumbnail));
    let aws = StandIn::builder()
        .channels(missing)
        .channels(channels(2001, 8))
        .pace(Pace::PerRequest)
        .start();
    // 10 calls a second: 16 first requests take most of the 1.75 s of a round.
    let settings = [&QUICK[..], &[("THUMBNAIL_TPS", "10")]].concat();
    let report = Harness::new(&aws, 3, &settings).tick().await;
    assert_eq!((report.samples, report.no_picture, report.skipped), (24, 24, 0));
}

#[tokio::test]
async fn a_source_whose_thumbnail_is_lost_differs_from_one_that_never_had_one() {
    let lost = Channel::new("1001").shows(Scene::Moving);
    let never = Channel::new("1002").shows(Scene::NoThumbnail);
    let aws = StandIn::builder().channels([lost, never]).pace(Pace::PerRequest).start();
    let mut harness = Harness::new(&aws, 4, &QUICK);
    harness.tick().await;
    assert_eq!(values(&aws.fleet("NoThumbnailFeeds")), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(values(&aws.fleet("NoPictureFeeds")), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(aws.values_of("1002", 0, "NoThumbnailSeconds"), [0.0, 2.0, 4.0, 6.0]);
    assert!(aws.values_of("1001", 0, "NoThumbnailSeconds").is_empty());

    aws.set_programme("1001", 0, Scene::NoThumbnail);
    harness.tick().await;
    // Another process knows which is which.
    aws.reset_call_log();
    let report = Harness::new(&aws, 2, &QUICK).tick().await;
    assert_eq!(report.incidents.len(), 2, "{report:?}");
    assert_eq!(values(&aws.fleet("NoPictureFeeds")), [2.0, 2.0]);
    assert_eq!(values(&aws.fleet("NoThumbnailFeeds")), [1.0, 1.0]);
    assert!(aws.values_of("1001", 0, "NoThumbnailSeconds").is_empty());

    // The role may write to S3 now.
    aws.set_programme("1002", 0, Scene::Moving);
    aws.reset_call_log();
    harness.tick().await;
    assert_eq!(values(&aws.fleet("NoThumbnailFeeds")).last(), Some(&0.0));
    assert!(aws.values_of("1002", 0, "NoThumbnailSeconds").is_empty());
}

#[tokio::test]
async fn a_source_counts_as_lost_while_nothing_is_known_of_its_thumbnails() {
    let missing = Channel::new("1001").shows(Scene::NoThumbnail);
    let denied = Fault::on(Api::GetMetricData).denied();
    let unread = |fault: Option<Fault>| {
        let aws = StandIn::builder().channel(missing.clone()).pace(Pace::PerRequest).start();
        if let Some(fault) = fault {
            aws.fault(fault);
        }
        aws
    };
    let unpublished = [&QUICK[..], &[("FEED_METRICS", "ImageProperties")]].concat();
    for (aws, settings) in [(unread(Some(denied)), &QUICK[..]), (unread(None), &unpublished)] {
        Harness::new(&aws, 4, settings).tick().await;
        assert_eq!(values(&aws.fleet("NoPictureFeeds")).last(), Some(&1.0));
        assert_eq!(values(&aws.fleet("NoThumbnailFeeds")), [0.0; 4]);
    }
}

#[tokio::test]
async fn a_request_that_a_clock_behind_has_signed_is_signed_anew() {
    let operations = [
        Api::ListChannels,
        Api::DescribeThumbnails,
        Api::DetectLabels,
        Api::PutMetricData,
        Api::GetMetricData,
    ];
    let aws = StandIn::builder().channel(Channel::new("1001")).pace(Pace::PerRequest).start();
    for api in operations {
        aws.fault(Fault::on(api).skewed().times(1));
    }
    let report = Harness::new(&aws, 2, &[]).tick().await;
    assert_eq!((report.samples, report.skipped, report.spilled), (2, 0, 0));
    assert!(report.failures.is_empty(), "{report:?}");
    assert_eq!(report.api_errors, 5, "one for each operation");
    assert_eq!(aws.values_of("1001", 0, "ImageProperties").len(), 1);
}
