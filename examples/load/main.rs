//! The load driver: CPU time of a sample, memory of a fleet, duration of a round.
//!
//! The built monitor runs as Lambda runs it, against the stand-in for AWS and its Runtime API, and
//! is measured from outside. Then a baseline client sends the same requests with as little overhead
//! as possible, in the same run, so that the ratio of the two holds on any machine.
//! docs/performance.md describes the method.
//!
//! ```text
//! arguments ─► fleet (stand-in for AWS) ─► monitor ─► process (CPU, memory) ─► table
//!                                          baseline (the same calls without SDK)
//!                                          init     (process start to the first /next)
//!                                          soak     (many ticks in one process)
//!                                          storm    (all feeds black in one round)
//!                                          keep_cpus_awake (beside all of them, if requested)
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that fails ends the run"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
#![allow(
    clippy::disallowed_methods,
    reason = "rounds are timed by the wall clock of the function's log"
)]

mod arguments;
mod process;
mod keep_cpus_awake;
mod fleet;
mod monitor;
mod baseline;
mod init;
mod soak;
mod storm;
mod table;

use std::process::ExitCode;

use arguments::{Arguments, Mode};
use baseline::Client;
use keep_cpus_awake::BusyLoops;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let _busy_loops = if arguments.keep_cpus_awake { Some(BusyLoops::start()) } else { None };
    match &arguments.mode {
        Mode::Help => println!("{}", arguments::HELP),
        Mode::Baseline(task) => baseline::run(task).await,
        Mode::Init => init::run(&arguments).await,
        Mode::Storm => storm::run(&arguments).await,
        Mode::Soak(ticks) => soak::run(&arguments, *ticks).await,
        Mode::Load => {
            table::head(&arguments);
            for &feeds in &arguments.feeds {
                let run = monitor::run(&arguments, feeds).await;
                let baselines = [Client::Plain, Client::Signing]
                    .map(|client| baseline::measure(&arguments, client, &run));
                table::row(&arguments, &run, baselines);
            }
            table::foot();
        }
    }
    ExitCode::SUCCESS
}
