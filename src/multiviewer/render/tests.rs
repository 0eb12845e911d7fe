//! The page as a browser receives it, and what a hostile channel can't do to it.

mod incidents;
mod tiles;

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use source_detection::{Fault, Thresholds, variables::InvalidSetting};

use super::*;
use crate::{
    announce::alert::Redundancy,
    console,
    feed::{Channel, Feed, FeedKey, Pipeline, is_channel_id},
    multiviewer::{
        past::{Ended, Past},
        picture::{LastPicture, Picture},
        request::{Canvas, RequiredTag, Theme, UtcOffset, View},
        select::Counts,
        status::{FeedStatus, OngoingFault, UnknownReason},
    },
};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:customWidgetMultiviewer";
const HEALTHY: FeedStatus = FeedStatus::Healthy;

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001)
}

fn entry(id: &str, name: &str, status: FeedStatus) -> Entry {
    let key = FeedKey::new(id, Pipeline::Zero);
    let channel = Arc::new(Channel::named(id, name));
    Entry {
        place: Arc::clone(&key.channel_id),
        feed: Feed { key, channel, thresholds: Arc::new(Thresholds::default()) },
        status,
        past: Past::default(),
        latest: Vec::new(),
        had_thumbnail: None,
        muted: false,
        section: None,
        redundancy: Redundancy::Full,
        has_unseen_twin: false,
        other: None,
        mismatch: None,
    }
}

fn ongoing(fault: Fault, seconds: u64) -> OngoingFault {
    let lasted = Duration::from_secs(seconds);
    OngoingFault { fault, since: now() - lasted, lasted }
}

fn jpeg(bytes: usize) -> Picture {
    let base64 = format!("/9j/{}", "A".repeat(bytes.next_multiple_of(4))).into();
    Picture::Jpeg { base64, age: Some(Duration::from_secs(2)) }
}

fn view() -> View {
    View::default()
}

fn canvas(theme: Theme, width: u32) -> Canvas {
    Canvas { theme, width, height: 700, utc_offset: UtcOffset::default() }
}

/// All feeds on one of three pages.
fn on_one_page(entries: Vec<Entry>, view: &View) -> Selected {
    let range = 0..entries.len();
    Selected { entries, range, page: view.page, pages: 3, ..Selected::default() }
}

fn draw(selected: &Selected, pictures: &[Picture], view: &View) -> String {
    let shown = |picture: &Picture| Shown { picture: picture.clone(), last: None };
    let pictures: Vec<_> = pictures.iter().map(shown).collect();
    draw_with(selected, &pictures, view, Sources::default())
}

fn draw_with(selected: &Selected, pictures: &[Shown], view: &View, sources: Sources) -> String {
    let canvas = canvas(Theme::Light, 1_200);
    let wall = Wall { view: view.clone(), canvas, invalid: Vec::new() };
    page(&Page {
        selected,
        pictures,
        wall: &wall,
        sources,
        incidents: &Incidents::default(),
        region: "eu-west-1",
        function_arn: ARN,
        now: now(),
    })
}

fn drawn(entries: Vec<Entry>, pictures: &[Picture], view: &View) -> String {
    draw(&on_one_page(entries, view), pictures, view)
}

fn one(name: &str, status: FeedStatus, picture: Picture) -> String {
    drawn(vec![entry("1234567", name, status)], &[picture], &view())
}

/// The page without tiles for these counts.
fn empty(counts: Counts, sources: Sources) -> String {
    let selected = Selected { counts, page: 1, pages: 1, ..Selected::default() };
    let view = View { only_faulty: true, ..view() };
    draw_with(&selected, &[], &view, sources)
}

/// The tags in a page, without what is between them, and the values of their attributes blanked
/// out.
fn skeleton(html: &str) -> String {
    let mut skeleton = String::new();
    let (mut in_tag, mut in_value) = (false, false);
    for letter in html.chars() {
        match letter {
            '<' if !in_value => in_tag = true,
            '"' if in_tag => in_value = !in_value,
            _ => {}
        }
        if in_tag && !in_value {
            skeleton.push(letter);
        }
        if letter == '>' && !in_value {
            in_tag = false;
        }
    }
    skeleton
}

#[test]
fn the_header_says_what_is_selected_and_what_is_hidden() {
    let tag = RequiredTag { key: "env".to_owned(), value: Some("prod".to_owned()) };
    let view = View {
        channels: vec!["7".to_owned()],
        tag: Some(tag),
        only_faulty: true,
        group_by: Some("studio".to_owned()),
        ..view()
    };
    let hidden = Counts { feeds: 3, healthy: 2, not_watched: 1, ..Counts::default() };
    let newest = Some(now() - Duration::from_secs(12));
    let selected =
        Selected { hidden, newest, ..on_one_page(vec![entry("7", "News", HEALTHY)], &view) };
    let html = draw(&selected, &[jpeg(8)], &view).replace('\u{a0}', " ");
    for filter in [
        "channel 7",
        "tag env=prod",
        "onlyFaulty hides 3: 2 OK, 1 not watched",
        "grouped by studio",
    ] {
        assert!(html.contains(&format!("<span class=\"msm-filter\">{filter}</span>")), "{html}");
    }
    assert!(html.contains(">conditions 12 s old · 08:00:01 UTC<"), "{html}");
    assert!(html.contains("without <strong>studio</strong>"), "{html}");
}

#[test]
fn no_trouble_is_claimed_only_if_every_watched_feed_is_known_to_be_well() {
    let counts = |healthy, starting, without_condition| {
        let feeds = healthy + starting + without_condition + 1;
        Counts { feeds, healthy, starting, without_condition, not_watched: 1, ..Counts::default() }
    };
    let fresh = Sources::default();
    let html = empty(counts(2, 0, 0), fresh);
    assert!(html.contains("No feed is in trouble") && html.contains("2 OK, 1 not watched"));
    assert!(empty(counts(2, 1, 0), fresh).contains("No feed is known to be in trouble"));
    assert!(empty(counts(0, 1, 0), fresh).contains("No condition is known"));
    let list_error = Some((ErrorKind::Throttled, Duration::from_mins(2)));
    let html = empty(counts(2, 0, 0), Sources { list_error, ..fresh });
    assert!(html.contains("No feed is known to be in trouble"));
    assert!(
        html.contains("The list of channels is 2\u{a0}min old: MediaLive is throttling"),
        "{html}"
    );
}

#[test]
fn a_failed_read_names_the_feeds_without_a_condition() {
    let note = |unread| {
        let counts =
            Counts { feeds: 3, unknown: unread, unread, healthy: 3 - unread, ..Counts::default() };
        let durations_error = Some(ErrorKind::Throttled);
        empty(counts, Sources { durations_error, ..Sources::default() })
    };
    assert!(note(3).contains(">Conditions are unknown: CloudWatch is throttling"));
    assert!(note(1).contains(">Conditions of 1 feed are unknown: CloudWatch is throttling"));
    let silent = Counts { feeds: 3, unknown: 3, ..Counts::default() };
    assert!(empty(silent, Sources::default()).contains("No feed has a recent condition"));
}

#[test]
fn buttons_call_the_function_with_the_same_parameters_and_another_page() {
    let tag = RequiredTag { key: "env".to_owned(), value: Some("<prod>".to_owned()) };
    let view = View {
        channels: vec!["7".to_owned()],
        tag: Some(tag),
        only_faulty: true,
        page: 2,
        per_page: 1,
        ..view()
    };
    let html = drawn(vec![entry("7", "News", HEALTHY)], &[jpeg(8)], &view);
    for to in [1, 3] {
        let button = format!(
            "</a><cwdb-action action=\"call\" endpoint=\"{ARN}\">\
             {{\"channels\":[\"7\"],\"onlyFaulty\":true,\"page\":{to},\"perPage\":1,\"tag\":\"env=\\u003cprod\\u003e\"}}\
             </cwdb-action>"
        );
        assert!(html.contains(&button), "{button}\n{html}");
    }
}

#[test]
fn invalid_parameters_are_noted_above_a_working_wall() {
    let invalid = |value: Option<&str>| InvalidSetting {
        name: "<b>page</b>".to_owned(),
        value: value.map(str::to_owned),
        accepts: "a whole number from 1".to_owned(),
    };
    let wall = Wall {
        view: view(),
        canvas: canvas(Theme::Dark, 588),
        invalid: vec![invalid(Some("\"<i>\"")), invalid(None)],
    };
    let html = page(&Page {
        selected: &on_one_page(vec![entry("1", "News", HEALTHY)], &view()),
        pictures: &[Shown { picture: jpeg(8), last: None }],
        wall: &wall,
        sources: Sources::default(),
        incidents: &Incidents::default(),
        region: "eu-west-1",
        function_arn: ARN,
        now: now(),
    });
    assert!(html.starts_with("<div class=\"msm-wall msm-dark msm-narrow\"><style>"));
    assert!(html.contains(
        "<code>&lt;b&gt;page&lt;/b&gt;</code> is <code>&quot;&lt;i&gt;&quot;</code> and is left out; \
         it takes a whole number from 1</p>"
    ));
    assert!(html.contains(
        "There is no parameter <code>&lt;b&gt;page&lt;/b&gt;</code>; there are a whole number from 1</p>"
    ));
    assert!(html.contains("<strong>OK</strong>"));
}

#[test]
fn a_hostile_name_is_text() {
    let plain = skeleton(&one("News", HEALTHY, jpeg(8)));
    for name in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "javascript:alert(1)",
        "</style><script>alert(1)</script>",
        "<cwdb-action action=\"call\" endpoint=\"arn:evil\">{}</cwdb-action>",
        "&lt;script&gt;",
        "\u{202e}gnp.exe",
        "\0\u{1b}[31m",
    ] {
        let html = one(name, HEALTHY, jpeg(8));
        assert_eq!(skeleton(&html), plain, "{name}");
        assert!(!html.contains("<script"));
    }
}

#[test]
fn a_page_has_no_script_no_frame_and_no_address_but_the_consoles() {
    let html = one("News", HEALTHY, jpeg(8));
    for never in ["<script", "<iframe", "<use", "javascript:", " on", "@import", "url("] {
        assert!(!html.contains(never), "{never}");
    }
    assert_eq!(html.matches("http").count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn untrusted_text_never_becomes_markup(
        name in "(<|>|\"|'|&|`|=|/|script|\\PC){0,30}",
        id in "[0-9<>\"'&]{1,9}",
        arn in "[a-z:<>\"'&]{0,20}",
        region in "[a-z0-9<>\"'/-]{0,12}",
        tag in "[a-z<>\"'&]{1,9}",
    ) {
        let draw = |name: &str, id: &str, arn: &str, region: &str, tag: &str| {
            let required = RequiredTag { key: tag.to_owned(), value: None };
            let group_by = Some(tag.to_owned());
            let view = View { tag: Some(required), group_by, page: 2, per_page: 1, ..view() };
            let mut entry = entry(id, name, HEALTHY);
            entry.section = Some(tag.to_owned());
            let selected =
                Selected { missing: vec![id.to_owned()], ..on_one_page(vec![entry], &view) };
            let wall = Wall { view, canvas: canvas(Theme::Light, 1_200), invalid: Vec::new() };
            skeleton(&page(&Page {
                selected: &selected,
                pictures: &[Shown { picture: jpeg(8), last: None }],
                wall: &wall,
                sources: Sources::default(),
                incidents: &Incidents::default(),
                region,
                function_arn: arn,
                now: now(),
            }))
        };
        let has_console = console::channel_page(&region, "7").is_some();
        let (plain_id, plain_region) =
            (if is_channel_id(&id) { "7" } else { "x" }, if has_console { "eu-west-1" } else { "" });
        let plain = draw("News", plain_id, ARN, plain_region, "env");
        prop_assert_eq!(draw(&name, &id, &arn, &region, &tag), plain);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_page_always_fits_into_a_response(
        feeds in 0_usize..=200,
        bytes in 0_usize..100_000,
        name in "[\0\"<é\u{1F4FA}]{0,300}",
    ) {
        let view = View { per_page: 200, ..view() };
        let html = drawn(vec![entry("1234567", &name, HEALTHY); feeds], &vec![jpeg(bytes); feeds], &view);
        prop_assert!(serde_json::to_string(&html).unwrap().len() <= fit::MAX_PAGE_BYTES);
        prop_assert_eq!(html.matches("<strong>OK</strong>").count(), feeds);
    }
}
