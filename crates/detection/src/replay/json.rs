//! The report as JSON, for programs. The fields are public.

use std::{
    io::{self, Write},
    time::Duration,
};

use serde_json::{Value, json};

use super::{Report, Tally};

/// Writes one object on one line.
pub(super) fn write(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let tally: Tally = reports.iter().map(Report::tally).sum();
    let sequences: Vec<Value> = reports.iter().map(sequence).collect();
    let object =
        json!({"sequences": sequences, "missed": tally.missed, "false_alarms": tally.false_alarms});
    writeln!(out, "{object}")
}

fn sequence(Report { sequence, played, score, .. }: &Report) -> Value {
    let conditions: Vec<&str> =
        played.conditions.iter().map(|condition| condition.name()).collect();
    let mut incidents = Vec::new();
    for incident in &played.incidents {
        incidents.push(json!({
            "condition": incident.fault.name(),
            "set_s": seconds(incident.set),
            "clear_s": incident.clear.map(seconds),
        }));
    }
    let mut missed = Vec::new();
    for (fault, run) in &score.missed {
        let (from, to) = (sequence.time_of(run.first), sequence.time_of(run.last()));
        missed
            .push(json!({"condition": fault.name(), "from_s": seconds(from), "to_s": seconds(to)}));
    }
    let mut false_alarms = Vec::new();
    for (incident, label) in &score.false_alarms {
        let set = seconds(incident.set);
        false_alarms
            .push(json!({"condition": incident.fault.name(), "set_s": set, "label": label}));
    }
    json!({
        "name": sequence.name,
        "step_s": seconds(sequence.step),
        "conditions": conditions,
        "incidents": incidents,
        "missed": missed,
        "false_alarms": false_alarms,
        "incomplete": played.incomplete,
    })
}

/// Seconds, as an integer if they are whole.
fn seconds(time: Duration) -> Value {
    if time.subsec_nanos() == 0 { json!(time.as_secs()) } else { json!(time.as_secs_f64()) }
}
