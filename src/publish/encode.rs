//! A datapoint, and what it looks like to CloudWatch. Pure.

use std::time::SystemTime;

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, MetricDatum, StandardUnit},
};

use crate::{feed::FeedKey, metric::Metric};

/// Samples are seconds apart, and CloudWatch keeps such points only when told so: 1 is high resolution
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>). It costs nothing extra.
const HIGH_RESOLUTION: i32 = 1;

/// One value of one metric at one slot. A gauge: the same one twice is the same one.
#[derive(Clone, Debug, PartialEq)]
pub struct Datapoint {
    /// Which metric.
    pub metric: Metric,
    /// The feed it is about; none for the fleet.
    pub feed: Option<FeedKey>,
    /// The slot that it belongs to.
    pub slot: SystemTime,
    /// The value, finite.
    pub value: f64,
}

/// The datapoint as PutMetricData takes it.
#[must_use]
pub fn encode(point: &Datapoint) -> MetricDatum {
    let dimensions = point.feed.as_ref().map(|feed| {
        vec![
            Dimension::builder().name("ChannelId").value(&*feed.channel_id).build(),
            Dimension::builder().name("Pipeline").value(feed.pipeline.as_str()).build(),
        ]
    });
    MetricDatum::builder()
        .metric_name(point.metric.name())
        .set_dimensions(dimensions)
        .timestamp(DateTime::from(point.slot))
        .value(point.value)
        .unit(StandardUnit::None)
        .storage_resolution(HIGH_RESOLUTION)
        .build()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::feed::Pipeline;

    #[test]
    fn a_feeds_datapoint_carries_its_two_dimensions_and_the_slot() {
        let point = Datapoint {
            metric: Metric::ImageProperties,
            feed: Some(FeedKey::new("1234567", Pipeline::One)),
            slot: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_010),
            value: 0.0,
        };
        let expected = MetricDatum::builder()
            .metric_name("ImageProperties")
            .dimensions(Dimension::builder().name("ChannelId").value("1234567").build())
            .dimensions(Dimension::builder().name("Pipeline").value("1").build())
            .timestamp(DateTime::from_secs(1_700_000_010))
            .value(0.0)
            .unit(StandardUnit::None)
            .storage_resolution(1)
            .build();
        assert_eq!(encode(&point), expected);
    }

    #[test]
    fn a_fleet_datapoint_has_no_dimensions() {
        let point =
            Datapoint { metric: Metric::WatchedFeeds, feed: None, slot: SystemTime::UNIX_EPOCH, value: 40.0 };
        assert_eq!(encode(&point).dimensions, None);
    }
}
