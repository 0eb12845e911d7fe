//! Builds the AWS clients: once, at cold start, over one HTTPS stack.

use std::time::Duration;

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_smithy_runtime_api::client::{http::SharedHttpClient, interceptors::SharedInterceptor};

use super::{
    body_limit::ResponseBodyLimit, bucket::Bucket, connections::Connections,
    labels_request::LabelsRequest, lean_requests::LeanRequests, responses::LenientDeserializer,
};

/// Connecting to a service in the same Region takes milliseconds.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A thumbnail lives 2 s (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnails.html>): a
/// response that takes longer carries a picture that has been replaced.
const THUMBNAIL_TIMEOUT: Duration = Duration::from_secs(2);

/// Rekognition rates a picture that is already here, so numbers that arrive late are still right.
const RATING_TIMEOUT: Duration = Duration::from_secs(4);

/// Lists and datapoints concern the whole fleet and are large.
const FLEET_TIMEOUT: Duration = Duration::from_secs(5);

/// The share of an attempt's time-out after which a request on an old connection hangs: a third.
pub(super) const PATIENCE_SHARE: u32 = 3;

/// An event that takes longer is sent again in the next round.
const EVENTS_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest response with a thumbnail that is read. A 480x270 JPEG has 10 to 60 KB, 200 KB at
/// the best quality; base64 adds a third.
const MAX_THUMBNAIL_BYTES: usize = 768 * 1024;

/// The largest page of channels that is read: 100 channels of 80 KB.
const MAX_PAGE_BYTES: usize = 8 * 1024 * 1024;

/// The largest other response that is read. Metric data comes in pages of 500 series of a few
/// points.
const MAX_OTHER_BYTES: usize = 1024 * 1024;

/// The SDK clients of a process.
#[derive(Clone, Debug)]
pub struct Clients {
    /// MediaLive, with time-out and body limit for a thumbnail.
    pub thumbnails: aws_sdk_medialive::Client,
    /// MediaLive, with time-out and body limit for a page of channels.
    pub channels: aws_sdk_medialive::Client,
    /// Rekognition.
    pub rekognition: aws_sdk_rekognition::Client,
    /// CloudWatch.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// EventBridge.
    pub eventbridge: aws_sdk_eventbridge::Client,
    /// The bucket with the pictures of incidents, if there is one.
    pub bucket: Option<Bucket>,
    /// The connections of all of them.
    pub connections: Connections,
}

impl Clients {
    /// Clients for the Region and credentials of the environment, with this bucket if there is one.
    pub async fn from_env(rekognition_region: Option<&str>, bucket: Option<&str>) -> Self {
        let shared = environment().await;
        let clients = Self::new(&shared, rekognition_region);
        match bucket {
            Some(name) => clients.with_bucket(&shared, name),
            None => clients,
        }
    }

    /// The same clients with this bucket for the pictures of incidents.
    #[must_use]
    pub fn with_bucket(mut self, shared: &SdkConfig, name: &str) -> Self {
        self.bucket = Bucket::new(shared, &self.connections, name);
        self
    }

    /// Clients that share this configuration, whatever its endpoint.
    #[must_use]
    pub fn new(shared: &SdkConfig, rekognition_region: Option<&str>) -> Self {
        let connections = Connections::default();
        let with_timeout = |shared, timeout| with_timeout(shared, timeout, &connections);
        let medialive = |timeout, max_bytes| {
            let mut config =
                aws_sdk_medialive::config::Builder::from(&with_timeout(shared, timeout));
            config.push_interceptor(SharedInterceptor::permanent(ResponseBodyLimit(max_bytes)));
            config.push_interceptor(SharedInterceptor::permanent(LenientDeserializer));
            config.push_interceptor(SharedInterceptor::permanent(LeanRequests));
            aws_sdk_medialive::Client::from_conf(config.build())
        };
        let mut rekognition =
            aws_sdk_rekognition::config::Builder::from(&with_timeout(shared, RATING_TIMEOUT));
        if let Some(region) = rekognition_region {
            rekognition = rekognition.region(Region::new(region.to_owned()));
        }
        let other = ResponseBodyLimit(MAX_OTHER_BYTES);
        rekognition.push_interceptor(SharedInterceptor::permanent(other));
        rekognition.push_interceptor(SharedInterceptor::permanent(LeanRequests));
        rekognition.push_interceptor(SharedInterceptor::permanent(LabelsRequest));
        let cloudwatch =
            aws_sdk_cloudwatch::config::Builder::from(&with_timeout(shared, FLEET_TIMEOUT));
        let eventbridge =
            aws_sdk_eventbridge::config::Builder::from(&with_timeout(shared, EVENTS_TIMEOUT));
        Self {
            thumbnails: medialive(THUMBNAIL_TIMEOUT, MAX_THUMBNAIL_BYTES),
            channels: medialive(FLEET_TIMEOUT, MAX_PAGE_BYTES),
            rekognition: aws_sdk_rekognition::Client::from_conf(rekognition.build()),
            cloudwatch: aws_sdk_cloudwatch::Client::from_conf(
                cloudwatch.interceptor(other).build(),
            ),
            eventbridge: aws_sdk_eventbridge::Client::from_conf(
                eventbridge.interceptor(other).build(),
            ),
            bucket: None,
            connections,
        }
    }
}

/// The configuration of the environment: Region, credentials and endpoints.
pub(super) async fn environment() -> SdkConfig {
    let app_name = AppName::new("medialive-source-monitor")
        .unwrap_or_else(|_| unreachable!("a fixed, valid name"));
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(Connections::default().client(FLEET_TIMEOUT))
        .app_name(app_name)
        .load()
        .await
}

/// The shared configuration over these connections, with this time-out for an attempt.
pub(super) fn with_timeout(
    shared: &SdkConfig,
    timeout: Duration,
    connections: &Connections,
) -> SdkConfig {
    with_client(shared, timeout, connections.client(timeout / PATIENCE_SHARE))
}

/// The shared configuration with this HTTP client and this time-out for an attempt.
pub(super) fn with_client(
    shared: &SdkConfig,
    timeout: Duration,
    client: SharedHttpClient,
) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(timeout)
        .build();
    shared
        .to_builder()
        .http_client(client)
        // `Service` makes the attempts, each with a permit of its own.
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        // The attempt's time-out bounds a slow body too, and sooner.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}
