//! Small SVG plots of the metrics that CloudWatch received.

use std::{collections::BTreeMap, fmt::Write};

use aws_stand_in::{Datum, StandIn};

/// Most datapoints of a line; older ones are left out.
const MAX_POINTS: usize = 120;

/// Width and height of a plot in pixels.
const WIDTH: f64 = 210.0;
const HEIGHT: f64 = 48.0;

/// The HTML of one plot per metric. A metric of feeds has one line per feed.
pub fn plots(aws: &StandIn) -> String {
    let mut metrics: BTreeMap<String, BTreeMap<String, Vec<Datum>>> = BTreeMap::new();
    for datum in aws.data() {
        let feed = datum.dimensions.values().cloned().collect::<Vec<_>>().join("/");
        metrics.entry(datum.name.clone()).or_default().entry(feed).or_default().push(datum);
    }
    metrics.iter().map(|(name, lines)| plot(name, lines)).collect()
}

fn plot(name: &str, lines: &BTreeMap<String, Vec<Datum>>) -> String {
    let latest = |line: &Vec<Datum>| line[line.len().saturating_sub(MAX_POINTS)..].to_vec();
    let lines: Vec<Vec<Datum>> = lines.values().map(latest).collect();
    let highest = lines.iter().flatten().map(|datum| datum.value).fold(0.0, f64::max);
    let mut paths = String::new();
    for line in &lines {
        let points: Vec<String> = line
            .iter()
            .enumerate()
            .map(|(number, datum)| point(number, datum.value, highest))
            .collect();
        let _ = write!(
            paths,
            "<polyline fill=none stroke=#2e73b8 stroke-width=1.2 stroke-opacity=.75 points=\"{}\"/>",
            points.join(" ")
        );
    }
    format!(
        "<div class=plot>{name}, highest {highest}\
         <svg width={WIDTH} height={HEIGHT} role=img aria-label=\"{name}\">{paths}</svg></div>"
    )
}

#[expect(clippy::cast_precision_loss, reason = "at most 120 points")]
fn point(number: usize, value: f64, highest: f64) -> String {
    let x = 2.0 + number as f64 / (MAX_POINTS - 1) as f64 * (WIDTH - 4.0);
    let y = HEIGHT - 3.0 - value / highest.max(1.0) * (HEIGHT - 6.0);
    format!("{x:.1},{y:.1}")
}
