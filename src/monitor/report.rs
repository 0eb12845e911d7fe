//! What a tick answers: sums over its rounds, and the incidents that are open at its end.

use std::{collections::BTreeMap, time::SystemTime};

use serde::Serialize;

use crate::{
    calls::{CallError, Cause},
    error::TickError,
    feed::Feed,
    judge::Incident,
    publish::Sent,
    round::Outcome,
};

/// The answer of a tick.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rounds made.
    pub rounds: usize,
    /// Feeds in the last round.
    pub feeds: usize,
    /// Looks at feeds, over all rounds, that gave a picture.
    pub samples: usize,
    /// Looks that found no picture.
    pub no_picture: usize,
    /// Looks that failed, by cause.
    pub failures: BTreeMap<Cause, usize>,
    /// Looks that were due and not made, because the slot or the tick was over.
    pub skipped: usize,
    /// Datapoints that CloudWatch took.
    pub published: usize,
    /// Datapoints that went to the log instead.
    pub spilled: usize,
    /// Attempts that a quota refused.
    pub throttles: u64,
    /// Attempts that failed in another way.
    pub api_errors: u64,
    /// Slots that passed while an earlier round was still under way.
    pub slot_overruns: u64,
    /// The incidents that are open after the last round.
    pub incidents: Vec<Open>,
}

/// An open incident, as an answer lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The channel's identifier.
    pub channel: String,
    /// The channel's name.
    pub name: String,
    /// `0` or `1`.
    pub pipeline: &'static str,
    /// What is wrong.
    pub condition: &'static str,
    /// Since when, RFC 3339.
    pub since: String,
    /// For how long, in whole seconds.
    pub seconds: u64,
}

impl Open {
    pub(crate) fn new(feed: &Feed, incident: &Incident, now: SystemTime) -> Self {
        Self {
            channel: feed.channel.id.clone(),
            name: feed.channel.name.clone(),
            pipeline: feed.key.pipeline.as_str(),
            condition: incident.fault.name(),
            since: humantime::format_rfc3339_seconds(incident.since).to_string(),
            seconds: now.duration_since(incident.since).unwrap_or_default().as_secs(),
        }
    }
}

/// What a tick adds up.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    pub(crate) report: Report,
    /// Whether any round had a list of channels.
    pub(crate) discovered: bool,
    /// Why the last list could not be had.
    pub(crate) discovery: Option<CallError>,
    publishing: Option<CallError>,
}

impl Sums {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Seen { .. } => self.report.samples += 1,
            Outcome::NoPicture | Outcome::NotRunning => self.report.no_picture += 1,
            Outcome::Skipped => self.report.skipped += 1,
            Outcome::Failed(_) => {}
        }
        if let Some(error) = outcome.failure() {
            *self.report.failures.entry(error.cause).or_default() += 1;
        }
    }

    pub(crate) fn sent(&mut self, sent: Sent, error: Option<CallError>) {
        self.report.published += sent.published;
        self.report.spilled += sent.spilled;
        self.publishing = error.or(self.publishing.take());
    }

    pub(crate) fn outcome(self) -> Result<Report, TickError> {
        match (self.discovery, self.publishing) {
            (Some(source), _) if !self.discovered => {
                Err(TickError::Discovery { rounds: self.report.rounds, source })
            }
            (_, Some(source)) if self.report.published == 0 => {
                Err(TickError::Publish { spilled: self.report.spilled, source })
            }
            _ => Ok(self.report),
        }
    }
}
