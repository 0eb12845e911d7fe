//! What a round changed and everything that is open, as one event. Pure.
//!
//! Messages to people are made of it: a router that takes down 200 feeds is one event here.

use std::ops::Not;

use humantime::format_rfc3339_seconds;
use serde::Serialize;

use super::{
    alert::{Alert, Cleared, Redundancy, RoundAlerts},
    event::{
        Event, Origin, alarm_id, bucket_link, dashboard_link, evidence, json, maintenance,
        rounded_seconds, runbook,
    },
    text::{MAX_NAME, one_line},
};

/// The `detail-type` of the event.
pub const SOURCES_CHANGED: &str = "MediaLive Sources Changed";

/// The largest `detail`, in bytes. PutEvents takes 1 MB, but targets such as SNS, SQS and Lambda
/// take 256 KB by default, with the envelope and with the quotes of a text escaped again.
pub const MAX_BYTES: usize = 200_000;

/// The longest name if there are more incidents than fit with everything that is known of them, in
/// characters.
const MAX_SHORT_NAME: usize = 24;

/// The `detail` of the event.
#[derive(Serialize)]
struct SummaryDetail<'a> {
    round_id: String,
    round: String,
    message: String,
    counts: Counts,
    raised: Vec<Item<'a>>,
    cleared: Vec<Item<'a>>,
    open: Vec<Item<'a>>,
    links: Links,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Counts {
    raised: usize,
    cleared: usize,
    open: usize,
    off_air: usize,
    not_listed: usize,
}

#[derive(Serialize)]
struct Links {
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<String>,
    /// The bucket's page, to which a receiver adds the incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pictures: Option<String>,
}

/// An incident in a list.
#[derive(Serialize)]
struct Item<'a> {
    channel_id: &'a str,
    channel_name: String,
    pipeline: &'static str,
    condition: &'static str,
    since: String,
    seconds: u64,
    redundancy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runbook: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance: Option<String>,
    /// Whether the channel is muted; left out if it is not.
    #[serde(skip_serializing_if = "<&bool>::not")]
    muted: bool,
}

/// How much of each incident is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Everything,
    Essentials,
}

/// The event of a round that changed something.
#[must_use]
pub fn sources_changed(round: &RoundAlerts, origin: &Origin) -> Event {
    let detail = [Extent::Everything, Extent::Essentials]
        .into_iter()
        .map(|extent| json(&detail(round, origin, extent)))
        .find(|detail| detail.len() <= MAX_BYTES)
        .unwrap_or_else(|| json(&as_many_as_fit(round, origin)));
    Event { time: round.slot, detail_type: SOURCES_CHANGED, resources: Vec::new(), detail }
}

fn detail<'a>(round: &'a RoundAlerts, origin: &Origin, extent: Extent) -> SummaryDetail<'a> {
    let item = |alert: &'a Alert| item(alert, origin, extent);
    let counts = counts(round);
    let slot = format_rfc3339_seconds(round.slot).to_string();
    let (shard, of) = round.shard;
    let mut raised: Vec<_> = round.raised.iter().collect();
    // What is off air comes first, where a reader or a limit cuts a list short.
    raised.sort_by_key(|alert| alert.redundancy != Redundancy::OffAir);
    SummaryDetail {
        round_id: format!("{}/{shard}-of-{of}/{slot}", origin.region),
        message: message(counts),
        round: slot,
        counts,
        raised: raised.into_iter().map(item).collect(),
        cleared: round
            .cleared
            .iter()
            .map(|Cleared { alert, reason }| Item { reason: Some(reason.name()), ..item(alert) })
            .collect(),
        open: round.open.iter().map(item).collect(),
        links: Links { dashboard: dashboard_link(origin), pictures: bucket_link(origin) },
    }
}

fn item<'a>(alert: &'a Alert, origin: &Origin, extent: Extent) -> Item<'a> {
    let Alert { feed, channel, incident, .. } = alert;
    let everything = extent == Extent::Everything;
    let max_name = if everything { MAX_NAME } else { MAX_SHORT_NAME };
    Item {
        channel_id: &channel.id,
        channel_name: one_line(&channel.name, max_name),
        pipeline: feed.pipeline.as_str(),
        condition: incident.fault.name(),
        since: format_rfc3339_seconds(incident.since).to_string(),
        seconds: rounded_seconds(alert.lasted),
        redundancy: alert.redundancy.name(),
        reason: None,
        alarm_id: if everything { Some(alarm_id(alert, origin)) } else { None },
        evidence: if everything { evidence(alert) } else { None },
        runbook: if everything { runbook(alert) } else { None },
        maintenance: if everything { maintenance(alert) } else { None },
        muted: alert.muted,
    }
}

/// The essentials of as many incidents as fit, first those that changed, and the number of the
/// others.
fn as_many_as_fit<'a>(round: &'a RoundAlerts, origin: &Origin) -> SummaryDetail<'a> {
    /// For the members that are not lists, and the digits of `not_listed`.
    const FRAME: usize = 2_000;
    let mut detail = detail(round, origin, Extent::Essentials);
    let (mut left, mut not_listed) = (MAX_BYTES - FRAME, 0);
    for items in [&mut detail.raised, &mut detail.cleared, &mut detail.open] {
        let fits = |item: &Item<'_>| {
            let bytes = json(item).len() + 1;
            let fits = bytes <= left;
            left = if fits { left - bytes } else { 0 };
            fits
        };
        let listed = items.iter().map(fits).take_while(|fits| *fits).count();
        not_listed += items.len() - listed;
        items.truncate(listed);
    }
    detail.counts.not_listed = not_listed;
    detail
}

fn counts(round: &RoundAlerts) -> Counts {
    let now_open = || round.raised.iter().chain(&round.open);
    Counts {
        raised: round.raised.len(),
        cleared: round.cleared.len(),
        open: now_open().count(),
        off_air: now_open().filter(|alert| alert.redundancy == Redundancy::OffAir).count(),
        not_listed: 0,
    }
}

fn message(counts: Counts) -> String {
    let Counts { raised, cleared, open, off_air, .. } = counts;
    format!("{raised} raised, {cleared} cleared, {open} open, {off_air} of them off air")
}
