//! The settings: environment variables enter and typed values leave, once, at cold start.
//!
//! Strict: an invalid value stops the function with a message that names every invalid one. SemVer
//! covers names, defaults and ranges. `variables::environment` in the detection crate is the one
//! place that reads the environment.

mod notifier;
#[cfg(test)]
mod tests;

use std::{num::NonZeroU32, ops::RangeInclusive, time::Duration};

pub use notifier::NotifierSettings;
use source_detection::{
    Thresholds,
    variables::{Reader, SettingsError, environment, whole},
};
use tracing::Level;

use crate::{
    console::{is_bucket_name, is_dashboard_name},
    metric::Metric,
};

/// How often Rekognition rates a feed. It dominates the bill: $0.00075 a picture
/// (<https://aws.amazon.com/rekognition/pricing/>, us-east-1, the first million a month).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RekognitionUse {
    /// Each sample: $194.40 a feed and month at 10 s.
    EverySample,
    /// At most once in this time: $32.40 a feed and month at 60 s.
    Interval(Duration),
    /// Never: every condition is decided from pixels anyway.
    Never,
}

/// `DETECTION_INTERVAL`, in seconds. A thumbnail is renewed every 2 s, so a shorter interval would
/// fetch the same one again (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnails.html>).
const INTERVAL_RANGE: RangeInclusive<u64> = 2..=60;

/// `SCHEDULE_PERIOD`, in seconds: an invocation lasts at most 900 s
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>), less a minute of
/// reserve.
const PERIOD_RANGE: RangeInclusive<u64> = 2..=840;

/// `THUMBNAIL_TPS` and `REKOGNITION_TPS`: an account's quota may have been raised, and is not known
/// here.
const TPS_RANGE: RangeInclusive<u64> = 1..=10_000;

/// `CONCURRENT_FEEDS`. Each feed in flight holds its thumbnail three times over while Rekognition
/// rates it, about 0.2 MB.
const CONCURRENCY_RANGE: RangeInclusive<u64> = 1..=1_000;

/// `CONCURRENT_FEEDS` if it is not set.
const CONCURRENT_FEEDS: NonZeroU32 = NonZeroU32::new(32).unwrap();

/// `REKOGNITION_INTERVAL`, in seconds.
const REKOGNITION_RANGE: RangeInclusive<u64> = 1..=86_400;

/// `REKOGNITION_TPS` if it is not set: the quota of the smaller Regions.
const REKOGNITION_TPS: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// Everything that an operator can set.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `METRIC_NAMESPACE`: where the metrics go.
    pub namespace: String,
    /// `DETECTION_INTERVAL`: from one sample of a feed to the next.
    pub interval: Duration,
    /// `SCHEDULE_PERIOD`: how much time one invocation covers.
    pub period: Duration,
    /// `ENABLE_DEBUG`: log each sample.
    pub debug: bool,
    /// `AWS_LAMBDA_LOG_LEVEL`: the lowest level that is logged.
    pub log_level: Level,
    /// `REKOGNITION_INTERVAL`: how often Rekognition rates a feed.
    pub rekognition: RekognitionUse,
    /// `REKOGNITION_REGION`: the Region that rates, if not the function's.
    pub rekognition_region: Option<String>,
    /// `THUMBNAIL_TPS`: DescribeThumbnails calls a second.
    pub thumbnail_tps: NonZeroU32,
    /// `REKOGNITION_TPS`: DetectLabels calls a second.
    pub rekognition_tps: NonZeroU32,
    /// `CONCURRENT_FEEDS`: how many feeds are sampled concurrently.
    pub concurrent_feeds: usize,
    /// `FEED_METRICS`: which per-feed metrics are published, each $0.30 a feed and month at most.
    pub feed_metrics: Vec<Metric>,
    /// `ZERO_DURATIONS`: publish the durations of faults as 0 too, however long ago the faults
    /// were.
    pub zero_durations: bool,
    /// `FROZEN_AFTER`, `BLACK_AFTER`, `BARS_AFTER`, `FLAT_AFTER`, `NO_PICTURE_AFTER`, `CLEAR_AFTER`
    /// and `START_GRACE`.
    pub thresholds: Thresholds,
    /// `INCLUDE_TAGS`: with any, only channels that carry one of these are watched.
    pub include_tags: Vec<(String, String)>,
    /// `EXCLUDE_TAGS`: channels that carry one of these are not watched.
    pub exclude_tags: Vec<(String, String)>,
    /// `EVENTS`: send incidents to EventBridge.
    pub events: bool,
    /// `DASHBOARD`: the name of the CloudWatch dashboard that events link to.
    pub dashboard: Option<String>,
    /// Where pictures of incidents go, if anywhere.
    pub pictures: Option<PictureSettings>,
}

/// How pictures of incidents are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureSettings {
    /// `PICTURE_BUCKET`: the bucket that they are stored in.
    pub bucket: String,
    /// `PICTURE_MEMORY`: how much memory the thumbnails may take that may become such pictures, in
    /// bytes.
    pub memory: usize,
}

/// `PICTURE_MEMORY`, in MB: a function has 10,240 at most
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const PICTURE_MEMORY_RANGE: RangeInclusive<u64> = 1..=8_192;

/// `PICTURE_MEMORY` if it is not set, which fits into a function of 128 MB.
const PICTURE_MEMORY: NonZeroU32 = NonZeroU32::new(32).unwrap();

/// `THUMBNAIL_TPS` of the monitor if it is not set.
const MONITOR_THUMBNAIL_TPS: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// `THUMBNAIL_TPS` of the multiviewer if it is not set. With the monitor's 20 it leaves a quarter
/// of the account's usual 40 to the console, which calls every 2 s for each open channel page
/// (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnail-limits.html>).
const MULTIVIEWER_THUMBNAIL_TPS: NonZeroU32 = NonZeroU32::new(10).unwrap();

impl Settings {
    /// The monitor's settings from this process's environment.
    ///
    /// # Errors
    /// Every invalid variable, in one message.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(environment)
    }

    /// The multiviewer's settings from this process's environment: the monitor's own, so that a
    /// variable means the same to both functions, with a `THUMBNAIL_TPS` of its own.
    ///
    /// # Errors
    /// Every invalid variable, in one message.
    pub fn multiviewer_from_env() -> Result<Self, SettingsError> {
        Self::read_multiviewer(environment)
    }

    /// The monitor's settings from these variables.
    ///
    /// # Errors
    /// Every invalid variable, in one message.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        Self::read_with(lookup, MONITOR_THUMBNAIL_TPS)
    }

    /// The multiviewer's settings from these variables.
    ///
    /// # Errors
    /// Every invalid variable, in one message.
    pub fn read_multiviewer(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        Self::read_with(lookup, MULTIVIEWER_THUMBNAIL_TPS)
    }

    fn read_with(
        lookup: impl Fn(&str) -> Option<String>,
        thumbnail_tps: NonZeroU32,
    ) -> Result<Self, SettingsError> {
        // A template can't leave a variable unset, so an empty one counts as unset.
        let mut from = Reader::new(|name: &str| lookup(name).filter(|value| !value.is_empty()));
        let interval = from.seconds("DETECTION_INTERVAL", 10, INTERVAL_RANGE);
        let region = from.text("REKOGNITION_REGION", "", "a Region such as eu-west-1", is_region);
        let settings = Self {
            namespace: from.text(
                "METRIC_NAMESPACE",
                "EmlRekognitionWatcher",
                NAMESPACE_ACCEPTS,
                is_namespace,
            ),
            interval,
            period: from.seconds("SCHEDULE_PERIOD", 60, PERIOD_RANGE),
            debug: from.switch("ENABLE_DEBUG", false),
            log_level: log_level(&mut from),
            rekognition: rekognition_use(&mut from),
            rekognition_region: if region.is_empty() { None } else { Some(region) },
            thumbnail_tps: from.count("THUMBNAIL_TPS", thumbnail_tps, TPS_RANGE),
            rekognition_tps: from.count("REKOGNITION_TPS", REKOGNITION_TPS, TPS_RANGE),
            concurrent_feeds: from
                .count("CONCURRENT_FEEDS", CONCURRENT_FEEDS, CONCURRENCY_RANGE)
                .get() as usize,
            feed_metrics: feed_metrics(&mut from),
            zero_durations: from.switch("ZERO_DURATIONS", false),
            thresholds: from.thresholds(interval),
            include_tags: from.pairs("INCLUDE_TAGS"),
            exclude_tags: from.pairs("EXCLUDE_TAGS"),
            events: from.switch("EVENTS", true),
            dashboard: dashboard(&mut from),
            pictures: pictures(&mut from),
        };
        from.finish(settings).map_err(SettingsError)
    }

    /// The longest distance between two ratings of a feed that are neighbours, so that the change
    /// from one to the other is published: one and a half times the regular distance.
    #[must_use]
    pub fn rating_gap(&self) -> Duration {
        let regular = match self.rekognition {
            RekognitionUse::Interval(interval) => interval.max(self.interval),
            RekognitionUse::EverySample | RekognitionUse::Never => self.interval,
        };
        // A rating that is due between two samples comes with the later one.
        regular * 3 / 2 + if regular > self.interval { self.interval } else { Duration::ZERO }
    }

    /// The durations among the per-feed metrics that are published, always or while they last.
    #[must_use]
    pub fn fault_metrics(&self) -> Vec<Metric> {
        let selected = self.feed_metrics.iter().copied();
        let mut metrics: Vec<_> = selected.filter(|metric| metric.fault().is_some()).collect();
        if !metrics.is_empty() {
            metrics.push(Metric::RepeatingSeconds);
            // Without a set time it hardly ever matters, and reading it would cost as much.
            if self.thresholds.partial_after.is_some() {
                metrics.push(Metric::PartialSeconds);
            }
            if self.thresholds.slate_after.is_some() {
                metrics.push(Metric::SlateSeconds);
            }
        }
        metrics
    }

    /// What a new process continues from: the durations, whether there ever was a thumbnail, and
    /// what zeros mean after a start.
    #[must_use]
    pub fn restored_metrics(&self) -> Vec<Metric> {
        let mut metrics = self.fault_metrics();
        if metrics.contains(&Metric::NoPictureSeconds) {
            metrics.push(Metric::NoThumbnailSeconds);
        }
        if !metrics.is_empty() {
            metrics.push(Metric::StartGraceSeconds);
        }
        metrics
    }
}

fn dashboard(from: &mut Reader<impl Fn(&str) -> Option<String>>) -> Option<String> {
    let name = from.text("DASHBOARD", "", DASHBOARD_ACCEPTS, is_dashboard_name);
    if name.is_empty() { None } else { Some(name) }
}

/// `PICTURE_BUCKET` and `PICTURE_MEMORY`.
fn pictures(from: &mut Reader<impl Fn(&str) -> Option<String>>) -> Option<PictureSettings> {
    let bucket = from.text("PICTURE_BUCKET", "", BUCKET_ACCEPTS, is_bucket_name);
    let megabytes = from.count("PICTURE_MEMORY", PICTURE_MEMORY, PICTURE_MEMORY_RANGE);
    if bucket.is_empty() {
        return None;
    }
    Some(PictureSettings { bucket, memory: megabytes.get() as usize * 1024 * 1024 })
}

/// What [`is_bucket_name`] accepts.
const BUCKET_ACCEPTS: &str =
    "the name of a bucket: 3 to 63 of the characters a-z 0-9 -, not beginning or ending with -";

/// `REKOGNITION_INTERVAL` for every sample. An empty value means the same, but a guided deployment
/// cannot enter one.
const EVERY_SAMPLE: &str = "every-sample";

/// Seconds, of which 0 means never and nothing means every sample.
fn rekognition_use(from: &mut Reader<impl Fn(&str) -> Option<String>>) -> RekognitionUse {
    let (start, end) = (REKOGNITION_RANGE.start(), REKOGNITION_RANGE.end());
    let accepts = || {
        format!("whole seconds from {start} to {end}, 0 for never, or {EVERY_SAMPLE} (or nothing)")
    };
    from.read("REKOGNITION_INTERVAL", RekognitionUse::EverySample, accepts, |value: &String| {
        match value.as_str() {
            "0" => Some(RekognitionUse::Never),
            EVERY_SAMPLE => Some(RekognitionUse::EverySample),
            seconds => {
                let seconds = whole(seconds, &REKOGNITION_RANGE)?;
                Some(RekognitionUse::Interval(Duration::from_secs(seconds)))
            }
        }
    })
}

fn feed_metrics(from: &mut Reader<impl Fn(&str) -> Option<String>>) -> Vec<Metric> {
    let accepts = || {
        let names: Vec<_> = Metric::selectable_metrics().map(Metric::name).collect();
        format!("a list with commas of {}", names.join(", "))
    };
    from.list("FEED_METRICS", &Metric::DEFAULT, accepts, Metric::selectable)
}

/// CloudWatch's rule
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>).
const NAMESPACE_ACCEPTS: &str =
    "1 to 255 of the characters A-Z a-z 0-9 . - _ / # : not beginning with AWS/ or a colon";

fn is_namespace(value: &str) -> bool {
    (1..=255).contains(&value.len())
        && !value.starts_with("AWS/")
        && !value.starts_with(':')
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/#:".contains(&byte))
}

/// CloudWatch's rule
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html>).
const DASHBOARD_ACCEPTS: &str =
    "the name of a dashboard: 1 to 255 of the characters A-Z a-z 0-9 - _";

fn is_region(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').collect();
    parts.len() >= 3
        && parts.iter().all(|part| !part.is_empty())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Lambda sets this variable from the function's logging configuration, in capitals.
fn log_level(from: &mut Reader<impl Fn(&str) -> Option<String>>) -> Level {
    let accepts = || "TRACE, DEBUG, INFO, WARN, ERROR or FATAL".to_owned();
    from.read("AWS_LAMBDA_LOG_LEVEL", Level::INFO, accepts, |value: &String| parse_level(value))
}

fn parse_level(value: &str) -> Option<Level> {
    match value.to_ascii_uppercase().as_str() {
        "TRACE" => Some(Level::TRACE),
        "DEBUG" => Some(Level::DEBUG),
        "INFO" => Some(Level::INFO),
        "WARN" => Some(Level::WARN),
        "ERROR" | "FATAL" => Some(Level::ERROR),
        _ => None,
    }
}
