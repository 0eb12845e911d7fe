//! The operations that the stand-in implements, the protocol of each, and the feed that a call
//! concerns.

use std::fmt;

/// An operation of AWS that the stand-in knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Api {
    /// `medialive:ListChannels`.
    ListChannels,
    /// `medialive:DescribeThumbnails`.
    DescribeThumbnails,
    /// `rekognition:DetectLabels`.
    DetectLabels,
    /// `cloudwatch:PutMetricData`.
    PutMetricData,
    /// `cloudwatch:GetMetricData`.
    GetMetricData,
    /// `cloudwatch:ListMetrics`.
    ListMetrics,
    /// `events:PutEvents`.
    PutEvents,
    /// `medialive:DescribeChannel`.
    DescribeChannel,
    /// `medialive:DescribeSchedule`.
    DescribeSchedule,
    /// `medialive:ListAlerts`.
    ListAlerts,
    /// `sns:Publish`.
    Publish,
    /// `s3:PutObject`.
    PutObject,
    /// `s3:GetObject`.
    GetObject,
    /// ListObjectsV2, which needs the permission `s3:ListBucket`.
    ListBucket,
    /// `GET /` without a signature, which every service rejects: a client opens a connection ahead
    /// of its first call.
    WarmUp,
    /// Any other operation: rejected, and logged by its name or by method and path.
    Unknown,
}

/// The protocol of an operation, which determines the shape of its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS REST JSON 1: the error's name is in a header.
    RestJson,
    /// AWS JSON 1.1: the error's name is in the body.
    AwsJson11,
    /// Smithy RPC v2 CBOR.
    RpcV2Cbor,
    /// AWS Query: a form in, XML out.
    Query,
    /// AWS REST XML.
    RestXml,
}

impl Api {
    /// The operations that a caller needs a permission for.
    pub(crate) const OPERATIONS: [Self; 14] = [
        Self::ListChannels,
        Self::DescribeThumbnails,
        Self::DetectLabels,
        Self::PutMetricData,
        Self::GetMetricData,
        Self::ListMetrics,
        Self::PutEvents,
        Self::DescribeChannel,
        Self::DescribeSchedule,
        Self::ListAlerts,
        Self::Publish,
        Self::PutObject,
        Self::GetObject,
        Self::ListBucket,
    ];

    /// Number of variants: the length of a table that [`Api::index`] indexes.
    pub(crate) const COUNT: usize = Self::OPERATIONS.len() + 2;

    /// The action's name in an IAM policy; `GET /` for [`Api::WarmUp`] and `unknown` for
    /// [`Api::Unknown`].
    pub fn operation(self) -> &'static str {
        match self {
            Self::ListChannels => "medialive:ListChannels",
            Self::DescribeThumbnails => "medialive:DescribeThumbnails",
            Self::DetectLabels => "rekognition:DetectLabels",
            Self::PutMetricData => "cloudwatch:PutMetricData",
            Self::GetMetricData => "cloudwatch:GetMetricData",
            Self::ListMetrics => "cloudwatch:ListMetrics",
            Self::PutEvents => "events:PutEvents",
            Self::DescribeChannel => "medialive:DescribeChannel",
            Self::DescribeSchedule => "medialive:DescribeSchedule",
            Self::ListAlerts => "medialive:ListAlerts",
            Self::Publish => "sns:Publish",
            Self::PutObject => "s3:PutObject",
            Self::GetObject => "s3:GetObject",
            Self::ListBucket => "s3:ListBucket",
            Self::WarmUp => "GET /",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn protocol(self) -> Protocol {
        match self {
            Self::ListChannels
            | Self::DescribeThumbnails
            | Self::DescribeChannel
            | Self::DescribeSchedule
            | Self::ListAlerts
            | Self::WarmUp
            | Self::Unknown => Protocol::RestJson,
            Self::Publish => Protocol::Query,
            Self::PutObject | Self::GetObject | Self::ListBucket => Protocol::RestXml,
            Self::DetectLabels | Self::PutEvents => Protocol::AwsJson11,
            Self::PutMetricData | Self::GetMetricData | Self::ListMetrics => Protocol::RpcV2Cbor,
        }
    }

    /// Index into a table of [`Api::COUNT`] entries.
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// One pipeline of one channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Feed {
    /// The channel's ID.
    pub channel: String,
    /// 0 or 1.
    pub pipeline: u8,
}

impl Feed {
    /// The feed of this channel ID and pipeline (0 or 1).
    pub fn new(channel: impl Into<String>, pipeline: u8) -> Self {
        Self { channel: channel.into(), pipeline }
    }

    /// Parses the output of [`fmt::Display`], `CHANNEL/PIPELINE`; trailing spaces are ignored.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (channel, pipeline) = text.trim_end().rsplit_once('/')?;
        Some(Self::new(channel, pipeline.parse().ok()?))
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.channel, self.pipeline)
    }
}
