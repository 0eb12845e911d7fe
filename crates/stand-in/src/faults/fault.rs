//! Scripted faults: which calls go wrong, how, and how many of them.
//!
//! A fault is built with [`Fault::on`]; the server asks [`Faults::orders`] once for each call. What a fault does to the
//! bytes is the business of `damage.rs`.

use std::ops::Range;
use std::time::Duration;

use crate::wire::api::{Api, Feed};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Throttle,
    ServerError(u16),
    Denied,
    Forbidden,
    Expired,
    Validation,
    NotFound,
    Hang,
    Reset,
    Delay(Duration),
    // From here on the work is done first: what was put is stored.
    LoseAnswer,
    Drip,
    Empty,
    Hollow,
    BrokenBase64,
    BrokenJpeg,
    Truncated,
    Oversized(usize),
    WrongContentType,
    BrokenBody,
    TokenForEver,
    RepeatsChannels,
}

impl Trouble {
    /// A word for the journal.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::ServerError(_) => "server error",
            Self::Denied => "denied",
            Self::Forbidden => "forbidden",
            Self::Expired => "expired credentials",
            Self::Validation => "validation",
            Self::NotFound => "not found",
            Self::Hang => "hang",
            Self::Reset => "reset",
            Self::Delay(_) => "delay",
            Self::LoseAnswer => "answer lost",
            Self::Drip => "drip",
            Self::Empty => "empty",
            Self::Hollow => "hollow",
            Self::BrokenBase64 => "broken base64",
            Self::BrokenJpeg => "broken JPEG",
            Self::Truncated => "truncated",
            Self::Oversized(_) => "oversized",
            Self::WrongContentType => "wrong content type",
            Self::BrokenBody => "broken body",
            Self::TokenForEver => "token for ever",
            Self::RepeatsChannels => "repeats channels",
        }
    }
}

/// One scripted fault: an operation, perhaps a feed, a trouble, and which of the matching calls have it.
#[derive(Clone, Debug)]
pub struct Fault {
    api: Api,
    channel: Option<String>,
    pipeline: Option<u8>,
    trouble: Trouble,
    calls: Range<u64>,
    seen: u64,
}

impl Fault {
    /// A fault on this operation: a throttle on every call, until the methods below say otherwise.
    pub fn on(api: Api) -> Self {
        Self { api, channel: None, pipeline: None, trouble: Trouble::Throttle, calls: 0..u64::MAX, seen: 0 }
    }

    /// Only calls that concern this channel.
    pub fn channel(mut self, id: impl Into<String>) -> Self {
        self.channel = Some(id.into());
        self
    }

    /// Only calls that concern this pipeline.
    pub fn pipeline(mut self, pipeline: u8) -> Self {
        self.pipeline = Some(pipeline);
        self
    }

    /// The first `count` matching calls, or the first from where [`Fault::from_call`] starts.
    pub fn times(mut self, count: u64) -> Self {
        self.calls.end = self.calls.start.saturating_add(count);
        self
    }

    /// From the matching call with this number on, counted from 0.
    pub fn after_call(mut self, first: u64) -> Self {
        self.calls.start = first;
        self
    }

    /// The matching calls of this range, counted from 0.
    pub fn calls(mut self, calls: Range<u64>) -> Self {
        self.calls = calls;
        self
    }

    /// Whether this call is one of those meant; counts it.
    fn strikes(&mut self, api: Api, feed: Option<&Feed>) -> bool {
        let right_channel = self.channel.as_ref().is_none_or(|id| feed.is_some_and(|f| f.channel == *id));
        let right_pipeline = self.pipeline.is_none_or(|n| feed.is_some_and(|f| f.pipeline == n));
        if self.api != api || !right_channel || !right_pipeline {
            return false;
        }
        self.seen += 1;
        self.calls.contains(&(self.seen - 1))
    }
}

/// The methods that choose a trouble differ by nothing but its name.
macro_rules! troubles {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty)?) => $trouble:expr;)*) => {
        impl Fault {
            $($(#[$doc])* pub fn $name(mut self $(, $arg: $kind)?) -> Self {
                self.trouble = $trouble;
                self
            })*
        }
    };
}

troubles! {
    /// Too many requests, in the operation's own shape.
    throttle() => Trouble::Throttle;
    /// An answer of 500, 502, 503 or 504, in the operation's own shape.
    server_error(status: u16) => Trouble::ServerError(status);
    /// The policy doesn't allow it.
    denied() => Trouble::Denied;
    /// MediaLive's own `ForbiddenException`; elsewhere the same as [`Fault::denied`].
    forbidden() => Trouble::Forbidden;
    /// The credentials have expired.
    expired() => Trouble::Expired;
    /// The service calls the request invalid.
    validation() => Trouble::Validation;
    /// `NotFoundException`, 404.
    not_found() => Trouble::NotFound;
    /// No answer, ever; the connection stays up.
    hang() => Trouble::Hang;
    /// The connection is reset (RST) before anything is done.
    reset() => Trouble::Reset;
    /// The answer comes this much later; several delays add up, and another fault may strike as well.
    delay(by: Duration) => Trouble::Delay(by);
    /// The work is done, then the connection is reset: the caller cannot know.
    lose_answer() => Trouble::LoseAnswer;
    /// The right answer, a byte a second.
    drip() => Trouble::Drip;
    /// 200 and not one byte.
    empty() => Trouble::Empty;
    /// 200 and an empty object.
    hollow() => Trouble::Hollow;
    /// DescribeThumbnails: a body that is not base64. Elsewhere as [`Fault::broken_body`].
    broken_base64() => Trouble::BrokenBase64;
    /// DescribeThumbnails: base64 of bytes that are no picture. Elsewhere as [`Fault::broken_body`].
    broken_jpeg() => Trouble::BrokenJpeg;
    /// Half of the body, then the connection closes.
    truncated() => Trouble::Truncated;
    /// The right body, followed by white space (JSON) or garbage (CBOR) up to this many bytes.
    oversized(bytes: usize) => Trouble::Oversized(bytes);
    /// The right body, called `text/html`, without the protocol's headers.
    wrong_content_type() => Trouble::WrongContentType;
    /// 200 and a body that neither JSON nor CBOR can read.
    broken_body() => Trouble::BrokenBody;
    /// ListChannels: every page names a next one, which is the same.
    token_for_ever() => Trouble::TokenForEver;
    /// ListChannels: every page starts with the last channel of the page before.
    repeats_channels() => Trouble::RepeatsChannels;
}

/// What is to be done to one call.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    pub(crate) delay: Duration,
    pub(crate) trouble: Option<Trouble>,
}

/// All scripted faults, in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one behind the others.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Forgets those on this operation, or all.
    pub(crate) fn clear(&mut self, api: Option<Api>) {
        self.0.retain(|fault| api.is_some_and(|api| fault.api != api));
    }

    /// What this call meets: every delay, and the first other trouble. Each matching fault counts the call.
    pub(crate) fn orders(&mut self, api: Api, feed: Option<&Feed>) -> Orders {
        let mut orders = Orders::default();
        for fault in &mut self.0 {
            if !fault.strikes(api, feed) {
                continue;
            }
            match &fault.trouble {
                Trouble::Delay(by) => orders.delay += *by,
                other => orders.trouble = orders.trouble.take().or_else(|| Some(other.clone())),
            }
        }
        orders
    }
}
