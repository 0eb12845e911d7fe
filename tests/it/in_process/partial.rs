//! Sources of which a part is dead, from the thumbnail to the metrics and events.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Channel, Pace, Scene, StandIn};

use crate::harness::{Harness, feed_metric, open, values};

/// The tag without which a channel's dead part is not raised.
const TAG: &str = "source-monitor:partial-after";

/// A clear time that a few rounds of two seconds reach, and no grace.
const QUICK: [(&str, &str); 2] = [("CLEAR_AFTER", "1"), ("START_GRACE", "0")];

fn watching(channels: impl IntoIterator<Item = Channel>) -> StandIn {
    StandIn::builder().channels(channels).pace(Pace::PerRequest).start()
}

fn partial(id: &str) -> Channel {
    Channel::new(id).shows(Scene::Partial)
}

#[tokio::test]
async fn a_dead_part_is_raised_counted_and_announced_where_a_tag_sets_its_time() {
    let aws = watching([
        partial("1001").tag(TAG, "3"),
        partial("1002"),
        partial("1003").tag(TAG, "3").tag("source-monitor:expect", "partial"),
        Channel::new("1004").tag(TAG, "3"),
    ]);
    let mut harness = Harness::new(&aws, 4, &QUICK);
    let report = harness.tick().await;
    assert_eq!(open(&report), [("1001", "partial", 6)]);
    assert_eq!(aws.values_of("1001", 0, "PartialSeconds"), [2.0, 4.0, 6.0]);
    assert_eq!(aws.values_of("1001", 0, "FaultSeconds"), [0.0, 2.0, 4.0, 6.0]);
    for channel in ["1002", "1003", "1004"] {
        assert_eq!(aws.values_of(channel, 0, "FaultSeconds"), [0.0; 4], "{channel}");
    }
    assert_eq!(values(&aws.fleet("PartialFeeds")), [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(values(&aws.fleet("HealthyFeeds")), [4.0, 4.0, 3.0, 3.0]);

    let alerts = aws.events_of("MediaLive Channel Alert");
    let [alert] = alerts.as_slice() else { panic!("one alert: {alerts:?}") };
    assert_eq!(alert.detail["channel_id"], "1001");
    assert_eq!(alert.detail["condition"], "partial");
    assert_eq!(alert.detail["alert_type"], "Source Partly Dead");
    let evidence = alert.detail["evidence"].as_str().unwrap();
    assert_eq!(evidence, "the lower 48 % are one colour (luma 16), the rest is alive");

    aws.set_programme("1001", 0, Scene::Moving);
    let report = harness.tick().await;
    assert_eq!(report.incidents, []);
    assert_eq!(values(&aws.fleet("PartialFeeds")).last(), Some(&0.0));
    let alerts = aws.events_of("MediaLive Channel Alert");
    assert_eq!(alerts.last().unwrap().detail["reason"], "recovered");
}

#[tokio::test]
async fn a_new_process_continues_a_dead_part_where_the_setting_sets_its_time() {
    let aws = watching([partial("1001")]);
    let before = SystemTime::now() - Duration::from_secs(20);
    aws.add_history(feed_metric("1001", "PartialSeconds"), before, 3_600.0);
    aws.add_history(feed_metric("1001", "FaultSeconds"), before, 3_600.0);
    let report = Harness::new(&aws, 2, &[("PARTIAL_AFTER", "60")]).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| open.condition).collect();
    assert_eq!(open, ["partial"]);
    let seconds = aws.values_of("1001", 0, "PartialSeconds");
    assert!(seconds.len() == 2 && seconds[0] >= 3_600.0, "{seconds:?}");
    assert_eq!(values(&aws.fleet("PartialFeeds")), [1.0; 2]);
    assert_eq!(aws.events(), [], "another process announced it");
}
