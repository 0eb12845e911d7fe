//! An incident's beginning and end as events: MediaLive's own alert with more fields. Pure.
//!
//! `events/sent.schema.json` describes the events; they are public interface.

use std::time::{Duration, SystemTime};

use humantime::format_rfc3339_seconds;
use serde::Serialize;

use super::{
    alert::{Alert, Cleared, Redundancy, alert_type},
    text::{MAX_NAME, one_line},
};
use crate::{
    console::{bucket_page, channel_page, dashboard_page},
    feed::Pipeline,
    incident_pictures::IncidentName,
    tags::Notice,
};

/// The `source` of every event. Only sources that begin with `aws.` are reserved.
pub const SOURCE: &str = "medialive-source-monitor";

/// The `detail-type` of an incident's beginning and end: MediaLive's own, so that a rule for its
/// alerts takes these with one more source.
pub const ALERT: &str = "MediaLive Channel Alert";

/// The longest runbook, in characters: that of a tag's value
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>).
const MAX_RUNBOOK: usize = 256;

/// The longest date, in characters.
const MAX_DATE: usize = 40;

/// Where events come from: what ids and links need.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The Region of the monitor and of its channels.
    pub region: String,
    /// The name of the CloudWatch dashboard.
    pub dashboard: Option<String>,
    /// The bucket with the pictures of incidents.
    pub picture_bucket: Option<String>,
}

/// An event that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The slot of the round, as in the datapoints.
    pub time: SystemTime,
    /// Its `detail-type`.
    pub detail_type: &'static str,
    /// The ARNs that it concerns.
    pub resources: Vec<String>,
    /// Its `detail`, a JSON object.
    pub detail: String,
}

impl Event {
    /// An upper bound for the entry's size as PutEvents counts it, in bytes: time, source,
    /// detail-type, detail and resources.
    #[must_use]
    pub fn bytes(&self) -> usize {
        const TIME: usize = 14;
        let resources: usize = self.resources.iter().map(String::len).sum();
        TIME + SOURCE.len() + self.detail_type.len() + self.detail.len() + resources
    }
}

/// The `detail` of an alert. The first six members are MediaLive's own.
#[derive(Serialize)]
struct AlertDetail<'a> {
    alarm_state: &'static str,
    alarm_id: String,
    alert_type: &'static str,
    pipeline: &'static str,
    channel_arn: &'a str,
    message: String,
    channel_id: &'a str,
    channel_name: String,
    condition: &'static str,
    since: String,
    seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    redundancy: &'static str,
    severity: &'static str,
    dedup_key: String,
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance: Option<String>,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pictures: Option<String>,
}

/// The event of an incident that began.
#[must_use]
pub fn set(alert: &Alert, slot: SystemTime, origin: &Origin) -> Event {
    let message = format!(
        "{} since {}: {}",
        subject(alert, MAX_NAME),
        format_rfc3339_seconds(alert.incident.since),
        alert.redundancy.name()
    );
    let detail = AlertDetail { message, ..detail(alert, origin) };
    event(alert, slot, &detail)
}

/// The event of an incident that ended.
#[must_use]
pub fn cleared(cleared: &Cleared, slot: SystemTime, origin: &Origin) -> Event {
    let Cleared { alert, reason } = cleared;
    let message = format!(
        "{} ended after {} s: {}",
        subject(alert, MAX_NAME),
        rounded_seconds(alert.lasted),
        reason.words()
    );
    let detail = AlertDetail {
        alarm_state: "CLEARED",
        message,
        reason: Some(reason.name()),
        severity: "info",
        action: "resolve",
        ..detail(alert, origin)
    };
    event(alert, slot, &detail)
}

fn detail<'a>(alert: &'a Alert, origin: &Origin) -> AlertDetail<'a> {
    let Alert { feed, channel, incident, .. } = alert;
    AlertDetail {
        alarm_state: "SET",
        alarm_id: alarm_id(alert, origin),
        alert_type: alert_type(incident.fault),
        pipeline: feed.pipeline.as_str(),
        channel_arn: &channel.arn,
        message: String::new(),
        channel_id: &channel.id,
        channel_name: one_line(&channel.name, MAX_NAME),
        condition: incident.fault.name(),
        since: format_rfc3339_seconds(incident.since).to_string(),
        seconds: rounded_seconds(alert.lasted),
        evidence: evidence(alert),
        reason: None,
        redundancy: alert.redundancy.name(),
        severity: severity(alert.redundancy),
        dedup_key: dedup_key(alert, origin),
        action: "trigger",
        runbook: runbook(alert),
        maintenance: maintenance(alert),
        links: Links {
            channel: channel_page(&origin.region, &channel.id),
            dashboard: dashboard_link(origin),
            pictures: pictures_link(alert, origin),
        },
    }
}

fn event(alert: &Alert, slot: SystemTime, detail: &AlertDetail<'_>) -> Event {
    let arn = &alert.channel.arn;
    Event {
        time: slot,
        detail_type: ALERT,
        resources: if arn.is_empty() { Vec::new() } else { vec![arn.clone()] },
        detail: json(detail),
    }
}

/// The numbers that decided the condition; `None` for an incident that an earlier process raised.
pub(super) fn evidence(alert: &Alert) -> Option<String> {
    alert.incident.evidence.as_ref().map(ToString::to_string)
}

/// What to do, as the channel's tag says.
pub(super) fn runbook(alert: &Alert) -> Option<String> {
    Notice::of(&alert.channel.tags).runbook.map(|text| one_line(&text, MAX_RUNBOOK))
}

/// When MediaLive is going to restart the channel.
pub(super) fn maintenance(alert: &Alert) -> Option<String> {
    alert.channel.maintenance.as_deref().map(|date| one_line(date, MAX_DATE))
}

/// The address of the dashboard, if it has a name.
pub(super) fn dashboard_link(origin: &Origin) -> Option<String> {
    dashboard_page(&origin.region, origin.dashboard.as_ref()?)
}

/// The address of the bucket with the pictures of incidents, if there is one.
pub(super) fn bucket_link(origin: &Origin) -> Option<String> {
    bucket_page(&origin.region, origin.picture_bucket.as_ref()?)
}

/// The address of an incident's pictures.
fn pictures_link(alert: &Alert, origin: &Origin) -> Option<String> {
    let Alert { feed, incident, .. } = alert;
    let page = bucket_link(origin)?;
    let name = IncidentName::new(feed, incident.since_slot, incident.fault)?;
    Some(format!("{page}&prefix={name}"))
}

/// Identifies the feed, or both of a channel: `REGION/CHANNEL/PIPELINE`. A feed has one incident at
/// a time, so a pager opens and closes by this key.
pub(super) fn dedup_key(alert: &Alert, origin: &Origin) -> String {
    let Origin { region, .. } = origin;
    format!("{region}/{}/{}", alert.feed.channel_id, alert.feed.pipeline)
}

/// Identifies the incident: the feed, the condition and the slot in which it began. Each process
/// that follows the incident derives the same id from its own samples or from the metrics.
pub(super) fn alarm_id(alert: &Alert, origin: &Origin) -> String {
    let since = format_rfc3339_seconds(alert.incident.since_slot);
    format!("{}/{}/{since}", dedup_key(alert, origin), alert.incident.fault.name())
}

/// The severity of an open incident, in the words of the Events API of `PagerDuty`.
fn severity(redundancy: Redundancy) -> &'static str {
    match redundancy {
        Redundancy::OffAir => "critical",
        Redundancy::Lost | Redundancy::Full | Redundancy::NotWatched => "warning",
    }
}

/// The feed and its condition in words: `1002 (Sports) pipeline 0 black`.
fn subject(alert: &Alert, max_name: usize) -> String {
    let Alert { feed, channel, incident, .. } = alert;
    let name = one_line(&channel.name, max_name);
    let name = if name.trim().is_empty() { String::new() } else { format!(" ({name})") };
    let place = match feed.pipeline {
        Pipeline::Both => "both pipelines".to_owned(),
        pipeline => format!("pipeline {pipeline}"),
    };
    format!("{}{name} {place} {}", channel.id, incident.fault.name())
}

/// Whole seconds: samples are a few milliseconds more or less than an interval apart.
pub(super) fn rounded_seconds(duration: Duration) -> u64 {
    (duration + Duration::from_millis(500)).as_secs()
}

/// A value of our own types as JSON, which always succeeds: its keys are texts and its numbers are
/// whole.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
