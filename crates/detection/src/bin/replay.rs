//! Replays stills or videos: see `replay --help`.
//!
//! The command line and the environment enter; a report and an exit code leave. It is never
//! deployed.

use std::{
    env,
    error::Error,
    io::{self, BufWriter, IsTerminal, Write},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};
use source_detection::{
    replay::{self, Command, JudgedStill, Observer, Sequence, Stills, Tally},
    variables::{Reader, SettingsError, environment},
};

/// With at least this many stills, progress is printed: a run takes more than a moment.
const PROGRESS_FROM: usize = 1_000;

fn main() -> ExitCode {
    match replay() {
        Ok(Tally { missed: 0, false_alarms: 0, incomplete: 0 }) => ExitCode::SUCCESS,
        Ok(Tally { incomplete: 0, .. }) => ExitCode::from(1),
        Ok(_) => ExitCode::from(2),
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
    let mut progress = Progress { stopped: stop_at_signal()?, done: 0, total: 0 };
    let tally = replay::run(&arguments, &thresholds, &mut out, &mut progress)?;
    out.flush()?;
    Ok(tally)
}

/// A flag that Ctrl-C sets, so that there is a report of what was judged until then. A second
/// Ctrl-C ends the process at once. ffmpeg gets the signal of a terminal too, and ends by itself.
fn stop_at_signal() -> io::Result<Arc<AtomicBool>> {
    let stopped = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 130, Arc::clone(&stopped))?;
        flag::register(signal, Arc::clone(&stopped))?;
    }
    Ok(stopped)
}

/// Prints to standard error how far the replay is.
struct Progress {
    stopped: Arc<AtomicBool>,
    /// Stills of folders that were judged, of how many.
    done: usize,
    total: usize,
}

impl Observer for Progress {
    fn begins(&mut self, sequences: &[Sequence]) {
        self.total = sequences.iter().filter_map(|sequence| sequence.stills.count()).sum();
    }

    fn judged(&mut self, sequence: &Sequence, still: &JudgedStill<'_>) {
        match sequence.stills {
            Stills::Files(_) => self.print_count(),
            Stills::Video(_) => print_position(sequence, still),
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Progress {
    /// Prints each tenth: on a terminal as one line that is overwritten, elsewhere as ten lines.
    fn print_count(&mut self) {
        self.done += 1;
        let (done, total) = (self.done, self.total);
        let tenth = (total / 10).max(1);
        if total < PROGRESS_FROM || !(done.is_multiple_of(tenth) || done == total) {
            return;
        }
        let end = if io::stderr().is_terminal() && done < total { '\r' } else { '\n' };
        eprint!("{done} of {total} stills{end}");
    }
}

/// Prints incidents of a video as they begin and end, because a live stream has no end to wait for;
/// on a terminal also the position.
fn print_position(sequence: &Sequence, still: &JudgedStill<'_>) {
    let (name, position) = (&sequence.name, replay::position(still.time));
    if let Some(event) = &still.verdict.cleared {
        eprintln!("{name}: {position} {} cleared", event.incident.fault);
    }
    if let Some(event) = &still.verdict.raised {
        eprintln!("{name}: {position} {} raised", event.incident.fault);
    }
    if io::stderr().is_terminal() {
        eprint!("{name}: {position} {}\x1b[K\r", still.verdict.condition);
    }
}
