//! Reads the event of a tick and rejects anything that is not a schedule's.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::lambda::excerpt;

/// The largest number of shards that a fleet can be split into.
pub const MAX_SHARDS: u64 = 1_000;

/// An accepted event: which shard of the fleet this tick watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trigger {
    /// The number of the shard, from 0.
    pub shard: u64,
    /// How many shards there are.
    pub of: u64,
}

impl Trigger {
    /// The whole fleet in one shard.
    pub const WHOLE_FLEET: Self = Self { shard: 0, of: 1 };

    /// Whether this shard watches the channel. Each channel is in exactly one shard, the same at
    /// every tick and in every process.
    #[must_use]
    pub fn watches(self, channel_id: &str) -> bool {
        stable_hash(channel_id) % self.of == self.shard
    }
}

/// FNV-1a (<https://datatracker.ietf.org/doc/draft-eastlake-fnv/>). The standard library's hash may
/// change with the compiler, and then functions of different builds would split the fleet
/// differently.
fn stable_hash(text: &str) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    text.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// An event that is not a schedule's.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum RejectedEvent {
    /// Not a JSON object.
    #[error("the event is {0}; {ACCEPTED}")]
    NotAnObject(&'static str),
    /// An object of another kind.
    #[error("the event has {0}; {ACCEPTED}")]
    NotASchedule(String),
    /// The two members that select a shard are invalid.
    #[error(
        "the event has shard {shard} of {of}; shard takes a whole number below of, and of takes 1 to {MAX_SHARDS}"
    )]
    NoSuchShard {
        /// What `shard` held.
        shard: String,
        /// What `of` held.
        of: String,
    },
}

const ACCEPTED: &str = "accepted are an EventBridge rule's or Scheduler's \"Scheduled Event\", \
    {\"trigger\": \"schedule\"}, {\"shard\": 0, \"of\": 4} and {}";

/// The members that an event of our own may have. `trigger` identifies it; the last three are the
/// Scheduler's description of the run and are ignored.
const OUR_MEMBERS: [&str; 6] =
    ["trigger", "shard", "of", "scheduled_time", "execution_id", "attempt"];

/// Reads an event.
///
/// # Errors
/// When it is not a schedule's, with what was found and what is accepted.
pub fn read(event: &Value) -> Result<Trigger, RejectedEvent> {
    let event = match event {
        Value::Object(event) => event,
        Value::Null => return Err(RejectedEvent::NotAnObject("null")),
        Value::Bool(_) => return Err(RejectedEvent::NotAnObject("a boolean")),
        Value::Number(_) => return Err(RejectedEvent::NotAnObject("a number")),
        Value::String(_) => return Err(RejectedEvent::NotAnObject("a string")),
        Value::Array(_) => return Err(RejectedEvent::NotAnObject("an array")),
    };
    if event.contains_key("detail-type") { scheduled_event(event) } else { our_own(event) }
}

fn scheduled_event(event: &Map<String, Value>) -> Result<Trigger, RejectedEvent> {
    let text = |key| event.get(key).and_then(Value::as_str);
    let (detail_type, source) = (text("detail-type"), text("source"));
    if detail_type != Some("Scheduled Event") {
        return Err(found("detail-type", &event["detail-type"]));
    }
    if !matches!(source, Some("aws.events" | "aws.scheduler")) {
        return Err(found("source", event.get("source").unwrap_or(&Value::Null)));
    }
    match event.get("detail") {
        // A rule sends an object, the Scheduler the same object as a string.
        None | Some(Value::Object(_)) => Ok(Trigger::WHOLE_FLEET),
        Some(Value::String(detail))
            if serde_json::from_str::<Map<String, Value>>(detail).is_ok() =>
        {
            Ok(Trigger::WHOLE_FLEET)
        }
        Some(detail) => Err(found("detail", detail)),
    }
}

fn our_own(event: &Map<String, Value>) -> Result<Trigger, RejectedEvent> {
    if let Some(unknown) = event.keys().find(|key| !OUR_MEMBERS.contains(&key.as_str())) {
        return Err(RejectedEvent::NotASchedule(format!("the member {:?}", excerpt(unknown))));
    }
    if let Some(trigger) = event.get("trigger").filter(|trigger| *trigger != "schedule") {
        return Err(found("trigger", trigger));
    }
    let (shard, of) = (event.get("shard"), event.get("of"));
    if shard.is_none() && of.is_none() {
        return Ok(Trigger::WHOLE_FLEET);
    }
    match (shard.and_then(Value::as_u64), of.and_then(Value::as_u64)) {
        (Some(shard), Some(of)) if shard < of && of <= MAX_SHARDS => Ok(Trigger { shard, of }),
        _ => {
            let text = |value: Option<&Value>| {
                value.map_or_else(|| "nothing".to_owned(), |value| excerpt(&value.to_string()))
            };
            Err(RejectedEvent::NoSuchShard { shard: text(shard), of: text(of) })
        }
    }
}

fn found(member: &str, value: &Value) -> RejectedEvent {
    RejectedEvent::NotASchedule(format!("{member} {}", excerpt(&value.to_string())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn assert_rejected(event: &Value, message: &str) {
        assert_eq!(read(event).unwrap_err().to_string(), message);
    }

    #[test]
    fn an_empty_object_is_the_whole_fleet() {
        assert_eq!(read(&json!({})), Ok(Trigger::WHOLE_FLEET));
    }

    #[test]
    fn a_shard_is_read() {
        assert_eq!(
            read(&json!({"trigger": "schedule", "shard": 3, "of": 4})),
            Ok(Trigger { shard: 3, of: 4 })
        );
    }

    #[test]
    fn a_shard_that_does_not_exist_is_rejected() {
        assert_rejected(
            &json!({"shard": 4, "of": 4}),
            "the event has shard 4 of 4; shard takes a whole number below of, and of takes 1 to 1000",
        );
        assert_rejected(
            &json!({"shard": 0}),
            "the event has shard 0 of nothing; shard takes a whole number below of, and of takes 1 to 1000",
        );
    }

    #[test]
    fn an_event_of_another_kind_is_rejected_by_name() {
        assert_rejected(
            &json!({"Records": []}),
            &format!("the event has the member \"Records\"; {ACCEPTED}"),
        );
        assert_rejected(&json!("tick"), &format!("the event is a string; {ACCEPTED}"));
        assert_rejected(
            &json!({"detail-type": "MediaLive Channel Alert", "source": "aws.medialive"}),
            &format!("the event has detail-type \"MediaLive Channel Alert\"; {ACCEPTED}"),
        );
    }

    proptest! {
        #[test]
        fn reading_an_event_never_panics(text in ".*") {
            let event = serde_json::from_str(&text).unwrap_or(Value::String(text));
            let _ = read(&event);
        }
    }
}
