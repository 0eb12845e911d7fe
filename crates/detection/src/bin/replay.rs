//! Replays stills from a folder: see `replay --help`.
//!
//! The command line and the environment enter; a report and an exit code leave. Never part of the deployed
//! functions.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use source_detection::{
    replay::{self, Command, Tally},
    variables::{Reader, SettingsError, environment},
};

/// From this many stills on, it takes long enough for somebody to wonder.
const MANY: usize = 1_000;

fn main() -> ExitCode {
    match replay() {
        Ok(Tally { missed: 0, false_alarms: 0 }) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::from(2)
        }
    }
}

fn replay() -> Result<Tally, Box<dyn std::error::Error>> {
    let Command::Replay(arguments) = Command::read(std::env::args_os().skip(1))? else {
        io::stdout().write_all(replay::HELP.as_bytes())?;
        return Ok(Tally::default());
    };
    let mut variables = Reader::new(environment);
    // Each sequence sets its own gap: a manifest says how far its stills are apart.
    let thresholds = variables.thresholds(Duration::ZERO);
    let thresholds = variables.finish(thresholds).map_err(SettingsError)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let tally = replay::run(&arguments, &thresholds, &mut out, progress)?;
    out.flush()?;
    Ok(tally)
}

/// One line that is written over on a terminal, and ten lines in a log.
fn progress(done: usize, total: usize) {
    let tenth = (total / 10).max(1);
    if total < MANY || !(done.is_multiple_of(tenth) || done == total) {
        return;
    }
    let end = if io::stderr().is_terminal() && done < total { '\r' } else { '\n' };
    eprint!("{done} of {total} stills{end}");
}
