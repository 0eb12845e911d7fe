//! Views of the dashboard widget: which calls a view makes, what it draws of the results, and what
//! it shows without one. `wall` has views that follow each other, and large fleets.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use aws_stand_in::{Api, Channel, ChannelState, Fault, Scene, StandIn};
use medialive_source_monitor::{
    lambda::FunctionError,
    multiviewer::{Multiviewer, ViewError},
    settings::Settings,
};
use serde_json::{Value, json};

use crate::harness::{channels, clients, feed_metric};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:customWidget-source-monitor";

/// A multiviewer with these settings; by default its thumbnails are not rate limited.
pub(super) fn multiviewer(aws: &StandIn, settings: &[(&str, &str)]) -> Multiviewer {
    let variables = [&[("THUMBNAIL_TPS", "10000")][..], settings].concat();
    let lookup = |name: &str| {
        let variable = variables.iter().rfind(|(known, _)| *known == name);
        variable.map(|(_, value)| (*value).to_owned())
    };
    Multiviewer::new(Settings::read_multiviewer(lookup).unwrap(), clients(aws))
}

/// The page for this event, with an unknown deadline.
pub(super) async fn page(multiviewer: &Multiviewer, event: Value) -> String {
    view(multiviewer, event, SystemTime::UNIX_EPOCH).await.unwrap()
}

pub(super) async fn view(
    multiviewer: &Multiviewer,
    event: Value,
    deadline: SystemTime,
) -> Result<String, ViewError> {
    let response = multiviewer.view(&event, ARN, deadline).await?;
    Ok(response.as_str().expect("the response is a string").to_owned())
}

/// The parts of a page: what is above the tiles, and each tile.
fn parts(html: &str) -> Vec<&str> {
    html.split("<div class=\"msm-tile").collect()
}

/// The tile with this text in it.
#[track_caller]
pub(super) fn tile<'a>(html: &'a str, text: &str) -> &'a str {
    let found: Vec<_> =
        parts(html).into_iter().skip(1).filter(|tile| tile.contains(text)).collect();
    assert_eq!(found.len(), 1, "tiles with {text:?}");
    found[0]
}

/// Stores a duration in CloudWatch, as the monitor published it ten seconds ago.
pub(super) fn publish(aws: &StandIn, channel: &str, metric: &str, seconds: f64) {
    aws.add_history(
        feed_metric(channel, metric),
        SystemTime::now() - Duration::from_secs(10),
        seconds,
    );
}

/// The channel ids of the tiles, in their order.
pub(super) fn ids(html: &str) -> Vec<&str> {
    let ids = html.split("<div class=\"msm-id\"><bdi>").skip(1);
    ids.filter_map(|rest| rest.split_once("</bdi>").map(|(id, _)| id)).collect()
}

/// The number of tiles with a picture.
pub(super) fn pictures(html: &str) -> usize {
    html.matches("src=\"data:image/jpeg;base64,/9j/").count()
}

/// Feeds of every status: moving, black, without a picture, frozen for less than the set time,
/// starting, and idle.
fn mixed_fleet() -> StandIn {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Nachrichten ü").shows(Scene::Moving))
        .channel(Channel::new("1002").name("Cinema").shows(Scene::Black))
        .channel(Channel::new("1003").name("Sport").shows(Scene::NoThumbnail))
        .channel(Channel::new("1004").name("Kids").shows(Scene::Frozen))
        .channel(
            Channel::new("1005").name("New").state(ChannelState::Starting).shows(Scene::NotReady),
        )
        .channel(Channel::new("1006").name("Stopped").state(ChannelState::Idle))
        .start();
    publish(&aws, "1001", "FrozenSeconds", 0.0);
    publish(&aws, "1002", "BlackSeconds", 14.0);
    publish(&aws, "1003", "NoPictureSeconds", 3_900.0);
    publish(&aws, "1004", "FrozenSeconds", 12.0);
    aws
}

#[tokio::test]
async fn each_feed_is_shown_with_its_picture_its_condition_and_its_name() {
    let aws = mixed_fleet();
    let event = json!({"widgetContext": {"theme": "dark", "width": 1_400}});
    let html = page(&multiviewer(&aws, &[]), event).await;
    assert!(html.starts_with("<div class=\"msm-wall msm-dark\">"));
    assert_eq!(ids(&html), ["1002", "1003", "1004", "1005", "1001"]);
    assert_eq!(pictures(&html), 3);
    let assert_tile = |name: &str, texts: &[&str]| {
        let tile = tile(&html, name);
        for text in texts {
            assert!(tile.contains(text), "{text:?} in {tile}");
        }
    };
    assert_tile("Nachrichten ü", &["<strong>OK</strong>", "#/channels/1001\"", "pipeline 0"]);
    assert_tile("Cinema", &["<strong>BLACK</strong>", ">14\u{a0}s<"]);
    assert_tile(
        "Sport",
        &["<strong>NO PICTURE</strong>", ">1\u{a0}h 5\u{a0}min<", "is served any more"],
    );
    assert_tile("Kids", &["<strong>still</strong>", ">for 12\u{a0}s<"]);
    assert_tile("New", &["<strong>STARTING</strong>", "the channel is starting"]);
}

#[tokio::test]
async fn a_feed_that_never_had_a_thumbnail_is_told_apart_from_a_lost_source() {
    let aws = mixed_fleet();
    publish(&aws, "1003", "NoThumbnailSeconds", 3_900.0);
    let html = page(&multiviewer(&aws, &[]), json!({})).await;
    let sport = tile(&html, "Sport");
    assert!(sport.contains("<strong>NO PICTURE</strong>") && sport.contains("6043"), "{sport}");
}

#[tokio::test]
async fn a_tile_says_that_its_channel_is_muted_and_when_it_is_maintained() {
    let muted = Channel::new("1001").name("Quiet");
    let muted = muted.tag("source-monitor:mute", "daily 00:00-24:00 UTC");
    let aws = StandIn::builder().channel(muted).channel(Channel::new("1002").name("Loud")).start();
    let html = page(&multiviewer(&aws, &[]), json!({})).await;
    let (quiet, loud) = (tile(&html, "Quiet"), tile(&html, "Loud"));
    assert!(quiet.contains(">muted · maintenance 2027-07-18T12:04:24<"), "{quiet}");
    assert!(loud.contains(">maintenance 2027-07-18T12:04:24<"), "{loud}");
}

#[tokio::test]
async fn a_view_fetches_the_thumbnails_of_its_page_only_and_never_calls_rekognition() {
    let aws = StandIn::builder().channels(channels(2_000, 6)).start();
    let html = page(&multiviewer(&aws, &[]), json!({"perPage": 2, "page": 2})).await;
    assert_eq!(ids(&html), ["2002", "2003"]);
    assert_eq!(aws.count(Api::DescribeThumbnails), 2);
    let called: Vec<_> = aws.operations().into_iter().collect();
    assert_eq!(
        called,
        ["cloudwatch:GetMetricData", "medialive:DescribeThumbnails", "medialive:ListChannels"]
    );
    assert!(html.contains("Page 2 of 3"));
}

#[tokio::test]
async fn the_durations_of_a_large_fleet_are_queried_in_batches() {
    let aws = StandIn::builder().channels(channels(2_000, 130)).start();
    for id in 2_000..2_129 {
        publish(&aws, &id.to_string(), "FaultSeconds", 0.0);
    }
    publish(&aws, "2129", "FaultSeconds", 50.0);
    publish(&aws, "2129", "BarsSeconds", 50.0);
    let html = page(&multiviewer(&aws, &[]), json!({"perPage": 1})).await;
    assert_eq!(ids(&html), ["2129"]);
    assert!(html.contains("<strong>BARS</strong>"));
    let queries: Vec<_> = aws.calls(Api::GetMetricData).iter().map(|call| call.items).collect();
    assert_eq!(queries, [130, 6], "one metric of each feed, and six durations of the faulty one");
}

#[tokio::test]
async fn without_cloudwatch_there_are_pictures_and_no_conditions() {
    for fault in [Fault::on(Api::GetMetricData).denied(), Fault::on(Api::GetMetricData).hang()] {
        let aws = StandIn::builder().channel(Channel::new("1001")).fault(fault).start();
        let html = page(&multiviewer(&aws, &[]), json!({})).await;
        assert_eq!(pictures(&html), 1);
        assert!(html.contains("Conditions are unknown: "));
        assert!(tile(&html, "1001").contains("<strong>UNKNOWN</strong>"));
    }
}

#[tokio::test]
async fn the_tile_of_a_failing_feed_shows_the_reason_and_no_other_feed_is_affected() {
    let on = |channel: &str| Fault::on(Api::DescribeThumbnails).channel(channel);
    let aws = StandIn::builder()
        .channels(channels(1_001, 5))
        .channel(Channel::new("1006").shows(Scene::raw(*b"<svg onload=alert(1)>")))
        .fault(on("1001").throttle())
        .fault(on("1002").forbidden())
        .fault(on("1003").hang())
        .fault(on("1004").broken_base64())
        .start();
    let html = page(&multiviewer(&aws, &[]), json!({})).await;
    for (id, reason) in [
        ("1001", "Throttled"),
        ("1002", "Denied"),
        ("1003", "Timed out"),
        ("1004", "is not a JPEG"),
        ("1006", "is not a JPEG"),
    ] {
        assert!(tile(&html, id).contains(reason), "{reason:?} in {}", tile(&html, id));
    }
    assert_eq!(pictures(&html), 1);
    assert!(tile(&html, "1005").contains("<img"));
}

#[tokio::test]
async fn thumbnail_calls_are_rate_limited() {
    let aws = StandIn::builder().channels(channels(2_000, 11)).start();
    let multiviewer = multiviewer(&aws, &[("THUMBNAIL_TPS", "10")]);
    let start = Instant::now();
    page(&multiviewer, json!({})).await;
    assert!(start.elapsed() >= Duration::from_millis(990), "{:?}", start.elapsed());
}

#[tokio::test]
async fn feeds_not_reached_before_the_deadline_are_marked_and_the_view_is_still_returned() {
    let aws = StandIn::builder().channels(channels(2_000, 9)).start();
    let multiviewer = multiviewer(&aws, &[("THUMBNAIL_TPS", "2")]);
    let deadline = SystemTime::now() + Duration::from_secs(3);
    let html = view(&multiviewer, json!({}), deadline).await.unwrap();
    assert!(SystemTime::now() < deadline);
    assert_eq!(ids(&html).len(), 9);
    assert!((1..9).contains(&pictures(&html)), "{}", pictures(&html));
    assert_eq!(pictures(&html) + html.matches("Not reached in time").count(), 9);
}

#[tokio::test]
async fn without_a_list_of_channels_the_view_fails_under_its_stable_name() {
    let aws = StandIn::builder().fault(Fault::on(Api::ListChannels).denied()).start();
    let multiviewer = multiviewer(&aws, &[]);
    let error = view(&multiviewer, json!({}), SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert_eq!(error.error_type(), "DiscoveryFailed");
    let error = view(&multiviewer, json!([]), SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(error, ViewError::Event(_)));
    assert_eq!(error.error_type(), "EventRefused");
}

#[tokio::test]
async fn a_hostile_channel_is_text() {
    let name =
        "</style><script>alert(1)</script>\"' onerror=\"alert(2)\" <cwdb-action endpoint=\"x\">";
    let aws = StandIn::builder().channel(Channel::new("1001").name(name).tag("<b>", "<i>")).start();
    let html = page(&multiviewer(&aws, &[]), json!({"tag": "<b>=<i>"})).await;
    assert!(!html.contains("<script"));
    assert_eq!(html.matches("<cwdb-action").count(), 1, "the wall's own");
    assert_eq!(html.matches("</style>").count(), 1);
    assert!(
        tile(&html, "1001")
            .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;' onerror=&quot;alert(2)&quot;")
    );
}

#[tokio::test]
async fn invalid_parameters_are_noted_above_a_working_wall() {
    let aws = StandIn::builder().channel(Channel::new("1001")).start();
    let html = page(&multiviewer(&aws, &[]), json!({"page": "two", "color": "red"})).await;
    assert!(html.contains("a whole number from 1"));
    assert!(html.contains("There is no parameter <code>color</code>"));
    assert_eq!(pictures(tile(&html, "1001")), 1);
}

#[tokio::test]
async fn every_event_file_of_the_widget_gets_its_page() {
    let aws = StandIn::builder()
        .channel(Channel::new("1234567").name("Production").tag("env", "prod"))
        .channel(Channel::new("2345678").name("Test").tag("env", "test"))
        .start();
    let multiviewer = multiviewer(&aws, &[]);
    let event = |name: &str| -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let html = page(&multiviewer, event("widget.json")).await;
    assert_eq!(ids(&html), ["1234567", "2345678"]);
    let html = page(&multiviewer, event("widget-parameters.json")).await;
    assert_eq!(ids(&html), ["1234567"]);
    let markdown = page(&multiviewer, event("widget-describe.json")).await;
    assert!(markdown.starts_with("## MediaLive picture wall") && markdown.contains("```yaml"));
}
