//! Behaviour of the real services that differs from the simplest assumption: states of channels,
//! thumbnails that are late or never made, page sizes, connections, clocks and Regions.

use aws_stand_in::{Channel, ChannelState, Pace, Scene, StandIn};

use crate::harness::{Harness, values};

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
