//! The settings: the environment in, typed values out, once, at cold start. Nobody else reads a variable.
//!
//! Strict: a value that can't be used stops the monitor with a message that names all such values. SemVer covers
//! the names, defaults and ranges.

mod read;
#[cfg(test)]
mod tests;

use std::{num::NonZeroU32, time::Duration};

pub(crate) use read::whole;
pub use read::{Faults, from_map};

use crate::{judge::Limits, metric::Metric};

/// How often Rekognition is asked for one feed. It is the bill: $0.00075 a picture
/// (<https://aws.amazon.com/rekognition/pricing/>, us-east-1, the first million a month).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RekognitionUse {
    /// Each sample: $194.40 a feed and month at 10 s.
    EverySample,
    /// At most once in this time: $32.40 a feed and month at 60 s.
    Interval(Duration),
    /// Not at all: pixels decide everything that they can.
    Never,
}

/// What a sampling interval and a schedule period may be, in seconds.
///
/// A thumbnail is renewed every 2 s, so a shorter interval would see the same one again
/// (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnails.html>); an invocation lasts at most 900 s
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>), less a minute of reserve.
const INTERVAL_RANGE: std::ops::RangeInclusive<u64> = 2..=60;
const PERIOD_RANGE: std::ops::RangeInclusive<u64> = 2..=840;

/// Calls a second that an operator can have been given; the account's own quota is not known here.
const TPS_RANGE: std::ops::RangeInclusive<u64> = 1..=10_000;

/// A set or clear time, in seconds: up to a day.
pub(crate) const AFTER_RANGE: std::ops::RangeInclusive<u64> = 1..=86_400;

/// Feeds under way at once. Each holds a thumbnail three times over while it is sent on (about 0.2 MB).
const CONCURRENCY_RANGE: std::ops::RangeInclusive<u64> = 1..=1_000;

/// Everything that an operator can set.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `METRIC_NAMESPACE`: where the metrics go.
    pub namespace: String,
    /// `DETECTION_INTERVAL`: from one look at a feed to the next.
    pub interval: Duration,
    /// `SCHEDULE_PERIOD`: how much time one invocation covers.
    pub period: Duration,
    /// `ENABLE_DEBUG`: log each sample.
    pub debug: bool,
    /// `AWS_LAMBDA_LOG_LEVEL`: the lowest level that is logged.
    pub log_level: tracing::Level,
    /// `REKOGNITION_INTERVAL`: how often Rekognition is asked for one feed.
    pub rekognition: RekognitionUse,
    /// `REKOGNITION_REGION`: where Rekognition is asked, if not where the function runs.
    pub rekognition_region: Option<String>,
    /// `THUMBNAIL_TPS`: DescribeThumbnails calls a second.
    pub thumbnail_tps: NonZeroU32,
    /// `REKOGNITION_TPS`: DetectLabels calls a second.
    pub rekognition_tps: NonZeroU32,
    /// `CONCURRENT_FEEDS`: how many feeds are looked at at once.
    pub concurrent_feeds: usize,
    /// `FEED_METRICS`: which per-feed metrics are published, each $0.30 a feed and month.
    pub feed_metrics: Vec<Metric>,
    /// `FROZEN_AFTER`, `BLACK_AFTER`, `BARS_AFTER`, `FLAT_AFTER`, `NO_PICTURE_AFTER`, `CLEAR_AFTER` and `START_GRACE`.
    pub limits: Limits,
    /// `INCLUDE_TAGS`: with any, only channels that carry one of these are watched.
    pub include_tags: Vec<(String, String)>,
    /// `EXCLUDE_TAGS`: channels that carry one of these are not watched.
    pub exclude_tags: Vec<(String, String)>,
}

impl Settings {
    /// The settings of this process.
    ///
    /// # Errors
    /// All variables that can't be used, in one message.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, Faults> {
        Self::read(|name| std::env::var_os(name).map(|held| held.to_string_lossy().into_owned()))
    }

    /// The durations among the per-feed metrics that are published.
    #[must_use]
    pub fn fault_metrics(&self) -> Vec<Metric> {
        self.feed_metrics.iter().copied().filter(|&metric| metric.fault().is_some()).collect()
    }

    /// The settings in these variables.
    ///
    /// # Errors
    /// All variables that can't be used, in one message.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        const fn rate(tps: u32) -> NonZeroU32 {
            match NonZeroU32::new(tps) {
                Some(tps) => tps,
                None => NonZeroU32::MIN,
            }
        }
        let mut from = read::Reader::new(lookup);
        let interval = from.seconds("DETECTION_INTERVAL", 10, INTERVAL_RANGE);
        let region = from.text("REKOGNITION_REGION", "", "a Region such as eu-west-1", is_region);
        let settings = Self {
            namespace: from.text("METRIC_NAMESPACE", "EmlRekognitionWatcher", NAMESPACE_TAKES, is_namespace),
            interval,
            period: from.seconds("SCHEDULE_PERIOD", 60, PERIOD_RANGE),
            debug: from.switch("ENABLE_DEBUG", false),
            log_level: log_level(&mut from),
            rekognition: from.every("REKOGNITION_INTERVAL", 1..=86_400),
            rekognition_region: (!region.is_empty()).then_some(region),
            thumbnail_tps: from.rate("THUMBNAIL_TPS", rate(20), TPS_RANGE),
            rekognition_tps: from.rate("REKOGNITION_TPS", rate(5), TPS_RANGE),
            concurrent_feeds: from.rate("CONCURRENT_FEEDS", rate(32), CONCURRENCY_RANGE).get() as usize,
            feed_metrics: from.list("FEED_METRICS", &Metric::DEFAULT, feed_metrics_take, Metric::of_feed),
            limits: limits(&mut from, interval),
            include_tags: from.pairs("INCLUDE_TAGS"),
            exclude_tags: from.pairs("EXCLUDE_TAGS"),
        };
        from.finish(settings)
    }
}

/// The set and clear times. What their defaults are like elsewhere: `MediaConnect` raises after 10-60 s, 30 by default.
fn limits<F: Fn(&str) -> Option<String>>(from: &mut read::Reader<F>, interval: Duration) -> Limits {
    Limits {
        frozen_after: from.seconds("FROZEN_AFTER", 30, AFTER_RANGE),
        black_after: from.seconds("BLACK_AFTER", 10, AFTER_RANGE),
        bars_after: from.seconds("BARS_AFTER", 20, AFTER_RANGE),
        flat_after: from.seconds("FLAT_AFTER", 20, AFTER_RANGE),
        no_picture_after: from.seconds("NO_PICTURE_AFTER", 60, AFTER_RANGE),
        clear_after: from.seconds("CLEAR_AFTER", 10, AFTER_RANGE),
        start_grace: from.seconds("START_GRACE", 60, 0..=*AFTER_RANGE.end()),
        longest_gap: Limits::gap_for(interval),
        ..Limits::default()
    }
}

fn feed_metrics_take() -> String {
    let names: Vec<_> = Metric::feed_metrics().map(Metric::name).collect();
    format!("a list with commas of {}", names.join(", "))
}

/// CloudWatch's rule (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>).
const NAMESPACE_TAKES: &str =
    "1 to 255 of the characters A-Z a-z 0-9 . - _ / # : not beginning with AWS/ or a colon";

fn is_namespace(held: &str) -> bool {
    (1..=255).contains(&held.len())
        && !held.starts_with("AWS/")
        && !held.starts_with(':')
        && held.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/#:".contains(&byte))
}

fn is_region(held: &str) -> bool {
    let parts: Vec<_> = held.split('-').collect();
    parts.len() >= 3
        && parts.iter().all(|part| !part.is_empty())
        && held.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Lambda sets this variable from the function's logging configuration, in capitals.
fn log_level<F: Fn(&str) -> Option<String>>(from: &mut read::Reader<F>) -> tracing::Level {
    let name = "AWS_LAMBDA_LOG_LEVEL";
    let takes = "TRACE, DEBUG, INFO, WARN, ERROR or FATAL";
    let level = from.text(name, "INFO", takes, |held| parse_level(held).is_some());
    parse_level(&level).unwrap_or(tracing::Level::INFO)
}

fn parse_level(held: &str) -> Option<tracing::Level> {
    match held.to_ascii_uppercase().as_str() {
        "TRACE" => Some(tracing::Level::TRACE),
        "DEBUG" => Some(tracing::Level::DEBUG),
        "INFO" => Some(tracing::Level::INFO),
        "WARN" => Some(tracing::Level::WARN),
        "ERROR" | "FATAL" => Some(tracing::Level::ERROR),
        _ => None,
    }
}
