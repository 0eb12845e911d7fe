//! The report as text, for people: set times, a line of symbols for each sequence of stills, the
//! stretches of each video, and for labelled stills a table and the totals.

use std::{
    io::{self, Write},
    time::Duration,
};

use super::{RaisedIncident, Report, Stills, Tally, table};
use crate::judge::{Condition, Thresholds};

/// Every condition with its symbol, in the order of the legend and of the table's columns.
pub(super) const SYMBOLS: [(Condition, char); 12] = [
    (Condition::Moving, '.'),
    (Condition::Frozen, 'F'),
    (Condition::FrozenBackground, 'f'),
    (Condition::Repeating, 'R'),
    (Condition::Partial, 'P'),
    (Condition::Slate, 'L'),
    (Condition::Black, 'K'),
    (Condition::Bars, 'B'),
    (Condition::Flat, 'C'),
    (Condition::NoPicture, 'N'),
    (Condition::Stale, 'S'),
    (Condition::Unknown, '?'),
];

/// Writes the whole report.
pub(super) fn write(
    reports: &[Report],
    thresholds: &Thresholds,
    out: &mut impl Write,
) -> io::Result<()> {
    times(thresholds, out)?;
    let names = reports.iter().map(|report| report.sequence.name.chars().count());
    let width = names.max().unwrap_or(0).max(8);
    let mut has_symbols = false;
    for report in reports {
        if matches!(report.sequence.stills, Stills::Video(_)) {
            video(report, out)?;
            continue;
        }
        has_symbols = true;
        sequence(report, width, out)?;
        details(report, width + 8, out)?;
    }
    if has_symbols {
        let legend = SYMBOLS.map(|(condition, symbol)| format!("{symbol} {condition}"));
        writeln!(out, "\n{}", legend.join("   "))?;
    }
    if reports.iter().any(|report| report.sequence.is_labelled()) {
        table::write(reports, out)?;
        totals(reports, out)?;
    }
    Ok(())
}

fn times(thresholds: &Thresholds, out: &mut impl Write) -> io::Result<()> {
    let clear = seconds(thresholds.clear_after);
    writeln!(out, "{}; clear after {clear}\n", set_times(thresholds))
}

/// How long each fault has to last.
pub(super) fn set_times(thresholds: &Thresholds) -> String {
    let times = [
        ("frozen", thresholds.frozen_after),
        ("black", thresholds.black_after),
        ("bars", thresholds.bars_after),
        ("flat", thresholds.flat_after),
        ("no picture", thresholds.no_picture_after),
        ("repeating", thresholds.repeating_after),
    ];
    times.map(|(fault, time)| format!("{fault} after {}", seconds(time))).join(", ")
}

/// One line: name, step, a symbol for each still, and the incidents.
fn sequence(report: &Report, width: usize, out: &mut impl Write) -> io::Result<()> {
    let symbols: String =
        report.played.conditions.iter().map(|&condition| symbol(condition)).collect();
    let (name, step) = (&report.sequence.name, seconds(report.sequence.step));
    write!(out, "{name:width$}  {step:>4}  {symbols}")?;
    for incident in &report.played.incidents {
        write!(out, "  {}", describe(incident))?;
    }
    writeln!(out)
}

/// A video: where each stretch of one condition begins and ends, and the incidents.
fn video(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let (sequence, played) = (&report.sequence, &report.played);
    let stills = played.conditions.len();
    writeln!(out, "{}: {stills} stills, one every {}", sequence.name, seconds(sequence.step))?;
    for (condition, first, last) in played.stretches() {
        let (first, last) = (sequence.time_of(first), sequence.time_of(last));
        writeln!(out, "  {} to {}  {condition}", position(first), position(last))?;
    }
    for incident in &played.incidents {
        writeln!(out, "  {}", describe_at(incident, position))?;
    }
    details(report, 4, out)?;
    if let Some(problem) = &played.incomplete {
        writeln!(out, "    INCOMPLETE: ffmpeg stopped: {problem}")?;
    }
    writeln!(out)
}

/// Lines below that of a sequence: evidence, unreadable stills, and what is wrong compared with the
/// labels.
fn details(report: &Report, indent: usize, out: &mut impl Write) -> io::Result<()> {
    for incident in &report.played.incidents {
        if let Some(evidence) = incident.evidence {
            writeln!(out, "{:indent$}{}: {evidence}", "", incident.fault)?;
        }
    }
    for (still, reason) in &report.played.unreadable {
        writeln!(out, "{:indent$}still {still} could not be read: {reason}", "")?;
    }
    for (fault, run) in &report.score.missed {
        writeln!(out, "{:indent$}MISSED: {fault} in stills {} to {}", "", run.first, run.last())?;
    }
    for (incident, label) in &report.score.false_alarms {
        writeln!(out, "{:indent$}FALSE ALARM: {} on `{label}`", "", describe(incident))?;
    }
    Ok(())
}

fn symbol(condition: Condition) -> char {
    SYMBOLS.iter().find(|(known, _)| *known == condition).map_or('?', |(_, symbol)| *symbol)
}

fn describe(incident: &RaisedIncident) -> String {
    describe_at(incident, seconds)
}

/// An incident, with its times in this form.
fn describe_at(incident: &RaisedIncident, form: impl Fn(Duration) -> String) -> String {
    let (fault, since, set) = (incident.fault, form(incident.since), form(incident.set));
    let clear = match incident.clear {
        Some(clear) => format!("cleared {}", form(clear)),
        None => "open".to_owned(),
    };
    format!("[{fault} since {since}, raised {set}, {clear}]")
}

/// A position in a video: `hh:mm:ss`, with tenths of a second if it has any.
#[must_use]
pub fn position(time: Duration) -> String {
    let (seconds, tenths) = (time.as_secs(), time.subsec_millis() / 100);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let whole = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
    if tenths == 0 { whole } else { format!("{whole}.{tenths}") }
}

pub(super) fn seconds(time: Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{}s", time.as_secs())
    } else {
        format!("{:.1}s", time.as_secs_f64())
    }
}

fn totals(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let Tally { missed, false_alarms, .. } = reports.iter().map(Report::tally).sum();
    let sequences = reports.len();
    let stills: usize = reports.iter().map(|report| report.played.conditions.len()).sum();
    let due: usize = reports.iter().map(|report| report.score.due).sum();
    let either_way: usize = reports.iter().map(|report| report.score.either_way).sum();
    writeln!(
        out,
        "\n{sequences} sequences, {stills} stills: {due} faults due, {missed} missed, \
         {false_alarms} false alarms, {either_way} raised where either is right"
    )
}
