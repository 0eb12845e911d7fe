//! Request quotas: a token bucket for each operation that has one.
//!
//! Pure: the time is an argument. The server rejects a call for which the bucket has no token.

use std::time::Instant;

/// A sustained rate and a burst, as a token bucket enforces them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Sustained calls per second.
    pub per_second: f64,
    /// Calls that can arrive at the same time after a pause.
    pub burst: f64,
}

impl Quota {
    /// MediaLive's API except thumbnails, not adjustable
    /// (<https://docs.aws.amazon.com/medialive/latest/ug/limits-api.html>).
    pub const LIST_CHANNELS: Self = Self { per_second: 5.0, burst: 30.0 };
    /// `MediaLive DescribeThumbnails TPS`, L-63879FB4, adjustable; the burst is not documented.
    pub const DESCRIBE_THUMBNAILS: Self = Self { per_second: 40.0, burst: 40.0 };
    /// `DetectLabels` in the smaller Regions; in us-east-1 it is 50 (L-E29B542B).
    pub const DETECT_LABELS: Self = Self { per_second: 5.0, burst: 5.0 };
    /// `PutMetricData`, L-8BC498D4, adjustable.
    pub const PUT_METRIC_DATA: Self = Self { per_second: 500.0, burst: 500.0 };
    /// `GetMetricData`.
    pub const GET_METRIC_DATA: Self = Self { per_second: 50.0, burst: 50.0 };
    /// `PutEvents` in the smaller Regions, L-9B653E91, adjustable; in us-east-1 it is 10,000. The
    /// burst is not documented.
    pub const PUT_EVENTS: Self = Self { per_second: 400.0, burst: 400.0 };
}

/// The tokens that are left of a quota.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenBucket {
    quota: Quota,
    tokens: f64,
    refilled_at: Instant,
}

impl TokenBucket {
    /// A full bucket.
    pub(crate) fn full(quota: Quota, now: Instant) -> Self {
        Self { quota, tokens: quota.burst, refilled_at: now }
    }

    /// Takes a token; returns `false` if there is none.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let gained =
            now.saturating_duration_since(self.refilled_at).as_secs_f64() * self.quota.per_second;
        self.tokens = (self.tokens + gained).min(self.quota.burst);
        self.refilled_at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}
