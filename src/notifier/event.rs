//! Reads the event of a round, which the monitor sends when a round changed anything. Pure.
//!
//! Anyone who may call PutEvents in the account could have sent it, so that every text in it is
//! untrusted. Members that are unknown are ignored, and those that a message can do without may be
//! missing.

use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;
use source_detection::Fault;
use thiserror::Error;

use crate::{
    announce::{event::SOURCE, summary::SOURCES_CHANGED},
    feed::{FeedKey, Pipeline},
    incident_pictures::IncidentName,
    lambda::excerpt,
};

/// An incident in one of the event's lists.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Incident {
    /// The channel's id.
    pub channel_id: String,
    /// The channel's name, of any length and with any characters.
    #[serde(default)]
    pub channel_name: String,
    /// `0` or `1`.
    pub pipeline: String,
    /// The fault, as in the metrics: `black`, `frozen`, ...
    pub condition: String,
    /// When the fault began, in RFC 3339.
    pub since: String,
    /// How long it has lasted, or lasted in the end, in seconds.
    #[serde(default)]
    pub seconds: u64,
    /// What is left of the channel: `off air`, `redundancy lost`, `full` or `not watched`.
    #[serde(default)]
    pub redundancy: String,
    /// Why it ended.
    pub reason: Option<String>,
    /// Identifies the incident.
    pub alarm_id: Option<String>,
    /// The numbers that decided the condition.
    pub evidence: Option<String>,
    /// What the operator wants to be read in this case: a link or a short text.
    pub runbook: Option<String>,
    /// When MediaLive is going to restart the channel for maintenance, in RFC 3339.
    pub maintenance: Option<String>,
    /// Nobody is to be notified of it.
    #[serde(default)]
    pub muted: bool,
}

impl Incident {
    /// When the fault began; `None` if the event's text is not a time.
    #[must_use]
    pub fn began(&self) -> Option<SystemTime> {
        humantime::parse_rfc3339_weak(&self.since).ok()
    }

    /// The beginning of the keys of its pictures; `None` if the event doesn't say in which slot it
    /// began.
    #[must_use]
    pub fn picture_folder(&self) -> Option<IncidentName> {
        let (_, slot) = self.alarm_id.as_deref()?.rsplit_once('/')?;
        let pipeline = [Pipeline::Zero, Pipeline::One]
            .into_iter()
            .find(|pipeline| pipeline.as_str() == self.pipeline)?;
        let feed = FeedKey::new(&self.channel_id, pipeline);
        let since = humantime::parse_rfc3339(slot).ok()?;
        IncidentName::new(&feed, since, Fault::named(&self.condition)?)
    }

    /// Identifies the incident among all that were ever raised.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.alarm_id {
            Some(id) => id.clone(),
            None => {
                format!("{}/{}/{}/{}", self.channel_id, self.pipeline, self.condition, self.since)
            }
        }
    }
}

/// What a round changed, and what is open after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// `REGION/SHARD-of-SHARDS/SLOT`.
    pub id: String,
    /// The account of the monitor.
    pub account: String,
    /// The Region of the monitor and of its channels.
    pub region: String,
    /// Incidents that began, first those whose channel is off air.
    pub raised: Vec<Incident>,
    /// Incidents that ended.
    pub cleared: Vec<Incident>,
    /// Incidents that began in an earlier round and are open.
    pub open: Vec<Incident>,
    /// Incidents that found no room in the event.
    pub not_listed: u64,
    /// The address of the CloudWatch dashboard.
    pub dashboard: Option<String>,
    /// The address of the bucket with the pictures of incidents.
    pub pictures: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    account: String,
    #[serde(default)]
    region: String,
    detail: Detail,
}

#[derive(Deserialize)]
struct Detail {
    round_id: String,
    raised: Vec<Incident>,
    cleared: Vec<Incident>,
    #[serde(default)]
    open: Vec<Incident>,
    #[serde(default)]
    counts: Counts,
    #[serde(default)]
    links: Links,
}

#[derive(Default, Deserialize)]
struct Counts {
    #[serde(default)]
    not_listed: u64,
}

#[derive(Default, Deserialize)]
struct Links {
    dashboard: Option<String>,
    pictures: Option<String>,
}

/// An event that is not the monitor's about a round.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "the event {what}; accepted are events with the source {SOURCE:?} and the detail-type {SOURCES_CHANGED:?}, \
     as events/sent.schema.json describes them"
)]
pub struct NotARound {
    what: String,
}

/// Reads an event.
///
/// # Errors
/// If it has another source or detail-type, or lacks something that each message needs.
pub fn read(event: &Value) -> Result<Round, NotARound> {
    for (member, expected) in [("source", SOURCE), ("detail-type", SOURCES_CHANGED)] {
        if event[member] != expected {
            let found = excerpt(&event[member].to_string());
            return Err(NotARound { what: format!("has the {member} {found}") });
        }
    }
    let Envelope { account, region, detail } = Envelope::deserialize(event)
        .map_err(|error| NotARound { what: format!("can't be read: {error}") })?;
    Ok(Round {
        id: detail.round_id,
        account,
        region,
        raised: detail.raised,
        cleared: detail.cleared,
        open: detail.open,
        not_listed: detail.counts.not_listed,
        dashboard: detail.links.dashboard,
        pictures: detail.links.pictures,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const SAMPLE: &str = include_str!("../../events/sent-changed.json");

    fn sample() -> Value {
        serde_json::from_str(SAMPLE).unwrap()
    }

    #[test]
    fn the_sample_of_the_event_is_read() {
        let round = read(&sample()).unwrap();
        assert_eq!(round.id, "eu-west-1/0-of-1/2026-11-25T03:13:10Z");
        assert_eq!((&*round.account, &*round.region), ("111122223333", "eu-west-1"));
        assert_eq!((round.raised.len(), round.cleared.len(), round.open.len()), (1, 1, 1));
        let raised = &round.raised[0];
        assert_eq!((&*raised.channel_id, &*raised.channel_name), ("1002", "Sports"));
        assert_eq!((&*raised.pipeline, &*raised.condition), ("0", "frozen"));
        assert_eq!((raised.seconds, raised.muted), (30, false));
        assert_eq!(raised.id(), "eu-west-1/1002/0/frozen/2026-11-25T03:12:40Z");
        assert_eq!(round.cleared[0].reason.as_deref(), Some("recovered"));
        assert!(round.dashboard.unwrap().starts_with("https://"));
    }

    #[test]
    fn unknown_members_are_ignored_and_optional_ones_may_be_missing() {
        let incident = json!({"channel_id": "1", "pipeline": "0", "condition": "black", "since": "yesterday", "new": {}});
        let event = json!({
            "source": SOURCE, "detail-type": SOURCES_CHANGED, "news": [1],
            "detail": {"round_id": "r", "raised": [incident], "cleared": [], "more": null},
        });
        let round = read(&event).unwrap();
        assert_eq!(round.raised[0].began(), None);
        assert_eq!(round.raised[0].id(), "1/0/black/yesterday");
        assert_eq!((round.not_listed, round.dashboard), (0, None));
    }

    #[test]
    fn runbook_maintenance_and_mute_are_read() {
        let mut event = sample();
        let incident = &mut event["detail"]["raised"][0];
        incident["runbook"] = "https://wiki.example/1002".into();
        incident["maintenance"] = "2026-11-29T02:00:00Z".into();
        incident["muted"] = true.into();
        let raised = &read(&event).unwrap().raised[0];
        assert_eq!(raised.runbook.as_deref(), Some("https://wiki.example/1002"));
        assert_eq!(raised.maintenance.as_deref(), Some("2026-11-29T02:00:00Z"));
        assert!(raised.muted);
    }

    #[test]
    fn an_incident_began_at_the_time_in_the_event() {
        let at = |since: &str| Incident { since: since.to_owned(), ..Incident::default() }.began();
        assert_eq!(
            at("1970-01-01T00:01:00Z"),
            Some(SystemTime::UNIX_EPOCH + Duration::from_secs(60))
        );
        assert_eq!(at("0000-00-00T00:00:00Z"), None);
    }

    #[test]
    fn another_event_is_refused_with_what_is_wrong_and_what_is_accepted() {
        let refusal = |change: &dyn Fn(&mut Value)| {
            let mut event = sample();
            change(&mut event);
            read(&event).unwrap_err().to_string()
        };
        let foreign = refusal(&|event| event["source"] = "aws.medialive".into());
        assert!(foreign.starts_with(r#"the event has the source "aws.medialive"; accepted are"#));
        let alert = refusal(&|event| event["detail-type"] = "MediaLive Channel Alert".into());
        assert!(alert.contains(r#"the detail-type "MediaLive Channel Alert""#), "{alert}");
        let missing = refusal(&|event| event["detail"]["raised"] = Value::Null);
        assert!(missing.starts_with("the event can't be read: "), "{missing}");
        assert_eq!(read(&json!(7)).unwrap_err().what, "has the source null");
    }
}
