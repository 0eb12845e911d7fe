//! Behaviour of the real services that differs from the simplest assumption: states of channels,
//! thumbnails that are late or never made, page sizes, connections, clocks and Regions.

use aws_stand_in::{Api, Channel, ChannelState, Fault, Pace, Scene, StandIn};

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
        assert!(aws.values_of("1001", 1, "NoPictureSeconds").is_empty(), "it is known to be down");
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
