//! Bodies of responses: complete, truncated, dripping or padded.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// Time between two bytes of [`ResponseBody::Drip`].
const DRIP_INTERVAL: Duration = Duration::from_secs(1);
/// Time between the last byte of a truncated body and the end of the connection, so that the bytes
/// leave first.
const TRUNCATION_DELAY: Duration = Duration::from_millis(20);
/// Size of the chunks in which padding is sent, in bytes.
const PADDING_CHUNK: usize = 64 * 1024;

/// A body as it is sent.
#[derive(Debug)]
pub(crate) enum ResponseBody {
    /// All bytes in one frame.
    Complete(Bytes),
    /// The first bytes of a body whose Content-Length is `promised`; then the connection closes.
    Truncated { part: Bytes, promised: u64, delay: Pin<Box<Sleep>> },
    /// One byte per [`DRIP_INTERVAL`].
    Drip { rest: Bytes, delay: Pin<Box<Sleep>> },
    /// The body, followed by `left` bytes of padding.
    Padded { head: Bytes, padding: u8, left: usize },
}

impl ResponseBody {
    /// The body, one byte per second.
    pub(crate) fn drip(body: Bytes) -> Self {
        Self::Drip { rest: body, delay: Box::pin(sleep(DRIP_INTERVAL)) }
    }

    /// The first half of the body.
    pub(crate) fn truncated(body: &Bytes) -> Self {
        Self::Truncated {
            part: body.slice(..body.len() / 2),
            promised: body.len().max(1) as u64,
            delay: Box::pin(sleep(TRUNCATION_DELAY)),
        }
    }

    /// The next bytes; empty at the end of the body.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        Poll::Ready(Ok(match self {
            Self::Complete(body) => std::mem::take(body),
            Self::Truncated { part, delay, .. } => {
                if part.is_empty() {
                    ready!(delay.as_mut().poll(context));
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
                std::mem::take(part)
            }
            Self::Drip { rest, delay } => {
                if !rest.is_empty() {
                    ready!(delay.as_mut().poll(context));
                    delay.as_mut().reset(Instant::now() + DRIP_INTERVAL);
                }
                rest.split_to(rest.len().min(1))
            }
            Self::Padded { head, padding, left } if head.is_empty() => {
                let chunk = PADDING_CHUNK.min(*left);
                *left -= chunk;
                vec![*padding; chunk].into()
            }
            Self::Padded { head, .. } => std::mem::take(head),
        }))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match ready!(self.poll_next(context)) {
            Ok(bytes) if bytes.is_empty() => Poll::Ready(None),
            Ok(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Err(error) => Poll::Ready(Some(Err(error))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.size_hint().exact() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Complete(body) => body.len() as u64,
            Self::Truncated { promised, .. } => *promised,
            Self::Drip { rest, .. } => rest.len() as u64,
            Self::Padded { head, left, .. } => (head.len() + left) as u64,
        })
    }
}
