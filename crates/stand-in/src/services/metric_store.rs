//! What CloudWatch stores: datapoints by metric and second.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

/// One datapoint as PutMetricData received it.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// `Namespace` of the call.
    pub namespace: String,
    /// `MetricName`.
    pub name: String,
    /// `Dimensions`: values by name.
    pub dimensions: BTreeMap<String, String>,
    /// `Value`.
    pub value: f64,
    /// `Timestamp`, to the millisecond; the time of arrival if the caller gave none.
    pub timestamp: SystemTime,
    /// `Unit`, if given.
    pub unit: Option<String>,
    /// `StorageResolution` in seconds, if given.
    pub storage_resolution: Option<i64>,
    /// Number of the PutMetricData call that contained it, counted from 1 since the stand-in
    /// started.
    pub call: u64,
}

impl Datum {
    /// The timestamp in seconds since 1970.
    pub fn epoch_seconds(&self) -> f64 {
        self.timestamp.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
    }

    /// Whether this is a datapoint of this metric and feed: dimensions `ChannelId` and `Pipeline`.
    pub(crate) fn is_of(&self, channel: &str, pipeline: u8, metric: &str) -> bool {
        let has =
            |key: &str, value: &str| self.dimensions.get(key).is_some_and(|held| held == value);
        self.name == metric && has("ChannelId", channel) && has("Pipeline", &pipeline.to_string())
    }

    pub(crate) fn metric(&self) -> Metric {
        Metric {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            dimensions: self.dimensions.clone(),
        }
    }
}

/// What identifies a metric in CloudWatch: namespace, name and all dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, String>,
}

impl Metric {
    /// The metric with these dimensions, given as pairs of name and value.
    pub fn new(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| ((*name).into(), (*value).into());
        Self {
            namespace: namespace.into(),
            name: name.into(),
            dimensions: dimensions.iter().map(pair).collect(),
        }
    }
}

/// Aggregate of all values within one second, or one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aggregate {
    sum: f64,
    count: f64,
    minimum: f64,
    maximum: f64,
}

impl Aggregate {
    fn of(value: f64) -> Self {
        Self { sum: value, count: 1.0, minimum: value, maximum: value }
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
    }

    /// The statistic with this name; `None` if the stand-in does not support it.
    pub(crate) fn statistic(self, name: &str) -> Option<f64> {
        match name {
            "Sum" => Some(self.sum),
            "Average" => Some(self.sum / self.count),
            "Minimum" => Some(self.minimum),
            "Maximum" => Some(self.maximum),
            "SampleCount" => Some(self.count),
            _ => None,
        }
    }
}

/// All metrics with their values by second since 1970.
#[derive(Debug, Default)]
pub(crate) struct MetricStore(HashMap<Metric, BTreeMap<i64, Aggregate>>);

impl MetricStore {
    /// Stores a value. The time is truncated to the second.
    pub(crate) fn put(&mut self, metric: Metric, at: SystemTime, value: f64) {
        let value = Aggregate::of(value);
        let seconds = self.0.entry(metric).or_default();
        seconds.entry(epoch_second(at)).and_modify(|stored| stored.merge(value)).or_insert(value);
    }

    /// The periods of `period` seconds with values in `range` (seconds since 1970), oldest first,
    /// each with its start.
    pub(crate) fn periods(
        &self,
        metric: &Metric,
        range: Range<i64>,
        period: i64,
    ) -> Vec<(i64, Aggregate)> {
        let Some(seconds) = self.0.get(metric) else { return Vec::new() };
        let mut periods: BTreeMap<i64, Aggregate> = BTreeMap::new();
        // The service rounds the start down to a whole period. A range of no length has no values.
        let start = (range.start.div_euclid(period) * period).min(range.end);
        for (second, value) in seconds.range(start..range.end) {
            let slot = second.div_euclid(period) * period;
            periods.entry(slot).and_modify(|sum| sum.merge(*value)).or_insert(*value);
        }
        periods.into_iter().collect()
    }

    /// The metrics that have values, sorted.
    pub(crate) fn metrics(&self) -> Vec<&Metric> {
        let mut metrics: Vec<_> = self.0.keys().collect();
        metrics.sort();
        metrics
    }

    /// Deletes all values.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whole seconds since 1970; 0 for earlier times.
pub(crate) fn epoch_second(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
