//! The page as a browser receives it, and what a hostile channel can't do to it.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use source_detection::{Fault, Thresholds, variables::InvalidSetting};

use super::*;
use crate::{
    console,
    feed::{Channel, ChannelClass, ChannelState, Feed, FeedKey, Pipeline, Tags},
    multiviewer::{
        request::{RequiredTag, Theme},
        select::Entry,
        status::{FeedStatus, UnknownReason},
    },
};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:customWidgetMultiviewer";
const HEALTHY: FeedStatus = FeedStatus::Healthy;

fn entry(id: &str, name: &str, status: FeedStatus) -> Entry {
    let channel = Channel {
        id: id.to_owned(),
        name: name.to_owned(),
        state: ChannelState::Running,
        class: ChannelClass::Standard,
        pipelines_running: Some(2),
        arn: String::new(),
        linked: Vec::new(),
        maintenance: None,
        tags: Tags::new(),
    };
    let key = FeedKey::new(id, Pipeline::Zero);
    Entry {
        feed: Feed { key, channel: Arc::new(channel), thresholds: Arc::new(Thresholds::default()) },
        status,
        had_thumbnail: None,
        muted: false,
    }
}

fn jpeg(bytes: usize) -> Picture {
    let base64 = format!("/9j/{}", "A".repeat(bytes.next_multiple_of(4)));
    Picture::Jpeg { base64, age: Some(Duration::from_secs(2)) }
}

fn view() -> View {
    View { channels: Vec::new(), tag: None, only_faulty: false, page: 1, per_page: 40 }
}

fn drawn(entries: Vec<Entry>, pictures: &[Picture], view: &View) -> String {
    let selected = Selected {
        entries,
        page: view.page,
        pages: 3,
        per_page: view.per_page,
        ..Selected::default()
    };
    page(&Page {
        selected: &selected,
        pictures,
        view,
        canvas: Canvas { theme: Theme::Light, width: 1_200, height: 700 },
        durations_error: None,
        region: "eu-west-1",
        function_arn: ARN,
        now: SystemTime::UNIX_EPOCH,
    })
}

fn one(name: &str, status: FeedStatus, picture: Picture) -> String {
    drawn(vec![entry("1234567", name, status)], &[picture], &view())
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
fn a_faulty_feed_is_shown_with_its_fault_and_how_long_it_has_lasted() {
    let frozen = FeedStatus::Faulty { fault: Fault::Frozen, lasted: Duration::from_secs(125) };
    let html = one("News", frozen, jpeg(8));
    assert!(
        html.contains("<strong>FROZEN</strong><span class=\"msm-for\">2\u{a0}min 5\u{a0}s</span>"),
        "{html}"
    );
    assert!(html.contains("alt=\"News, pipeline 0: FROZEN 2\u{a0}min 5\u{a0}s\""), "{html}");
    assert!(html.contains(
        "<img alt=\"News, pipeline 0: FROZEN 2\u{a0}min 5\u{a0}s\" src=\"data:image/jpeg;base64,/9j/AAAAAAAA\">"
    ));
    assert!(html.contains("2\u{a0}s old"));
    let link = "<a href=\"https://eu-west-1.console.aws.amazon.com/medialive/home?region=eu-west-1#/channels/1234567\" \
                target=\"_blank\" rel=\"noopener noreferrer\"><bdi>News</bdi></a>";
    assert!(html.contains(link), "{html}");
}

#[test]
fn a_pending_fault_is_shown_in_a_neutral_tone() {
    let pending = FeedStatus::Pending { fault: Fault::Frozen, lasted: Duration::from_secs(12) };
    let html = one("News", pending, jpeg(8));
    assert!(
        html.contains("<strong>still</strong><span class=\"msm-for\">for 12\u{a0}s</span>"),
        "{html}"
    );
    assert!(!html.contains("msm-tile msm-faulty"));
}

#[test]
fn a_feed_without_a_picture_shows_the_reason() {
    for (picture, why) in [
        (Picture::NotServed, "disabled on the channel"),
        (Picture::NotAJpeg, "is not a JPEG"),
        (Picture::NotReached, "Not reached in time"),
        (Picture::NoRoom, "Left out"),
        (Picture::Failed(ErrorKind::Throttled), "Throttled"),
        (Picture::Failed(ErrorKind::Denied), "Denied"),
        (Picture::Failed(ErrorKind::TimedOut), "Timed out"),
    ] {
        let html = one("News", HEALTHY, picture);
        assert!(html.contains(why), "{why}");
        assert!(!html.contains("<img"));
    }
}

#[test]
fn an_unknown_feed_is_never_ok() {
    for reason in [UnknownReason::NoDatapoints, UnknownReason::ReadFailed(ErrorKind::Denied)] {
        let html = one("News", FeedStatus::Unknown(reason), jpeg(8));
        assert!(html.contains("<strong>UNKNOWN</strong>"));
        assert!(!html.contains("<strong>OK</strong>"));
    }
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
    };
    let html = drawn(vec![entry("7", "News", HEALTHY); 3], &[jpeg(8)], &view);
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
fn the_theme_is_the_consoles() {
    let canvas = |theme| Canvas { theme, width: 588, height: 369 };
    assert!(
        invalid_parameters(&[], canvas(Theme::Light))
            .starts_with("<div class=\"msm-wall msm-light msm-narrow\"><style>")
    );
    assert!(
        invalid_parameters(&[], canvas(Theme::Dark))
            .starts_with("<div class=\"msm-wall msm-dark msm-narrow\"><style>")
    );
}

#[test]
fn invalid_parameters_are_shown_with_what_they_accept() {
    let invalid = |value: Option<&str>| InvalidSetting {
        name: "<b>page</b>".to_owned(),
        value: value.map(str::to_owned),
        accepts: "a whole number from 1".to_owned(),
    };
    let canvas = Canvas { theme: Theme::Light, width: 588, height: 369 };
    let html = invalid_parameters(&[invalid(Some("\"<i>\"")), invalid(None)], canvas);
    assert!(html.contains("2 parameters can't be used"));
    assert!(html.contains(
        "<code>&lt;b&gt;page&lt;/b&gt;</code> is <code>&quot;&lt;i&gt;&quot;</code>; it takes a whole number from 1."
    ));
    assert!(html.contains(
        "There is no parameter <code>&lt;b&gt;page&lt;/b&gt;</code>; there are a whole number from 1."
    ));
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

/// Luminance and contrast as <https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio> has them.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits: Vec<_> = colour.trim_start_matches('#').chars().collect();
        let wide: String = if digits.len() == 3 {
            digits.iter().flat_map(|digit| [*digit, *digit]).collect()
        } else {
            digits.into_iter().collect()
        };
        let channel = |at: usize| {
            let part = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_has_enough_contrast_in_both_themes() {
    let theme = |class: &str| {
        let rule = STYLE.lines().find(|line| line.starts_with(&format!("{class}{{"))).unwrap();
        rule.split(['{', ';'])
            .filter_map(|declaration| declaration.strip_prefix("--")?.split_once(':'))
            .map(|(name, colour)| (name.to_owned(), colour.to_owned()))
            .collect::<std::collections::HashMap<_, _>>()
    };
    for class in [".msm-wall", ".msm-wall.msm-dark"] {
        let colours = theme(class);
        for (text, ground) in [
            ("text", "page"),
            ("muted", "page"),
            ("link", "page"),
            ("none-text", "none"),
            ("fault-text", "fault"),
            ("young-text", "young"),
            ("unknown-text", "unknown"),
            ("well-text", "well"),
            ("off-text", "off"),
        ] {
            let contrast = contrast(&colours[text], &colours[ground]);
            assert!(contrast >= 4.5, "{class} {text} on {ground}: {contrast:.2}");
        }
    }
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
            let tag = RequiredTag { key: tag.to_owned(), value: None };
            let view = View { tag: Some(tag), page: 2, per_page: 1, ..view() };
            let selected = Selected {
                entries: vec![entry(id, name, HEALTHY); 3],
                page: 2,
                pages: 3,
                per_page: 1,
                missing: vec![id.to_owned()],
                ..Selected::default()
            };
            skeleton(&page(&Page {
                selected: &selected,
                pictures: &[jpeg(8)],
                view: &view,
                canvas: Canvas { theme: Theme::Light, width: 1_200, height: 700 },
                durations_error: None,
                region,
                function_arn: arn,
                now: SystemTime::UNIX_EPOCH,
            }))
        };
        let linked = console::channel_page(&region, &id).is_some();
        let plain = draw("News", if linked { "7" } else { "x" }, ARN, "eu-west-1", "env");
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
