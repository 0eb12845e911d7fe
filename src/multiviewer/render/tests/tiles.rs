//! What a tile says, and what it never says.

use super::*;

#[test]
fn a_faulty_feed_is_shown_with_its_fault_and_how_long_it_has_lasted() {
    let frozen = FeedStatus::Faulty(ongoing(Fault::Frozen, 125));
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
    let pending = FeedStatus::Pending(ongoing(Fault::Frozen, 12));
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
    let age = Some(Duration::from_secs(200));
    for (reason, more) in [
        (UnknownReason::NoDatapoints { age }, ">no data for 3\u{a0}min 20\u{a0}s<"),
        (UnknownReason::NoDatapoints { age: None }, ">no data for 5\u{a0}min<"),
        (UnknownReason::NoDatapointsYet, ">no data yet<"),
        (UnknownReason::ReadFailed(ErrorKind::Denied), "may not call GetMetricData"),
    ] {
        let html = one("News", FeedStatus::Unknown(reason), jpeg(8));
        assert!(html.contains("<strong>UNKNOWN</strong>") && html.contains(more), "{html}");
        assert!(!html.contains("<strong>OK</strong>"));
    }
}

#[test]
fn nothing_is_green_without_a_picture() {
    let is_green = |html: &str| html.contains("msm-tile msm-well");
    assert!(is_green(&one("News", HEALTHY, jpeg(8))));
    for (status, picture, label) in [
        (HEALTHY, Picture::NotServed, "NO THUMBNAIL"),
        (HEALTHY, Picture::NotAJpeg, "NO THUMBNAIL"),
        (HEALTHY, Picture::NotReached, "OK"),
        (HEALTHY, Picture::NoRoom, "OK"),
        (FeedStatus::Starting, Picture::NotServed, "STARTING"),
        (FeedStatus::Starting, jpeg(8), "STARTING"),
        (FeedStatus::Recovering, Picture::NotServed, "RECOVERING"),
        (FeedStatus::Recovering, jpeg(8), "RECOVERING"),
        (FeedStatus::Down, Picture::NotServed, "DOWN"),
        (FeedStatus::Unknown(UnknownReason::NotPublished), jpeg(8), "NO CONDITION"),
    ] {
        let html = one("News", status, picture);
        assert!(html.contains(&format!("<strong>{label}</strong>")), "{label}: {html}");
        assert!(!is_green(&html), "{label}");
    }
}

#[test]
fn a_feed_without_a_picture_shows_its_last_one_with_its_age_and_the_reason() {
    let last = LastPicture { base64: "/9j/LAST".into(), taken: now() - Duration::from_mins(3) };
    let shown = Shown { picture: Picture::NotServed, last: Some(last) };
    let selected = on_one_page(vec![entry("1", "News", HEALTHY)], &view());
    let html = draw_with(&selected, &[shown], &view(), Sources::default());
    assert!(
        html.contains(
            "<img class=\"msm-old\" alt=\"News, pipeline 0: NO THUMBNAIL, last picture\""
        )
    );
    assert!(html.contains("base64,/9j/LAST\""));
    assert!(html.contains("<span class=\"msm-age msm-amber\">3\u{a0}min old</span>"), "{html}");
    assert!(html.contains("disabled on the channel"));
}

#[test]
fn an_old_picture_is_dimmed_and_a_new_one_is_not() {
    let of_age = |seconds| {
        let age = Some(Duration::from_secs(seconds));
        one("News", HEALTHY, Picture::Jpeg { base64: "/9j/".into(), age })
    };
    for (seconds, is_old) in [(10, false), (11, true)] {
        let html = of_age(seconds);
        assert_eq!(html.contains("<img class=\"msm-old\""), is_old, "{html}");
        assert_eq!(html.contains("class=\"msm-age msm-amber\""), is_old);
        assert_eq!(html.contains("msm-tile msm-well"), !is_old);
    }
}

#[test]
fn a_healthy_feed_says_what_it_showed_a_few_minutes_ago() {
    let ended = Ended {
        fault: Fault::NoPicture,
        lasted: Duration::from_secs(14),
        at: now() - Duration::from_secs(130),
    };
    let past = Past { ended: Some(ended), ..Past::default() };
    let recovered = Entry { past, ..entry("1", "News", HEALTHY) };
    let html = drawn(vec![recovered], &[jpeg(8)], &view()).replace('\u{a0}', " ");
    let bar = "<strong>OK</strong><span class=\"msm-for\">was NO PICTURE 14 s, 2 min ago</span>";
    assert!(html.contains(bar), "{html}");
}

#[test]
fn the_pipelines_of_a_channel_share_a_line_that_says_what_is_left_of_it() {
    let black = FeedStatus::Faulty(ongoing(Fault::Black, 60));
    let pipeline = |pipeline, status, other: (Pipeline, FeedStatus)| {
        let mut entry = entry("7", "News", status);
        entry.feed.key.pipeline = pipeline;
        entry.other = Some((FeedKey::new("7", other.0), other.1));
        entry.redundancy = Redundancy::Lost;
        entry
    };
    let entries = vec![
        pipeline(Pipeline::Zero, black, (Pipeline::One, HEALTHY)),
        pipeline(Pipeline::One, HEALTHY, (Pipeline::Zero, black)),
        Entry { redundancy: Redundancy::OffAir, ..entry("8", "Sport", black) },
    ];
    let html = drawn(entries, &[jpeg(8), jpeg(8), jpeg(8)], &view());
    assert_eq!(html.matches("<div class=\"msm-place msm-pair\">").count(), 1);
    assert_eq!(html.matches("<strong>REDUNDANCY LOST</strong>").count(), 1);
    assert_eq!(html.matches("<strong>OFF AIR</strong>").count(), 1);
    assert!(html.contains("title=\"Pipeline 1: OK\"><bdi>1</bdi>: OK</div>"), "{html}");
    assert!(html.contains("title=\"Pipeline 0: BLACK\"><bdi>0</bdi>: BLACK</div>"), "{html}");
}

#[test]
fn a_channel_on_one_of_two_pipelines_says_so() {
    let mut down = entry("7", "News", FeedStatus::Down);
    let channel = Channel { pipelines_running: Some(1), ..Channel::named("7", "News") };
    down.feed.channel = Arc::new(channel);
    let html = drawn(vec![down], &[Picture::NotServed], &view());
    let bar = "<strong>DOWN</strong><span class=\"msm-for\">1 of 2 pipelines running</span>";
    assert!(html.contains(bar), "{html}");
    assert!(html.contains("<bdi>1 of 2 pipelines running</bdi>"));
}

#[test]
fn a_long_name_is_cut_in_the_middle_and_whole_in_its_title() {
    let name = |end: &str| format!("Kanal Sport HD International London Playout {end}");
    for end in ["MAIN", "BACKUP"] {
        let html = one(&name(end), HEALTHY, jpeg(8));
        assert!(html.contains(&format!("title=\"{}\"", name(end))));
        assert!(
            html.contains(&format!("{end}</bdi>")) && !html.contains(&format!(">{}<", name(end)))
        );
    }
}

#[test]
fn a_click_on_a_picture_opens_the_channel_and_the_large_tiles_have_the_numbers() {
    let opens = format!(
        "<cwdb-action action=\"call\" display=\"popup\" endpoint=\"{ARN}\">\
         {{\"channels\":[\"1234567\"],\"detail\":true}}</cwdb-action>"
    );
    assert!(one("News", HEALTHY, jpeg(8)).contains(&opens));
    let latest = crate::restore::LatestDuration::of_fault(Fault::Black, now(), 4);
    let entry = Entry { latest: vec![latest], ..entry("1", "News", HEALTHY) };
    let detail = View { detail: true, ..view() };
    let html = drawn(vec![entry], &[jpeg(8)], &detail).replace('\u{a0}', " ");
    assert!(
        html.contains("BlackSeconds <strong>4 s</strong>, 0 s ago; an incident from 10 s on"),
        "{html}"
    );
    assert!(!html.contains("display=\"popup\"") && html.contains("msm-wall msm-light msm-detail"));
}

#[test]
fn a_channel_whose_id_the_widget_would_refuse_has_no_large_tiles() {
    for id in ["", "news", "1\u{0}", "123456789012345678901"] {
        let html = drawn(vec![entry(id, "News", HEALTHY)], &[jpeg(8)], &view());
        assert!(!html.contains("display=\"popup\""), "{id}");
    }
}
