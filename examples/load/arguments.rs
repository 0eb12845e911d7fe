//! What can be said on the command line of the load driver.

use std::{path::PathBuf, str::FromStr, time::Duration};

use crate::floor::Task;

pub(crate) const HELP: &str = "\
Measures the built monitor against a stand-in of AWS, and a floor client that does the same requests.

  cargo build --release && cargo run --release --example load
  ... -- --feeds 10,100,1000,5000   sizes of the fleet, one row each
  ... -- --latency 100              milliseconds that each API takes
  ... -- --rounds 3                 rounds that are measured, after one to warm up
  ... -- --concurrency 32           CONCURRENT_FEEDS
  ... -- --set NAME=VALUE           one more setting of the monitor
  ... -- --monitor PATH             another binary of the monitor
  ... -- --awake                    keeps the processors from sleeping while the APIs take their time
  ... -- --group DIRECTORY          a control group for the monitor: a part of a processor, or of memory
  ... -- --init                     process start to the first /next, against a bare runtime
  ... -- --ticks 10000              so many ticks in one process, four a second: memory and descriptors
  ... -- --bare PATH                another binary of the example `bare`, for --init
";

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Help,
    Load,
    Init,
    /// So many ticks.
    Soak(usize),
    /// The driver starts itself with this to have a process of its own for the floor client.
    Floor(Task),
}

/// What was said.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    pub(crate) feeds: Vec<usize>,
    pub(crate) latency: Duration,
    pub(crate) rounds: usize,
    pub(crate) concurrency: usize,
    pub(crate) more: Vec<(String, String)>,
    pub(crate) monitor: PathBuf,
    pub(crate) awake: bool,
    pub(crate) group: Option<PathBuf>,
    pub(crate) bare: PathBuf,
}

impl Arguments {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let examples = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let mut said = Self {
            mode: Mode::Load,
            feeds: vec![10, 100, 1_000, 5_000],
            latency: Duration::ZERO,
            rounds: 3,
            concurrency: 32,
            more: Vec::new(),
            monitor: examples.with_file_name("monitor"),
            awake: false,
            group: None,
            bare: examples.join("bare"),
        };
        while let Some(word) = words.next() {
            let mut next = || words.next().ok_or(format!("{word} takes a value; --help says which"));
            match word.as_str() {
                "-h" | "--help" => said.mode = Mode::Help,
                "--init" => said.mode = Mode::Init,
                "--ticks" => said.mode = Mode::Soak(number(&next()?)?),
                "--floor" => said.mode = Mode::Floor(Task::read(&next()?)?),
                "--feeds" => said.feeds = next()?.split(',').map(number).collect::<Result<_, _>>()?,
                "--latency" => said.latency = Duration::from_millis(number(&next()?)?),
                "--rounds" => said.rounds = number(&next()?)?,
                "--concurrency" => said.concurrency = number(&next()?)?,
                "--set" => said.more.push(setting(&next()?)?),
                "--monitor" => said.monitor = next()?.into(),
                "--awake" => said.awake = true,
                "--group" => said.group = Some(next()?.into()),
                "--bare" => said.bare = next()?.into(),
                other => return Err(format!("{other} is not known here; --help says what is")),
            }
        }
        Ok(said)
    }
}

pub(crate) fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{text} is no number that fits here"))
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or(format!("{text} is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}
