//! Events that wait for EventBridge, and their way into the log if it does not take them.

use std::{collections::VecDeque, fmt, io::Write};

use serde_json::{json, value::RawValue};
use tracing::error;

use super::{
    alert::RoundAlerts,
    event::{Event, Origin, SOURCE, cleared, set},
    summary::sources_changed,
};

/// The largest number of events kept for later; the oldest go to the log first. At about 1 KB each,
/// 4,000 take 4 MB: the beginnings and ends of 2,000 incidents.
pub const MAX_KEPT: usize = 4_000;

/// Events that are waiting to be sent.
pub struct EventOutbox {
    origin: Origin,
    pub(super) waiting: VecDeque<Event>,
    /// Events that went to the log since EventBridge last took all that waited.
    pub(super) given_up: usize,
    spill: Box<dyn Write + Send>,
}

impl fmt::Debug for EventOutbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventOutbox").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl EventOutbox {
    /// An empty outbox that spills to `spill`; on Lambda that is standard output, which is the log.
    #[must_use]
    pub fn new(origin: Origin, spill: Box<dyn Write + Send>) -> Self {
        Self { origin, waiting: VecDeque::new(), given_up: 0, spill }
    }

    /// Whether no event waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Events that EventBridge has not taken. Those that went to the log count until it takes all
    /// that waits: until then nothing shows that events arrive again.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.waiting.len() + self.given_up
    }

    /// Adds the events of a round: the one for people first, then an end before a beginning,
    /// because one sample can end an incident of a feed and open another.
    pub fn put(&mut self, round: &RoundAlerts) {
        let Self { origin, waiting, .. } = self;
        waiting.push_back(sources_changed(round, origin));
        waiting.extend(round.cleared.iter().map(|ended| cleared(ended, round.slot, origin)));
        waiting.extend(round.raised.iter().map(|alert| set(alert, round.slot, origin)));
    }

    /// Writes what exceeds [`MAX_KEPT`] to the log, oldest first, and returns how many events that
    /// were.
    pub(super) fn enforce_limit(&mut self) -> usize {
        self.spill_oldest(self.waiting.len().saturating_sub(MAX_KEPT))
    }

    /// Writes everything that waits to the log and returns how many events that were.
    pub fn spill_all(&mut self) -> usize {
        self.spill_oldest(self.waiting.len())
    }

    fn spill_oldest(&mut self, count: usize) -> usize {
        let events: Vec<_> = self.waiting.drain(..count).collect();
        self.spill(&events);
        count
    }

    /// Writes events to the log, one line each.
    pub(super) fn spill(&mut self, events: &[Event]) {
        self.given_up += events.len();
        for event in events {
            if let Err(cause) = writeln!(self.spill, "{}", line(event)) {
                error!(%cause, events = events.len(), "failed to write events to the log: they are lost");
                return;
            }
        }
    }
}

/// The line of an event that was not sent, in the form in which a target would have received it.
fn line(event: &Event) -> String {
    let detail: Option<&RawValue> = serde_json::from_str(&event.detail).ok();
    json!({
        "level": "ERROR",
        "message": "EventBridge did not take this event",
        "event": {
            "source": SOURCE,
            "detail-type": event.detail_type,
            "time": humantime::format_rfc3339_seconds(event.time).to_string(),
            "resources": event.resources,
            "detail": detail,
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::announce::event::ALERT;

    fn event(number: u64) -> Event {
        Event {
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(number),
            detail_type: ALERT,
            resources: vec!["arn".to_owned()],
            detail: r#"{"alarm_state":"SET"}"#.to_owned(),
        }
    }

    #[test]
    fn events_beyond_the_limit_are_spilled_oldest_first() {
        let mut outbox = EventOutbox::new(Origin::default(), Box::new(std::io::sink()));
        outbox.waiting.extend((0..4_003).map(event));
        assert_eq!(outbox.enforce_limit(), 3);
        assert_eq!(outbox.waiting.front(), Some(&event(3)));
    }

    #[test]
    fn a_spilled_event_is_a_line_of_the_log_that_holds_all_of_it() {
        assert_eq!(
            line(&event(60)),
            concat!(
                r#"{"event":{"detail":{"alarm_state":"SET"},"detail-type":"MediaLive Channel Alert","#,
                r#""resources":["arn"],"source":"medialive-source-monitor","time":"1970-01-01T00:01:00Z"},"#,
                r#""level":"ERROR","message":"EventBridge did not take this event"}"#
            )
        );
    }
}
