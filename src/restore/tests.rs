//! What is read from responses, and what is not believed.

use Metric::{BlackSeconds, FaultSeconds, FrozenSeconds, StartGraceSeconds};
use aws_sdk_cloudwatch::types::{MetricDataResult, StatusCode};

use super::*;
use crate::datapoint::Datapoint;

/// What would be read of a feed with these datapoints.
pub(crate) fn restored_from(metrics: &[Metric], points: &[Datapoint]) -> Restored {
    let Steps { first, details } = Steps::of(metrics);
    let read = |metric: &Metric| Series::of(points.iter().filter(|point| point.metric == *metric));
    let mut series: Vec<_> = first.iter().map(read).collect();
    if need_details(&first, &series) {
        series.extend(details.iter().map(read));
    }
    let metrics = [first, details].concat();
    series.resize(metrics.len(), Series::complete());
    fill(&metrics, &mut series);
    restored(&metrics, &series)
}

#[test]
fn a_period_divides_the_interval() {
    let periods = [(2, 1), (5, 5), (10, 10), (15, 5), (25, 5), (40, 20), (59, 1), (60, 60)];
    for (interval, expected) in periods {
        assert_eq!(period(Duration::from_secs(interval)), expected);
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn result(points: &[(i64, f64)], status: StatusCode) -> MetricDataResult {
    MetricDataResult::builder()
        .set_timestamps(Some(points.iter().map(|(time, _)| DateTime::from_secs(*time)).collect()))
        .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
        .status_code(status)
        .build()
}

fn latest(points: &[(i64, f64)]) -> Option<(u64, u64)> {
    let mut series = Series::default();
    series.add(&result(points, StatusCode::Complete));
    let latest = series.latest(Metric::BlackSeconds)?;
    let slot = latest.slot.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    Some((slot, latest.seconds.as_secs()))
}

#[test]
fn the_latest_datapoint_counts_and_zero_is_a_duration() {
    assert_eq!(latest(&[(1_000_010, 30.0), (1_000_021, 0.0)]), Some((1_000_021, 0)));
    assert_eq!(latest(&[(1_000_020, 3_600.0), (1_000_010, 3_590.0)]), Some((1_000_020, 3_600)));
}

#[test]
fn a_value_that_is_no_duration_is_ignored() {
    for points in [&[][..], &[(1_000_010, f64::NAN)], &[(1_000_010, -1.0)]] {
        assert_eq!(latest(points), None);
    }
}

#[test]
fn a_fault_that_would_have_begun_before_1970_is_not_restored() {
    for seconds in [1_000_021.0, 1e18, 1e300, f64::INFINITY] {
        assert_eq!(latest(&[(1_000_020, seconds)]), None, "{seconds}");
    }
}

#[test]
fn a_series_is_complete_if_its_last_page_is() {
    let mut series = Series::default();
    assert!(!series.is_complete, "missing");
    series.add(&result(&[(20, 10.0)], StatusCode::PartialData));
    assert!(!series.is_complete);
    series.add(&result(&[(10, 0.0)], StatusCode::Complete));
    assert!(series.is_complete && series.points.len() == 2);
    for failed in [StatusCode::InternalError, StatusCode::Forbidden] {
        let mut series = Series::default();
        series.add(&result(&[], failed));
        assert!(!series.is_complete);
    }
}

fn point(metric: Metric, slot: u64, seconds: u64) -> LatestDuration {
    LatestDuration { metric, slot: at(slot), seconds: Duration::from_secs(seconds) }
}

fn state(durations: &[LatestDuration]) -> PublishedState {
    published_state(durations, Vec::new()).unwrap()
}

#[test]
fn an_unreadable_start_grace_does_not_make_a_feed_unknown() {
    let mut readable = Series::default();
    readable.add(&result(&[(20, 0.0)], StatusCode::Complete));
    let missing = Series::default();
    let metrics = [BlackSeconds, StartGraceSeconds];
    let durations = latest_durations(&metrics, &[readable.clone(), missing.clone()]);
    assert_eq!(durations, Some(vec![point(BlackSeconds, 20, 0)]));
    assert_eq!(latest_durations(&metrics, &[missing, readable]), None);
}

#[test]
fn the_latest_slot_wins_and_zeros_mean_no_fault() {
    let frozen = state(&[point(BlackSeconds, 20, 0), point(FrozenSeconds, 20, 600)]);
    let fault = Some((Fault::Frozen, Duration::from_mins(10)));
    let expected = PublishedState {
        slot: at(20),
        fault,
        past: Vec::new(),
        grace_until: None,
        had_thumbnail: true,
    };
    assert_eq!(frozen, expected);
    let healthy = state(&[point(FrozenSeconds, 10, 600), point(BlackSeconds, 20, 0)]);
    assert_eq!(healthy, PublishedState { fault: None, ..expected });
    assert_eq!(published_state(&[], Vec::new()), None);
}

#[test]
fn the_rest_of_a_grace_is_no_fault_and_says_when_the_grace_ends() {
    let starting = state(&[point(BlackSeconds, 20, 0), point(StartGraceSeconds, 20, 40)]);
    assert_eq!((starting.fault, starting.grace_until), (None, Some(at(60))));
    let later = state(&[point(BlackSeconds, 90, 30), point(StartGraceSeconds, 50, 10)]);
    let fault = Some((Fault::Black, Duration::from_secs(30)));
    assert_eq!((later.slot, later.fault, later.grace_until), (at(90), fault, Some(at(60))));
}

fn series(points: &[(i64, f64)]) -> Series {
    let mut series = Series::default();
    series.add(&result(points, StatusCode::Complete));
    series
}

#[test]
fn a_slot_with_fault_seconds_has_the_durations_of_all_faults() {
    let metrics = [FaultSeconds, BlackSeconds, FrozenSeconds];
    // Frozen, then nothing, then black, whose latest duration has not arrived.
    let current = [(100, 40.0), (110, 0.0), (120, 0.0), (130, 10.0), (140, 20.0)];
    let mut read =
        [&current[..], &[(130, 10.0)], &[(90, 30.0), (100, 40.0), (110, 0.0), (140, 0.0)]]
            .map(series);
    fill(&metrics, &mut read);
    let lasted = |fault, seconds| Some((fault, Duration::from_secs(seconds)));
    let expected = [
        (at(90), lasted(Fault::Frozen, 30)),
        (at(100), lasted(Fault::Frozen, 40)),
        (at(110), None),
        (at(120), None),
        (at(130), lasted(Fault::Black, 10)),
        (at(140), lasted(Fault::Black, 20)),
    ];
    assert_eq!(past(&metrics, &read), expected);
    let latest = latest_durations(&metrics, &read).unwrap();
    assert_eq!(latest, [point(BlackSeconds, 140, 20), point(FrozenSeconds, 140, 0)]);
}

#[test]
fn a_fault_whose_duration_is_not_published_is_none() {
    let metrics = [FaultSeconds, BlackSeconds];
    let mut read = [series(&[(100, 0.0), (110, 10.0), (120, 20.0)]), Series::complete()];
    fill(&metrics, &mut read);
    assert_eq!(past(&metrics, &read), [(at(100), None), (at(110), None), (at(120), None)]);
}

#[test]
fn single_durations_are_read_only_where_a_fault_may_have_lasted() {
    let metrics = [FaultSeconds, StartGraceSeconds];
    let needed = |current: &[(i64, f64)], grace: &[(i64, f64)]| {
        need_details(&metrics, &[series(current), series(grace)])
    };
    assert!(!needed(&[(100, 0.0), (110, 0.0)], &[]));
    assert!(needed(&[(100, 10.0), (110, 0.0)], &[]));
    assert!(needed(&[(100, 0.0)], &[(100, 50.0)]), "the channel started");
    assert!(needed(&[], &[]), "an older version publishes no FaultSeconds");
    let unreadable = [Series::default(), Series::complete()];
    assert!(!need_details(&metrics, &unreadable));
    assert_eq!(latest_durations(&metrics, &unreadable), None);
}

#[test]
fn the_past_has_the_fault_of_each_slot_oldest_first() {
    let metrics = [BlackSeconds, FrozenSeconds, StartGraceSeconds];
    let black = series(&[(120, 0.0), (110, 0.0), (100, 70.0), (90, f64::NAN)]);
    let frozen = series(&[(120, 0.0), (110, 10.0), (100, 0.0)]);
    let grace = series(&[(130, 60.0)]);
    let lasted = |fault, seconds| Some((fault, Duration::from_secs(seconds)));
    let expected = [
        (at(100), lasted(Fault::Black, 70)),
        (at(110), lasted(Fault::Frozen, 10)),
        (at(120), None),
    ];
    assert_eq!(past(&metrics, &[black, frozen, grace]), expected);
}
