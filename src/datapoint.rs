//! A datapoint: one value of one metric at one slot. Pure; `publish` encodes and sends it.

use std::time::SystemTime;

use crate::{feed::FeedKey, metric::Metric};

/// One value of one metric at one slot. It is a gauge: published twice, it is the same datapoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Datapoint {
    /// The metric.
    pub metric: Metric,
    /// The feed that it describes; `None` for the fleet.
    pub feed: Option<FeedKey>,
    /// The slot, which is its time stamp.
    pub slot: SystemTime,
    /// The value, finite.
    pub value: f64,
}
