//! The report of a replay, for people and for programs.
//!
//! [`Report`]s enter, text or JSON leaves. Nothing is decided here.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::score::Tally;
use super::{Report, RaisedIncident};
use crate::judge::{Condition, Thresholds};

/// The conditions in the order of the table's columns, each with its sign in the strip.
const SIGNS: [(Condition, char); 9] = [
    (Condition::Moving, '.'),
    (Condition::Frozen, 'F'),
    (Condition::FrozenBackground, 'f'),
    (Condition::Black, 'K'),
    (Condition::Bars, 'B'),
    (Condition::Flat, 'C'),
    (Condition::NoPicture, 'N'),
    (Condition::Stale, 'S'),
    (Condition::Unknown, '?'),
];

/// Labels for which one incident is as right as none.
const EITHER_WAY: [&str; 3] = ["slate", "test_pattern", "frozen_background"];

/// The shape that the scoring of others reads.
pub(super) fn json(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let tally: Tally = reports.iter().map(|report| report.score.tally()).sum();
    let sequences: Vec<Value> = reports.iter().map(sequence).collect();
    let whole = json!({"sequences": sequences, "missed": tally.missed, "false_alarms": tally.false_alarms});
    writeln!(out, "{whole}")
}

fn sequence(report: &Report) -> Value {
    let step = report.sequence.step;
    let at = |still: usize| seconds(step.saturating_mul(u32::try_from(still).unwrap_or(u32::MAX)));
    let incidents = report.played.incidents.iter().map(|incident| {
        json!({
            "condition": incident.fault.name(),
            "set_s": seconds(incident.set),
            "clear_s": incident.clear.map(seconds),
        })
    });
    let missed = report.score.missed.iter().map(|(fault, run)| {
        json!({"condition": fault.name(), "from_s": at(run.first), "to_s": at(run.first + run.count - 1)})
    });
    let false_alarms = report.score.false_alarms.iter().map(|(incident, label)| {
        json!({"condition": incident.fault.name(), "set_s": seconds(incident.set), "label": label})
    });
    json!({
        "name": report.sequence.name,
        "step_s": seconds(step),
        "conditions": report.played.conditions.iter().map(|condition| condition.name()).collect::<Vec<_>>(),
        "incidents": incidents.collect::<Vec<_>>(),
        "missed": missed.collect::<Vec<_>>(),
        "false_alarms": false_alarms.collect::<Vec<_>>(),
    })
}

/// Whole seconds as a whole number.
fn seconds(time: Duration) -> Value {
    if time.subsec_nanos() == 0 { json!(time.as_secs()) } else { json!(time.as_secs_f64()) }
}

/// Strips, incidents and tables.
pub(super) fn text(reports: &[Report], thresholds: &Thresholds, out: &mut impl Write) -> io::Result<()> {
    settings(thresholds, out)?;
    let width = reports.iter().map(|report| report.sequence.name.chars().count()).max().unwrap_or(0).max(8);
    for report in reports {
        strip(report, width, out)?;
    }
    let signs: Vec<String> = SIGNS.iter().map(|(condition, sign)| format!("{sign} {condition}")).collect();
    writeln!(out, "\n{}", signs.join("   "))?;
    if reports.iter().any(|report| !report.sequence.runs.is_empty()) {
        confusion(reports, out)?;
        outcome(reports, out)?;
    }
    Ok(())
}

fn settings(thresholds: &Thresholds, out: &mut impl Write) -> io::Result<()> {
    let times = [
        ("frozen", thresholds.frozen_after),
        ("black", thresholds.black_after),
        ("bars", thresholds.bars_after),
        ("flat", thresholds.flat_after),
        ("no picture", thresholds.no_picture_after),
    ];
    let times: Vec<String> =
        times.iter().map(|(name, time)| format!("{name} after {}", human(*time))).collect();
    writeln!(out, "{}; clear after {}\n", times.join(", "), human(thresholds.clear_after))
}

fn strip(report: &Report, width: usize, out: &mut impl Write) -> io::Result<()> {
    let strip: String = report.played.conditions.iter().map(|&condition| sign(condition)).collect();
    let name = &report.sequence.name;
    write!(out, "{name:width$}  {:>4}  {strip}", human(report.sequence.step))?;
    for incident in &report.played.incidents {
        write!(out, "  {}", describe(incident))?;
    }
    writeln!(out)?;
    let indent = width + 8;
    for incident in &report.played.incidents {
        if let Some(evidence) = incident.evidence {
            writeln!(out, "{:indent$}{}: {evidence}", "", incident.fault)?;
        }
    }
    for (still, reason) in &report.played.unreadable {
        writeln!(out, "{:indent$}still {still} could not be read: {reason}", "")?;
    }
    for (fault, run) in &report.score.missed {
        writeln!(
            out,
            "{:indent$}MISSED: {fault} in stills {} to {}",
            "",
            run.first,
            run.first + run.count - 1
        )?;
    }
    for (incident, label) in &report.score.false_alarms {
        writeln!(out, "{:indent$}FALSE ALARM: {} on `{label}`", "", describe(incident))?;
    }
    Ok(())
}

fn sign(condition: Condition) -> char {
    SIGNS.iter().find(|(known, _)| *known == condition).map_or('?', |(_, sign)| *sign)
}

fn describe(incident: &RaisedIncident) -> String {
    let clear = incident.clear.map_or_else(|| "open".to_owned(), |clear| format!("cleared {}", human(clear)));
    format!("[{} since {}, raised {}, {clear}]", incident.fault, human(incident.since), human(incident.set))
}

fn human(time: Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{}s", time.as_secs())
    } else {
        format!("{:.1}s", time.as_secs_f64())
    }
}

/// How many stills of each label were seen in which condition. The first still of a run can't be told from a
/// cut.
fn confusion(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<(bool, &str), [usize; SIGNS.len()]> = BTreeMap::new();
    for report in reports {
        for (label, condition) in report.labels().into_iter().zip(&report.played.conditions) {
            let row = counts.entry((EITHER_WAY.contains(&label), label)).or_default();
            if let Some(column) = SIGNS.iter().position(|(known, _)| known == condition) {
                row[column] += 1;
            }
        }
    }
    let used: Vec<usize> =
        (0..SIGNS.len()).filter(|&column| counts.values().any(|row| row[column] > 0)).collect();
    writeln!(
        out,
        "\nStills by label and condition (the first still of a freeze cannot be told from a cut):\n"
    )?;
    let heads: Vec<String> = used.iter().map(|&column| SIGNS[column].0.name().to_owned()).collect();
    writeln!(out, "| label | {} |", heads.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(heads.len()))?;
    for ((either_way, label), row) in &counts {
        let cells: Vec<String> = used.iter().map(|&column| row[column].to_string()).collect();
        let mark = if *either_way { " (either way)" } else { "" };
        writeln!(out, "| {label}{mark} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn outcome(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let tally: Tally = reports.iter().map(|report| report.score.tally()).sum();
    let due: usize = reports.iter().map(|report| report.score.due).sum();
    let either_way: usize = reports.iter().map(|report| report.score.either_way).sum();
    let stills: usize = reports.iter().map(|report| report.sequence.stills.len()).sum();
    writeln!(
        out,
        "\n{} sequences, {stills} stills: {due} faults due, {} missed, {} false alarms, {either_way} raised where either is right",
        reports.len(),
        tally.missed,
        tally.false_alarms
    )
}
