//! Starts logging: JSON, one object a line, to standard output, which Lambda takes for the
//! function's log.

use tracing::Level;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging. `debug` logs what a function does for each feed. A level below `INFO` turns on
/// the libraries' own lines too, down to `DEBUG`: at `TRACE` the SDK writes response bodies, and a
/// picture has no place in a log.
pub fn start_logging(debug: bool, level: Level) {
    let ours = if debug { level.max(Level::DEBUG) } else { level };
    let filter = Targets::new()
        .with_default(level.min(Level::DEBUG))
        .with_target(env!("CARGO_CRATE_NAME"), ours);
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false);
    // A second start (a test, an example) keeps the settings of the first one.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}
