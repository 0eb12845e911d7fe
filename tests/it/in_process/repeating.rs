//! Sources that repeat themselves, from the thumbnail to the metrics and events.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Channel, Pace, Programme, Scene, Span, StandIn};

use crate::harness::{Harness, feed_metric, open, values};

/// Set times that a few rounds of two seconds reach.
const QUICK: [(&str, &str); 4] =
    [("FROZEN_AFTER", "12"), ("REPEATING_AFTER", "16"), ("CLEAR_AFTER", "2"), ("START_GRACE", "0")];

/// A text card and a picture that take turns, encoded anew each time.
fn alternating() -> Programme {
    Programme::of(Scene::Slate, Span::Stills(1)).then(Scene::Frozen, Span::Stills(1)).looping()
}

fn watching(channels: impl IntoIterator<Item = Channel>) -> StandIn {
    StandIn::builder().channels(channels).pace(Pace::PerRequest).start()
}

#[tokio::test]
async fn two_alternating_pictures_are_raised_counted_and_announced() {
    let aws = watching([Channel::new("1001").shows(alternating()), Channel::new("1002")]);
    let mut harness = Harness::new(&aws, 8, &QUICK);
    let report = harness.tick().await;
    assert_eq!(open(&report), [("1001", "repeating", 14)]);
    // The sixth sample is the fourth return: the first five say nothing yet.
    assert_eq!(aws.values_of("1001", 0, "RepeatingSeconds"), [10.0, 12.0, 14.0]);
    assert_eq!(values(&aws.fleet("RepeatingFeeds")), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    assert!(aws.values_of("1002", 0, "RepeatingSeconds").is_empty(), "it costs nothing");

    let event = aws.events().into_iter().find(|event| event.detail["alarm_state"] == "SET");
    let detail = event.expect("announced").detail;
    assert_eq!(detail["condition"], "repeating");
    assert_eq!(detail["alert_type"], "Source Repeating");
    assert_eq!(detail["evidence"], "two pictures alternate, every 2 s");

    aws.set_programme("1001", 0, Scene::Moving);
    let report = harness.tick().await;
    assert_eq!(report.incidents, []);
    assert_eq!(values(&aws.fleet("RepeatingFeeds")).last(), Some(&0.0));
}

#[tokio::test]
async fn a_new_process_continues_a_repetition() {
    let aws = watching([
        Channel::new("1001").shows(alternating()),
        Channel::new("1002").shows(Scene::Moving),
    ]);
    let before = SystemTime::now() - Duration::from_secs(20);
    for channel in ["1001", "1002"] {
        aws.add_history(feed_metric(channel, "RepeatingSeconds"), before, 3_600.0);
        aws.add_history(feed_metric(channel, "FrozenSeconds"), before, 0.0);
    }
    Harness::new(&aws, 3, &[]).tick().await;
    for values in ["1001", "1002"].map(|id| aws.values_of(id, 0, "RepeatingSeconds")) {
        assert!(values.len() == 3 && values[0] >= 3_600.0, "until cuts lead to new pictures");
    }
    assert_eq!(values(&aws.fleet("RepeatingFeeds")), [2.0; 3]);
    assert_eq!(aws.events(), [], "another process announced them");
}

#[tokio::test]
async fn a_loop_that_is_intended_is_neither_raised_nor_published() {
    let aws = watching([
        Channel::new("1001").tag("source-monitor:expect", "repeating").shows(alternating()),
        Channel::new("1002").tag("source-monitor:frozen-after", "600").shows(alternating()),
    ]);
    let report = Harness::new(&aws, 9, &QUICK).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| open.channel.as_str()).collect();
    assert_eq!(open, ["1002"], "after the time of a repetition, which is shorter");
    assert!(aws.values_of("1001", 0, "RepeatingSeconds").is_empty());
    assert_eq!(values(&aws.fleet("UnreadableTags")), [0.0; 9]);
}
