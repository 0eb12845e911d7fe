//! Logs: JSON, one object a line, to standard output, which Lambda takes for the function's log. Every line that the
//! stages' data leads to is written here, so that its fields can be seen in one place.
//!
//! At `info`: one line a round, and one an incident raised or cleared. Never a line for a healthy feed.

use std::{
    collections::HashSet,
    time::{Duration, SystemTime},
};

use humantime::format_rfc3339_seconds;
use tracing::{Level, debug, info, warn};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    calls::Counts,
    feed::{Channel, Feed},
    history::Learnt,
    judge::Change,
    measure::Fleet,
    round::Sample,
    steer::UnreadableTag,
};

/// Starts logging. `debug` logs what the monitor does for each feed; a level below `INFO` turns on the libraries' own
/// lines too, down to `DEBUG`: at `TRACE` the SDK writes bodies, and a picture has no place in a log.
pub fn start(debug: bool, level: Level) {
    let ours = if debug { level.max(Level::DEBUG) } else { level };
    let filter =
        Targets::new().with_default(level.min(Level::DEBUG)).with_target(env!("CARGO_CRATE_NAME"), ours);
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false);
    // A second start (a test, an example) keeps the first one's settings.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}

/// A round is over.
pub(crate) fn round(slot: SystemTime, fleet: &Fleet, calls: Counts, all_sent: bool) {
    info!(
        slot = %format_rfc3339_seconds(slot),
        feeds = fleet.watched,
        healthy = fleet.healthy,
        unknown = fleet.unknown,
        failed = fleet.failed,
        no_picture = fleet.no_picture,
        skipped = fleet.skipped,
        calls = calls.calls,
        throttles = calls.throttles,
        errors = calls.errors,
        all_sent,
        "round"
    );
}

/// A feed was looked at: a warning if that failed, else only for whoever debugs.
pub(crate) fn sample(sample: &Sample) {
    let Feed { key, channel, .. } = &sample.feed;
    if let Some(error) = sample.outcome.failure() {
        warn!(
            channel = channel.id,
            name = channel.name,
            pipeline = key.pipeline.as_str(),
            api = %error.api,
            cause = ?error.cause,
            %error,
            "sample failed"
        );
    } else {
        debug!(
            channel = channel.id,
            pipeline = key.pipeline.as_str(),
            outcome = sample.outcome.name(),
            "sample"
        );
    }
}

/// What was made of a look: a line for an incident that began or ended.
pub(crate) fn incidents(feed: &Feed, learnt: &Learnt) {
    let verdict = &learnt.verdict;
    if let Some(change) = &verdict.cleared {
        incident("incident cleared", feed, change, learnt);
    }
    if let Some(change) = &verdict.raised {
        incident("incident raised", feed, change, learnt);
    }
    debug!(
        channel = feed.channel.id,
        pipeline = feed.key.pipeline.as_str(),
        condition = verdict.condition.name(),
        difference = learnt.difference,
        "verdict"
    );
}

fn incident(message: &'static str, feed: &Feed, change: &Change, learnt: &Learnt) {
    let incident = &change.incident;
    let evidence = incident.evidence.as_ref().map(ToString::to_string);
    let colour = learnt.quality.as_ref().and_then(|quality| quality.colours.first());
    info!(
        channel = feed.channel.id,
        name = feed.channel.name,
        pipeline = feed.key.pipeline.as_str(),
        condition = incident.fault.name(),
        since = %format_rfc3339_seconds(incident.since),
        seconds = whole_seconds(change.lasted),
        evidence,
        quality_sum = learnt.quality.as_ref().map(crate::analyse::Quality::whole_sum),
        main_colour = colour.map(|colour| colour.name.as_str()),
        "{message}"
    );
}

fn whole_seconds(lasted: Duration) -> u64 {
    lasted.as_secs()
}

/// A tag of ours that can't be read: told once in the life of the process.
pub(crate) fn unreadable_tag(told: &mut HashSet<(String, String)>, channel: &Channel, tag: &UnreadableTag) {
    if told.insert((channel.id.clone(), tag.key.clone())) {
        warn!(
            channel = channel.id,
            name = channel.name,
            tag = tag.key,
            takes = tag.takes,
            "a tag can't be read: the default holds"
        );
    }
}
