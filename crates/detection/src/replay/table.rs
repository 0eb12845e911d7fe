//! A Markdown table of how many stills with each label have which condition.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{Report, score::EITHER_WAY, text::SYMBOLS};

/// For each label, the number of stills with each condition. Labels with which either outcome is
/// correct come last.
type Rows<'a> = BTreeMap<(bool, &'a str), [usize; SYMBOLS.len()]>;

/// Writes the table, without the columns of conditions that no still has.
pub(super) fn write(reports: &[Report], out: &mut impl Write) -> io::Result<()> {
    let rows = count(reports);
    let columns: Vec<usize> =
        (0..SYMBOLS.len()).filter(|&column| rows.values().any(|row| row[column] > 0)).collect();
    let heads: Vec<&str> = columns.iter().map(|&column| SYMBOLS[column].0.name()).collect();
    writeln!(
        out,
        "\nStills by label and condition (the first still of a freeze looks like a cut):\n"
    )?;
    writeln!(out, "| label | {} |", heads.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(heads.len()))?;
    for ((is_either_way, label), row) in &rows {
        let cells: Vec<String> = columns.iter().map(|&column| row[column].to_string()).collect();
        let mark = if *is_either_way { " (either way)" } else { "" };
        writeln!(out, "| {label}{mark} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn count(reports: &[Report]) -> Rows<'_> {
    let mut rows = Rows::new();
    for report in reports {
        for (label, condition) in report.labels().into_iter().zip(&report.played.conditions) {
            let row = rows.entry((EITHER_WAY.contains(&label), label)).or_default();
            if let Some(column) = SYMBOLS.iter().position(|(known, _)| known == condition) {
                row[column] += 1;
            }
        }
    }
    rows
}
