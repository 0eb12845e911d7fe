//! EventBridge's PutEvents: from an AWS JSON 1.1 request to [`Event`]s on the default bus, with the
//! service's own validation.
//!
//! Limits and error codes:
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html> and
//! `API_PutEventsResultEntry.html` beside it. A request that breaks a limit is rejected as a whole;
//! an entry that is invalid fails by itself in a response that is a success. There are no rules and
//! no targets: the call log keeps what arrived.

use std::time::{Duration, Instant, SystemTime};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{faults::fault::FaultKind, wire::response::ServiceError};

/// Most entries in a call.
const MAX_ENTRIES: usize = 10;
/// Most bytes of all entries of a call together.
const MAX_BYTES: usize = 1024 * 1024;
/// Longest detail-type, in characters.
const MAX_DETAIL_TYPE: usize = 128;
/// Bytes that an entry's time counts for.
const TIME_BYTES: usize = 14;

/// One event as PutEvents received it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `Source`.
    pub source: String,
    /// `DetailType`.
    pub detail_type: String,
    /// `Detail`, parsed.
    pub detail: Value,
    /// `Resources`.
    pub resources: Vec<String>,
    /// `Time`; the time of arrival if the caller gave none.
    pub time: SystemTime,
    /// Size of the entry as the service counts it, in bytes.
    pub bytes: usize,
    /// When it arrived.
    pub at: Instant,
    /// Number of the PutEvents call that contained it, counted from 1 since the stand-in started.
    pub call: u64,
}

/// A request that was read.
#[derive(Debug)]
pub(crate) struct Request(Vec<Entry>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RequestJson {
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    /// Seconds since 1970.
    time: Option<f64>,
    event_bus_name: Option<String>,
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationException", message)
}

/// Reads the body of a request.
pub(crate) fn read(body: &[u8]) -> Result<Request, ServiceError> {
    let request: RequestJson = serde_json::from_slice(body)
        .map_err(|error| ServiceError::new(400, "SerializationException", error.to_string()))?;
    let entries = request.entries;
    if entries.is_empty() || entries.len() > MAX_ENTRIES {
        let count = entries.len();
        return Err(invalid(format!("'entries' must have from 1 to 10 members: {count}.")));
    }
    let bytes: usize = entries.iter().map(Entry::bytes).sum();
    if bytes > MAX_BYTES {
        return Err(invalid("Total size of the entries in the request is over the limit."));
    }
    Ok(Request(entries))
}

impl Entry {
    /// The size as the service counts it
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>).
    fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let time = if self.time.is_some() { TIME_BYTES } else { 0 };
        let resources: usize = self.resources.iter().map(String::len).sum();
        time + text(&self.source) + text(&self.detail_type) + text(&self.detail) + resources
    }

    /// The event, or the entry's `ErrorCode`.
    fn event(&self, now: SystemTime, call: u64) -> Result<Event, &'static str> {
        let source = present(self.source.as_ref())?;
        let detail_type = present(self.detail_type.as_ref())?;
        let detail = present(self.detail.as_ref())?;
        if source.starts_with("aws.") {
            return Err("NotAuthorizedForSourceException");
        }
        let is_default = self.event_bus_name.as_deref().is_none_or(|bus| bus == "default");
        if detail_type.chars().count() > MAX_DETAIL_TYPE || !is_default {
            return Err("InvalidArgument");
        }
        let Ok(detail @ Value::Object(_)) = serde_json::from_str(detail) else {
            return Err("MalformedDetail");
        };
        let time = self.time.map_or(now, |seconds| {
            SystemTime::UNIX_EPOCH + Duration::try_from_secs_f64(seconds).unwrap_or_default()
        });
        Ok(Event {
            source: source.clone(),
            detail_type: detail_type.clone(),
            detail,
            resources: self.resources.clone(),
            time,
            bytes: self.bytes(),
            at: Instant::now(),
            call,
        })
    }
}

fn present(text: Option<&String>) -> Result<&String, &'static str> {
    text.filter(|text| !text.is_empty()).ok_or("InvalidArgument")
}

impl Request {
    /// Number of entries.
    pub(crate) fn entries(&self) -> usize {
        self.0.len()
    }

    /// The response as JSON, and the events that were accepted.
    pub(crate) fn respond(
        &self,
        now: SystemTime,
        call: u64,
        fault: Option<&FaultKind>,
    ) -> (String, Vec<Event>) {
        let (mut results, mut accepted) = (Vec::new(), Vec::new());
        for (position, entry) in self.0.iter().enumerate() {
            let event = match fault {
                Some(FaultKind::FailEntries(positions, code)) if positions.contains(&position) => {
                    Err(*code)
                }
                _ => entry.event(now, call),
            };
            match event {
                Ok(event) => {
                    let id = format!("00000000-0000-4000-9000-{call:06}{position:06}");
                    results.push(json!({ "EventId": id }));
                    accepted.push(event);
                }
                Err(code) => {
                    let message = "The stand-in rejects this entry.";
                    results.push(json!({ "ErrorCode": code, "ErrorMessage": message }));
                }
            }
        }
        let failed = self.0.len() - accepted.len();
        (json!({ "FailedEntryCount": failed, "Entries": results }).to_string(), accepted)
    }
}
