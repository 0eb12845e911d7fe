//! The picture wall over several views, with channels in all states, and with more feeds or larger
//! pictures than fit.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Api, Channel, ChannelState, Fault, Metric, Scene, StandIn, malformed_jpegs};
use serde_json::json;

use super::multiviewer::{ids, multiviewer, page, pictures, publish, tile};
use crate::harness::{NAMESPACE, channels, feed_metric};

/// Stores a duration of any pipeline, as the monitor published it so many seconds ago.
fn publish_at(aws: &StandIn, (channel, pipeline): (&str, &str), metric: &str, point: (u64, f64)) {
    let metric = Metric::new(NAMESPACE, metric, &[("ChannelId", channel), ("Pipeline", pipeline)]);
    aws.add_history(metric, SystemTime::now() - Duration::from_secs(point.0), point.1);
}

#[tokio::test]
async fn a_page_turned_within_ten_seconds_costs_no_list_and_no_durations() {
    let aws = StandIn::builder().channels(channels(2_000, 6)).start();
    publish(&aws, "2003", "BlackSeconds", 60.0);
    let wall = multiviewer(&aws, &[]);
    let calls = || [Api::ListChannels, Api::GetMetricData].map(|api| aws.count(api));
    let first = page(&wall, json!({"perPage": 2})).await;
    let read = calls();
    let second = page(&wall, json!({"perPage": 2, "page": 2})).await;
    let back = page(&wall, json!({"perPage": 2, "page": 1})).await;
    assert_eq!(calls(), read);
    assert_eq!((ids(&first), ids(&second)), (vec!["2003", "2000"], vec!["2001", "2002"]));
    assert_eq!(ids(&back), ids(&first));
    assert!(tile(&back, "2003").contains("<strong>BLACK</strong>"));
    // A refresh reads anew.
    page(&wall, json!({"perPage": 2, "page": 1})).await;
    assert_eq!(calls(), read.map(|calls| calls * 2));
}

#[tokio::test]
async fn pipelines_that_differ_are_marked_and_looked_for_only_if_any_do() {
    let aws = StandIn::builder()
        .channels(channels(1_001, 2).map(Channel::standard))
        .channel(Channel::new("1003"))
        .start();
    let wall = multiviewer(&aws, &[]);
    let metrics = || aws.calls(Api::GetMetricData).iter().map(|call| call.items).sum::<usize>();
    let html = page(&wall, json!({})).await;
    assert!(!html.contains("PIPELINES DIFFER"));
    let before = metrics();
    let published = SystemTime::now() - Duration::from_secs(10);
    aws.add_history(Metric::new(NAMESPACE, "MismatchedChannels", &[]), published, 1.0);
    let of_channel = Metric::new(NAMESPACE, "MismatchSeconds", &[("ChannelId", "1002")]);
    aws.add_history(of_channel, published, 240.0);
    let html = page(&wall, json!({})).await;
    // One metric of each standard channel, beside what every view reads.
    assert_eq!(metrics(), before * 2 + 2);
    assert_eq!(html.matches("PIPELINES DIFFER for 4\u{a0}min").count(), 2 * 2, "tile and title");
    for pipeline in ["0", "1"] {
        let id = format!("<bdi>1002</bdi> · pipeline {pipeline}");
        assert!(tile(&html, &id).contains("PIPELINES DIFFER"), "{html}");
    }
}

#[tokio::test]
async fn without_a_new_list_the_last_one_is_shown_with_its_age() {
    let aws = StandIn::builder().channels(channels(1_001, 2)).start();
    publish(&aws, "1002", "BarsSeconds", 60.0);
    let wall = multiviewer(&aws, &[]);
    page(&wall, json!({})).await;
    aws.fault(Fault::on(Api::ListChannels).denied());
    let html = page(&wall, json!({})).await;
    assert!(html.contains("The list of channels is 0\u{a0}s old: the wall may not call"), "{html}");
    assert!(tile(&html, "1002").contains("<strong>BARS</strong>"));
    assert_eq!(pictures(&html), 2);
}

#[tokio::test]
async fn without_duration_metrics_the_wall_says_so_and_reads_none() {
    let aws = StandIn::builder().channel(Channel::new("1001")).start();
    let wall = multiviewer(&aws, &[("FEED_METRICS", "ImageProperties,Brightness")]);
    let html = page(&wall, json!({})).await;
    assert!(html.contains("There are no conditions: FEED_METRICS has no duration"), "{html}");
    assert!(tile(&html, "1001").contains("<strong>NO CONDITION</strong>"));
    assert_eq!((pictures(&html), aws.count(Api::GetMetricData)), (1, 0));
}

#[tokio::test]
async fn a_call_that_fails_or_hangs_costs_the_conditions_of_its_own_feeds_only() {
    let first_call = || Fault::on(Api::GetMetricData).calls(0..1);
    for fault in [first_call().denied(), first_call().hang()] {
        // FaultSeconds of 500 feeds in the first call, of five in the second.
        let aws = StandIn::builder().channels(channels(2_000, 505)).fault(fault).start();
        publish(&aws, "2504", "BarsSeconds", 50.0);
        publish(&aws, "2503", "BarsSeconds", 0.0);
        let event = json!({"channels": ["2000", "2503", "2504"]});
        let all = page(&multiviewer(&aws, &[]), json!({"perPage": 1})).await;
        assert!(tile(&all, "2504").contains("<strong>BARS</strong>"), "{all}");
        assert!(all.contains("Conditions of 500 feeds are unknown: "), "{all}");
        aws.clear_faults();
        let html = page(&multiviewer(&aws, &[]), event).await;
        assert!(tile(&html, "<bdi>2503<").contains("<strong>OK</strong>"));
        assert!(tile(&html, "<bdi>2000<").contains(">no data yet<"));
    }
}

#[tokio::test]
async fn channels_that_start_or_recover_are_shown_as_they_are() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").state(ChannelState::Starting).shows(Scene::NotReady))
        .channel(Channel::new("1002").standard().state(ChannelState::Recovering))
        .channel(Channel::new("1003").shows(Scene::NoThumbnail))
        .channel(Channel::new("1004").standard().running_pipelines(1))
        .start();
    for channel in ["1001", "1002", "1003", "1004"] {
        publish(&aws, channel, "FrozenSeconds", 0.0);
    }
    let html = page(&multiviewer(&aws, &[]), json!({})).await;
    let assert_tile = |id: &str, pipeline: &str, label: &str| {
        let tile = tile(&html, &format!("<bdi>{id}</bdi> · pipeline {pipeline}"));
        assert!(tile.contains(&format!("<strong>{label}</strong>")), "{label}: {tile}");
    };
    assert_tile("1001", "0", "STARTING");
    assert_tile("1002", "0", "RECOVERING");
    assert_tile("1002", "1", "RECOVERING");
    assert_tile("1003", "0", "NO THUMBNAIL");
    assert_tile("1004", "0", "OK");
    assert_tile("1004", "1", "DOWN");
    assert!(html.contains("1 of 2 pipelines running"));
    assert_eq!(html.matches("msm-tile msm-well").count(), 1, "{html}");
}

#[tokio::test]
async fn both_pipelines_stand_together_with_what_is_left_of_the_channel() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("News").standard())
        .channel(Channel::new("1002").name("Sport").standard().pipeline(1, Scene::Black))
        .channel(Channel::new("1003").name("Film").standard().shows(Scene::Black))
        .start();
    for (feed, metric, seconds) in [
        (("1001", "0"), "FrozenSeconds", 0.0),
        (("1001", "1"), "FrozenSeconds", 0.0),
        (("1002", "0"), "FrozenSeconds", 0.0),
        (("1002", "1"), "BlackSeconds", 60.0),
        (("1003", "0"), "BlackSeconds", 90.0),
        (("1003", "1"), "BlackSeconds", 80.0),
    ] {
        publish_at(&aws, feed, metric, (10, seconds));
    }
    let html = page(&multiviewer(&aws, &[]), json!({})).await;
    assert_eq!(ids(&html), ["1002", "1002", "1003", "1003", "1001", "1001"]);
    assert!(html.contains("1 OFF AIR<") && html.contains("1 REDUNDANCY LOST<"), "{html}");
    let places: Vec<_> = html.split("<div class=\"msm-place msm-pair\">").skip(1).collect();
    let lines = ["<strong>REDUNDANCY LOST</strong>", "<strong>OFF AIR</strong>"];
    assert!(places[0].contains(lines[0]) && places[1].contains(lines[1]));
    assert!(lines.iter().all(|line| !places[2].contains(line)));
}

#[tokio::test]
async fn a_feed_without_a_picture_shows_the_last_one_and_what_it_showed_before() {
    let aws = StandIn::builder().channel(Channel::new("1001")).start();
    for (age, seconds) in [(50, 0.0), (40, 4.0), (30, 14.0), (20, 0.0), (10, 0.0)] {
        aws.add_history(
            feed_metric("1001", "BlackSeconds"),
            SystemTime::now() - Duration::from_secs(age),
            seconds,
        );
    }
    let wall = multiviewer(&aws, &[]);
    let live = page(&wall, json!({})).await.replace('\u{a0}', " ");
    assert!(tile(&live, "1001").contains(">was BLACK 14 s, "), "{live}");
    assert!(live.contains("class=\"msm-was-faulty\""));
    aws.set_programme("1001", 0, Scene::NoThumbnail);
    let html = page(&wall, json!({})).await;
    let tile = tile(&html, "1001");
    assert!(tile.contains("<img class=\"msm-old\"") && tile.contains("msm-amber"), "{tile}");
    assert!(tile.contains("<strong>NO THUMBNAIL</strong>"), "{tile}");
}

#[tokio::test]
async fn a_click_on_a_picture_shows_both_pipelines_large_at_the_cost_of_their_pictures() {
    let aws = StandIn::builder().channels(channels(1_001, 3).map(Channel::standard)).start();
    let wall = multiviewer(&aws, &[]);
    let html = page(&wall, json!({})).await;
    let action = html.split("display=\"popup\" endpoint=\"").nth(1).unwrap();
    let event = action.split_once("\">").unwrap().1.split_once("</cwdb-action>").unwrap().0;
    aws.reset_call_log();
    let html = page(&wall, serde_json::from_str(event).unwrap()).await;
    assert_eq!(ids(&html), ["1001", "1001"]);
    assert_eq!(pictures(&html), 2);
    assert!(html.contains("msm-detail"));
    let called: Vec<_> = aws.operations().into_iter().collect();
    assert_eq!(called, ["medialive:DescribeThumbnails"]);
}

#[tokio::test]
async fn room_goes_to_the_most_important_feeds_and_nothing_is_fetched_that_has_none() {
    const PICTURE_BYTES: usize = 300_000;
    let large = || Scene::raw(malformed_jpegs::padded(PICTURE_BYTES));
    let aws = StandIn::builder()
        .channels(channels(2_000, 40).map(|channel| channel.shows(large())))
        .start();
    publish(&aws, "2039", "BlackSeconds", 60.0);
    let html = page(&multiviewer(&aws, &[]), json!({"order": "name"})).await;
    let shown = pictures(&html);
    // Base64 makes four bytes of three.
    assert_eq!(shown, 6_000_000 / (PICTURE_BYTES / 3 * 4) - 1, "and the tiles themselves");
    assert_eq!(aws.count(Api::DescribeThumbnails), u64::try_from(shown).unwrap());
    assert_eq!(ids(&html).last(), Some(&"2039"));
    assert_eq!(pictures(tile(&html, "2039")), 1, "last on the page, first in importance");
    assert_eq!(html.matches("Left out: ").count(), 40 - shown);
}

#[tokio::test]
async fn two_thousand_channels_have_a_useful_first_page() {
    let aws = StandIn::builder()
        .channels(channels(10_000, 2_000).map(Channel::standard))
        .page_size(100)
        .counters_only()
        .start();
    publish(&aws, "11999", "BlackSeconds", 60.0);
    let html = page(&multiviewer(&aws, &[("THUMBNAIL_TPS", "10")]), json!({})).await;
    assert!(html.contains("<strong class=\"msm-total\">4000 feeds</strong>"), "{html}");
    assert_eq!(ids(&html)[..2], ["11999", "11999"]);
    let faulty = tile(&html, "<strong>BLACK</strong>");
    assert_eq!(pictures(faulty), 1);
    assert!(pictures(&html) >= 2, "{}", pictures(&html));
    assert!(!html.contains("Conditions of ") && !html.contains("Conditions are "));
}
