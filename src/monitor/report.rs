//! What a tick returns: sums over its rounds, and the incidents that are open at its end.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use source_detection::judge::Incident;

use super::{
    error::TickError,
    sample::{FailureKind, Outcome},
};
use crate::{
    announce::Announced,
    aws::{CallCounts, CallError},
    feed::Feed,
    incident_pictures::Stored,
    publish::Published,
};

/// The response of a tick.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rounds made.
    pub rounds: usize,
    /// Feeds in the last round.
    pub feeds: usize,
    /// Samples with a picture, over all rounds.
    pub samples: usize,
    /// Samples without a picture.
    pub no_picture: usize,
    /// Failed samples by kind.
    pub failures: BTreeMap<FailureKind, usize>,
    /// Samples that were due and not made, because the slot or the tick was over.
    pub skipped: usize,
    /// Datapoints that CloudWatch took.
    pub published: usize,
    /// Datapoints that went to the log instead.
    pub spilled: usize,
    /// Events that EventBridge took.
    pub events: usize,
    /// Events that went to the log instead.
    pub spilled_events: usize,
    /// Pictures of incidents that were stored.
    pub pictures: usize,
    /// Pictures of incidents that could not be stored.
    pub lost_pictures: usize,
    /// Attempts rejected because of a quota.
    pub throttles: u64,
    /// Attempts that failed in another way.
    pub api_errors: u64,
    /// Slots that ended while an earlier round was still running.
    pub slot_overruns: u64,
    /// The incidents that are open after the last round.
    pub incidents: Vec<OpenIncident>,
}

/// An open incident as a report lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenIncident {
    /// The channel's identifier.
    pub channel: String,
    /// The channel's name.
    pub name: String,
    /// `0`, `1` or `both`.
    pub pipeline: &'static str,
    /// The condition.
    pub condition: &'static str,
    /// When it began, RFC 3339.
    pub since: String,
    /// How long it has lasted, in whole seconds.
    pub seconds: u64,
}

impl OpenIncident {
    pub(super) fn new(feed: &Feed, incident: &Incident, now: SystemTime) -> Self {
        Self {
            channel: feed.channel.id.clone(),
            name: feed.channel.name.clone(),
            pipeline: feed.key.pipeline.as_str(),
            condition: incident.fault.name(),
            since: humantime::format_rfc3339_seconds(incident.since).to_string(),
            seconds: rounded_seconds(now.duration_since(incident.since).unwrap_or_default()),
        }
    }
}

/// Whole seconds: samples are a few milliseconds more or less than an interval apart.
pub(super) fn rounded_seconds(duration: Duration) -> u64 {
    (duration + Duration::from_millis(500)).as_secs()
}

/// What a round contributes to the report.
#[derive(Debug, Default)]
pub(super) struct RoundResult {
    /// How the samples ended.
    pub(super) samples: SampleCounts,
    /// The incidents that are open after it; `None` if the round had no list of channels.
    pub(super) incidents: Option<Vec<OpenIncident>>,
    /// Why the round had no list of channels.
    pub(super) discovery_error: Option<CallError>,
    /// What became of its datapoints.
    pub(super) published: Published,
    /// What became of its events.
    pub(super) announced: Announced,
    /// What became of the pictures of incidents.
    pub(super) stored: Stored,
}

/// How samples ended.
#[derive(Debug, Default)]
pub(super) struct SampleCounts {
    feeds: usize,
    pictures: usize,
    no_picture: usize,
    skipped: usize,
    failures: BTreeMap<FailureKind, usize>,
}

impl SampleCounts {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.feeds += 1;
        match outcome {
            Outcome::Picture { .. } => self.pictures += 1,
            Outcome::NoPicture | Outcome::PipelineDown => self.no_picture += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::Failed(_) | Outcome::Compared(_) => {}
        }
        if let Some(failure) = outcome.failure() {
            *self.failures.entry(failure.kind).or_default() += 1;
        }
    }
}

/// Adds up the rounds of a tick.
#[derive(Debug, Default)]
pub(super) struct ReportBuilder {
    report: Report,
    /// Whether any round had a list of channels.
    discovered: bool,
    discovery_error: Option<CallError>,
    published: Published,
    announced: Announced,
}

impl ReportBuilder {
    pub(super) fn add_round(&mut self, round: RoundResult) {
        let RoundResult { samples, incidents, discovery_error, published, announced, stored } =
            round;
        self.report.rounds += 1;
        if let Some(incidents) = incidents {
            self.discovered = true;
            self.report.feeds = samples.feeds;
            self.report.incidents = incidents;
        }
        self.report.samples += samples.pictures;
        self.report.no_picture += samples.no_picture;
        self.report.skipped += samples.skipped;
        for (kind, count) in samples.failures {
            *self.report.failures.entry(kind).or_default() += count;
        }
        self.discovery_error = discovery_error.or(self.discovery_error.take());
        self.add_delivered((published, announced));
        self.add_stored(stored);
    }

    pub(super) fn add_delivered(&mut self, (published, announced): (Published, Announced)) {
        self.published += published;
        self.announced += announced;
    }

    pub(super) fn add_stored(&mut self, Stored { stored, dropped }: Stored) {
        self.report.pictures += stored;
        self.report.lost_pictures += dropped;
    }

    pub(super) fn slot_overruns(&mut self, slots: u64) {
        self.report.slot_overruns = slots;
    }

    /// The report of the tick.
    ///
    /// # Errors
    /// If the tick produced nothing: no list of channels, or nothing published.
    pub(super) fn finish(mut self, calls: CallCounts) -> Result<Report, TickError> {
        let Published { published, spilled, error } = self.published;
        self.report.published = published;
        self.report.spilled = spilled;
        self.report.events = self.announced.sent;
        self.report.spilled_events = self.announced.spilled;
        self.report.throttles = calls.throttles;
        self.report.api_errors = calls.errors;
        match (self.discovery_error, error) {
            (Some(source), _) if !self.discovered => {
                Err(TickError::Discovery { rounds: self.report.rounds, source })
            }
            (_, Some(source)) if published == 0 => Err(TickError::Publish { spilled, source }),
            _ => Ok(self.report),
        }
    }
}
