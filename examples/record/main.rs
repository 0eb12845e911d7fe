//! Saves the thumbnails of a running account to a folder that `replay` reads; `--help` has the
//! options. Never deployed: operators run it with credentials of their own.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use std::process::ExitCode;

use medialive_source_monitor::{
    aws::Clients,
    record::{Command, End, HELP, Options, RecordError, Recorder},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = match Command::parse(std::env::args().skip(1)) {
        Ok(Command::Record(options)) => options,
        Ok(Command::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("record: {error}");
            return ExitCode::from(2);
        }
    };
    match Box::pin(record(options)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("record: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn record(options: Options) -> Result<(), RecordError> {
    let folder = options.folder.display().to_string();
    let (length, interval) = (options.length, options.interval);
    let recorder = Recorder::prepare(options, Clients::from_env(None, None).await).await?;
    println!(
        "recording {} feeds for {} with a sample every {} to {folder}; Ctrl-C ends early",
        recorder.feeds(),
        humantime::format_duration(length),
        humantime::format_duration(interval)
    );
    let recording = Box::pin(recorder.run(interrupted())).await;
    println!("{recording}");
    match recording.end {
        End::Complete => println!("complete"),
        End::Stopped => println!("ended early: interrupted"),
        End::Full => println!("ended early: more would exceed --at-most"),
        End::Failed(error) => return Err(error),
    }
    println!("judge it with: cargo run --release --bin replay -- {folder}");
    Ok(())
}

/// Ready when the process is asked to end.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nothing can be received: only the time and the size end the recording.
        std::future::pending::<()>().await;
    }
}
