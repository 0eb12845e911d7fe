//! The load driver: what a sample costs, how much memory a fleet takes, and how long a round lasts.
//!
//! The built monitor runs as Lambda runs it, against the stand-in of AWS and a Runtime API of our own, and is measured
//! from outside. Then the floor client does the same requests with as little as possible, in the same run, so that the
//! ratio of the two holds on any machine. The method is told in docs/performance.md.
//!
//! ```text
//! arguments ─► fleet (stand-in of AWS) ─► monitor ─► process (CPU, memory) ─► table
//!                                         function (Runtime API, child)
//!                                         floor   (the same calls, bare)
//!                                         init    (start to the first /next)
//!                                         soak    (tick after tick)
//!                                         awake   (beside all of them, where asked for)
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot be made ends the run")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
#![allow(
    clippy::disallowed_methods,
    reason = "round times are measured by the wall clock of the function's log"
)]

mod arguments;
mod awake;
mod fleet;
mod floor;
mod function;
mod init;
mod monitor;
mod picture;
mod process;
mod soak;
#[path = "../local/standin/mod.rs"]
mod standin;
mod table;

use std::process::ExitCode;

use arguments::{Arguments, Mode};
use awake::Awake;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let said = match Arguments::read(std::env::args().skip(1)) {
        Ok(said) => said,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let _awake = said.awake.then(Awake::start);
    match said.mode {
        Mode::Help => println!("{}", arguments::HELP),
        Mode::Floor(task) => floor::run(&task).await,
        Mode::Init => init::run(&said).await,
        Mode::Soak(ticks) => soak::run(&said, ticks).await,
        Mode::Load => {
            table::head(&said);
            for &feeds in &said.feeds {
                let run = monitor::run(&said, feeds).await;
                let floor = floor::measure(&said, feeds, &run);
                table::row(&said, &run, floor);
            }
            table::foot();
        }
    }
    ExitCode::SUCCESS
}
