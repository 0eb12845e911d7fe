//! The stand-in itself, called by the SDK's clients: what these tests receive is what the other
//! tests receive.

mod channels;
mod thumbnails;
mod labels;
mod metrics;
mod events;
mod channel_details;
mod messages;
mod scripted_failures;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::{
    error::SdkError,
    operation::put_metric_data::PutMetricDataError,
    primitives::DateTime,
    types::{Dimension, MetricDatum, StandardUnit},
};
use aws_sdk_medialive::operation::describe_thumbnails::DescribeThumbnailsError;
use aws_sdk_rekognition::{
    operation::detect_labels::DetectLabelsError,
    types::{DetectLabelsFeatureName, Image},
};
use aws_stand_in::{Builder, DateFormat, Quality, StandIn};
use base64::{Engine, engine::general_purpose::STANDARD};

const SECOND: Duration = Duration::from_secs(1);

/// A client of one SDK crate, without retries, so that one call is one request.
macro_rules! client {
    ($sdk:ident, $aws:expr) => {
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new("eu-central-1"))
                .credentials_provider($sdk::config::Credentials::new(
                    "AKIDEXAMPLE",
                    "secret",
                    None,
                    None,
                    "test",
                ))
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .timeout_config(
                    $sdk::config::timeout::TimeoutConfig::builder()
                        .operation_timeout(Duration::from_secs(30))
                        .build(),
                )
                .http_client(aws_smithy_http_client::Builder::new().build_http())
                .endpoint_url($aws.endpoint())
                .build(),
        )
    };
}

/// A script whose dates the SDK can parse.
fn builder() -> Builder {
    StandIn::builder().date_format(DateFormat::Zoned)
}

fn medialive(aws: &StandIn) -> aws_sdk_medialive::Client {
    client!(aws_sdk_medialive, aws)
}

fn rekognition(aws: &StandIn) -> aws_sdk_rekognition::Client {
    client!(aws_sdk_rekognition, aws)
}

fn eventbridge(aws: &StandIn) -> aws_sdk_eventbridge::Client {
    client!(aws_sdk_eventbridge, aws)
}

fn sns(aws: &StandIn) -> aws_sdk_sns::Client {
    client!(aws_sdk_sns, aws)
}

fn cloudwatch(aws: &StandIn) -> aws_sdk_cloudwatch::Client {
    client!(aws_sdk_cloudwatch, aws)
}

/// A thumbnail as a caller receives it.
struct Thumbnail {
    jpeg: Vec<u8>,
    /// Seconds since 1970.
    time_stamp: Option<f64>,
}

type ThumbnailError = SdkError<DescribeThumbnailsError>;

async fn try_thumbnail(
    aws: &StandIn,
    channel: &str,
    pipeline: &str,
) -> Result<Option<Thumbnail>, ThumbnailError> {
    let response = medialive(aws)
        .describe_thumbnails()
        .channel_id(channel)
        .pipeline_id(pipeline)
        .thumbnail_type("CURRENT_ACTIVE")
        .send()
        .await?;
    let Some(detail) = response.thumbnail_details().first() else { return Ok(None) };
    assert_eq!(detail.pipeline_id(), Some(pipeline));
    let thumbnail = &detail.thumbnails()[0];
    assert_eq!(thumbnail.content_type(), Some("image/jpeg"));
    Ok(Some(Thumbnail {
        jpeg: STANDARD.decode(thumbnail.body().unwrap()).unwrap(),
        time_stamp: thumbnail.time_stamp().map(DateTime::as_secs_f64),
    }))
}

/// The thumbnail of pipeline 0.
async fn thumbnail(aws: &StandIn, channel: &str) -> Thumbnail {
    try_thumbnail(aws, channel, "0").await.unwrap().unwrap()
}

/// The error of a call for a thumbnail that has to fail.
async fn thumbnail_error(aws: &StandIn, channel: &str, pipeline: &str) -> ThumbnailError {
    try_thumbnail(aws, channel, pipeline).await.map(|_| ()).unwrap_err()
}

async fn detect_labels(
    aws: &StandIn,
    jpeg: Vec<u8>,
) -> Result<Quality, SdkError<DetectLabelsError>> {
    let response = rekognition(aws)
        .detect_labels()
        .image(Image::builder().bytes(jpeg.into()).build())
        .features(DetectLabelsFeatureName::ImageProperties)
        .send()
        .await?;
    let properties = response.image_properties().unwrap();
    let colours = properties.dominant_colors();
    assert!(!colours.is_empty() && colours.len() <= 10);
    assert!(
        colours
            .iter()
            .all(|c| c.hex_code().unwrap().len() == 7 && c.pixel_percent().unwrap() > 0.0)
    );
    let quality = properties.quality().unwrap();
    Ok(Quality {
        brightness: quality.brightness().unwrap(),
        sharpness: quality.sharpness().unwrap(),
        contrast: quality.contrast().unwrap(),
    })
}

/// A datapoint of pipeline 0.
fn datum(channel: &str, metric: &str, at: SystemTime, value: f64) -> MetricDatum {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    MetricDatum::builder()
        .metric_name(metric)
        .dimensions(dimension("ChannelId", channel))
        .dimensions(dimension("Pipeline", "0"))
        .timestamp(DateTime::from(at))
        .value(value)
        .unit(StandardUnit::None)
        .storage_resolution(1)
        .build()
}

async fn put(aws: &StandIn, data: Vec<MetricDatum>) -> Result<(), SdkError<PutMetricDataError>> {
    cloudwatch(aws).put_metric_data().namespace("Tests").set_metric_data(Some(data)).send().await?;
    Ok(())
}

/// The current time, truncated to the second.
fn now() -> SystemTime {
    UNIX_EPOCH
        + Duration::from_secs(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}
