//! Watches the source of every running AWS Elemental MediaLive channel and tells CloudWatch which are dead.
//!
//! # The way the data goes
//!
//! ```text
//! event ─► tick ─► round ─►  discover ─► capture ─► analyse ─► judge ─► publish ─► CloudWatch
//!           │        │         feeds     thumbnail   picture   verdict  datapoints
//!        slots,   concurrency                                     ▲
//!        deadline                                history (warm memory, resumed from CloudWatch)
//! ```
//!
//! Verbs are stages and nouns are values. A stage takes the value of the stage before it and never imports a later one.
//!
//! | stage | takes | gives | calls |
//! | --- | --- | --- | --- |
//! | [`trigger`] | the event | which part of the fleet | |
//! | [`tick`] | the part, a deadline | rounds on wall-clock slots, an answer | |
//! | [`discover`] | | channels that start or run | ListChannels |
//! | [`steer`] | a channel's tags | whether it is watched, with which times | |
//! | [`round`] | feeds | a sample of each, all at once | |
//! | [`capture`] | a feed | its thumbnail | DescribeThumbnails |
//! | [`analyse`] | a thumbnail | what its pixels show; its quality | DetectLabels |
//! | [`history`] | a sample | what it means beside the ones before | |
//! | [`judge`] | a sight | the condition, how long, the incident | |
//! | [`measure`] | verdicts | datapoints | |
//! | [`publish`] | datapoints | what became of them | PutMetricData |
//! | [`resume`] | feeds that the process is new to | since when they are faulty | GetMetricData |
//!
//! Beside the way: [`settings`] reads the environment, once. [`clients`] builds the SDK's clients, once. [`calls`] is how every remote
//! API is called: its pace, its second attempt, its counts. [`metric`] lists what can be published, [`feed`] names what is watched,
//! `roster` keeps the last list of channels, so that looks don't wait for the next one. [`report`] is a tick's answer, [`log`] writes
//! every line, [`error`] is why an invocation failed, [`lambda`] is Lambda's side. [`wall`] is the second function, the picture wall.
//! [`replay`] runs stills from a folder through the same judging, on an operator's desk.
//!
//! # What always holds
//!
//! - A bad feed costs nobody else: its outcome is data, and is counted.
//! - Nothing learnt is lost: a datapoint ends in CloudWatch or, in embedded metric format, in the log.
//! - Two ticks over the same slot do no harm: everything published is a gauge with the slot's time.
//! - Judging knows no AWS, no clock and nothing asynchronous. Whatever can be pure is.
//! - Everything held is bounded: thumbnails under way, bytes of an answer, datapoints that wait, feeds remembered.
//! - Time is an argument, and the environment is read in one place; `clippy.toml` sees to both.

pub mod analyse;
pub mod calls;
pub mod capture;
pub mod clients;
pub mod discover;
pub mod error;
pub mod feed;
pub mod history;
pub mod judge;
pub mod lambda;
pub mod log;
pub mod measure;
pub mod metric;
pub mod publish;
pub mod replay;
pub mod report;
pub mod resume;
mod roster;
pub mod round;
pub mod settings;
mod slots;
pub mod steer;
pub mod tick;
pub mod trigger;
pub mod wall;
