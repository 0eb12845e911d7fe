//! One scripted fault: which calls fail, and how.

use std::{ops::Range, time::Duration};

use crate::wire::api::{Api, Feed};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    // These replace the work: nothing is stored.
    Throttle,
    ServerError(u16),
    Denied,
    Forbidden,
    Expired,
    Skewed,
    Validation,
    NotFound,
    Hang,
    Reset,
    // Adds to the latency; the call meets the other faults as well.
    Delay(Duration),
    // These damage the response. The work is done first: datapoints that were put are stored.
    LoseResponse,
    Drip,
    EmptyBody,
    EmptyObject,
    BrokenBase64,
    BrokenJpeg,
    Truncated,
    Oversized(usize),
    WrongContentType,
    BrokenBody,
    FailResults(&'static str),
    FailEntries(Range<usize>, &'static str),
    RepeatToken,
    RepeatChannels,
}

impl FaultKind {
    /// The name under which the call log lists it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::ServerError(_) => "server error",
            Self::Denied => "denied",
            Self::Forbidden => "forbidden",
            Self::Expired => "expired credentials",
            Self::Skewed => "skewed clock",
            Self::Validation => "validation",
            Self::NotFound => "not found",
            Self::Hang => "hang",
            Self::Reset => "reset",
            Self::Delay(_) => "delay",
            Self::LoseResponse => "response lost",
            Self::Drip => "drip",
            Self::EmptyBody => "empty body",
            Self::EmptyObject => "empty object",
            Self::BrokenBase64 => "broken base64",
            Self::BrokenJpeg => "broken JPEG",
            Self::Truncated => "truncated",
            Self::Oversized(_) => "oversized",
            Self::WrongContentType => "wrong content type",
            Self::BrokenBody => "broken body",
            Self::FailResults(_) => "results failed",
            Self::FailEntries(..) => "entries failed",
            Self::RepeatToken => "repeated token",
            Self::RepeatChannels => "repeated channels",
        }
    }
}

/// One scripted fault: an operation, optionally a channel or pipeline, what goes wrong, and for
/// which of the matching calls.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(super) api: Api,
    pub(super) kind: FaultKind,
    channel: Option<String>,
    pipeline: Option<u8>,
    calls: Range<u64>,
    matched: u64,
}

impl Fault {
    /// A fault of this operation. Without further methods it throttles every call.
    pub fn on(api: Api) -> Self {
        Self {
            api,
            kind: FaultKind::Throttle,
            channel: None,
            pipeline: None,
            calls: 0..u64::MAX,
            matched: 0,
        }
    }

    /// Only calls that concern this channel ID.
    pub fn channel(mut self, id: impl Into<String>) -> Self {
        self.channel = Some(id.into());
        self
    }

    /// Only calls that concern this pipeline, 0 or 1.
    pub fn pipeline(mut self, pipeline: u8) -> Self {
        self.pipeline = Some(pipeline);
        self
    }

    /// At most `count` matching calls, starting with the first or after those that
    /// [`Fault::after_calls`] skips.
    pub fn times(mut self, count: u64) -> Self {
        self.calls.end = self.calls.start.saturating_add(count);
        self
    }

    /// Skips the first `count` matching calls.
    pub fn after_calls(mut self, count: u64) -> Self {
        self.calls.start = count;
        self
    }

    /// Only the matching calls with these numbers, counted from 0.
    pub fn calls(mut self, calls: Range<u64>) -> Self {
        self.calls = calls;
        self
    }

    /// Counts the call if it matches, and returns whether this fault applies to it.
    pub(super) fn applies(&mut self, api: Api, feed: Option<&Feed>) -> bool {
        let is_channel =
            self.channel.as_ref().is_none_or(|id| feed.is_some_and(|feed| feed.channel == *id));
        let is_pipeline =
            self.pipeline.is_none_or(|number| feed.is_some_and(|feed| feed.pipeline == number));
        if self.api != api || !is_channel || !is_pipeline {
            return false;
        }
        self.matched += 1;
        self.calls.contains(&(self.matched - 1))
    }
}

/// Defines one method per kind of fault; they differ only in the kind.
macro_rules! fault_kinds {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) => $kind:expr;)*) => {
        impl Fault {
            $($(#[$doc])* pub fn $name(mut self $(, $argument: $type)*) -> Self {
                self.kind = $kind;
                self
            })*
        }
    };
}

fault_kinds! {
    /// Returns the operation's own throttling error.
    throttle() => FaultKind::Throttle;
    /// Returns an error with HTTP status 500, 502, 503 or 504, as the operation's protocol words
    /// it.
    server_error(status: u16) => FaultKind::ServerError(status);
    /// The caller's policy does not allow the action.
    denied() => FaultKind::Denied;
    /// MediaLive's `ForbiddenException`; for the other services the same as [`Fault::denied`].
    forbidden() => FaultKind::Forbidden;
    /// The caller's credentials have expired.
    expired() => FaultKind::Expired;
    /// The caller's clock is more than five minutes behind: its signature has expired.
    skewed() => FaultKind::Skewed;
    /// The service rejects the request as invalid.
    validation() => FaultKind::Validation;
    /// Returns `NotFoundException`, HTTP status 404.
    not_found() => FaultKind::NotFound;
    /// Never responds; the connection stays open.
    hang() => FaultKind::Hang;
    /// Resets the connection (RST) before the work is done.
    reset() => FaultKind::Reset;
    /// Responds this much later. Several delays add up, and another fault can apply to the same
    /// call.
    delay(by: Duration) => FaultKind::Delay(by);
    /// Does the work, then resets the connection: the caller cannot know whether the call
    /// succeeded.
    lose_response() => FaultKind::LoseResponse;
    /// Sends the correct response at one byte per second.
    drip() => FaultKind::Drip;
    /// HTTP status 200 and a body of zero bytes.
    empty_body() => FaultKind::EmptyBody;
    /// HTTP status 200 and an empty object.
    empty_object() => FaultKind::EmptyObject;
    /// DescribeThumbnails: a thumbnail that is not base64. Other operations: the same as
    /// [`Fault::broken_body`].
    broken_base64() => FaultKind::BrokenBase64;
    /// DescribeThumbnails: the base64 of bytes that are not a JPEG. Other operations: the same as
    /// [`Fault::broken_body`].
    broken_jpeg() => FaultKind::BrokenJpeg;
    /// Sends half of the body, then closes the connection.
    truncated() => FaultKind::Truncated;
    /// Pads the correct body with white space (JSON) or nulls (CBOR) to this many bytes.
    oversized(bytes: usize) => FaultKind::Oversized(bytes);
    /// The correct body as `text/html`, without the protocol's headers.
    wrong_content_type() => FaultKind::WrongContentType;
    /// HTTP status 200 and a body that is neither JSON nor CBOR.
    broken_body() => FaultKind::BrokenBody;
    /// GetMetricData: every result has this `StatusCode`, such as `InternalError`, and no
    /// datapoints.
    fail_results(status: &'static str) => FaultKind::FailResults(status);
    /// PutEvents: the entries at these positions, counted from 0, fail with this `ErrorCode`, such
    /// as `InternalFailure`. The response is a success, as the real service's is.
    fail_entries(entries: Range<usize>, code: &'static str) => FaultKind::FailEntries(entries, code);
    /// ListChannels: every page has the same `nextToken`, so that paging never ends.
    repeat_token() => FaultKind::RepeatToken;
    /// ListChannels: every page starts with the last channel of the page before.
    repeat_channels() => FaultKind::RepeatChannels;
}
