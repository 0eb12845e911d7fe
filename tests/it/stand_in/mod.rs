//! The stand-in itself, asked by the real SDK clients: if these pass, what the other tests see is what AWS would send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::float_cmp,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "CloudWatch takes the stamps of today")]


mod channels;

mod faults;

mod labels;

mod metrics;

mod thumbnails;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::error::SdkError;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use aws_sdk_rekognition::types::{DetectLabelsFeatureName, Image};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use aws_stand_in::{Builder, DateForm, Quality, StandIn};

/// A client of one SDK crate: no retries, so that one call is one call.
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

/// A script with dates that the SDK can read.
fn builder() -> Builder {
    StandIn::builder().dates(DateForm::Zoned)
}

fn medialive(aws: &StandIn) -> aws_sdk_medialive::Client {
    client!(aws_sdk_medialive, aws)
}

fn rekognition(aws: &StandIn) -> aws_sdk_rekognition::Client {
    client!(aws_sdk_rekognition, aws)
}

fn cloudwatch(aws: &StandIn) -> aws_sdk_cloudwatch::Client {
    client!(aws_sdk_cloudwatch, aws)
}

/// A thumbnail as a caller gets it.
struct Thumbnail {
    jpeg: Vec<u8>,
    stamp: Option<f64>,
}

type ThumbnailError = aws_sdk_medialive::error::SdkError<
    aws_sdk_medialive::operation::describe_thumbnails::DescribeThumbnailsError,
>;

async fn try_thumbnail(
    aws: &StandIn,
    channel: &str,
    pipeline: &str,
) -> Result<Option<Thumbnail>, ThumbnailError> {
    let answer = medialive(aws)
        .describe_thumbnails()
        .channel_id(channel)
        .pipeline_id(pipeline)
        .thumbnail_type("CURRENT_ACTIVE")
        .send()
        .await?;
    let Some(detail) = answer.thumbnail_details().first() else { return Ok(None) };
    assert_eq!(detail.pipeline_id(), Some(pipeline));
    let thumbnail = &detail.thumbnails()[0];
    assert_eq!(thumbnail.content_type(), Some("image/jpeg"));
    Ok(Some(Thumbnail {
        jpeg: STANDARD.decode(thumbnail.body().unwrap()).unwrap(),
        stamp: thumbnail.time_stamp().map(DateTime::as_secs_f64),
    }))
}

async fn thumbnail(aws: &StandIn, channel: &str) -> Thumbnail {
    try_thumbnail(aws, channel, "0").await.unwrap().unwrap()
}

async fn error_of_thumbnail(aws: &StandIn, channel: &str) -> ThumbnailError {
    try_thumbnail(aws, channel, "0").await.map(|_| ()).unwrap_err()
}

type LabelsError =
    aws_sdk_rekognition::error::SdkError<aws_sdk_rekognition::operation::detect_labels::DetectLabelsError>;

async fn look(aws: &StandIn, jpeg: Vec<u8>) -> Result<Quality, LabelsError> {
    let answer = rekognition(aws)
        .detect_labels()
        .image(Image::builder().bytes(jpeg.into()).build())
        .features(DetectLabelsFeatureName::ImageProperties)
        .send()
        .await?;
    let properties = answer.image_properties().unwrap();
    let colours = properties.dominant_colors();
    assert!(!colours.is_empty() && colours.len() <= 10);
    assert!(colours.iter().all(|c| c.hex_code().unwrap().len() == 7 && c.pixel_percent().unwrap() > 0.0));
    let quality = properties.quality().unwrap();
    Ok(Quality {
        brightness: quality.brightness().unwrap(),
        sharpness: quality.sharpness().unwrap(),
        contrast: quality.contrast().unwrap(),
    })
}

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

type PutError = SdkError<aws_sdk_cloudwatch::operation::put_metric_data::PutMetricDataError>;

async fn put(aws: &StandIn, data: Vec<MetricDatum>) -> Result<(), PutError> {
    let call = cloudwatch(aws).put_metric_data().namespace("Tests").set_metric_data(Some(data));
    call.send().await.map(|_| ())
}

/// The current time, to the second.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

const SECOND: Duration = Duration::from_secs(1);

fn decode(jpeg: &[u8]) -> Vec<u8> {
    use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode().unwrap()
}

/// 80x45 means of the green channel.
fn grid(jpeg: &[u8]) -> Vec<u8> {
    let rgb = decode(jpeg);
    let cell = |n: usize| {
        let (left, top) = (n % 80 * 6, n / 80 * 6);
        let sum: usize =
            (0..36).map(|p| usize::from(rgb[((top + p / 6) * 480 + left + p % 6) * 3 + 1])).sum();
        u8::try_from(sum / 36).unwrap()
    };
    (0..80 * 45).map(cell).collect()
}

fn largest_change(one: &[u8], other: &[u8]) -> u8 {
    one.iter().zip(other).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}
