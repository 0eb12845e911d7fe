//! The state of one feed: what it shows, since when, and which incident is open.
//!
//! [`Observation`]s enter in order of time, [`Verdict`]s leave. The documentation of `judge` has
//! the rules.

use std::time::{Duration, SystemTime};

use super::{
    condition::{Condition, Fault},
    difference::Difference,
    evidence::Evidence,
    fault_run::{FaultRun, elapsed},
    observation::Observation,
    single_picture,
    stillness::{ReferencePictures, Stillness},
    thresholds::{BRIEF, Thresholds},
    verdict::{Incident, IncidentEvent, Verdict},
};
use crate::picture::Picture;

/// MediaLive renews a thumbnail every 2 s. One that missed more than two renewals is stale; before
/// that, the same time stamp is the same thumbnail fetched twice.
pub const STALE_AFTER: Duration = Duration::from_secs(5);

/// The state of one feed.
#[derive(Clone, Debug, Default)]
pub struct FeedState {
    /// The condition of the latest sample that showed something; `None` before the first.
    condition: Option<Condition>,
    /// The time of that sample.
    latest: Option<SystemTime>,
    /// The time of the latest sample with a new picture.
    latest_picture: Option<SystemTime>,
    /// The fault that the latest picture shows. Kept while there is no picture, which says nothing
    /// about the next one.
    picture_fault: Option<FaultRun>,
    /// No picture, or a stale one.
    no_picture: Option<FaultRun>,
    incident: Option<Incident>,
    /// The first sample without the open incident's fault.
    recovering_since: Option<SystemTime>,
    references: ReferencePictures,
    stamp: Option<Stamp>,
    grace_until: Option<SystemTime>,
}

/// The latest thumbnail's time stamp.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    taken: SystemTime,
    first_seen: SystemTime,
}

/// What one sample shows.
struct Finding {
    condition: Condition,
    /// Since when, if pictures or time stamps show it.
    since: Option<SystemTime>,
    evidence: Evidence,
}

impl FeedState {
    /// A feed that was running when it was first sampled: it has no grace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A feed of which an earlier process knew at `at` that `fault` had lasted for `lasted`. If
    /// that reaches the set time, the incident is open, and was reported by that process.
    ///
    /// One picture can contradict black, bars and no picture, but not a freeze: the first picture
    /// is assumed to be the frozen one, and the second decides.
    #[must_use]
    pub fn restored(
        fault: Fault,
        lasted: Duration,
        at: SystemTime,
        thresholds: &Thresholds,
    ) -> Self {
        let Some(since) = at.checked_sub(lasted) else { return Self::new() };
        if lasted <= BRIEF || thresholds.expects(fault) {
            return Self::new();
        }
        let run = FaultRun { fault, since, latest: at };
        let mut state =
            Self { condition: Some(fault.condition()), latest: Some(at), ..Self::new() };
        if fault == Fault::NoPicture {
            state.no_picture = Some(run);
        } else {
            state.picture_fault = Some(run);
            state.latest_picture = Some(at);
        }
        if fault == Fault::Frozen {
            state.references = ReferencePictures::restored(since);
        }
        if thresholds.set_time(fault).is_some_and(|set| lasted >= set) {
            state.incident = Some(Incident { fault, since, evidence: None });
        }
        state
    }

    /// Records that the channel is starting at `at`: faults count from the end of its grace. Call
    /// it for every sample during the start.
    pub fn starting(&mut self, at: SystemTime, thresholds: &Thresholds) {
        self.grace_until = at.checked_add(thresholds.start_grace);
    }

    /// The open incident.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        self.incident.as_ref()
    }

    /// Judges one sample. A sample earlier than the one before it is judged as if it came at the
    /// same time.
    pub fn observe(
        &mut self,
        at: SystemTime,
        observation: Observation,
        thresholds: &Thresholds,
    ) -> Verdict {
        let at = self.latest.map_or(at, |latest| latest.max(at));
        if matches!(observation, Observation::Unknown | Observation::Unreadable) {
            return self.verdict(Condition::Unknown, thresholds);
        }
        self.reset_after_gap(at, thresholds);
        let Some(finding) = self.interpret(at, observation, thresholds) else {
            return self.verdict(self.condition.unwrap_or(Condition::Moving), thresholds);
        };
        self.record(at, &finding);
        let recovered = self.clear_if_recovered(at, thresholds);
        let Some(run) = self.due_run(thresholds) else {
            return Verdict { cleared: recovered, ..self.verdict(finding.condition, thresholds) };
        };
        let replaced =
            self.incident.map(|open| self.close(open, self.recovering_since.unwrap_or(run.latest)));
        let raised = Some(self.open(&run, finding.evidence));
        Verdict {
            raised,
            cleared: recovered.or(replaced),
            ..self.verdict(finding.condition, thresholds)
        }
    }

    /// After a sampling gap, drops what was known before it, unless it belongs to the open
    /// incident.
    fn reset_after_gap(&mut self, at: SystemTime, thresholds: &Thresholds) {
        let Some(latest) = self.latest else { return };
        if elapsed(latest, at) <= thresholds.longest_gap {
            return;
        }
        self.recovering_since = None;
        if !self.is_open(Fault::NoPicture) {
            self.no_picture = None;
            self.stamp = None;
        }
    }

    /// After a gap without new pictures, drops what the pictures before it showed, unless it
    /// belongs to the open incident.
    fn reset_after_picture_gap(&mut self, at: SystemTime, thresholds: &Thresholds) {
        let Some(latest) = self.latest_picture else { return };
        if elapsed(latest, at) <= thresholds.longest_gap {
            return;
        }
        self.picture_fault = self.picture_fault.filter(|run| self.is_open(run.fault));
        self.references.reset_after_gap(self.is_open(Fault::Frozen));
    }

    fn is_open(&self, fault: Fault) -> bool {
        self.incident.is_some_and(|incident| incident.fault == fault)
    }

    /// What a sample shows; `None` for the same thumbnail fetched twice.
    fn interpret(
        &mut self,
        at: SystemTime,
        observation: Observation,
        thresholds: &Thresholds,
    ) -> Option<Finding> {
        let Observation::Picture { picture, taken } = observation else {
            let (condition, evidence) = (Condition::NoPicture, Evidence::NoThumbnail);
            return Some(Finding { condition, since: None, evidence });
        };
        if let (Some(taken), Some(stamp)) = (taken, self.stamp)
            && taken == stamp.taken
        {
            if elapsed(stamp.first_seen, at) <= STALE_AFTER {
                return None;
            }
            let (condition, evidence) = (Condition::Stale, Evidence::Stamp(taken));
            return Some(Finding { condition, since: Some(stamp.first_seen), evidence });
        }
        self.stamp = taken.map(|taken| Stamp { taken, first_seen: at });
        self.reset_after_picture_gap(at, thresholds);
        self.latest_picture = Some(at);
        Some(self.interpret_picture(at, &picture))
    }

    /// What a new picture shows, by itself and compared with the ones before it.
    fn interpret_picture(&mut self, at: SystemTime, picture: &Picture) -> Finding {
        let stillness = self.references.compare(at, &picture.grid, self.is_open(Fault::Frozen));
        if let Some((condition, evidence)) = single_picture::classify(picture) {
            return Finding { condition, since: None, evidence };
        }
        let (condition, since, difference) = match stillness {
            Stillness::Still { since, difference } => (Condition::Frozen, Some(since), difference),
            Stillness::Background { since, difference } => {
                (Condition::FrozenBackground, Some(since), difference)
            }
            Stillness::New => (Condition::Moving, None, Difference::default()),
        };
        let Difference { change, largest, moved, .. } = difference;
        Finding { condition, since, evidence: Evidence::Still { change, largest, moved } }
    }

    /// Begins, continues or ends the run of a fault.
    fn record(&mut self, at: SystemTime, finding: &Finding) {
        self.condition = Some(finding.condition);
        self.latest = Some(at);
        let fault = finding.condition.fault();
        let is_no_picture = fault == Some(Fault::NoPicture);
        let previous = if is_no_picture { self.no_picture } else { self.picture_fault };
        let run = fault.map(|fault| {
            let since = finding.since_when(fault, previous).unwrap_or(at);
            FaultRun { fault, since, latest: at }
        });
        if is_no_picture {
            self.no_picture = run;
        } else {
            self.picture_fault = run;
            self.no_picture = None;
        }
    }

    /// The fault that the latest sample showed.
    fn current_run(&self) -> Option<FaultRun> {
        self.no_picture.or(self.picture_fault)
    }

    /// Ends the open incident if its fault has been absent for the clear time and no other fault is
    /// about to replace it.
    fn clear_if_recovered(
        &mut self,
        at: SystemTime,
        thresholds: &Thresholds,
    ) -> Option<IncidentEvent> {
        let incident = self.incident?;
        let run = self.current_run();
        if run.is_some_and(|run| run.continues(&incident)) {
            self.recovering_since = None;
            return None;
        }
        if self.no_picture.is_some() {
            return None;
        }
        let recovering_since = *self.recovering_since.get_or_insert(at);
        let waits = run.is_some_and(|run| run.can_replace(&incident, thresholds));
        if waits || elapsed(recovering_since, at) < thresholds.clear_after {
            return None;
        }
        Some(self.close(incident, recovering_since))
    }

    /// The present fault, if it has reached its set time and its incident is not open yet.
    fn due_run(&self, thresholds: &Thresholds) -> Option<FaultRun> {
        let run = self.current_run()?;
        let set_time = thresholds.set_time(run.fault)?;
        let duration = self.duration(&run, thresholds);
        let is_open = self.incident.is_some_and(|incident| run.continues(&incident));
        if is_open || duration < set_time || duration <= BRIEF { None } else { Some(run) }
    }

    fn open(&mut self, run: &FaultRun, evidence: Evidence) -> IncidentEvent {
        let since = self.counted_from(run);
        let incident = Incident { fault: run.fault, since, evidence: Some(evidence) };
        self.incident = Some(incident);
        IncidentEvent { incident, lasted: elapsed(since, run.latest) }
    }

    fn close(&mut self, incident: Incident, ended: SystemTime) -> IncidentEvent {
        self.incident = None;
        self.recovering_since = None;
        self.references.forget_incident();
        IncidentEvent { incident, lasted: elapsed(incident.since, ended) }
    }

    /// When a fault began to count: not before the end of the grace.
    fn counted_from(&self, run: &FaultRun) -> SystemTime {
        self.grace_until.map_or(run.since, |end| end.max(run.since))
    }

    fn duration(&self, run: &FaultRun, thresholds: &Thresholds) -> Duration {
        if thresholds.expects(run.fault) {
            return Duration::ZERO;
        }
        elapsed(self.counted_from(run), run.latest)
    }

    fn verdict(&self, condition: Condition, thresholds: &Thresholds) -> Verdict {
        let lasting = self.current_run().map(|run| (run.fault, self.duration(&run, thresholds)));
        Verdict { condition, incident: self.incident, raised: None, cleared: None, lasting }
    }
}

impl Finding {
    /// Since when `fault` lasts; `None` if it begins with this sample.
    fn since_when(&self, fault: Fault, previous: Option<FaultRun>) -> Option<SystemTime> {
        if matches!(self.condition, Condition::Frozen | Condition::FrozenBackground) {
            // Only the pictures show whether this is the same freeze.
            return self.since;
        }
        let continued = previous.filter(|run| run.fault == fault).map(|run| run.since);
        // The earlier one: a thumbnail can disappear and return with the same time stamp.
        match (self.since, continued) {
            (Some(since), Some(continued)) => Some(since.min(continued)),
            (since, continued) => since.or(continued),
        }
    }
}
