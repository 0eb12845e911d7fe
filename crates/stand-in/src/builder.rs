//! The script of a stand-in before it starts.

use std::{
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::{
    StandIn,
    faults::fault::Fault,
    lock,
    pictures::playout::Pace,
    server::listener::Server,
    services::{channel::Channel, date_format::DateFormat, metric_store::Metric, quota::Quota},
    state::AwsState,
    wire::api::Api,
};

/// A script: channels, faults and the services' behaviour.
#[derive(Debug, Default)]
pub struct Builder {
    aws: AwsState,
    port: u16,
}

impl Builder {
    /// Adds a channel.
    pub fn channel(self, channel: Channel) -> Self {
        self.aws.add_channel(channel);
        self
    }

    /// Adds channels.
    pub fn channels(self, channels: impl IntoIterator<Item = Channel>) -> Self {
        for channel in channels {
            self.aws.add_channel(channel);
        }
        self
    }

    /// Adds a fault.
    pub fn fault(self, fault: Fault) -> Self {
        self.aws.fault(fault);
        self
    }

    /// Delays every response of this operation by this much. By default there is no delay.
    pub fn latency(self, api: Api, latency: Duration) -> Self {
        self.aws.set_latency(api, latency);
        self
    }

    /// Throttles calls beyond this quota. By default there is no quota.
    pub fn quota(self, api: Api, quota: Quota) -> Self {
        self.aws.set_quota(api, Some(quota));
        self
    }

    /// Most channels on a page of ListChannels; a caller can request fewer. 20 by default.
    pub fn page_size(self, size: usize) -> Self {
        self.aws.set_page_size(size);
        self
    }

    /// Most datapoints on a page of GetMetricData. 100,800 by default, the service's own limit.
    pub fn datapoints_per_page(self, datapoints: usize) -> Self {
        self.aws.set_datapoints_per_page(datapoints);
        self
    }

    /// The date format of the channels that have none of their own. [`DateFormat::NoZone`] by
    /// default.
    pub fn date_format(self, format: DateFormat) -> Self {
        self.aws.set_date_format(format);
        self
    }

    /// When the next still replaces the current one. Every 2 s by the wall clock by default.
    pub fn pace(self, pace: Pace) -> Self {
        self.aws.set_pace(pace);
        self
    }

    /// Stores a datapoint in CloudWatch as if an earlier call had put it.
    pub fn history(self, metric: Metric, at: SystemTime, value: f64) -> Self {
        self.aws.add_history(metric, at, value);
        self
    }

    /// For load tests: the call log keeps counts only, and CloudWatch stores no datapoints.
    pub fn counters_only(self) -> Self {
        lock(&self.aws.call_log).counters_only = true;
        self
    }

    /// Listens on this port. By default on any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the stand-in.
    ///
    /// # Panics
    ///
    /// Panics if the port is not available.
    pub fn start(self) -> StandIn {
        self.try_start().expect("the stand-in listens on a loopback port")
    }

    /// Starts the stand-in.
    ///
    /// # Errors
    ///
    /// Fails if the port is not available or the server's threads cannot be started.
    pub fn try_start(self) -> io::Result<StandIn> {
        let aws = Arc::new(self.aws);
        Ok(StandIn { server: Server::start(aws.clone(), self.port)?, aws })
    }
}
