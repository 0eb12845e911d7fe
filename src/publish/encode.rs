//! A datapoint as PutMetricData takes it. Pure.

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, MetricDatum, StandardUnit},
};

use crate::{
    datapoint::{Datapoint, dimensions},
    feed::FeedKey,
};

/// Samples are seconds apart, and CloudWatch keeps such datapoints only as high resolution, which
/// is 1 (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>).
/// It costs nothing extra.
const HIGH_RESOLUTION: i32 = 1;

/// The datapoint as PutMetricData takes it.
#[must_use]
pub fn encode(point: &Datapoint) -> MetricDatum {
    MetricDatum::builder()
        .metric_name(point.metric.name())
        .set_dimensions(point.feed.as_ref().map(feed_dimensions))
        .timestamp(DateTime::from(point.slot))
        .value(point.value)
        .unit(StandardUnit::None)
        .storage_resolution(HIGH_RESOLUTION)
        .build()
}

/// The dimensions of what describes a feed, or a channel.
#[must_use]
pub fn feed_dimensions(feed: &FeedKey) -> Vec<Dimension> {
    dimensions(feed)
        .map(|(name, value)| Dimension::builder().name(name).value(value).build())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::{feed::Pipeline, metric::Metric};

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
    fn a_datapoint_of_both_pipelines_carries_the_channel_only() {
        let point = Datapoint {
            metric: Metric::MismatchSeconds,
            feed: Some(FeedKey::new("1234567", Pipeline::Both)),
            slot: SystemTime::UNIX_EPOCH,
            value: 150.0,
        };
        let channel = Dimension::builder().name("ChannelId").value("1234567").build();
        assert_eq!(encode(&point).dimensions, Some(vec![channel]));
    }

    #[test]
    fn a_fleet_datapoint_has_no_dimensions() {
        let point = Datapoint {
            metric: Metric::WatchedFeeds,
            feed: None,
            slot: SystemTime::UNIX_EPOCH,
            value: 40.0,
        };
        assert_eq!(encode(&point).dimensions, None);
    }
}
