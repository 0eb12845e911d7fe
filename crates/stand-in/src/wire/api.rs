//! The operations that the stand-in answers: their names, their wire and the feed they may concern.
//!
//! Plain values, shared by faults, journal and server. Knows nothing of what an answer holds.

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
    /// `GET /` without a signature, which every service refuses: somebody opens a connection.
    Knock,
    /// Anything else: refused, and remembered by its method and path.
    Unknown,
}

/// How many operations there are, for tables indexed by operation.
pub const APIS: usize = 8;

/// The protocol of an operation, which shapes its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// AWS REST JSON: the error's name is in a header.
    RestJson,
    /// AWS JSON 1.1: the error's name is in the body.
    Json11,
    /// Smithy RPC v2 CBOR.
    Cbor,
}

impl Api {
    /// The name in an IAM policy.
    pub fn operation(self) -> &'static str {
        match self {
            Self::ListChannels => "medialive:ListChannels",
            Self::DescribeThumbnails => "medialive:DescribeThumbnails",
            Self::DetectLabels => "rekognition:DetectLabels",
            Self::PutMetricData => "cloudwatch:PutMetricData",
            Self::GetMetricData => "cloudwatch:GetMetricData",
            Self::ListMetrics => "cloudwatch:ListMetrics",
            Self::Knock => "GET /",
            Self::Unknown => "unknown",
        }
    }

    /// The protocol this operation is spoken in.
    pub fn wire(self) -> Wire {
        match self {
            Self::ListChannels | Self::DescribeThumbnails | Self::Knock | Self::Unknown => Wire::RestJson,
            Self::DetectLabels => Wire::Json11,
            Self::PutMetricData | Self::GetMetricData | Self::ListMetrics => Wire::Cbor,
        }
    }

    /// The place in a table of [`APIS`] entries.
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// One pipeline of one channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Feed {
    /// The channel's id.
    pub channel: String,
    /// 0 or 1.
    pub pipeline: u8,
}

impl Feed {
    /// The feed of this channel and pipeline.
    pub fn new(channel: impl Into<String>, pipeline: u8) -> Self {
        Self { channel: channel.into(), pipeline }
    }

    /// Reads what [`fmt::Display`] writes.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (channel, pipeline) = text.trim_end().rsplit_once('/')?;
        Some(Self::new(channel, pipeline.parse().ok()?))
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.channel, self.pipeline)
    }
}
