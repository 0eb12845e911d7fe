//! The six operations that monitor and multiviewer call, each with the share of its quota that a
//! function may use.

use std::num::NonZeroU32;

use super::{
    bucket::Bucket,
    clients::Clients,
    connections::Connections,
    error::ApiName,
    service::{CallCounts, Service},
};

/// ListChannels calls a second. MediaLive's general quota is 5 in the older and 20 in the newest
/// documentation, not adjustable, and shared with every other caller in the account
/// (<https://docs.aws.amazon.com/medialive/latest/ug/limits-api.html>).
pub const LIST_CHANNELS_TPS: NonZeroU32 = NonZeroU32::new(4).unwrap();

/// PutMetricData calls a second, of 500 that an account may make
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>).
pub const PUT_METRIC_DATA_TPS: NonZeroU32 = NonZeroU32::new(50).unwrap();

/// The monitor's GetMetricData calls a second, of 50 that an account may make (same page). The
/// multiviewer may make 10 more, and dashboards and other tools use the rest.
pub const GET_METRIC_DATA_TPS: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// PutEvents calls a second, of 400 that an account may make in the smaller Regions and 10,000 in
/// the larger ones (<https://docs.aws.amazon.com/general/latest/gr/ev.html>). The incidents of
/// 1,000 feeds are 101 calls.
pub const PUT_EVENTS_TPS: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// Requests a second of each kind to the bucket, of 3,500 that may write to one prefix
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>).
const BUCKET_TPS: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// Calls a second that a function may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallRates {
    /// ListChannels.
    pub list_channels: NonZeroU32,
    /// DescribeThumbnails.
    pub describe_thumbnails: NonZeroU32,
    /// DetectLabels.
    pub detect_labels: NonZeroU32,
    /// PutMetricData.
    pub put_metric_data: NonZeroU32,
    /// GetMetricData.
    pub get_metric_data: NonZeroU32,
    /// PutEvents.
    pub put_events: NonZeroU32,
}

/// The operations of a process.
#[derive(Debug)]
pub struct Operations {
    /// Which channels exist.
    pub list_channels: Service<aws_sdk_medialive::Client>,
    /// The thumbnail of a feed.
    pub describe_thumbnails: Service<aws_sdk_medialive::Client>,
    /// The quality numbers of a picture.
    pub detect_labels: Service<aws_sdk_rekognition::Client>,
    /// Publishes datapoints.
    pub put_metric_data: Service<aws_sdk_cloudwatch::Client>,
    /// Reads durations back.
    pub get_metric_data: Service<aws_sdk_cloudwatch::Client>,
    /// Announces incidents.
    pub put_events: Service<aws_sdk_eventbridge::Client>,
    /// The bucket with the pictures of incidents, if there is one. Its attempts are not among those
    /// that the metrics count.
    pub bucket: Option<BucketOperations>,
    /// The connections of all of them.
    pub connections: Connections,
}

/// The requests to the bucket with the pictures of incidents.
#[derive(Debug)]
pub struct BucketOperations {
    /// Stores a picture.
    pub put_object: Service<Bucket>,
    /// Reads a picture.
    pub get_object: Service<Bucket>,
    /// Lists the keys.
    pub list_objects: Service<Bucket>,
}

impl BucketOperations {
    /// The requests to this bucket.
    #[must_use]
    pub fn new(bucket: &Bucket) -> Self {
        let service = |api| Service::new(bucket.clone(), api, BUCKET_TPS);
        Self {
            put_object: service(ApiName::PutObject),
            get_object: service(ApiName::GetObject),
            list_objects: service(ApiName::ListObjectsV2),
        }
    }
}

impl Operations {
    /// The operations over these clients, within these rates.
    #[must_use]
    pub fn new(clients: Clients, rates: CallRates) -> Self {
        let Clients {
            thumbnails,
            channels,
            rekognition,
            cloudwatch,
            eventbridge,
            bucket,
            connections,
        } = clients;
        Self {
            list_channels: Service::new(channels, ApiName::ListChannels, rates.list_channels),
            describe_thumbnails: Service::new(
                thumbnails,
                ApiName::DescribeThumbnails,
                rates.describe_thumbnails,
            ),
            detect_labels: Service::new(rekognition, ApiName::DetectLabels, rates.detect_labels),
            put_metric_data: Service::new(
                cloudwatch.clone(),
                ApiName::PutMetricData,
                rates.put_metric_data,
            ),
            get_metric_data: Service::new(
                cloudwatch,
                ApiName::GetMetricData,
                rates.get_metric_data,
            ),
            put_events: Service::new(eventbridge, ApiName::PutEvents, rates.put_events),
            bucket: bucket.as_ref().map(BucketOperations::new),
            connections,
        }
    }

    /// What all operations have counted together.
    #[must_use]
    pub fn counts(&self) -> CallCounts {
        self.list_channels.counts()
            + self.describe_thumbnails.counts()
            + self.detect_labels.counts()
            + self.put_metric_data.counts()
            + self.get_metric_data.counts()
            + self.put_events.counts()
    }
}
