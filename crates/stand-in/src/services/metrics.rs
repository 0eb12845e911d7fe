//! What CloudWatch keeps: points by metric and second.
//!
//! Plain memory. What may be put is checked in `put.rs`, what a question means is in `query.rs`.

use std::collections::{BTreeMap, HashMap};
use std::time::{SystemTime, UNIX_EPOCH};

/// One datapoint as it was received.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// The namespace of the call.
    pub namespace: String,
    /// `MetricName`.
    pub name: String,
    /// Names and values.
    pub dimensions: BTreeMap<String, String>,
    /// `Value`.
    pub value: f64,
    /// To the millisecond; the time of arrival where the caller gave none.
    pub timestamp: SystemTime,
    /// `Unit`, where there is one.
    pub unit: Option<String>,
    /// `StorageResolution`, where there is one.
    pub storage_resolution: Option<i64>,
    /// Which PutMetricData call brought it, from 1, counted since the stand-in started.
    pub call: u64,
}

impl Datum {
    /// The time stamp in seconds since 1970.
    pub fn epoch_seconds(&self) -> f64 {
        self.timestamp.duration_since(UNIX_EPOCH).map_or(0.0, |gone| gone.as_secs_f64())
    }

    /// Whether this is the metric of this feed.
    pub(crate) fn is_of(&self, channel: &str, pipeline: u8, metric: &str) -> bool {
        let is = |key: &str, value: &str| self.dimensions.get(key).is_some_and(|held| held == value);
        self.name == metric && is("ChannelId", channel) && is("Pipeline", &pipeline.to_string())
    }
}

/// What makes a metric: namespace, name and all dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, String>,
}

/// All values that fell into one second, or one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    sum: f64,
    count: f64,
    least: f64,
    most: f64,
}

impl Point {
    fn of(value: f64) -> Self {
        Self { sum: value, count: 1.0, least: value, most: value }
    }

    fn join(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            count: self.count + other.count,
            least: self.least.min(other.least),
            most: self.most.max(other.most),
        }
    }

    /// The statistic of this name; `None` where the stand-in doesn't know it.
    pub(crate) fn statistic(self, name: &str) -> Option<f64> {
        Some(match name {
            "Sum" => self.sum,
            "Average" => self.sum / self.count,
            "Minimum" => self.least,
            "Maximum" => self.most,
            "SampleCount" => self.count,
            _ => return None,
        })
    }
}

/// All points there are.
#[derive(Debug, Default)]
pub(crate) struct Metrics(HashMap<Metric, BTreeMap<i64, Point>>);

impl Metrics {
    /// Keeps a value. Time stamps are kept to the second.
    pub(crate) fn put(&mut self, metric: Metric, at: SystemTime, value: f64) {
        let second =
            at.duration_since(UNIX_EPOCH).map_or(0, |gone| i64::try_from(gone.as_secs()).unwrap_or(0));
        let points = self.0.entry(metric).or_default();
        points
            .entry(second)
            .and_modify(|point| *point = point.join(Point::of(value)))
            .or_insert(Point::of(value));
    }

    /// The periods from `start` on and before `end`, oldest first, as second and point.
    pub(crate) fn periods(&self, metric: &Metric, start: i64, end: i64, period: i64) -> Vec<(i64, Point)> {
        let mut periods: BTreeMap<i64, Point> = BTreeMap::new();
        // The service rounds the start down to a whole period.
        let start = start.div_euclid(period) * period;
        for (second, point) in self.0.get(metric).into_iter().flat_map(|points| points.range(start..end)) {
            let slot = second.div_euclid(period) * period;
            periods.entry(slot).and_modify(|sum| *sum = sum.join(*point)).or_insert(*point);
        }
        periods.into_iter().collect()
    }

    /// The metrics there are, in a settled order.
    pub(crate) fn names(&self) -> Vec<&Metric> {
        let mut names: Vec<_> = self.0.keys().collect();
        names.sort();
        names
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
