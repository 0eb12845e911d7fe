//! CloudWatch as the simulated processes see it.

use super::*;
use crate::restore::{Restored, restored_from};

/// What is published besides `FaultSeconds`, and read.
const METRICS: [Metric; 3] =
    [Metric::BlackSeconds, Metric::NoPictureSeconds, Metric::StartGraceSeconds];

/// What a process publishes of its sample in this slot.
pub(super) fn published_by(assessment: &Assessment, slot: usize) -> Vec<Datapoint> {
    let verdict = &assessment.verdict;
    let Some(current) = assessment.current_fault else { return Vec::new() };
    let mut published = vec![(Metric::FaultSeconds, current)];
    for metric in METRICS {
        match metric.fault() {
            None if !assessment.grace_left.is_zero() => {
                published.push((metric, assessment.grace_left));
            }
            Some(fault) if assessment.recent_faults.contains(&fault) => {
                published.push((metric, verdict.lasted_in_slots(fault)));
            }
            _ => {}
        }
    }
    let point = |(metric, value): (Metric, Duration)| Datapoint {
        metric,
        feed: Some(FeedKey::new("1001", Pipeline::Zero)),
        slot: time(slot),
        value: value.as_secs_f64(),
    };
    published.into_iter().map(point).collect()
}

/// What a process reads back from CloudWatch in this slot.
pub(super) fn read_back(published: &[Datapoint], slot: usize) -> Restored {
    let window = time(slot.saturating_sub(LOOK_BACK))..time(slot);
    let points: Vec<_> =
        published.iter().filter(|point| window.contains(&point.slot)).cloned().collect();
    restored_from(&METRICS, &points)
}

/// The slots in which the course has datapoints of a metric, and their values.
fn data_of(course: &[Step], metric: Metric) -> Vec<(usize, f64)> {
    let (_, published) = play(course, |_, _| {});
    let slot_of = |at: SystemTime| (0..SLOTS).find(|slot| time(*slot) == at).unwrap();
    let points = published.into_iter().filter(|point| point.metric == metric);
    points.map(|point| (slot_of(point.slot), point.value)).collect()
}

#[test]
fn a_process_that_takes_over_publishes_the_zeros_after_a_fault_to_their_end() {
    let step = |slot: usize| Step {
        programme: if (40..50).contains(&slot) { Programme::Black } else { Programme::Alive },
        listing: Listing::Running,
        turn: if slot < 60 { Turn::First } else { Turn::Second },
        fails: [slot == 30; 2],
    };
    let course: Vec<_> = (0..SLOTS).map(step).collect();
    let black = data_of(&course, Metric::BlackSeconds);
    // The last slot of the fault is 49, and the zeros are published for six minutes.
    let seconds = |slot: u32| if slot < 50 { f64::from(slot - 40) * 10.0 } else { 0.0 };
    let expected: Vec<_> = (41..=85).map(|slot| (slot as usize, seconds(slot))).collect();
    assert_eq!(black, expected);
    assert_eq!(data_of(&course, Metric::NoPictureSeconds), []);
    let current = data_of(&course, Metric::FaultSeconds);
    assert_eq!(current.len(), SLOTS - 1, "in each slot but the one without a sample");
    let total: f64 = current.iter().map(|(_, value)| value).sum();
    assert!((total - 450.0).abs() < 1e-9, "{current:?}");
}
