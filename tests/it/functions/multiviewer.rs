//! The picture wall over the real wire: what it asks AWS for, what it draws of the answers, and what it does without one.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use medialive_source_monitor::{
    clients::Clients,
    wall::{Wall, WallError, WallSettings},
};
use serde_json::{Value, json};

use crate::{
    reach::reach,
    standin::{Api, Channel, Fault, Scene, StandIn, State},
};

const NAMESPACE: &str = "EmlRekognitionWatcher";
const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:customWidget-source-monitor-multiviewer";

/// A wall that is wired to the stand-in, as fast as it can be unless the settings say otherwise.
fn wall(aws: &StandIn, settings: &[(&str, &str)]) -> Wall {
    let settings = WallSettings::read(|name| {
        let held = settings.iter().find(|(known, _)| *known == name).map(|(_, held)| (*held).to_owned());
        held.or_else(|| (name == "THUMBNAIL_TPS").then(|| "10000".to_owned()))
    });
    Wall::new(settings.unwrap(), Clients::new(&reach(&aws.endpoint()), None))
}

async fn answer(wall: &Wall, event: Value) -> String {
    let answer = wall.answer(&event, ARN, SystemTime::UNIX_EPOCH).await.unwrap();
    answer.as_str().unwrap().to_owned()
}

/// The page in pieces: what is above the tiles, and each tile.
fn pieces(html: &str) -> Vec<&str> {
    html.split("<div class=\"msm-tile").collect()
}

/// The tile with this text in it.
#[track_caller]
fn tile<'a>(html: &'a str, text: &str) -> &'a str {
    let found: Vec<_> = pieces(html).into_iter().skip(1).filter(|tile| tile.contains(text)).collect();
    assert_eq!(found.len(), 1, "tiles with {text:?}");
    found[0]
}

/// What the monitor would have published of a feed ten seconds ago.
fn published(aws: &StandIn, channel: &str, metric: &str, seconds: f64) {
    let dimensions = [("ChannelId", channel), ("Pipeline", "0")];
    aws.history(NAMESPACE, metric, &dimensions, SystemTime::now() - Duration::from_secs(10), seconds);
}

/// The ids on the wall, in its order.
fn ids(html: &str) -> Vec<&str> {
    let ids = html.split("<div class=\"msm-id\"><bdi>").skip(1);
    ids.filter_map(|rest| rest.split_once("</bdi>").map(|(id, _)| id)).collect()
}

fn pictures(html: &str) -> usize {
    html.matches("src=\"data:image/jpeg;base64,/9j/").count()
}

#[tokio::test]
async fn each_feed_is_shown_with_its_picture_its_condition_and_its_name() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Nachrichten ü").shows(Scene::Moving))
        .channel(Channel::new("1002").name("Cinema").shows(Scene::Black))
        .channel(Channel::new("1003").name("Sport").shows(Scene::None))
        .channel(Channel::new("1004").name("Kids").shows(Scene::Frozen))
        .channel(Channel::new("1005").name("New").state(State::Starting).shows(Scene::NotReady))
        .channel(Channel::new("1006").name("Stopped").state(State::Idle))
        .start();
    published(&aws, "1001", "FrozenSeconds", 0.0);
    published(&aws, "1002", "BlackSeconds", 14.0);
    published(&aws, "1003", "NoPictureSeconds", 3_900.0);
    published(&aws, "1004", "FrozenSeconds", 12.0);

    let html = answer(&wall(&aws, &[]), json!({"widgetContext": {"theme": "dark", "width": 1_400}})).await;

    assert!(html.starts_with("<div class=\"msm-wall msm-dark\">"));
    assert_eq!(ids(&html), ["1002", "1003", "1004", "1005", "1001"]);
    assert_eq!(pictures(&html), 3);
    let says = |text: &str, words: &[&str]| {
        let tile = tile(&html, text);
        for word in words {
            assert!(tile.contains(word), "{word:?} in {tile}");
        }
    };
    says("Nachrichten ü", &["<strong>OK</strong>", "#/channels/1001\"", "pipeline 0"]);
    says("Cinema", &["<strong>BLACK</strong>", ">14\u{a0}s<"]);
    says("Sport", &["<strong>NO PICTURE</strong>", ">1\u{a0}h 5\u{a0}min<", "No thumbnail is served"]);
    says("Kids", &["<strong>still</strong>", ">for 12\u{a0}s<"]);
    says("New", &["<strong>UNKNOWN</strong>", "the channel is starting"]);
}

#[tokio::test]
async fn the_wall_asks_for_no_more_than_its_page_and_never_asks_rekognition() {
    let aws = StandIn::builder().channels((0..6).map(|n| Channel::new(format!("{}", 2_000 + n)))).start();
    let html = answer(&wall(&aws, &[]), json!({"perPage": 2, "page": 2})).await;
    assert_eq!(ids(&html), ["2002", "2003"]);
    assert_eq!(aws.count(Api::DescribeThumbnails), 2);
    let asked: Vec<_> = aws.operations().into_iter().collect();
    assert_eq!(asked, ["cloudwatch:GetMetricData", "medialive:DescribeThumbnails", "medialive:ListChannels"]);
    assert!(html.contains("Page 2 of 3"));
}

#[tokio::test]
async fn a_large_fleet_is_asked_for_in_batches() {
    let aws = StandIn::builder().channels((0..130).map(|n| Channel::new(format!("{}", 2_000 + n)))).start();
    published(&aws, "2129", "BarsSeconds", 50.0);
    let html = answer(&wall(&aws, &[]), json!({"perPage": 1})).await;
    assert_eq!(ids(&html), ["2129"]);
    assert_eq!(aws.count(Api::GetMetricData), 2); // 130 feeds, four metrics each, 500 queries a call
}

#[tokio::test]
async fn without_cloudwatch_there_are_pictures_and_no_conditions() {
    for fault in [Fault::on(Api::GetMetricData).denied(), Fault::on(Api::GetMetricData).hang()] {
        let aws = StandIn::builder().channel(Channel::new("1001")).fault(fault).start();
        let html = answer(&wall(&aws, &[]), json!({})).await;
        assert_eq!(pictures(&html), 1);
        assert!(html.contains("Conditions are unknown: "));
        assert!(tile(&html, "1001").contains("<strong>UNKNOWN</strong>"));
    }
}

#[tokio::test]
async fn a_feed_that_cannot_be_had_says_why_and_costs_nobody_else() {
    let on = |channel: &str| Fault::on(Api::DescribeThumbnails).channel(channel);
    let aws = StandIn::builder()
        .channels((1_001..=1_005).map(|id| Channel::new(id.to_string())))
        .channel(Channel::new("1006").shows(Scene::raw(*b"<svg onload=alert(1)>")))
        .fault(on("1001").throttle())
        .fault(on("1002").forbidden())
        .fault(on("1003").hang())
        .fault(on("1004").broken_base64())
        .start();
    let html = answer(&wall(&aws, &[]), json!({})).await;
    for (id, why) in [
        ("1001", "Throttled"),
        ("1002", "Denied"),
        ("1003", "Timed out"),
        ("1004", "is not a JPEG"),
        ("1006", "is not a JPEG"),
    ] {
        assert!(tile(&html, id).contains(why), "{why:?} in {}", tile(&html, id));
    }
    assert_eq!(pictures(&html), 1);
    assert!(tile(&html, "1005").contains("<img"));
}

#[tokio::test]
async fn thumbnails_are_paced() {
    let aws = StandIn::builder().channels((0..11).map(|n| Channel::new(format!("{}", 2_000 + n)))).start();
    let wall = wall(&aws, &[("THUMBNAIL_TPS", "10")]);
    let start = Instant::now();
    answer(&wall, json!({})).await;
    assert!(start.elapsed() >= Duration::from_millis(990), "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_is_not_reached_before_the_deadline_is_said_and_the_answer_still_comes() {
    let aws = StandIn::builder().channels((0..9).map(|n| Channel::new(format!("{}", 2_000 + n)))).start();
    let wall = wall(&aws, &[("THUMBNAIL_TPS", "2")]);
    let deadline = SystemTime::now() + Duration::from_secs(3);
    let html = wall.answer(&json!({}), ARN, deadline).await.unwrap();
    assert!(SystemTime::now() < deadline);
    let html = html.as_str().unwrap();
    assert_eq!(ids(html).len(), 9);
    assert!((1..9).contains(&pictures(html)), "{}", pictures(html));
    assert_eq!(pictures(html) + html.matches("Not reached in time").count(), 9);
}

#[tokio::test]
async fn without_a_list_of_channels_the_view_fails_under_its_stable_name() {
    let aws = StandIn::builder().fault(Fault::on(Api::ListChannels).denied()).start();
    let failed = wall(&aws, &[]).answer(&json!({}), ARN, SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert_eq!(failed.error_type(), "DiscoveryFailed");
    let failed = wall(&aws, &[]).answer(&json!([]), ARN, SystemTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(failed, WallError::Event(_)));
    assert_eq!(failed.error_type(), "EventRefused");
}

#[tokio::test]
async fn a_hostile_channel_is_text() {
    let name = "</style><script>alert(1)</script>\"' onerror=\"alert(2)\" <cwdb-action endpoint=\"x\">";
    let aws = StandIn::builder().channel(Channel::new("1001").name(name).tag("<b>", "<i>")).start();
    let html = answer(&wall(&aws, &[]), json!({"tag": "<b>=<i>"})).await;
    assert!(!html.contains("<script"));
    assert!(!html.contains("<cwdb-action"));
    assert_eq!(html.matches("</style>").count(), 1);
    assert!(
        tile(&html, "1001")
            .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;' onerror=&quot;alert(2)&quot;")
    );
}

#[tokio::test]
async fn a_parameter_that_cannot_be_used_is_told_before_anything_is_asked() {
    let aws = StandIn::builder().channel(Channel::new("1001")).start();
    let html = answer(&wall(&aws, &[]), json!({"page": "two", "color": "red"})).await;
    assert!(html.contains("2 parameters can't be used"));
    assert!(html.contains("a whole number from 1"));
    assert!(html.contains("There is no parameter <code>color</code>"));
    assert_eq!(aws.operations().len(), 0);
}

#[tokio::test]
async fn every_event_file_of_the_widget_is_answered() {
    let aws = StandIn::builder()
        .channel(Channel::new("1234567").name("Production").tag("env", "prod"))
        .channel(Channel::new("2345678").name("Test").tag("env", "test"))
        .start();
    let wall = wall(&aws, &[]);
    let event = |name: &str| -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events").join(name);
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let html = answer(&wall, event("widget.json")).await;
    assert_eq!(ids(&html), ["1234567", "2345678"]);
    let html = answer(&wall, event("widget-parameters.json")).await;
    assert_eq!(ids(&html), ["1234567"]);
    let markdown = answer(&wall, event("widget-describe.json")).await;
    assert!(markdown.starts_with("## MediaLive picture wall") && markdown.contains("```yaml"));
}
