//! A datapoint: one value of one metric at one slot. Pure; `publish` encodes and sends it.

use std::time::SystemTime;

use crate::{
    feed::{FeedKey, Pipeline},
    metric::{CHANNEL_DIMENSIONS, FEED_DIMENSIONS, Metric},
};

/// One value of one metric at one slot. It is a gauge: published twice, it is the same datapoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Datapoint {
    /// The metric.
    pub metric: Metric,
    /// The feed, or both feeds of a channel, that it describes; `None` for the fleet.
    pub feed: Option<FeedKey>,
    /// The slot, which is its time stamp.
    pub slot: SystemTime,
    /// The value, finite.
    pub value: f64,
}

/// Names and values of the dimensions of what describes a feed, or a channel.
pub fn dimensions(feed: &FeedKey) -> impl Iterator<Item = (&'static str, &str)> {
    let names = match feed.pipeline {
        Pipeline::Both => &CHANNEL_DIMENSIONS[..],
        Pipeline::Zero | Pipeline::One => &FEED_DIMENSIONS[..],
    };
    names.iter().copied().zip([&*feed.channel_id, feed.pipeline.as_str()])
}
