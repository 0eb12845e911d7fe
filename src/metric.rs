//! The catalogue of metrics. Names, dimensions and meanings here are public interface.
//!
//! Tests compare the template, the documentation and the settings with this list.

use std::fmt;

use source_detection::Fault;

/// The dimensions of a per-feed metric, in the order in which they are published.
pub const FEED_DIMENSIONS: [&str; 2] = ["ChannelId", "Pipeline"];

/// The dimension of a per-channel metric.
pub const CHANNEL_DIMENSIONS: [&str; 1] = ["ChannelId"];

/// A metric that the monitor can publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// The AWS sample's metric: the change of the whole-number sum of brightness, sharpness and
    /// contrast since the previous sample.
    ImageProperties,
    /// Rekognition's brightness of the picture, 0-100.
    Brightness,
    /// Rekognition's sharpness of the picture, 0-100.
    Sharpness,
    /// Rekognition's contrast of the picture, 0-100.
    Contrast,
    /// Seconds for which the feed has shown one still picture.
    FrozenSeconds,
    /// Seconds for which the feed has been black.
    BlackSeconds,
    /// Seconds for which the feed has shown colour bars.
    BarsSeconds,
    /// Seconds for which the feed has been flat, one colour other than black.
    FlatSeconds,
    /// Seconds for which no new thumbnail of the feed was served.
    NoPictureSeconds,
    /// Seconds for which the feed has had its current fault, whichever it is; 0 without one. Each
    /// sample publishes it: a slot that has it and lacks the duration of a fault means 0 for that
    /// fault, and a slot without it means that the feed was not sampled.
    FaultSeconds,
    /// As `NoPictureSeconds`, for a feed that has not had a thumbnail since it is watched; only
    /// published for such feeds.
    NoThumbnailSeconds,
    /// Seconds for which the feed has repeated itself; only published while it does.
    RepeatingSeconds,
    /// Seconds for which a part of the feed's picture has been one exact colour or frozen; only
    /// published while it is, and only where the fault has a set time.
    PartialSeconds,
    /// Seconds for which the feed has shown a known still; only published while it does.
    SlateSeconds,
    /// Seconds until faults of the feed count, after a start of its channel; only published while
    /// there are any. A process that did not see the start reads them back.
    StartGraceSeconds,
    /// Seconds for which the two pipelines of a channel have shown different programmes; only
    /// published while they do.
    MismatchSeconds,
    /// Feeds that the round sampled or should have sampled.
    WatchedFeeds,
    /// Feeds with an open incident `frozen`.
    FrozenFeeds,
    /// Feeds with an open incident `black`.
    BlackFeeds,
    /// Feeds with an open incident `bars`.
    BarsFeeds,
    /// Feeds with an open incident `flat`.
    FlatFeeds,
    /// Feeds with an open incident `repeating`.
    RepeatingFeeds,
    /// Feeds with an open incident `partial`.
    PartialFeeds,
    /// Feeds with an open incident `slate`.
    SlateFeeds,
    /// Feeds with an open incident `no_picture`.
    NoPictureFeeds,
    /// Those of [`Metric::NoPictureFeeds`] that have not had a thumbnail since they are watched.
    NoThumbnailFeeds,
    /// Feeds that were sampled and have no open incident.
    HealthyFeeds,
    /// Feeds that could not be sampled, so nothing is known about them.
    UnknownFeeds,
    /// Feeds whose sample failed: the thumbnail, or the quality numbers if they were due.
    FailedSamples,
    /// Feeds that the round had no time for.
    SkippedFeeds,
    /// Feeds that Rekognition fails to rate: the latest request failed, or none was possible for
    /// five minutes.
    MissingRatings,
    /// Attempts rejected because of a quota, all operations together.
    ApiThrottles,
    /// Attempts that failed in another way, all operations together.
    ApiErrors,
    /// Invalid `source-monitor` tags on channels; the default applies instead.
    UnreadableTags,
    /// Events of earlier rounds that EventBridge has not taken: those that wait, and those that
    /// went to the log since it last took all that waited. Only published if events are sent.
    UnsentEvents,
    /// Channels with an open incident `mismatch`.
    MismatchedChannels,
}

/// What a datapoint of a metric describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One feed: the dimensions [`FEED_DIMENSIONS`].
    Feed,
    /// One channel: the dimension [`CHANNEL_DIMENSIONS`].
    Channel,
    /// All feeds together: no dimensions.
    Fleet,
}

impl Metric {
    /// Every metric, per-feed ones first.
    pub const ALL: [Self; 36] = [
        Self::ImageProperties,
        Self::Brightness,
        Self::Sharpness,
        Self::Contrast,
        Self::FrozenSeconds,
        Self::BlackSeconds,
        Self::BarsSeconds,
        Self::FlatSeconds,
        Self::NoPictureSeconds,
        Self::FaultSeconds,
        Self::NoThumbnailSeconds,
        Self::RepeatingSeconds,
        Self::PartialSeconds,
        Self::SlateSeconds,
        Self::StartGraceSeconds,
        Self::MismatchSeconds,
        Self::WatchedFeeds,
        Self::FrozenFeeds,
        Self::BlackFeeds,
        Self::BarsFeeds,
        Self::FlatFeeds,
        Self::RepeatingFeeds,
        Self::PartialFeeds,
        Self::SlateFeeds,
        Self::NoPictureFeeds,
        Self::NoThumbnailFeeds,
        Self::HealthyFeeds,
        Self::UnknownFeeds,
        Self::FailedSamples,
        Self::SkippedFeeds,
        Self::MissingRatings,
        Self::ApiThrottles,
        Self::ApiErrors,
        Self::UnreadableTags,
        Self::UnsentEvents,
        Self::MismatchedChannels,
    ];

    /// The per-feed metrics that are published by default. CloudWatch bills a metric for each hour
    /// in which it receives data, at $0.30 for a whole month
    /// (<https://aws.amazon.com/cloudwatch/pricing/>, us-east-1, the first 10,000): $0.60 for a feed
    /// without a fault, for `ImageProperties` and [`Metric::FaultSeconds`].
    pub const DEFAULT: [Self; 6] = [
        Self::ImageProperties,
        Self::FrozenSeconds,
        Self::BlackSeconds,
        Self::BarsSeconds,
        Self::FlatSeconds,
        Self::NoPictureSeconds,
    ];

    /// The name under which CloudWatch knows the metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ImageProperties => "ImageProperties",
            Self::Brightness => "Brightness",
            Self::Sharpness => "Sharpness",
            Self::Contrast => "Contrast",
            Self::FrozenSeconds => "FrozenSeconds",
            Self::BlackSeconds => "BlackSeconds",
            Self::BarsSeconds => "BarsSeconds",
            Self::FlatSeconds => "FlatSeconds",
            Self::NoPictureSeconds => "NoPictureSeconds",
            Self::FaultSeconds => "FaultSeconds",
            Self::NoThumbnailSeconds => "NoThumbnailSeconds",
            Self::RepeatingSeconds => "RepeatingSeconds",
            Self::PartialSeconds => "PartialSeconds",
            Self::SlateSeconds => "SlateSeconds",
            Self::StartGraceSeconds => "StartGraceSeconds",
            Self::MismatchSeconds => "MismatchSeconds",
            Self::WatchedFeeds => "WatchedFeeds",
            Self::FrozenFeeds => "FrozenFeeds",
            Self::BlackFeeds => "BlackFeeds",
            Self::BarsFeeds => "BarsFeeds",
            Self::FlatFeeds => "FlatFeeds",
            Self::RepeatingFeeds => "RepeatingFeeds",
            Self::PartialFeeds => "PartialFeeds",
            Self::SlateFeeds => "SlateFeeds",
            Self::NoPictureFeeds => "NoPictureFeeds",
            Self::NoThumbnailFeeds => "NoThumbnailFeeds",
            Self::HealthyFeeds => "HealthyFeeds",
            Self::UnknownFeeds => "UnknownFeeds",
            Self::FailedSamples => "FailedSamples",
            Self::SkippedFeeds => "SkippedFeeds",
            Self::MissingRatings => "MissingRatings",
            Self::ApiThrottles => "ApiThrottles",
            Self::ApiErrors => "ApiErrors",
            Self::UnreadableTags => "UnreadableTags",
            Self::UnsentEvents => "UnsentEvents",
            Self::MismatchedChannels => "MismatchedChannels",
        }
    }

    /// The metrics of the durations of single faults.
    pub fn of_faults() -> impl Iterator<Item = (Self, Fault)> + Clone {
        Self::ALL.into_iter().filter_map(|metric| Some((metric, metric.fault()?)))
    }

    /// What its datapoints describe.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Self::MismatchSeconds => Scope::Channel,
            metric if metric < Self::WatchedFeeds => Scope::Feed,
            _ => Scope::Fleet,
        }
    }

    /// The names of its dimensions.
    #[must_use]
    pub fn dimensions(self) -> &'static [&'static str] {
        match self.scope() {
            Scope::Feed => &FEED_DIMENSIONS,
            Scope::Channel => &CHANNEL_DIMENSIONS,
            Scope::Fleet => &[],
        }
    }

    /// The fault whose duration the metric reports, if it reports one.
    #[must_use]
    pub const fn fault(self) -> Option<Fault> {
        match self {
            Self::FrozenSeconds => Some(Fault::Frozen),
            Self::BlackSeconds => Some(Fault::Black),
            Self::BarsSeconds => Some(Fault::Bars),
            Self::FlatSeconds => Some(Fault::Flat),
            Self::NoPictureSeconds => Some(Fault::NoPicture),
            Self::RepeatingSeconds => Some(Fault::Repeating),
            Self::PartialSeconds => Some(Fault::Partial),
            Self::SlateSeconds => Some(Fault::Slate),
            Self::MismatchSeconds => Some(Fault::Mismatch),
            _ => None,
        }
    }

    /// Whether it is only published while the fault lasts, without zeros.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(
            self,
            Self::RepeatingSeconds
                | Self::PartialSeconds
                | Self::SlateSeconds
                | Self::MismatchSeconds
        )
    }

    /// The metric of this name, if `FEED_METRICS` can select it.
    #[must_use]
    pub fn selectable(name: &str) -> Option<Self> {
        Self::selectable_metrics().find(|metric| metric.name() == name)
    }

    /// The metrics that `FEED_METRICS` can select. The others belong to the durations: without
    /// them, another process would misread their zeros, or blame the source. They are only
    /// published while they say something.
    pub fn selectable_metrics() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|metric| *metric <= Self::NoPictureSeconds)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
