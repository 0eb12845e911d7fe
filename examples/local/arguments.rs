//! What the newcomer can say on the command line.

use std::path::PathBuf;

pub const HELP: &str = "\
Runs the monitor on this machine against a stand-in of AWS.

  cargo run --example local                     two ticks, then what was seen and what CloudWatch received
  cargo run --example local -- --serve          stays up, for a browser and for the built function
  cargo run --example local -- --stills FOLDER  one more channel, which shows the JPEG files in FOLDER
  cargo run --example local -- --port PORT      listens on this port instead of a free one
";

/// What was said.
#[derive(Debug, Default)]
pub struct Arguments {
    pub help: bool,
    pub serve: bool,
    pub stills: Option<PathBuf>,
    pub port: u16,
}

impl Arguments {
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut said = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-h" | "--help" => said.help = true,
                "--serve" => said.serve = true,
                "--stills" => {
                    said.stills = Some(words.next().ok_or("--stills takes a folder of JPEG files")?.into());
                }
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    said.port = port.ok_or("--port takes a number from 1 to 65535")?;
                }
                other => return Err(format!("{other} is not known here; --help says what is")),
            }
        }
        Ok(said)
    }
}
