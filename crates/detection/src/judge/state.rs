//! The state of one feed: what it shows, since when, and which incident is open.
//!
//! [`Observation`]s enter in order of time, [`Verdict`]s leave. The documentation of `judge` has
//! the rules.

mod restored;
mod slates;

use std::time::{Duration, SystemTime};

use super::{
    condition::{Condition, Fault},
    dead_background::DeadBackground,
    evidence::Evidence,
    fault_run::FaultRun,
    finding::Finding,
    frozen_part::{FrozenPart, StillPart},
    kind::Kind,
    living_light::LivingLight,
    observation::Observation,
    repeating::EarlierPictures,
    sample_time::SampleTime,
    single_picture,
    start_grace::StartGrace,
    stillness::{ReferencePictures, Stillness},
    thresholds::{BRIEF, Thresholds},
    thumbnails::{Novelty, Thumbnails},
    verdict::{Incident, IncidentEvent, Lasting, Verdict},
};
use crate::picture::Picture;

/// What was seen longer ago than this says nothing about the present, whatever the sampling.
pub const LONGEST_MEMORY: Duration = Duration::from_mins(5);

/// A feed whose samples are this many times farther apart than usual has a sampling gap.
const GAP_IN_SAMPLES: u32 = 3;

/// The state of one feed.
#[derive(Clone, Debug, Default)]
pub struct FeedState {
    /// The condition of the latest sample that showed something; `None` before the first.
    condition: Option<Condition>,
    /// The time of that sample.
    latest: Option<SampleTime>,
    /// The largest distance between two samples lately.
    spacing: Duration,
    /// The time of the latest sample with a new picture.
    latest_picture: Option<SampleTime>,
    thumbnails: Thumbnails,
    /// The fault that the latest picture shows. Kept while there is no picture, which says nothing
    /// about the next one.
    picture_fault: Option<FaultRun>,
    /// No picture, or a stale one.
    no_picture: Option<FaultRun>,
    incident: Option<Incident>,
    /// An incident that ended without a sample; the next verdict reports it.
    ended: Option<IncidentEvent>,
    /// The first sample without the open incident's fault.
    recovering_since: Option<SampleTime>,
    references: ReferencePictures,
    background: DeadBackground,
    earlier: EarlierPictures,
    still_part: StillPart,
    living_light: LivingLight,
    start_grace: StartGrace,
}

impl FeedState {
    /// A feed that was running when it was first sampled: it has no grace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records that the channel is starting at `at`: what was seen before the start is dropped, and
    /// faults count from the end of the grace. Call it before [`FeedState::observe`] for every
    /// sample during the start.
    pub fn starting(&mut self, at: impl Into<SampleTime>, thresholds: &Thresholds) {
        let at = at.into();
        if !self.start_grace.continues(at, self.longest_gap(thresholds)) {
            let ended = self.end_incident().or(self.ended);
            *self = Self { ended, ..Self::new() };
        }
        self.start_grace.begin(at, thresholds.start_grace);
    }

    /// Whether there has been a thumbnail since the feed is watched and its channel last started.
    /// If there was none, the source is not to blame.
    #[must_use]
    pub fn had_thumbnail(&self) -> bool {
        self.thumbnails.had_any
    }

    /// What is left of the grace after a start at this time, from slot to slot; zero without one.
    #[must_use]
    pub fn grace_left(&self, at: impl Into<SampleTime>) -> Duration {
        self.start_grace.left(at.into())
    }

    /// The time stamp of the latest thumbnail, if it should have been replaced by this time.
    #[must_use]
    pub fn outdated_stamp(&self, at: impl Into<SampleTime>) -> Option<SystemTime> {
        self.thumbnails.outdated(at.into())
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
        at: impl Into<SampleTime>,
        observation: Observation,
        thresholds: &Thresholds,
    ) -> Verdict {
        let at = at.into();
        let at = self.latest.map_or(at, |latest| latest.max(at));
        let ended = self.ended.take().or_else(|| self.end_disallowed_incident(thresholds));
        self.thumbnails.had_any |=
            matches!(observation, Observation::Picture { .. } | Observation::Unreadable);
        if observation.is_unknown() {
            return Verdict { cleared: ended, ..self.verdict(Condition::Unknown, thresholds) };
        }
        let before_gap = self.latest.filter(|latest| self.is_gap(*latest, at, thresholds));
        let ended = match before_gap {
            Some(before_gap) => self.reset_after_gap(before_gap, at).or(ended),
            None => ended,
        };
        let Some(finding) = self.interpret(at, observation, thresholds) else {
            let condition = self.condition.unwrap_or(Condition::Moving);
            return Verdict { cleared: ended, ..self.verdict(condition, thresholds) };
        };
        self.record(at, &finding);
        let ended = ended.or_else(|| self.clear_if_recovered(at, before_gap, thresholds));
        let Some(run) = self.due_run(thresholds) else {
            return Verdict { cleared: ended, ..self.verdict(finding.condition, thresholds) };
        };
        let replaced = self.incident.map(|open| {
            // The open incident's fault was last seen before the other one began.
            self.close(open, self.recovering_since.unwrap_or(run.since))
        });
        let raised = Some(self.open(&run, finding.evidence));
        let cleared = ended.or(replaced);
        Verdict { raised, cleared, ..self.verdict(finding.condition, thresholds) }
    }

    /// The longest distance between two samples that is no gap. A feed that is sampled less often
    /// than the thresholds expect, because the fleet exceeds a quota, is judged later but not
    /// never.
    fn longest_gap(&self, thresholds: &Thresholds) -> Duration {
        thresholds.longest_gap.max(LONGEST_MEMORY.min(self.spacing * GAP_IN_SAMPLES))
    }

    fn is_gap(&self, earlier: SampleTime, later: SampleTime, thresholds: &Thresholds) -> bool {
        // By slot, so that two processes agree, whatever their jitter.
        earlier.slots_until(later) > self.longest_gap(thresholds)
    }

    /// After a sampling gap, drops what was known before it, unless it belongs to the open
    /// incident. After a very long one, the incident ends too.
    fn reset_after_gap(&mut self, before: SampleTime, at: SampleTime) -> Option<IncidentEvent> {
        self.recovering_since = None;
        let ended =
            if before.elapsed_until(at) > LONGEST_MEMORY { self.end_incident() } else { None };
        if !self.is_open(Fault::NoPicture) {
            self.no_picture = None;
            self.thumbnails.reset_after_gap();
        }
        ended
    }

    /// After a gap without new pictures, drops what the pictures before it showed, unless it
    /// belongs to the open incident.
    fn reset_after_picture_gap(&mut self, at: SampleTime, thresholds: &Thresholds) {
        let Some(latest) = self.latest_picture else { return };
        if !self.is_gap(latest, at, thresholds) {
            return;
        }
        self.picture_fault = self.picture_fault.filter(|run| self.is_open(run.fault));
        self.references.reset_after_gap(self.is_open(Fault::Frozen));
        self.background = DeadBackground::default();
        self.still_part.reset_after_gap(self.is_open(Fault::Partial));
        self.earlier.reset_after_gap(self.is_open(Fault::Repeating));
    }

    fn is_open(&self, fault: Fault) -> bool {
        self.incident.is_some_and(|incident| incident.fault == fault)
    }

    /// What a sample shows; `None` for the same thumbnail fetched twice.
    fn interpret(
        &mut self,
        at: SampleTime,
        observation: Observation,
        thresholds: &Thresholds,
    ) -> Option<Finding> {
        if let Observation::Compared(comparison) = observation {
            self.reset_after_picture_gap(at, thresholds);
            self.latest_picture = Some(at);
            return Finding::of_comparison(comparison);
        }
        let Observation::Picture { picture, taken } = observation else {
            let had_any = self.thumbnails.had_any;
            let evidence = if had_any { Evidence::NoThumbnail } else { Evidence::NoThumbnailYet };
            return Some(Finding::new(Condition::NoPicture, None, evidence));
        };
        match self.thumbnails.add(at, taken) {
            Novelty::New => {}
            Novelty::Again => return None,
            Novelty::Stale { since, taken } => {
                let (condition, evidence) = (Condition::Stale, Evidence::Stamp(taken));
                return Some(Finding::new(condition, Some(since), evidence));
            }
        }
        self.reset_after_picture_gap(at, thresholds);
        self.latest_picture = Some(at);
        let finding = self.interpret_picture(at, &picture);
        Some(self.slate(at, &picture.grid, &thresholds.known_stills).unwrap_or(finding))
    }

    /// What a new picture shows, by itself and compared with the ones before it.
    fn interpret_picture(&mut self, at: SampleTime, picture: &Picture) -> Finding {
        let grid = &picture.grid;
        let before = self.references.anchor();
        let is_alive = self.living_light.observe(before.map(|(grid, _)| grid), picture);
        let frozen_part = self.still_part.add(at, before, grid);
        let stillness = self.references.compare(at, grid, self.is_open(Fault::Frozen));
        let repetition = self.earlier.add(at, grid);
        let is_still = matches!(stillness, Stillness::Still { .. });
        let shown = single_picture::classify(picture, self.condition.filter(|_| is_still));
        let is_living_light = is_alive && matches!(shown, Some((Condition::Black, _)));
        if let Some((condition, evidence)) = shown.filter(|_| !is_living_light) {
            self.background.reset(at, self.condition != Some(condition));
            return Finding::new(condition, None, evidence);
        }
        let bouncing = self.background.bouncing_since(at, grid);
        match (stillness, bouncing, repetition) {
            (Stillness::Still { since, difference }, _, _) if !is_living_light => {
                Finding::new(Condition::Frozen, Some(since), difference.into())
            }
            (_, Some(since), _) => Finding::of_moving_card(since),
            (
                Stillness::Still { since, difference }
                | Stillness::Background { since, difference },
                ..,
            ) => {
                let is_dead = self.background.is_dead(since, grid);
                if let Some(part) = frozen_part.filter(FrozenPart::leaves_a_third) {
                    return part.into();
                }
                Finding::new(Condition::FrozenBackground, Some(since), difference.into())
                    .of_kind(if is_dead { Kind::DeadBackground } else { Kind::Usual })
            }
            (Stillness::New, _, Some(repetition)) => repetition.into(),
            (Stillness::New, ..) => {
                self.background.forget();
                Finding::of_change(grid, frozen_part)
            }
        }
    }

    /// Begins, continues or ends the run of a fault.
    fn record(&mut self, at: SampleTime, finding: &Finding) {
        self.condition = Some(finding.condition);
        if let Some(latest) = self.latest.replace(at) {
            // It halves with each sample, so that one rare distance is soon forgotten.
            self.spacing = latest.slots_until(at).max(self.spacing / 2);
        }
        let fault = finding.condition.fault();
        let is_no_picture = fault == Some(Fault::NoPicture);
        let previous = if is_no_picture { self.no_picture } else { self.picture_fault };
        let run = fault.map(|fault| {
            let since = finding.since_when(fault, previous).unwrap_or(at);
            FaultRun { fault, kind: finding.kind, since, latest: at }
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
    /// about to replace it. After a sampling gap the first picture without it ends it, because no
    /// sample showed when it ended.
    fn clear_if_recovered(
        &mut self,
        at: SampleTime,
        before_gap: Option<SampleTime>,
        thresholds: &Thresholds,
    ) -> Option<IncidentEvent> {
        let incident = self.incident?;
        let run = self.current_run();
        if run.is_some_and(|run| run.continues(&incident)) {
            self.recovering_since = None;
            return None;
        }
        // Without a picture nothing is known about the fault, unless that is how the channel should
        // be.
        if self.no_picture.is_some() && !thresholds.expects(Fault::NoPicture) {
            return None;
        }
        if let Some(before_gap) = before_gap {
            return Some(self.close(incident, before_gap));
        }
        let recovering_since = *self.recovering_since.get_or_insert(at);
        let waits = run.is_some_and(|run| run.can_replace(&incident, thresholds));
        let absent = recovering_since.elapsed_until(at);
        if waits || !thresholds.is_reached(thresholds.clear_after, absent) {
            return None;
        }
        Some(self.close(incident, recovering_since))
    }

    /// Ends an incident that the thresholds no longer allow: its fault is expected now, or its set
    /// time is longer than it has lasted.
    fn end_disallowed_incident(&mut self, thresholds: &Thresholds) -> Option<IncidentEvent> {
        let incident = self.incident?;
        let latest = self.recovering_since.or(self.latest)?;
        let lasted = latest.taken.duration_since(incident.since).unwrap_or_default();
        let set_time = thresholds.shortest_set_time(incident.fault);
        if set_time.is_some_and(|set| thresholds.is_reached(set, lasted)) {
            return None;
        }
        self.end_incident()
    }

    /// Ends the open incident as of the latest sample that may have shown it.
    fn end_incident(&mut self) -> Option<IncidentEvent> {
        let ended = self.recovering_since.or(self.latest)?;
        self.incident.map(|incident| self.close(incident, ended))
    }

    /// The present fault, if it has reached its set time and its incident is not open yet.
    fn due_run(&self, thresholds: &Thresholds) -> Option<FaultRun> {
        let run = self.current_run()?;
        let set_time = run.set_time(thresholds)?;
        let duration = self.duration(&run, thresholds);
        let is_open = self.incident.is_some_and(|incident| run.continues(&incident));
        if is_open || !thresholds.is_reached(set_time, duration) || duration <= BRIEF {
            return None;
        }
        Some(run)
    }

    fn open(&mut self, run: &FaultRun, evidence: Evidence) -> IncidentEvent {
        let since = self.counted_from(run);
        let incident = Incident::new(run.fault, since, Some(evidence));
        self.incident = Some(incident);
        IncidentEvent { incident, lasted: since.elapsed_until(run.latest) }
    }

    fn close(&mut self, incident: Incident, ended: SampleTime) -> IncidentEvent {
        self.incident = None;
        self.recovering_since = None;
        self.references.forget_incident();
        let lasted = ended.taken.duration_since(incident.since).unwrap_or_default();
        IncidentEvent { incident, lasted }
    }

    /// When a fault began to count: not before the end of the grace.
    fn counted_from(&self, run: &FaultRun) -> SampleTime {
        self.start_grace.counted_from(run.since)
    }

    fn duration(&self, run: &FaultRun, thresholds: &Thresholds) -> Duration {
        if thresholds.expects(run.fault) {
            return Duration::ZERO;
        }
        self.counted_from(run).elapsed_until(run.latest)
    }

    fn verdict(&self, condition: Condition, thresholds: &Thresholds) -> Verdict {
        let lasting = self.current_run().map(|run| {
            let duration = self.duration(&run, thresholds);
            let since = self.counted_from(&run);
            let slots = since.slots_until(run.latest);
            let expected = thresholds.expects(run.fault);
            Lasting {
                fault: run.fault,
                duration,
                slots: if expected { Duration::ZERO } else { slots },
                since: (!expected).then_some(since.taken),
            }
        });
        Verdict { condition, incident: self.incident, raised: None, cleared: None, lasting }
    }
}
