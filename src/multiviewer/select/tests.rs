//! Selection as an operator sees it: what is on the wall, and in which order.

use proptest::prelude::*;

use super::*;
use crate::{
    aws::ErrorKind,
    feed::{ChannelClass, ChannelState, Pipeline},
    multiviewer::request::RequiredTag,
    restore::LatestDuration,
};

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001)
}

fn channel(id: &str, name: &str, tags: &[(&str, &str)]) -> Channel {
    Channel {
        id: id.to_owned(),
        name: name.to_owned(),
        state: ChannelState::Running,
        class: ChannelClass::SinglePipeline,
        pipelines_running: Some(1),
        arn: String::new(),
        linked: Vec::new(),
        maintenance: None,
        tags: tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect(),
    }
}

fn view() -> View {
    View { channels: Vec::new(), tag: None, only_faulty: false, page: 1, per_page: 40 }
}

fn requested(channels: Vec<Channel>, view: &View) -> RequestedFeeds {
    RequestedFeeds::new(channels, view, &Settings::read_multiviewer(|_| None).unwrap())
}

/// A fault of this many seconds on pipeline 0 of each of these channels; with 0 the feed is
/// healthy.
fn durations(of: &[(&str, Fault, u64)]) -> Durations {
    let by_feed = of.iter().map(|&(id, fault, seconds)| {
        let reading = LatestDuration::of_fault(fault, now(), seconds);
        (FeedKey::new(id, Pipeline::Zero), vec![reading])
    });
    Durations { by_feed: by_feed.collect(), error: None }
}

fn selected(channels: Vec<Channel>, durations: &Durations, view: &View) -> Selected {
    select(requested(channels, view), durations, view, now())
}

fn ids(selected: &Selected) -> Vec<&str> {
    selected.shown().map(|entry| &*entry.feed.key.channel_id).collect()
}

#[test]
fn faulty_feeds_come_first_and_the_newest_fault_at_the_top() {
    let channels = vec![
        channel("1", "A healthy", &[]),
        channel("2", "B long frozen", &[]),
        channel("3", "C unknown", &[]),
        channel("4", "D pending", &[]),
        channel("5", "E newly black", &[]),
        channel("6", "0 off", &[("source-monitor", "off")]),
        channel("7", "0 healthy", &[]),
    ];
    let durations = durations(&[
        ("1", Fault::Frozen, 0),
        ("2", Fault::Frozen, 4_000),
        ("4", Fault::Frozen, 12),
        ("5", Fault::Black, 11),
        ("7", Fault::Frozen, 0),
    ]);
    let selected = selected(channels, &durations, &view());
    assert_eq!(ids(&selected), ["5", "2", "4", "3", "7", "1", "6"]);
    let faulty = vec![(Fault::Black, 1), (Fault::Frozen, 1)];
    let expected = Counts { feeds: 7, faulty, pending: 1, healthy: 2, unknown: 1, not_watched: 1 };
    assert_eq!(selected.counts, expected);
}

#[test]
fn only_faulty_leaves_out_healthy_feeds_and_never_pending_or_unknown_ones() {
    let channels = vec![
        channel("1", "healthy", &[]),
        channel("2", "frozen", &[]),
        channel("3", "unknown", &[]),
        channel("4", "pending", &[]),
        channel("5", "off", &[("source-monitor", "off")]),
    ];
    let durations =
        durations(&[("1", Fault::Frozen, 0), ("2", Fault::Frozen, 40), ("4", Fault::Frozen, 12)]);
    let selected = selected(channels, &durations, &View { only_faulty: true, ..view() });
    assert_eq!(ids(&selected), ["2", "4", "3"]);
    assert_eq!(selected.counts.feeds, 5);
}

#[test]
fn a_tag_selects_by_key_or_by_key_and_value() {
    let channels = vec![
        channel("1", "a", &[("env", "prod")]),
        channel("2", "b", &[("env", "test")]),
        channel("3", "c", &[]),
    ];
    let tagged = |value: Option<&str>| {
        let tag = RequiredTag { key: "env".to_owned(), value: value.map(str::to_owned) };
        let view = View { tag: Some(tag), ..view() };
        ids(&selected(channels.clone(), &Durations::default(), &view)).join(" ")
    };
    assert_eq!(tagged(None), "1 2");
    assert_eq!(tagged(Some("prod")), "1");
    assert_eq!(tagged(Some("")), "");
}

#[test]
fn a_requested_channel_that_does_not_run_is_named() {
    let view = View { channels: vec!["1".to_owned(), "9".to_owned()], ..view() };
    let selected = selected(
        vec![channel("1", "a", &[]), channel("2", "b", &[])],
        &Durations::default(),
        &view,
    );
    assert_eq!(ids(&selected), ["1"]);
    assert_eq!(selected.missing, ["9"]);
}

#[test]
fn without_durations_every_watched_feed_is_unknown() {
    let channels = vec![channel("1", "a", &[]), channel("2", "b", &[("source-monitor", "off")])];
    let durations = Durations { error: Some(ErrorKind::TimedOut), ..Durations::default() };
    let selected = selected(channels, &durations, &view());
    let statuses: Vec<_> = selected.shown().map(|entry| entry.status).collect();
    let unknown = FeedStatus::Unknown(UnknownReason::ReadFailed(ErrorKind::TimedOut));
    assert_eq!(statuses, [unknown, FeedStatus::Unknown(UnknownReason::NotWatched)]);
}

#[test]
fn a_call_that_fails_costs_the_conditions_of_its_own_feeds_only() {
    let durations =
        Durations { error: Some(ErrorKind::Throttled), ..durations(&[("1", Fault::Frozen, 40)]) };
    let channels = vec![channel("1", "a", &[]), channel("2", "b", &[])];
    let selected = selected(channels, &durations, &view());
    let statuses: Vec<_> = selected.shown().map(|entry| entry.status).collect();
    let frozen = FeedStatus::Faulty { fault: Fault::Frozen, lasted: Duration::from_secs(40) };
    let unknown = FeedStatus::Unknown(UnknownReason::ReadFailed(ErrorKind::Throttled));
    assert_eq!(statuses, [frozen, unknown]);
}

#[test]
fn a_channels_own_set_time_applies_on_the_wall_too() {
    let channels = vec![channel("1", "slow", &[("source-monitor:frozen-after", "300")])];
    let selected = selected(channels, &durations(&[("1", Fault::Frozen, 60)]), &view());
    let pending = FeedStatus::Pending { fault: Fault::Frozen, lasted: Duration::from_mins(1) };
    assert_eq!(selected.entries[0].status, pending);
}

#[test]
fn beyond_the_last_page_the_last_page_is_shown() {
    let channels: Vec<_> = (0..5).map(|id| channel(&id.to_string(), "same", &[])).collect();
    let selected =
        selected(channels, &Durations::default(), &View { page: 9, per_page: 2, ..view() });
    assert_eq!((selected.page, selected.pages), (3, 3));
    assert_eq!(ids(&selected), ["4"]);
}

proptest! {
    #[test]
    fn every_feed_is_on_exactly_one_page(feeds in 0_usize..60, per_page in 1_usize..20) {
        let channels: Vec<_> = (0..feeds).map(|id| channel(&id.to_string(), "same", &[])).collect();
        let page = |page| selected(channels.clone(), &Durations::default(), &View { page, per_page, ..view() });
        let mut seen = Vec::new();
        for number in 1..=page(1).pages {
            seen.extend(ids(&page(number)).into_iter().map(str::to_owned));
        }
        seen.sort_by_key(|id| id.parse::<usize>().unwrap());
        prop_assert_eq!(seen, (0..feeds).map(|id| id.to_string()).collect::<Vec<_>>());
    }
}
