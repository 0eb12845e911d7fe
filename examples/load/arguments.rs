//! The command line of the load driver.

use std::{path::PathBuf, str::FromStr, time::Duration};

use crate::baseline::Task;

pub(crate) const HELP: &str = "\
Measures the built monitor against a stand-in for AWS, and a baseline client that sends the same requests.

  cargo build --release && cargo run --release --example load
  ... -- --feeds 10,100,1000,5000   sizes of the fleet, one row each
  ... -- --latency 100              latency of each API in milliseconds
  ... -- --rounds 3                 measured rounds, after one to warm up
  ... -- --concurrency 32           CONCURRENT_FEEDS
  ... -- --one-by-one 50            thumbnails a second (THUMBNAIL_TPS), so that responses arrive one by one
  ... -- --set NAME=VALUE           a further setting of the monitor
  ... -- --monitor PATH             another binary of the monitor; for --init also another function
  ... -- --awake                    keeps the processors from sleeping during the APIs' latency
  ... -- --group DIRECTORY          runs the monitor in this control group, which limits CPU or memory
  ... -- --init                     process start to the first /next, beside a function that does nothing
  ... -- --storm                    all feeds go black in one round, and recover in another one
  ... -- --ticks 10000              memory and descriptors over so many ticks in one process
  ... -- --noop-function PATH       another binary of the example `noop_function`, for --init
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Help,
    Load,
    Init,
    /// All feeds go black in one round.
    Storm,
    /// This many ticks.
    Soak(usize),
    /// The driver starts itself in this mode, so that the baseline client has a process of its own.
    Baseline(Task),
}

/// The arguments of the command line.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) mode: Mode,
    /// Sizes of the fleet.
    pub(crate) feeds: Vec<usize>,
    pub(crate) latency: Duration,
    pub(crate) rounds: usize,
    pub(crate) concurrency: usize,
    /// Thumbnails a second, if they are limited.
    pub(crate) pace: Option<u32>,
    /// Further settings of the monitor.
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) monitor: PathBuf,
    pub(crate) keep_cpus_awake: bool,
    pub(crate) control_group: Option<PathBuf>,
    pub(crate) noop_function: PathBuf,
}

impl Arguments {
    fn defaults() -> Self {
        let examples = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        Self {
            mode: Mode::Load,
            feeds: vec![10, 100, 1_000, 5_000],
            latency: Duration::ZERO,
            rounds: 3,
            concurrency: 32,
            pace: None,
            settings: Vec::new(),
            monitor: examples.with_file_name("monitor"),
            keep_cpus_awake: false,
            control_group: None,
            noop_function: examples.join("noop_function"),
        }
    }

    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::defaults();
        while let Some(word) = words.next() {
            let mut value =
                || words.next().ok_or(format!("{word} takes a value; --help describes it"));
            match word.as_str() {
                "-h" | "--help" => arguments.mode = Mode::Help,
                "--storm" => arguments.mode = Mode::Storm,
                "--init" => arguments.mode = Mode::Init,
                "--ticks" => arguments.mode = Mode::Soak(number(&value()?)?),
                "--baseline" => arguments.mode = Mode::Baseline(Task::read(&value()?)?),
                "--feeds" => {
                    arguments.feeds = value()?.split(',').map(number).collect::<Result<_, _>>()?;
                }
                "--latency" => arguments.latency = Duration::from_millis(number(&value()?)?),
                "--rounds" => arguments.rounds = number(&value()?)?,
                "--concurrency" => arguments.concurrency = number(&value()?)?,
                "--one-by-one" => {
                    let pace = number(&value()?)?;
                    arguments.pace = Some(pace);
                    arguments.settings.push(("THUMBNAIL_TPS".to_owned(), pace.to_string()));
                }
                "--set" => arguments.settings.push(setting(&value()?)?),
                "--monitor" => arguments.monitor = value()?.into(),
                "--awake" => arguments.keep_cpus_awake = true,
                "--group" => arguments.control_group = Some(value()?.into()),
                "--noop-function" => arguments.noop_function = value()?.into(),
                other => {
                    return Err(format!("unknown argument {other}; --help lists the known ones"));
                }
            }
        }
        Ok(arguments)
    }
}

pub(crate) fn number<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{text} is not a number in range"))
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or(format!("{text} is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}
