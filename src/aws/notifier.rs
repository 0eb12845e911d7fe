//! The clients and operations of the notifier, which is another function with another role: it
//! reads what is known about a few channels and sends messages.

use std::{num::NonZeroU32, time::Duration};

use aws_config::SdkConfig;

use super::{
    body_limit::ResponseBodyLimit,
    clients::{environment, with_client, with_timeout},
    connections::Connections,
    error::ApiName,
    responses::LenientDeserializer,
    service::{CallCounts, Service},
};

/// What is known about a channel is worth waiting for, but not longer: the message is more
/// important.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// A message that takes longer is sent by the next attempt of the invocation.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest response that is read. A channel's description has up to 80 KB, a page of its
/// schedule less.
const MAX_BYTES: usize = 1024 * 1024;

/// Calls a second of each of DescribeChannel, DescribeSchedule and ListAlerts. The three and the
/// monitor's ListChannels share MediaLive's general quota of 5 or 20 a second with a burst of 30 or
/// 40 (<https://docs.aws.amazon.com/medialive/latest/ug/limits-api.html>); one event makes 15 such
/// calls at most, apart from further pages.
const READ_TPS: NonZeroU32 = NonZeroU32::new(3).unwrap();

/// GetMetricData calls a second, of 50 that an account may make. One event makes one.
const GET_METRIC_DATA_TPS: NonZeroU32 = NonZeroU32::new(2).unwrap();

/// Publish calls a second, of both topics together. SNS suspends a mail subscription that gets more
/// than 10 messages a second
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html>), so that two
/// processes at the same time stay within it.
const PUBLISH_TPS: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// The notifier's SDK clients.
#[derive(Clone, Debug)]
pub struct NotifierClients {
    /// MediaLive.
    pub medialive: aws_sdk_medialive::Client,
    /// CloudWatch.
    pub cloudwatch: aws_sdk_cloudwatch::Client,
    /// SNS.
    pub sns: aws_sdk_sns::Client,
    /// The connections of all of them.
    pub connections: Connections,
}

impl NotifierClients {
    /// Clients for the Region and credentials of the environment.
    pub async fn from_env() -> Self {
        Self::new(&environment().await)
    }

    /// Clients that share this configuration, whatever its endpoint.
    #[must_use]
    pub fn new(shared: &SdkConfig) -> Self {
        let connections = Connections::default();
        let reading = with_timeout(shared, READ_TIMEOUT, &connections);
        // A message whose request hangs is not sent on a second connection beside the first: people
        // would get it twice.
        let client = connections.client(PUBLISH_TIMEOUT * 2);
        let sending = with_client(shared, PUBLISH_TIMEOUT, client);
        let limit = ResponseBodyLimit(MAX_BYTES);
        let medialive = aws_sdk_medialive::config::Builder::from(&reading)
            .interceptor(limit)
            .interceptor(LenientDeserializer);
        let cloudwatch = aws_sdk_cloudwatch::config::Builder::from(&reading).interceptor(limit);
        let sns = aws_sdk_sns::config::Builder::from(&sending).interceptor(limit);
        Self {
            medialive: aws_sdk_medialive::Client::from_conf(medialive.build()),
            cloudwatch: aws_sdk_cloudwatch::Client::from_conf(cloudwatch.build()),
            sns: aws_sdk_sns::Client::from_conf(sns.build()),
            connections,
        }
    }
}

/// The operations that the notifier calls, each with its rate limit.
#[derive(Debug)]
pub struct NotifierOperations {
    /// Which input a channel uses.
    pub describe_channel: Service<aws_sdk_medialive::Client>,
    /// The schedule of a channel.
    pub describe_schedule: Service<aws_sdk_medialive::Client>,
    /// The alerts of a channel.
    pub list_alerts: Service<aws_sdk_medialive::Client>,
    /// MediaLive's own metrics.
    pub get_metric_data: Service<aws_sdk_cloudwatch::Client>,
    /// Sends a message.
    pub publish: Service<aws_sdk_sns::Client>,
    /// The connections of all of them.
    pub connections: Connections,
}

impl NotifierOperations {
    /// The operations over these clients.
    #[must_use]
    pub fn new(clients: NotifierClients) -> Self {
        let NotifierClients { medialive, cloudwatch, sns, connections } = clients;
        let reading = |api| Service::new(medialive.clone(), api, READ_TPS);
        Self {
            describe_channel: reading(ApiName::DescribeChannel),
            describe_schedule: reading(ApiName::DescribeSchedule),
            list_alerts: reading(ApiName::ListAlerts),
            get_metric_data: Service::new(cloudwatch, ApiName::GetMetricData, GET_METRIC_DATA_TPS),
            publish: Service::new(sns, ApiName::Publish, PUBLISH_TPS),
            connections,
        }
    }

    /// What all operations have counted together.
    #[must_use]
    pub fn counts(&self) -> CallCounts {
        self.describe_channel.counts()
            + self.describe_schedule.counts()
            + self.list_alerts.counts()
            + self.get_metric_data.counts()
            + self.publish.counts()
    }
}
