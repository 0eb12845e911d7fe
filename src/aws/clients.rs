//! Builds the AWS clients: once, at cold start, over one HTTPS stack.
//!
//! The seam of the whole project is here: `AWS_ENDPOINT_URL` and its per-service forms send every call elsewhere.

mod bounded;
mod knock;
mod responses;
mod timestamp;

use std::time::Duration;

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use bounded::AnswerOfAtMost;
pub use knock::Services;
use responses::OwnDeserializer;

/// Reaching a service in the same Region takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A picture lives 2 s (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnails.html>): one that takes longer to
/// come is the wrong one.
const PICTURE_TIMEOUT: Duration = Duration::from_secs(2);

/// Rekognition looks at a picture that is already here, and numbers that come late are still right.
const QUALITY_TIMEOUT: Duration = Duration::from_secs(4);

/// Lists and datapoints are for the whole fleet.
const FLEET_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer with a thumbnail that is read. A 480x270 JPEG has 10 to 60 KB, 200 KB at the very best quality; base64
/// adds a third.
const MOST_THUMBNAIL_BYTES: usize = 768 * 1024;

/// The largest page of channels that is read: 100 channels of 80 KB.
const MOST_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// The largest other answer that is read. Metric data comes in pages of 500 series of a few points.
const MOST_OTHER_BYTES: usize = 1024 * 1024;

/// The AWS clients of a process.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Channels and thumbnails; for DescribeThumbnails.
    pub thumbnails: aws_sdk_medialive::Client,
    /// The same service, with a time-out fit for a page of channels.
    pub channels: aws_sdk_medialive::Client,
    /// Quality numbers.
    pub rekognition: aws_sdk_rekognition::Client,
    /// Datapoints.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Clients {
    /// Clients for the Region and credentials of the environment.
    pub async fn from_env(rekognition_region: Option<&str>) -> Self {
        let https = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
        let shared = aws_config::defaults(BehaviorVersion::latest())
            .http_client(https)
            .app_name(
                AppName::new("medialive-source-monitor")
                    .unwrap_or_else(|_| unreachable!("a fixed, valid name")),
            )
            .load()
            .await;
        Self::new(&shared, rekognition_region)
    }

    /// Clients that share this configuration, whatever its endpoint.
    #[must_use]
    pub fn new(shared: &SdkConfig, rekognition_region: Option<&str>) -> Self {
        let medialive = |answers_within, most_bytes| {
            let config = aws_sdk_medialive::config::Builder::from(&timed(shared, answers_within));
            let config = config.interceptor(AnswerOfAtMost(most_bytes)).interceptor(OwnDeserializer);
            aws_sdk_medialive::Client::from_conf(config.build())
        };
        let mut rekognition = aws_sdk_rekognition::config::Builder::from(&timed(shared, QUALITY_TIMEOUT));
        if let Some(region) = rekognition_region {
            rekognition = rekognition.region(Region::new(region.to_owned()));
        }
        let cloudwatch = aws_sdk_cloudwatch::config::Builder::from(&timed(shared, FLEET_TIMEOUT));
        let other = AnswerOfAtMost(MOST_OTHER_BYTES);
        Self {
            thumbnails: medialive(PICTURE_TIMEOUT, MOST_THUMBNAIL_BYTES),
            channels: medialive(FLEET_TIMEOUT, MOST_PAGE_BYTES),
            rekognition: aws_sdk_rekognition::Client::from_conf(rekognition.interceptor(other).build()),
            cloudwatch: aws_sdk_cloudwatch::Client::from_conf(cloudwatch.interceptor(other).build()),
        }
    }
}

/// The shared configuration for a client whose answers come within this time.
fn timed(shared: &SdkConfig, answers_within: Duration) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(answers_within)
        .build();
    shared
        .to_builder()
        // Attempts are made in `calls`, each in its turn.
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        // The attempt's time-out bounds a slow body too, and sooner.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}
