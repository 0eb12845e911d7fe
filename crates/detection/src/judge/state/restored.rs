//! States that continue what another process knew of a feed.

use std::time::Duration;

use super::FeedState;
use crate::judge::{
    condition::Fault,
    fault_run::FaultRun,
    frozen_part::StillPart,
    kind::Kind,
    repeating::EarlierPictures,
    sample_time::SampleTime,
    start_grace::StartGrace,
    stillness::ReferencePictures,
    thresholds::{BRIEF, Thresholds},
    verdict::Incident,
};

impl FeedState {
    /// A feed of which an earlier process knew at `at` that `fault` had lasted for `lasted`. If
    /// that reaches the set time, the incident is open, and was reported by that process.
    ///
    /// One picture can contradict black, bars and no picture, but not a freeze: the first picture
    /// is assumed to be the frozen one, and the second decides.
    #[must_use]
    pub fn restored(
        fault: Fault,
        lasted: Duration,
        at: impl Into<SampleTime>,
        thresholds: &Thresholds,
    ) -> Self {
        let at = at.into();
        let Some(since) = at.checked_sub(lasted) else { return Self::new() };
        if lasted <= BRIEF || thresholds.expects(fault) {
            return Self::new();
        }
        let run = FaultRun { fault, kind: Kind::Usual, since, latest: at };
        let condition = Some(fault.condition());
        let mut state = Self { condition, latest: Some(at), ..Self::new() };
        if fault == Fault::NoPicture {
            state.no_picture = Some(run);
        } else {
            state.picture_fault = Some(run);
            state.latest_picture = Some(at);
        }
        if fault == Fault::Frozen {
            state.references = ReferencePictures::restored(since);
        }
        if fault == Fault::Partial {
            state.still_part = StillPart::restored();
        }
        if fault == Fault::Repeating {
            state.earlier = EarlierPictures::restored(since, at);
        }
        if thresholds.set_time(fault).is_some_and(|set| thresholds.is_reached(set, lasted)) {
            state.incident = Some(Incident::new(fault, since, None));
        }
        state
    }

    /// Continues an incident that another process had open at `at`, whatever its sample showed. The
    /// fault began to count at `since`. `absent_since` is the first sample without it, if the
    /// latest one was without it.
    #[must_use]
    pub fn with_open_incident(
        self,
        fault: Fault,
        since: SampleTime,
        absent_since: Option<SampleTime>,
        at: SampleTime,
    ) -> Self {
        let incident = Some(Incident::new(fault, since, None));
        let latest = self.latest.or(Some(at));
        Self { incident, latest, recovering_since: absent_since, ..self }
    }

    /// What is left of the state of a feed that is no longer watched: the grace, in case it is soon
    /// watched again.
    #[must_use]
    pub fn without_samples(&self) -> Self {
        Self { start_grace: self.start_grace, ..Self::new() }
    }

    /// Continues the grace after a start that another process saw: faults count from its end.
    #[must_use]
    pub fn with_grace_until(self, end: SampleTime) -> Self {
        Self { start_grace: StartGrace::until(end), ..self }
    }

    /// Continues what another process knew of the feed: whether it has had a thumbnail.
    #[must_use]
    pub fn with_thumbnail_before(mut self, had_thumbnail: bool) -> Self {
        self.thumbnails.had_any = had_thumbnail;
        self
    }
}
