//! The list of incidents as a table: what the events on the stand-in's bus say about them.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_stand_in::Event;
use serde_json::Value;

use crate::serve::escaped;

/// Most incidents in the list; the oldest of those that have ended are left out.
const MAX_SHOWN: usize = 50;

/// The HTML of the list: open incidents first, then those that have ended, the newest of each
/// first.
pub fn incidents(events: &[Event], now: SystemTime) -> String {
    let mut latest: Vec<Value> = latest(events).into_values().collect();
    latest.sort_by_key(|alert| (is_open(alert), text(alert, "since").to_owned()));
    let rows: String = latest.iter().rev().take(MAX_SHOWN).map(|alert| row(alert, now)).collect();
    format!(
        "<h3>{} incidents, {} open</h3><table><tr><th>channel<th>pipeline<th>what<th>since\
         <th>duration<th>redundancy<th>state</tr>{rows}</table>",
        latest.len(),
        latest.iter().filter(|alert| is_open(alert)).count(),
    )
}

/// The latest alert of each incident, by its id. The redundancy of an open one is that of the
/// latest round that lists it: the channel's other pipeline may have failed since.
fn latest(events: &[Event]) -> BTreeMap<String, Value> {
    let mut latest: BTreeMap<String, Value> = BTreeMap::new();
    for Event { detail, .. } in events {
        if detail["alarm_id"].is_string() {
            latest.insert(text(detail, "alarm_id").to_owned(), detail.clone());
        }
        for open in detail["open"].as_array().into_iter().flatten() {
            if let Some(alert) = latest.get_mut(text(open, "alarm_id")) {
                alert["redundancy"] = open["redundancy"].clone();
            }
        }
    }
    latest
}

fn is_open(alert: &Value) -> bool {
    alert["alarm_state"] == "SET"
}

fn text<'a>(alert: &'a Value, member: &str) -> &'a str {
    alert[member].as_str().unwrap_or_default()
}

fn row(alert: &Value, now: SystemTime) -> String {
    let since = humantime::parse_rfc3339(text(alert, "since")).unwrap_or(now);
    let lasted = if is_open(alert) {
        now.duration_since(since).unwrap_or_default().as_secs()
    } else {
        alert["seconds"].as_u64().unwrap_or_default()
    };
    let state = if is_open(alert) { "open" } else { text(alert, "reason") };
    let cells = [
        format!("{} ({})", text(alert, "channel_name"), text(alert, "channel_id")),
        text(alert, "pipeline").to_owned(),
        text(alert, "condition").replace('_', " "),
        text(alert, "since").to_owned(),
        humantime::format_duration(Duration::from_secs(lasted)).to_string(),
        text(alert, "redundancy").to_owned(),
        state.replace('_', " "),
    ];
    let cells = cells.map(|cell| escaped(&cell)).join("</td><td>");
    format!("<tr><td>{cells}</td></tr>")
}
