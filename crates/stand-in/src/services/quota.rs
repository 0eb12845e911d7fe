//! Quotas: a bucket of tokens for each operation that has one.
//!
//! Pure: the time is an argument. Whoever finds the bucket empty is throttled by the server.

use std::time::Instant;

/// A rate and how much of it may come at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Calls a second, for as long as one likes.
    pub per_second: f64,
    /// Calls at once after a pause.
    pub burst: f64,
}

impl Quota {
    /// MediaLive's API but thumbnails, not adjustable (<https://docs.aws.amazon.com/medialive/latest/ug/limits-api.html>).
    pub const LIST_CHANNELS: Self = Self { per_second: 5.0, burst: 30.0 };
    /// `MediaLive DescribeThumbnails TPS`, L-63879FB4, adjustable; its burst isn't documented.
    pub const DESCRIBE_THUMBNAILS: Self = Self { per_second: 40.0, burst: 40.0 };
    /// `DetectLabels` in the smaller Regions; in us-east-1 it is 50 (L-E29B542B).
    pub const DETECT_LABELS: Self = Self { per_second: 5.0, burst: 5.0 };
    /// `PutMetricData`, L-8BC498D4, adjustable.
    pub const PUT_METRIC_DATA: Self = Self { per_second: 500.0, burst: 500.0 };
    /// `GetMetricData`.
    pub const GET_METRIC_DATA: Self = Self { per_second: 50.0, burst: 50.0 };
}

/// What is left of a quota.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    quota: Quota,
    left: f64,
    filled: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(crate) fn full(quota: Quota, now: Instant) -> Self {
        Self { quota, left: quota.burst, filled: now }
    }

    /// Takes a token; `false` where there is none.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * self.quota.per_second;
        (self.left, self.filled) = ((self.left + gained).min(self.quota.burst), now);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}
