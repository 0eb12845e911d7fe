//! The datapoints of a feed as they were read, in the form in which the durations of all faults are
//! there for each slot. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{MetricDataResult, StatusCode},
};

use super::{Lasting, LatestDuration};
use crate::metric::Metric;

/// The datapoints of one query, over all pages of the response.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    /// Times and values, in the order of the response.
    pub(super) points: Vec<(DateTime, f64)>,
    /// Whether CloudWatch reports that these are all. A result that failed, was forbidden or is
    /// missing is none.
    pub(super) is_complete: bool,
}

impl Series {
    /// Without datapoints, and there are no others.
    pub(super) const fn complete() -> Self {
        Self { points: Vec::new(), is_complete: true }
    }

    /// What CloudWatch returns of these datapoints: of several in a slot, the largest.
    #[cfg(test)]
    pub(super) fn of<'a>(points: impl Iterator<Item = &'a crate::datapoint::Datapoint>) -> Self {
        let mut slots = BTreeMap::new();
        for point in points {
            let value: &mut f64 = slots.entry(point.slot).or_default();
            *value = value.max(point.value);
        }
        let points = slots.into_iter().map(|(slot, value)| (DateTime::from(slot), value));
        Self { points: points.collect(), is_complete: true }
    }

    pub(super) fn add(&mut self, result: &MetricDataResult) {
        let points = result.timestamps().iter().copied().zip(result.values().iter().copied());
        self.points.extend(points);
        self.is_complete = matches!(result.status_code(), None | Some(StatusCode::Complete));
    }

    /// The latest datapoint, if its value can be a duration.
    pub(super) fn latest(&self, metric: Metric) -> Option<LatestDuration> {
        let (slot, seconds) = duration(self.points.iter().max_by_key(|(time, _)| *time)?)?;
        Some(LatestDuration { metric, slot, seconds })
    }
}

/// The slot and the value of a datapoint, if the value can be a duration. It is untrusted: anyone
/// with PutMetricData on this namespace could have written it, so a fault that would have begun
/// before the epoch is ignored.
fn duration((time, seconds): &(DateTime, f64)) -> Option<(SystemTime, Duration)> {
    let slot = SystemTime::try_from(*time).ok()?;
    let seconds = Duration::try_from_secs_f64(*seconds).ok()?;
    slot.checked_sub(seconds).filter(|since| *since >= SystemTime::UNIX_EPOCH)?;
    Some((slot, seconds))
}

/// Whether the durations of single faults have to be read after the series that are read of every
/// feed: a fault lasted lately, or its channel started, or an older version, which published no
/// [`Metric::FaultSeconds`], has watched it.
pub(super) fn need_details(metrics: &[Metric], series: &[Series]) -> bool {
    metrics.iter().zip(series).any(|(metric, series)| match metric {
        Metric::FaultSeconds => {
            let lasts = |(_, seconds): &(DateTime, f64)| *seconds != 0.0;
            series.is_complete && (series.points.is_empty() || series.points.iter().any(lasts))
        }
        _ => !series.points.is_empty(),
    })
}

/// Adds to the durations of single faults what [`Metric::FaultSeconds`] says about them: in a slot
/// that has it, a missing one means 0. If it is above 0 and none of them is, the one that lasted is
/// still on its way to CloudWatch. It is known if other slots have it: all durations of a
/// run of a fault begin at the same time.
pub(super) fn fill(metrics: &[Metric], series: &mut [Series]) {
    let Some(current) = metrics.iter().position(|metric| *metric == Metric::FaultSeconds) else {
        return;
    };
    let is_single = |index: &usize| metrics[*index].fault().is_some();
    let singles: Vec<usize> = (0..metrics.len()).filter(is_single).collect();
    let mut present = Vec::with_capacity(singles.len());
    let (mut runs, mut explained) = (BTreeMap::new(), BTreeSet::new());
    for &index in &singles {
        present.push(series[index].points.iter().map(|(time, _)| *time).collect::<BTreeSet<_>>());
        for point in &series[index].points {
            if let Some((slot, lasted)) = duration(point).filter(|(_, lasted)| !lasted.is_zero()) {
                runs.insert(slot - lasted, index);
                explained.insert(point.0);
            }
        }
    }
    for point in series[current].points.clone() {
        let Some((slot, lasted)) = duration(&point) else { continue };
        let run = runs.get(&(slot - lasted)).filter(|_| !explained.contains(&point.0));
        for (index, times) in singles.iter().zip(&present) {
            if !times.contains(&point.0) {
                let value = if run == Some(index) { point.1 } else { 0.0 };
                series[*index].points.push((point.0, value));
            }
        }
    }
}

/// The fault that lasted in each slot, oldest first. If two durations of a slot are non-zero, the
/// longer one counts.
pub(super) fn past(metrics: &[Metric], series: &[Series]) -> Vec<(SystemTime, Lasting)> {
    let mut slots: BTreeMap<SystemTime, Lasting> = BTreeMap::new();
    for (metric, series) in metrics.iter().zip(series) {
        let Some(fault) = metric.fault() else { continue };
        for (slot, lasted) in series.points.iter().filter_map(duration) {
            let lasting = slots.entry(slot).or_default();
            if !lasted.is_zero() && lasting.is_none_or(|(_, longest)| lasted > longest) {
                *lasting = Some((fault, lasted));
            }
        }
    }
    slots.into_iter().collect()
}

/// The latest datapoint of each of these metrics of a feed; `None` if any duration of a fault is
/// incomplete. What only accompanies the durations may be missing.
pub(super) fn latest_durations(
    metrics: &[Metric],
    series: &[Series],
) -> Option<Vec<LatestDuration>> {
    let series = || metrics.iter().copied().zip(series);
    let is_usable = |(metric, series): (Metric, &Series)| {
        let is_optional = metric.fault().is_none() && metric != Metric::FaultSeconds;
        series.is_complete || is_optional
    };
    if !series().all(is_usable) {
        return None;
    }
    // What it says, the durations of single faults say by now.
    let others = series().filter(|(metric, _)| *metric != Metric::FaultSeconds);
    Some(others.filter_map(|(metric, series)| series.latest(metric)).collect())
}
