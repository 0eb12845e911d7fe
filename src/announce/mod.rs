//! Stage 6: announces incidents on the account's default event bus, keeps what EventBridge doesn't
//! take for the next round, and finally writes the rest to the log.
//!
//! A round that changed something is one event that lists all of it, [`summary`], and one
//! [`mod@event`] for each incident that began or ended. Nothing is sent twice unless EventBridge
//! may not have it; an event that arrives twice has the same `alarm_id`.
//!
//! | file | holds |
//! | --- | --- |
//! | [`alert`] | values: what a round raised and cleared, and what is open |
//! | [`text`] | names of channels as one short line |
//! | [`mod@event`] | the event of one incident |
//! | [`summary`] | the event of a round |
//! | [`batch`] | requests within PutEvents' limits |
//! | [`outbox`] | events that wait, and their lines in the log |
//!
//! Only this file knows the SDK.

pub mod alert;
pub mod text;
pub mod event;
pub mod summary;
pub mod batch;
pub mod outbox;

use std::ops::AddAssign;

use aws_sdk_eventbridge::{
    Client,
    primitives::DateTime,
    types::{PutEventsRequestEntry, PutEventsResultEntry},
};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use crate::aws::{ApiName, CallError, ErrorKind, Service};
use event::{Event, SOURCE};
pub use outbox::EventOutbox;

/// Concurrent requests, so that the incidents of 1,000 feeds are sent in a second or two.
const CONCURRENT_REQUESTS: usize = 8;

/// The error codes of entries that may be accepted later
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html>).
const PASSING_CODES: [&str; 3] = ["InternalFailure", "InternalException", "ThrottlingException"];

/// How many events were sent and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// EventBridge has them.
    pub sent: usize,
    /// The log has them.
    pub spilled: usize,
}

impl AddAssign for Announced {
    fn add_assign(&mut self, later: Self) {
        self.sent += later.sent;
        self.spilled += later.spilled;
    }
}

/// What became of the entries of a round's requests.
#[derive(Debug, Default)]
struct Results {
    sent: usize,
    /// To be sent again.
    kept: Vec<Event>,
    /// Never to be accepted.
    rejected: Vec<Event>,
    /// The first reason for an event that was not sent.
    error: Option<String>,
}

/// Sends what waits until everything is sent or `deadline` passes. Events that EventBridge did not
/// accept for now, or whose request got no response, keep waiting; those that it will never accept
/// are spilled at once. The log has one line about both.
pub async fn announce(
    service: &Service<Client>,
    outbox: &mut EventOutbox,
    deadline: Instant,
) -> Announced {
    if outbox.is_empty() {
        return Announced::default();
    }
    let events: Vec<_> = outbox.waiting.drain(..).collect();
    let responses: Vec<_> = stream::iter(batch::batches(&events))
        .map(|batch| async move { (batch, put(service, batch, deadline).await) })
        .buffered(CONCURRENT_REQUESTS)
        .collect()
        .await;
    let mut results = Results::default();
    for (batch, response) in responses {
        results.add(batch, response);
    }
    let Results { sent, kept, rejected, error } = results;
    if let Some(error) = error {
        warn!(error, waiting = kept.len(), rejected = rejected.len(), "failed to send events");
    }
    if kept.is_empty() && rejected.is_empty() {
        outbox.given_up = 0;
    }
    outbox.waiting.extend(kept);
    outbox.spill(&rejected);
    Announced { sent, spilled: rejected.len() + outbox.enforce_limit() }
}

impl Results {
    fn add(&mut self, batch: &[Event], response: Result<Vec<PutEventsResultEntry>, CallError>) {
        let entries = match response {
            Ok(entries) => entries,
            Err(error) => {
                self.error.get_or_insert_with(|| error.to_string());
                let never = error.kind == ErrorKind::Refused;
                let held = if never { &mut self.rejected } else { &mut self.kept };
                held.extend_from_slice(batch);
                return;
            }
        };
        // A response with fewer entries than the request leaves it open what became of the rest.
        let entries = entries.iter().map(Some).chain(std::iter::repeat(None));
        for (event, entry) in batch.iter().zip(entries) {
            let (code, held) = match entry.map(PutEventsResultEntry::error_code) {
                Some(None) => {
                    self.sent += 1;
                    continue;
                }
                None => ("the response lacks an entry", &mut self.kept),
                Some(Some(code)) if PASSING_CODES.contains(&code) => (code, &mut self.kept),
                Some(Some(code)) => (code, &mut self.rejected),
            };
            held.push(event.clone());
            self.error.get_or_insert_with(|| format!("an entry of PutEvents failed: {code}"));
        }
    }
}

async fn put(
    service: &Service<Client>,
    batch: &[Event],
    deadline: Instant,
) -> Result<Vec<PutEventsResultEntry>, CallError> {
    let out_of_time = || CallError::out_of_time(ApiName::PutEvents);
    // A request that is cut off may have arrived, so none begins when the time is over.
    if Instant::now() >= deadline {
        return Err(out_of_time());
    }
    let request = |client: &Client| {
        let entries = batch.iter().map(entry).collect();
        client.put_events().set_entries(Some(entries)).send()
    };
    let response = timeout_at(deadline, service.call(request)).await;
    response.unwrap_or_else(|_| Err(out_of_time())).map(|output| output.entries.unwrap_or_default())
}

/// The entry of an event. Without the name of a bus it goes to the account's default bus, on which
/// MediaLive's own events are.
fn entry(event: &Event) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .time(DateTime::from(event.time))
        .source(SOURCE)
        .detail_type(event.detail_type)
        .set_resources(Some(event.resources.clone()))
        .detail(&event.detail)
        .build()
}

#[cfg(test)]
mod tests;
