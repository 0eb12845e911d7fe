//! Why a call failed: the SDK's errors classified into the kinds that reports, logs and the
//! multiviewer distinguish.

use std::{error::Error as StdError, fmt};

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde::Serialize;

/// The operations that the functions call, as logs and errors name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ApiName {
    /// MediaLive: which channels exist.
    ListChannels,
    /// MediaLive: the thumbnail of a feed.
    DescribeThumbnails,
    /// Rekognition: the quality numbers of a picture.
    DetectLabels,
    /// CloudWatch: publishes datapoints.
    PutMetricData,
    /// CloudWatch: reads durations back after a cold start.
    GetMetricData,
    /// EventBridge: announces incidents.
    PutEvents,
    /// MediaLive: which input a channel uses.
    DescribeChannel,
    /// MediaLive: the schedule of a channel.
    DescribeSchedule,
    /// MediaLive: the alerts of a channel.
    ListAlerts,
    /// SNS: sends a message.
    Publish,
    /// S3: stores a picture of an incident.
    PutObject,
    /// S3: reads a picture of an incident.
    GetObject,
    /// S3: lists the pictures of incidents.
    ListObjectsV2,
}

impl fmt::Display for ApiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The SDK-independent classification of a failed call. Reports list the kinds in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The account's quota is used up, or the service protects itself.
    Throttled,
    /// The role lacks the permission, or the credentials have expired.
    Denied,
    /// The service reported that it failed (5xx).
    ServerFault,
    /// No response in time.
    TimedOut,
    /// No connection, or it broke before the response was complete.
    Unreachable,
    /// A response arrived that can't be read.
    UnreadableAnswer,
    /// The service rejected the request.
    Refused,
}

impl ErrorKind {
    /// The name in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Denied => "denied",
            Self::ServerFault => "server_fault",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::UnreadableAnswer => "unreadable_answer",
            Self::Refused => "refused",
        }
    }

    /// Whether a second attempt may succeed at once.
    pub(super) const fn may_pass(self) -> bool {
        matches!(self, Self::Throttled | Self::ServerFault | Self::Unreachable)
    }
}

/// A failed call, with the SDK's error as its source.
#[derive(Debug)]
pub struct CallError {
    /// The operation that was called.
    pub api: ApiName,
    /// What kind of failure it was.
    pub kind: ErrorKind,
    /// The service's own error code, if it sent one.
    pub code: Option<String>,
    source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to call {}", self.api)?;
        // An SDK error says little itself and much in its sources. Its debug form has everything,
        // including the response's body, and a picture has no place in a log.
        let mut source: Option<&dyn StdError> = Some(self.source.as_ref());
        let mut previous = String::new();
        while let Some(error) = source {
            let message = error.to_string();
            if !previous.contains(&message) {
                write!(f, ": {message}")?;
                previous = message;
            }
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for CallError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

impl CallError {
    /// The failure of a call to `api`, classified by what the SDK reports.
    pub fn new<E>(api: ApiName, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        Self { api, kind: classify(&error), code, source: Box::new(error) }
    }

    /// A call that was still in flight at its deadline.
    #[must_use]
    pub fn out_of_time(api: ApiName) -> Self {
        let source = "its deadline passed before a response arrived".into();
        Self { api, kind: ErrorKind::TimedOut, code: None, source }
    }

    /// A response that arrived complete and whose content makes no sense.
    #[must_use]
    pub fn unreadable(api: ApiName, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { api, kind: ErrorKind::UnreadableAnswer, code: None, source: source.into() }
    }
}

/// The kind of an SDK error.
pub(super) fn classify<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> ErrorKind {
    match error {
        SdkError::TimeoutError(_) => ErrorKind::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => ErrorKind::TimedOut,
        // Missing or expired credentials fail here too, before anything is sent.
        SdkError::DispatchFailure(failure) if failure.is_other() => ErrorKind::Denied,
        SdkError::ConstructionFailure(_) => ErrorKind::Refused,
        SdkError::ServiceError(service) => {
            classify_response(service.err().code(), service.raw().status().as_u16())
        }
        SdkError::ResponseError(response) => match response.raw().status().as_u16() {
            200..=299 => ErrorKind::UnreadableAnswer,
            status => classify_response(None, status),
        },
        // The connection, or whatever a later SDK adds.
        _ => ErrorKind::Unreachable,
    }
}

/// Codes of a request whose signature was refused, because the clock is wrong or the credentials
/// are (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).
const SIGNATURE_REFUSED: [&str; 5] = [
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// Whether the clock may be to blame: it is behind for a moment in a process that was frozen. A
/// second attempt has a signature of its own time.
pub(super) fn blames_the_clock<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        .is_some_and(|code| SIGNATURE_REFUSED.contains(&code))
}

fn classify_response(code: Option<&str>, status: u16) -> ErrorKind {
    /// Codes that come with status 400 and are about the caller, not the request.
    const DENIED: [&str; 5] = [
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "UnrecognizedClientException",
    ];
    match (code, status) {
        (_, 429) => ErrorKind::Throttled,
        (Some(code), _) if THROTTLING_ERRORS.contains(&code) => ErrorKind::Throttled,
        (Some(code), _) if DENIED.contains(&code) || SIGNATURE_REFUSED.contains(&code) => {
            ErrorKind::Denied
        }
        (Some(code), _) if TRANSIENT_ERRORS.contains(&code) => ErrorKind::ServerFault,
        (_, 401 | 403) => ErrorKind::Denied,
        (_, 500..) => ErrorKind::ServerFault,
        // The SDK reports a success whose body it can't read as an error.
        (_, 200..=299) => ErrorKind::UnreadableAnswer,
        _ => ErrorKind::Refused,
    }
}
