//! The report as one page of HTML, which needs no other file: stills with their verdicts, so that
//! a person sees why.
//!
//! Reports enter, HTML leaves. Every text is escaped; there is no script. The size is bounded:
//! [`PICTURE_BYTES`], [`MAX_ROWS`] and [`MAX_COLUMNS`].

use std::{
    io::{self, Write},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    RaisedIncident, Report, Tally,
    album::Shown,
    text::{SYMBOLS, position, seconds, set_times},
};
use crate::judge::{Condition, Thresholds};

/// The most bytes of all pictures of a page together; as base64 they take a third more.
pub(super) const PICTURE_BYTES: usize = 24 << 20;

/// The most rows of one table.
const MAX_ROWS: usize = 200;

/// The most columns of a timeline.
const MAX_COLUMNS: usize = 1_000;

/// Writes the page.
pub(super) fn write(
    reports: &[Report],
    thresholds: &Thresholds,
    out: &mut impl Write,
) -> io::Result<()> {
    let head = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Stills and their verdicts" }
                style { (PreEscaped(include_str!("page.css"))) }
            }
        }
    };
    // Both end tags are optional, and the sections are written one by one.
    let head = head.into_string().replace("</html>", "");
    write!(out, "{head}<body>{}", overview(reports, thresholds).into_string())?;
    for (number, report) in reports.iter().enumerate() {
        write!(out, "{}", section(number, report).into_string())?;
    }
    writeln!(out, "</body></html>")
}

fn overview(reports: &[Report], thresholds: &Thresholds) -> Markup {
    let Tally { missed, false_alarms, .. } = reports.iter().map(Report::tally).sum();
    html! {
        h1 { "Stills and their verdicts" }
        p { (rules(thresholds)) }
        @if reports.iter().any(|report| report.sequence.is_labelled()) {
            p { "Compared with the labels: " (missed) " missed, " (false_alarms) " false alarms." }
        }
        p {
            @for (condition, _) in SYMBOLS {
                span class={ "key " (condition) } {} (condition) " \u{2003}"
            }
        }
        div.wide { table {
            tr { th { "Sequence" } th { "Stills" } th { "Incidents" } th { "Wrong" } }
            @for (number, report) in reports.iter().enumerate() {
                tr {
                    td { a href={ "#s" (number) } { (report.sequence.name) } }
                    td { (report.played.conditions.len()) }
                    td { (faults(report)) }
                    td.wrong { (wrong(report)) }
                }
            }
        } }
    }
}

fn rules(thresholds: &Thresholds) -> String {
    let (times, clear) = (set_times(thresholds), seconds(thresholds.clear_after));
    format!("An incident is raised if a fault lasts: {times}. It ends after {clear} without.")
}

fn faults(report: &Report) -> String {
    let incidents = report.played.incidents.iter();
    let faults: Vec<&str> =
        incidents.take(MAX_ROWS).map(|incident| incident.fault.name()).collect();
    if faults.is_empty() { "none".to_owned() } else { faults.join(", ") }
}

/// What is wrong compared with the labels, or with the video.
fn wrong(report: &Report) -> String {
    let mut wrong = Vec::new();
    for (fault, run) in &report.score.missed {
        wrong.push(format!("missed: {fault} in stills {} to {}", run.first, run.last()));
    }
    for (incident, label) in &report.score.false_alarms {
        wrong.push(format!("false alarm: {} on {label}", incident.fault));
    }
    if let Some(problem) = &report.played.incomplete {
        wrong.push(format!("incomplete: {problem}"));
    }
    wrong.join("; ")
}

fn section(number: usize, report: &Report) -> Markup {
    let (sequence, played) = (&report.sequence, &report.played);
    let wrong = wrong(report);
    html! {
        section {
            h2 id={ "s" (number) } { (sequence.name) }
            p {
                (played.conditions.len()) " stills, one every " (seconds(sequence.step)) ". "
                span.wrong { (wrong) }
            }
            (timeline(report))
            @if !played.incidents.is_empty() { (incidents(&played.incidents)) }
            details {
                summary { "Stretches" }
                (stretches(report))
            }
            (stills(report))
        }
    }
}

/// A bar of colours. The table of stretches says the same in words.
fn timeline(report: &Report) -> Markup {
    let conditions = &report.played.conditions;
    let columns = conditions.len().min(MAX_COLUMNS);
    let mut bars: Vec<(Condition, usize, usize)> = Vec::new();
    for column in 0..columns {
        let stills = column * conditions.len() / columns..(column + 1) * conditions.len() / columns;
        // A fault of one still is seen even if the column has many.
        let faulty = |condition: &&Condition| **condition != Condition::Moving;
        let condition = conditions[stills].iter().find(faulty);
        let condition = condition.copied().unwrap_or(Condition::Moving);
        match bars.last_mut() {
            Some((same, _, width)) if *same == condition => *width += 1,
            _ => bars.push((condition, column, 1)),
        }
    }
    html! {
        svg.timeline viewBox={ "0 0 " (columns) " 1" } preserveAspectRatio="none" role="img"
            aria-label="Conditions over time; the stretches are listed below" {
            @for (condition, from, width) in bars {
                rect class=(condition) x=(from) y="0" width=(width) height="1" {
                    title { (condition) }
                }
            }
        }
    }
}

fn incidents(incidents: &[RaisedIncident]) -> Markup {
    let time = |time: Option<Duration>| time.map_or_else(|| "open".to_owned(), position);
    html! {
        div.wide { table {
            tr {
                th { "Incident" } th { "Since" } th { "Raised" } th { "Cleared" } th { "Evidence" }
            }
            @for incident in incidents.iter().take(MAX_ROWS) {
                tr {
                    td { span class={ "key " (incident.fault) } {} (incident.fault) }
                    td { (position(incident.since)) }
                    td { (position(incident.set)) }
                    td { (time(incident.clear)) }
                    td { @if let Some(evidence) = incident.evidence { (evidence.to_string()) } }
                }
            }
        } }
        (and_more(incidents.len()))
    }
}

fn stretches(report: &Report) -> Markup {
    let stretches = report.played.stretches();
    let labels = report.labels();
    html! {
        div.wide { table {
            tr {
                th { "From" } th { "To" } th { "Condition" }
                @if report.sequence.is_labelled() { th { "Label of the first still" } }
            }
            @for (condition, first, last) in stretches.iter().take(MAX_ROWS) {
                tr {
                    td { (position(report.sequence.time_of(*first))) }
                    td { (position(report.sequence.time_of(*last))) }
                    td { span class={ "key " (condition) } {} (condition) }
                    @if report.sequence.is_labelled() { td { (labels[*first]) } }
                }
            }
        } }
        (and_more(stretches.len()))
    }
}

/// How many rows a table lacks.
fn and_more(rows: usize) -> Markup {
    html! { @if rows > MAX_ROWS { p { "and " (rows - MAX_ROWS) " more" } } }
}

fn stills(report: &Report) -> Markup {
    let labels = report.labels();
    html! {
        ul.stills {
            @for shown in report.pictures.0.values() {
                li { (still(shown, report.sequence.is_labelled().then(|| labels[shown.index]))) }
            }
        }
    }
}

fn still(shown: &Shown, label: Option<&str>) -> Markup {
    let at = position(shown.time);
    html! {
        figure class=(shown.condition) {
            @if let Some(jpeg) = &shown.jpeg {
                img src={ "data:image/jpeg;base64," (STANDARD.encode(jpeg)) } loading="lazy"
                    width="480" height="270" alt={ "Still at " (at) ": " (shown.condition) };
            } @else if shown.facts.is_some() {
                div.none { "not shown: the page is full" }
            } @else {
                div.none { "no picture" }
            }
            figcaption {
                strong { (at) " " (shown.condition) }
                @if let Some((fault, lasted)) = shown.lasting {
                    " (" (fault) " for " (seconds(lasted)) ")"
                }
                @if let Some(label) = label { p { "label: " (label) } }
                @for mark in &shown.marks { p.mark { (mark.to_string()) } }
                @if let Some(facts) = &shown.facts { p { (facts.to_string()) } }
            }
        }
    }
}

#[cfg(test)]
mod tests;
