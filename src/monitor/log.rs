//! The monitor's log lines, in one place so that their fields can be seen together.
//!
//! At `info`: one line a round, and one for each incident raised or cleared. A healthy feed never
//! has a line.

use std::{collections::HashSet, time::SystemTime};

use humantime::format_rfc3339_seconds;
use source_detection::judge::{Evidence, IncidentEvent};
use tracing::{debug, info, warn};

use super::{
    datapoints::Fleet,
    history::{Assessment, EndedUnwatched},
    report::rounded_seconds,
    sample::Sample,
};
use crate::{
    analyse::Quality,
    aws::CallCounts,
    feed::{Channel, Feed, FeedKey},
    tags::InvalidTag,
};

/// A round has ended.
pub(super) fn round(slot: SystemTime, fleet: &Fleet, calls: CallCounts, all_sent: bool) {
    info!(
        slot = %format_rfc3339_seconds(slot),
        feeds = fleet.watched,
        healthy = fleet.healthy,
        unknown = fleet.unknown,
        failed = fleet.failed,
        no_picture = fleet.no_picture,
        skipped = fleet.skipped,
        read_back = fleet.read_back,
        calls = calls.calls,
        throttles = calls.throttles,
        errors = calls.errors,
        all_sent,
        "round"
    );
}

/// How many of the channels on air are selected: a warning if there are none, which may be intended
/// but is more often the wrong Region or a misspelt tag. Once, until that changes.
pub(super) fn selection(is_reported: &mut bool, listed: usize, selected: usize) {
    let selects_nothing = selected == 0;
    if selects_nothing && !*is_reported {
        let reason = if listed == 0 {
            "no channel is on air in this Region"
        } else {
            "INCLUDE_TAGS, EXCLUDE_TAGS or the channels' own tags exclude all channels on air"
        };
        warn!(listed, selected, reason, "nothing is watched");
    }
    *is_reported = selects_nothing;
}

/// A feed was sampled: a warning if that failed, otherwise a line at `debug`.
pub(super) fn sample(sample: &Sample) {
    let Feed { key, channel, .. } = &sample.feed;
    let Some(failure) = sample.outcome.failure() else {
        debug!(
            channel = channel.id,
            pipeline = key.pipeline.as_str(),
            outcome = sample.outcome.name(),
            "sample"
        );
        return;
    };
    warn!(
        channel = channel.id,
        name = channel.name,
        pipeline = key.pipeline.as_str(),
        api = %failure.api,
        cause = %failure.kind,
        error = %failure,
        "sample failed"
    );
}

/// A sample was judged: a line for an incident that it raised or cleared.
pub(super) fn assessment(feed: &Feed, assessment: &Assessment) {
    let (verdict, quality) = (&assessment.verdict, assessment.quality.as_ref());
    if let Some(event) = &verdict.cleared {
        incident("incident cleared", (&feed.key, &feed.channel), event, quality);
    }
    if let Some(event) = &verdict.raised {
        incident("incident raised", (&feed.key, &feed.channel), event, quality);
    }
    debug!(
        channel = feed.channel.id,
        pipeline = feed.key.pipeline.as_str(),
        condition = verdict.condition.name(),
        difference = assessment.difference,
        "verdict"
    );
}

/// The incident of a feed ended because the feed is no longer watched.
pub(super) fn ended_unwatched(ended: &EndedUnwatched) {
    incident("incident cleared", (&ended.feed, &ended.channel), &ended.event, None);
}

fn incident(
    message: &'static str,
    (feed, channel): (&FeedKey, &Channel),
    event: &IncidentEvent,
    quality: Option<&Quality>,
) {
    let incident = &event.incident;
    let evidence = incident.evidence.as_ref().map(ToString::to_string);
    let likely_cause = (incident.evidence == Some(Evidence::NoThumbnailYet)).then_some(
        "thumbnails are disabled on the channel, or its role may not write to S3 (alert 6043)",
    );
    let colour = quality.and_then(|quality| quality.colours.first());
    info!(
        channel = channel.id,
        name = channel.name,
        pipeline = feed.pipeline.as_str(),
        condition = incident.fault.name(),
        since = %format_rfc3339_seconds(incident.since),
        seconds = rounded_seconds(event.lasted),
        evidence,
        likely_cause,
        quality_sum = quality.map(Quality::whole_sum),
        main_colour = colour.map(|colour| colour.name.as_str()),
        "{message}"
    );
}

/// An invalid `source-monitor` tag: reported once in the life of the process, which `reported`
/// remembers.
pub(super) fn invalid_tag(
    reported: &mut HashSet<(String, String)>,
    channel: &Channel,
    tag: &InvalidTag,
) {
    if reported.insert((channel.id.clone(), tag.key.clone())) {
        warn!(
            channel = channel.id,
            name = channel.name,
            tag = tag.key,
            takes = tag.accepts,
            "a tag can't be read: the default holds"
        );
    }
}
