//! How the services behave in general: pace, formats, page sizes, latencies and quotas.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{
    pictures::playout::{Pace, THUMBNAIL_PERIOD},
    services::{
        date_format::DateFormat,
        get_metric_data::MAX_DATAPOINTS,
        quota::{Quota, TokenBucket},
    },
    wire::api::Api,
};

/// Channels on a page of ListChannels by default. AWS does not document a number.
const DEFAULT_PAGE_SIZE: usize = 20;

/// The settings that are not those of one channel.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    pub(crate) pace: Pace,
    pub(crate) date_format: DateFormat,
    /// Most channels on a page of ListChannels.
    pub(crate) page_size: usize,
    /// The largest page of channels that a caller may ask for.
    pub(crate) largest_page: usize,
    /// Most datapoints on a page of GetMetricData.
    pub(crate) datapoints_per_page: usize,
    latencies: HashMap<Api, Duration>,
    quotas: HashMap<Api, TokenBucket>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            pace: Pace::WallClock(THUMBNAIL_PERIOD),
            date_format: DateFormat::default(),
            page_size: DEFAULT_PAGE_SIZE,
            largest_page: usize::MAX,
            datapoints_per_page: MAX_DATAPOINTS,
            latencies: HashMap::new(),
            quotas: HashMap::new(),
        }
    }
}

impl Behaviour {
    pub(crate) fn set_latency(&mut self, api: Api, latency: Duration) {
        self.latencies.insert(api, latency);
    }

    pub(crate) fn latency(&self, api: Api) -> Duration {
        self.latencies.get(&api).copied().unwrap_or_default()
    }

    pub(crate) fn set_quota(&mut self, api: Api, quota: Option<Quota>) {
        match quota {
            Some(quota) => self.quotas.insert(api, TokenBucket::full(quota, Instant::now())),
            None => self.quotas.remove(&api),
        };
    }

    /// Counts a call against the operation's quota; returns `false` if the quota is exceeded.
    pub(crate) fn admits(&mut self, api: Api, now: Instant) -> bool {
        match self.quotas.get_mut(&api) {
            Some(bucket) => bucket.take(now),
            None => true,
        }
    }
}
