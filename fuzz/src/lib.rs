//! The monitor's pure modules, mounted under their own names. Knows no SDK; what a stage asks AWS for is not fuzzed here.

pub mod analyse;
pub mod calls;
#[path = "../../src/feed.rs"]
pub mod feed;
#[path = "../../src/judge/mod.rs"]
pub mod judge;
#[path = "../../src/metric.rs"]
pub mod metric;
#[path = "../../src/settings/mod.rs"]
pub mod settings;
#[path = "../../src/steer.rs"]
pub mod steer;
#[path = "../../src/trigger.rs"]
pub mod trigger;
pub mod wall;

/// The most characters of an answer or a log line that foreign text can lead to.
pub const MOST_SAID: usize = 4_000;
