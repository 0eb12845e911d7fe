//! Replays stills from a folder: see `replay --help`.
//!
//! The command line and the environment enter; a report and an exit code leave. It is never
//! deployed.

use std::{
    env,
    error::Error,
    io::{self, BufWriter, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use source_detection::{
    replay::{self, Command, Tally},
    variables::{Reader, SettingsError, environment},
};

/// With at least this many stills, progress is printed: a run takes more than a moment.
const PROGRESS_FROM: usize = 1_000;

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

fn replay() -> Result<Tally, Box<dyn Error>> {
    let Command::Replay(arguments) = Command::parse(env::args_os().skip(1))? else {
        io::stdout().write_all(replay::HELP.as_bytes())?;
        return Ok(Tally::default());
    };
    let mut variables = Reader::new(environment);
    // Each sequence sets its own gap from the time between its stills.
    let thresholds = variables.thresholds(Duration::ZERO);
    let thresholds = variables.finish(thresholds).map_err(SettingsError)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let tally = replay::run(&arguments, &thresholds, &mut out, print_progress)?;
    out.flush()?;
    Ok(tally)
}

/// Prints each tenth to standard error: on a terminal as one line that is overwritten, elsewhere as
/// ten lines.
fn print_progress(done: usize, total: usize) {
    let tenth = (total / 10).max(1);
    if total < PROGRESS_FROM || !(done.is_multiple_of(tenth) || done == total) {
        return;
    }
    let end = if io::stderr().is_terminal() && done < total { '\r' } else { '\n' };
    eprint!("{done} of {total} stills{end}");
}
