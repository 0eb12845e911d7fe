//! Answers and refusals, in the shape that each protocol wants, and the bytes as they go out.
//!
//! [`Reply`] is an answer before anything is done to it; [`Payload`] is a body that may drip, break off or swell.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use ciborium::Value;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::wire::api::{Api, Wire};
use crate::wire::cbor;

/// A request that the service doesn't grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// The error's name in the service's model, or one of AWS's common ones.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// Status, headers and body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// A granted request.
    pub(crate) fn ok(api: Api, body: impl Into<Bytes>) -> Self {
        let headers = match api.wire() {
            Wire::RestJson => vec![("content-type", "application/json".into())],
            Wire::Json11 => vec![("content-type", "application/x-amz-json-1.1".into())],
            Wire::Cbor => {
                vec![("content-type", "application/cbor".into()), ("smithy-protocol", "rpc-v2-cbor".into())]
            }
        };
        Self { status: 200, headers, body: body.into() }
    }

    /// A refusal as this operation words it.
    pub(crate) fn refused(api: Api, refusal: &Refusal) -> Self {
        let Refusal { status, code, message } = refusal;
        let mut reply = match api.wire() {
            Wire::RestJson => Self::ok(api, serde_json::json!({ "message": message }).to_string()),
            Wire::Json11 => {
                Self::ok(api, serde_json::json!({ "__type": code, "message": message }).to_string())
            }
            Wire::Cbor => {
                let shape = Value::Text(format!("com.amazonaws.cloudwatch#{code}"));
                Self::ok(api, cbor::map([("__type", shape), ("message", Value::Text(message.clone()))]))
            }
        };
        match api.wire() {
            Wire::RestJson => reply.headers.push(("x-amzn-errortype", (*code).into())),
            Wire::Json11 => {}
            // CloudWatch once spoke the Query protocol; callers still match on its names.
            Wire::Cbor => {
                let fault = if *status < 500 { "Sender" } else { "Receiver" };
                reply.headers.push(("x-amzn-query-error", format!("{code};{fault}")));
            }
        }
        reply.status = *status;
        reply
    }
}

/// A body on its way out.
#[derive(Debug)]
pub(crate) enum Payload {
    /// All at once.
    Whole(Bytes),
    /// The first bytes; the length that was promised is never reached. Breaks off when the time is up.
    Cut { part: Bytes, promised: u64, rest: Pin<Box<Sleep>> },
    /// A byte each time the clock strikes.
    Drip { left: Bytes, strike: Pin<Box<Sleep>> },
    /// The body, then this many bytes of padding.
    Swollen { head: Bytes, padding: u8, left: usize },
}

/// Time between two bytes of a drip.
const DRIP: Duration = Duration::from_secs(1);
/// Padding goes out in pieces of this size.
const PIECE: usize = 64 * 1024;

impl Payload {
    pub(crate) fn drip(body: Bytes) -> Self {
        Self::Drip { left: body, strike: Box::pin(tokio::time::sleep(DRIP)) }
    }

    pub(crate) fn cut(body: &Bytes) -> Self {
        // A little time, so that what there is goes out before the connection closes.
        let rest = Box::pin(tokio::time::sleep(Duration::from_millis(20)));
        Self::Cut { part: body.slice(..body.len() / 2), promised: body.len().max(1) as u64, rest }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let next = match &mut *self {
            Self::Whole(body) => std::mem::take(body),
            Self::Cut { part, rest, .. } => {
                if part.is_empty() {
                    std::task::ready!(rest.as_mut().poll(context));
                    return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
                }
                std::mem::take(part)
            }
            Self::Drip { left, strike } => {
                if !left.is_empty() {
                    std::task::ready!(strike.as_mut().poll(context));
                    strike.as_mut().reset(tokio::time::Instant::now() + DRIP);
                }
                left.split_to(left.len().min(1))
            }
            Self::Swollen { head, padding, left } => {
                if head.is_empty() {
                    let piece = PIECE.min(*left);
                    *left -= piece;
                    vec![*padding; piece].into()
                } else {
                    std::mem::take(head)
                }
            }
        };
        Poll::Ready((!next.is_empty()).then(|| Ok(Frame::data(next))))
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole(body) => body.len() as u64,
            Self::Cut { promised, .. } => *promised,
            Self::Drip { left, .. } => left.len() as u64,
            Self::Swollen { head, left, .. } => (head.len() + left) as u64,
        })
    }
}
