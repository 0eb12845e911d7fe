//! Selection as an operator sees it: what is on the wall, and in which order.

use std::time::Duration;

use proptest::prelude::*;
use source_detection::Fault;

use super::*;
use crate::{
    aws::ErrorKind,
    feed::Pipeline,
    multiviewer::{
        request::{Order, RequiredTag},
        status::OngoingFault,
    },
    restore::Readings,
};

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_001)
}

fn channel(id: &str, name: &str, tags: &[(&str, &str)]) -> Channel {
    let tags = tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    let class = ChannelClass::SinglePipeline;
    Channel { class, pipelines_running: Some(1), tags, ..Channel::named(id, name) }
}

fn requested(channels: Vec<Channel>, view: &View) -> RequestedFeeds {
    let channels: Vec<_> = channels.into_iter().map(Arc::new).collect();
    RequestedFeeds::new(&channels, view, &Settings::read_multiviewer(|_| None).unwrap())
}

/// A fault of this many seconds on these feeds; with 0 the feed is healthy. `1001/1` is pipeline 1.
fn durations(of: &[(&str, Fault, u64)]) -> Durations {
    let by_feed = of.iter().map(|&(feed, fault, seconds)| {
        let (id, pipeline) = match feed.strip_suffix("/1") {
            Some(id) => (id, Pipeline::One),
            None => (feed, Pipeline::Zero),
        };
        let reading = LatestDuration::of_fault(fault, now(), seconds);
        (FeedKey::new(id, pipeline), Readings { latest: vec![reading], past: Vec::new() })
    });
    Durations { by_feed: by_feed.collect(), error: None }
}

fn selected(channels: Vec<Channel>, durations: &Durations, view: &View) -> Selected {
    selected_by(channels, durations, view, &[])
}

/// As [`selected`], with other settings.
fn selected_by(
    channels: Vec<Channel>,
    durations: &Durations,
    view: &View,
    variables: &[(&str, &str)],
) -> Selected {
    let lookup = |name: &str| {
        let variable = variables.iter().find(|(known, _)| *known == name);
        variable.map(|(_, value)| (*value).to_owned())
    };
    let settings = Settings::read_multiviewer(lookup).unwrap();
    let first_listed = HashMap::new();
    let knowledge =
        Knowledge { durations, first_listed: &first_listed, settings: &settings, now: now() };
    select(requested(channels, view), &knowledge, view)
}

fn view() -> View {
    View::default()
}

fn ids(selected: &Selected) -> Vec<&str> {
    selected.shown().iter().map(|entry| &*entry.feed.key.channel_id).collect()
}

/// The feeds of the page: `1001/0`.
fn feeds_of(selected: &Selected) -> Vec<String> {
    let feeds = selected.shown().iter().map(|entry| &entry.feed.key);
    feeds.map(|feed| format!("{}/{}", feed.channel_id, feed.pipeline)).collect()
}

fn statuses(selected: &Selected) -> Vec<FeedStatus> {
    selected.shown().iter().map(|entry| entry.status).collect()
}

fn ongoing(fault: Fault, seconds: u64) -> OngoingFault {
    let lasted = Duration::from_secs(seconds);
    OngoingFault { fault, since: now() - lasted, lasted }
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
    let expected = Counts {
        feeds: 7,
        faulty,
        pending: 1,
        healthy: 2,
        unknown: 1,
        not_watched: 1,
        off_air: 2,
        ..Counts::default()
    };
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
    let hidden = Counts { feeds: 2, healthy: 1, not_watched: 1, ..Counts::default() };
    assert_eq!(selected.hidden, hidden);
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
    let unknown = FeedStatus::Unknown(UnknownReason::ReadFailed(ErrorKind::TimedOut));
    assert_eq!(statuses(&selected), [unknown, FeedStatus::Unknown(UnknownReason::NotWatched)]);
}

#[test]
fn a_call_that_fails_costs_the_conditions_of_its_own_feeds_only() {
    let durations =
        Durations { error: Some(ErrorKind::Throttled), ..durations(&[("1", Fault::Frozen, 40)]) };
    let channels = vec![channel("1", "a", &[]), channel("2", "b", &[])];
    let selected = selected(channels, &durations, &view());
    let frozen = FeedStatus::Faulty(ongoing(Fault::Frozen, 40));
    let unknown = FeedStatus::Unknown(UnknownReason::ReadFailed(ErrorKind::Throttled));
    assert_eq!(statuses(&selected), [frozen, unknown]);
}

#[test]
fn a_channels_own_set_time_applies_on_the_wall_too() {
    let channels = vec![channel("1", "slow", &[("source-monitor:frozen-after", "300")])];
    let selected = selected(channels, &durations(&[("1", Fault::Frozen, 60)]), &view());
    let pending = FeedStatus::Pending(ongoing(Fault::Frozen, 60));
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

#[test]
fn faults_are_ordered_by_their_beginning_and_everything_else_by_name() {
    let names = ["Sport 10", "Sport 9", "news 2", "News 10", "film", "Art"];
    let channels: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(index, name)| channel(&index.to_string(), name, &[]))
        .collect();
    // The same beginning in another slot: a refresh changes nothing.
    let mut durations = durations(&[
        ("0", Fault::Black, 100),
        ("1", Fault::Frozen, 90),
        ("2", Fault::Black, 0),
        ("3", Fault::Black, 0),
        ("4", Fault::Black, 0),
        ("5", Fault::Black, 0),
    ]);
    let late = LatestDuration::of_fault(Fault::Black, now() - Duration::from_secs(20), 80);
    durations.by_feed.get_mut(&FeedKey::new("0", Pipeline::Zero)).unwrap().latest = vec![late];
    let shown = selected(channels.clone(), &durations, &view());
    assert_eq!(ids(&shown), ["1", "0", "5", "4", "2", "3"]);
    let by_name = View { order: Order::Name, ..view() };
    assert_eq!(ids(&selected(channels, &durations, &by_name)), ["5", "4", "2", "3", "1", "0"]);
}

#[test]
fn the_pipelines_of_a_channel_stand_together_and_know_each_other() {
    let channels = vec![
        Channel::named("1", "A"),
        Channel::named("2", "B"),
        Channel::named("3", "C"),
        channel("4", "D", &[]),
    ];
    let durations = durations(&[
        ("1", Fault::Black, 0),
        ("1/1", Fault::Black, 0),
        ("2", Fault::Black, 0),
        ("2/1", Fault::Black, 60),
        ("3", Fault::Frozen, 90),
        ("3/1", Fault::Black, 90),
        ("4", Fault::Black, 80),
    ]);
    let selected = selected(channels, &durations, &view());
    assert_eq!(feeds_of(&selected), ["2/0", "2/1", "4/0", "3/0", "3/1", "1/0", "1/1"]);
    let redundancies: Vec<_> =
        selected.shown().iter().map(|entry| entry.redundancy.name()).collect();
    let (lost, off_air, full) = ("redundancy lost", "off air", "full");
    assert_eq!(redundancies, [lost, lost, off_air, off_air, off_air, full, full]);
    let other = (FeedKey::new("2", Pipeline::One), FeedStatus::Faulty(ongoing(Fault::Black, 60)));
    assert_eq!(selected.shown()[0].other, Some(other));
    assert_eq!((selected.counts.off_air, selected.counts.redundancy_lost), (2, 1));
}

#[test]
fn channels_that_are_linked_are_each_others_second_pipeline() {
    let linked = |id: &str, name: &str, with: &str| Channel {
        linked: vec![with.to_owned()],
        ..channel(id, name, &[])
    };
    let channels = || vec![linked("1", "Z", "3"), channel("2", "M", &[]), linked("3", "A", "1")];
    let frozen = durations(&[("1", Fault::Frozen, 40), ("2", Fault::Frozen, 0)]);
    let shown = selected(channels(), &frozen, &view());
    assert_eq!(ids(&shown), ["1", "3", "2"]);
    assert_eq!(shown.shown()[1].redundancy, Redundancy::Lost);
    let alone = View { channels: vec!["1".to_owned()], ..view() };
    assert_eq!(selected(channels(), &frozen, &alone).shown()[0].redundancy, Redundancy::Lost);
}

#[test]
fn a_pipeline_without_datapoints_beside_one_that_runs_is_down() {
    let one_of_two = || Channel { pipelines_running: Some(1), ..Channel::named("1", "A") };
    let healthy = durations(&[("1", Fault::Black, 0)]);
    let shown = selected(vec![one_of_two()], &healthy, &view());
    assert_eq!(statuses(&shown), [FeedStatus::Healthy, FeedStatus::Down]);
    assert_eq!(shown.shown()[0].redundancy, Redundancy::Lost);
    let only_faulty = View { only_faulty: true, ..view() };
    assert_eq!(feeds_of(&selected(vec![one_of_two()], &healthy, &only_faulty)), ["1/1"]);
    // Which of the two is down is not known yet.
    let both = durations(&[("1", Fault::Black, 0), ("1/1", Fault::Black, 0)]);
    let shown = selected(vec![one_of_two()], &both, &only_faulty);
    assert_eq!(statuses(&shown), [FeedStatus::Healthy, FeedStatus::Healthy]);
    assert_eq!(shown.shown()[0].redundancy, Redundancy::Lost);
}

#[test]
fn a_channel_without_datapoints_is_new_until_it_has_been_listed_for_five_minutes() {
    let status = |listed_for: Option<u64>| {
        let first_listed = listed_for
            .map(|seconds| ("1".to_owned(), now() - Duration::from_secs(seconds)))
            .into_iter()
            .collect();
        let knowledge = Knowledge {
            durations: &Durations::default(),
            first_listed: &first_listed,
            settings: &Settings::read_multiviewer(|_| None).unwrap(),
            now: now(),
        };
        let requested = requested(vec![channel("1", "A", &[])], &view());
        statuses(&select(requested, &knowledge, &view()))
    };
    let yet = FeedStatus::Unknown(UnknownReason::NoDatapointsYet);
    assert_eq!(status(None), [yet]);
    assert_eq!(status(Some(299)), [yet]);
    let without = FeedStatus::Unknown(UnknownReason::NoDatapoints { age: None });
    assert_eq!(status(Some(300)), [without]);
}

#[test]
fn without_published_durations_there_is_no_condition() {
    let settings = [("FEED_METRICS", "ImageProperties")];
    let channels = vec![channel("1", "A", &[]), channel("2", "B", &[("source-monitor", "off")])];
    let selected = selected_by(channels, &Durations::default(), &view(), &settings);
    let unknown = [UnknownReason::NotPublished, UnknownReason::NotWatched];
    assert_eq!(statuses(&selected), unknown.map(FeedStatus::Unknown));
    assert_eq!((selected.counts.unknown, selected.counts.without_condition), (0, 1));
}

#[test]
fn channels_are_grouped_by_the_value_of_a_tag() {
    let channels = || {
        vec![
            channel("1", "A", &[("studio", "10")]),
            channel("2", "B", &[("studio", "9")]),
            channel("3", "C", &[]),
            channel("4", "D", &[("studio", "10")]),
            channel("5", "E", &[("studio", "9")]),
        ]
    };
    let black = durations(&[("4", Fault::Black, 60)]);
    let view = |order| View { group_by: Some("studio".to_owned()), order, ..view() };
    assert_eq!(ids(&selected(channels(), &black, &view(Order::Name))), ["2", "5", "1", "4", "3"]);
    // The group with the fault first, and the fault first in it.
    assert_eq!(ids(&selected(channels(), &black, &view(Order::Faults))), ["4", "1", "2", "5", "3"]);
}

#[test]
fn a_page_has_both_pipelines_of_a_channel_or_none() {
    let channels: Vec<_> = (1..=3).map(|id| Channel::named(&id.to_string(), "same")).collect();
    let page = |page, per_page| {
        let view = View { page, per_page, ..view() };
        feeds_of(&selected(channels.clone(), &Durations::default(), &view))
    };
    assert_eq!(page(1, 3), ["1/0", "1/1"]);
    assert_eq!(page(3, 3), ["3/0", "3/1"]);
    assert_eq!(page(1, 5), ["1/0", "1/1", "2/0", "2/1"]);
    assert_eq!(page(2, 1), ["1/1"], "a page of one feed");
}

#[test]
fn the_most_important_feeds_come_first_whatever_their_place() {
    let channels = vec![channel("1", "A", &[]), channel("2", "B", &[]), channel("3", "C", &[])];
    let durations = durations(&[("1", Fault::Black, 0), ("3", Fault::Black, 60)]);
    let by_name = View { order: Order::Name, ..view() };
    let selected = selected(channels, &durations, &by_name);
    assert_eq!(ids(&selected), ["1", "2", "3"]);
    assert_eq!(selected.by_importance(), [2, 1, 0]);
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
