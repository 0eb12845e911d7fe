//! The command line of the local run.

use std::path::PathBuf;

pub const HELP: &str = "\
Runs the monitor on this machine against a stand-in for AWS.

  cargo run --example local                     three ticks with their events and mails, then the samples and what CloudWatch received
  cargo run --example local -- --serve          runs until interrupted, for a browser or a built function
  cargo run --example local -- --stills FOLDER  adds a channel that shows the JPEG files in FOLDER
  cargo run --example local -- --port PORT      listens on this port instead of any free one
";

/// The arguments of the command line.
#[derive(Debug, Default)]
pub struct Arguments {
    pub help: bool,
    pub serve: bool,
    pub stills: Option<PathBuf>,
    pub port: u16,
}

impl Arguments {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-h" | "--help" => arguments.help = true,
                "--serve" => arguments.serve = true,
                "--stills" => {
                    let folder = words.next().ok_or("--stills takes a folder of JPEG files")?;
                    arguments.stills = Some(folder.into());
                }
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    arguments.port = port.ok_or("--port takes a number from 0 to 65535")?;
                }
                other => {
                    return Err(format!("unknown argument {other}; --help lists the known ones"));
                }
            }
        }
        Ok(arguments)
    }
}
