//! The memory of one feed: what it was doing, since when, and which incident is open.
//!
//! Looks enter in order of time, verdicts leave. See the module's page for the rules.

use std::time::{Duration, SystemTime};

use super::condition::{Condition, Fault};
use super::difference::Difference;
use super::thresholds::{BRIEF, Thresholds};
use super::observation::{self, Observation};
use super::stillness::{Stillness, Stills};
use super::verdict::{IncidentEvent, Evidence, Incident, Verdict};
use crate::picture::Picture;

/// `MediaLive` renews a thumbnail every 2 s: one that missed two renewals and more is stale. Before that, the
/// same stamp twice is the same thumbnail fetched twice.
pub const STALE_AFTER: Duration = Duration::from_secs(5);

/// Everything that is remembered of one feed.
#[derive(Clone, Debug)]
pub struct FeedState {
    condition: Condition,
    /// The latest look that taught something.
    seen: Option<SystemTime>,
    /// The latest look at a fresh picture.
    pictured: Option<SystemTime>,
    /// The fault that the pictures show. It waits while there is no picture, which says nothing about the
    /// next one.
    shown: Option<FaultRun>,
    /// The time without a fresh picture.
    absence: Option<FaultRun>,
    incident: Option<Incident>,
    /// The first look without the open incident's fault.
    recovering_since: Option<SystemTime>,
    stills: Stills,
    stamp: Option<Stamp>,
    grace_until: Option<SystemTime>,
}

/// A fault that goes on.
#[derive(Clone, Copy, Debug)]
struct FaultRun {
    fault: Fault,
    since: SystemTime,
    latest: SystemTime,
}

/// What a look taught: the condition, since when if that is known better than from the looks, and the
/// numbers.
struct Finding {
    condition: Condition,
    since: Option<SystemTime>,
    evidence: Evidence,
}

/// The latest thumbnail's time stamp.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    taken: SystemTime,
    first_seen: SystemTime,
}

impl Default for FeedState {
    fn default() -> Self {
        Self::new()
    }
}

impl FeedState {
    /// A feed that was first seen running: no grace.
    #[must_use]
    pub fn new() -> Self {
        Self {
            condition: Condition::Moving,
            seen: None,
            pictured: None,
            shown: None,
            absence: None,
            incident: None,
            recovering_since: None,
            stills: Stills::default(),
            stamp: None,
            grace_until: None,
        }
    }

    /// A feed of which an earlier process knew at `at` that `fault` had lasted for `lasted`. If that is past
    /// its set time, the incident is open, and was reported by that process.
    ///
    /// One picture can contradict black, bars and no picture, but not a freeze: until a second one does, the
    /// feed is taken to be as frozen as before.
    #[must_use]
    pub fn restored(fault: Fault, lasted: Duration, at: SystemTime, thresholds: &Thresholds) -> Self {
        let Some(since) = at.checked_sub(lasted).filter(|_| lasted > BRIEF && !thresholds.expects(fault)) else {
            return Self::new();
        };
        let open = thresholds.set_time(fault).is_some_and(|set| lasted >= set);
        let spell = Some(FaultRun { fault, since, latest: at });
        let (shown, absence) = if fault == Fault::NoPicture { (None, spell) } else { (spell, None) };
        Self {
            condition: fault.condition(),
            seen: Some(at),
            pictured: shown.map(|_| at),
            shown,
            absence,
            incident: open.then_some(Incident { fault, since, evidence: None }),
            stills: if fault == Fault::Frozen { Stills::resumed(since) } else { Stills::default() },
            ..Self::new()
        }
    }

    /// The channel was seen starting: faults count from the end of its grace. Call it at every look that
    /// shows it so.
    pub fn starting(&mut self, at: SystemTime, thresholds: &Thresholds) {
        self.grace_until = at.checked_add(thresholds.start_grace);
    }

    /// The incident that is open.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        self.incident.as_ref()
    }

    /// Judges one look. A look that is earlier than the one before it is taken to be at the same time.
    pub fn observe(&mut self, at: SystemTime, observation: Observation, thresholds: &Thresholds) -> Verdict {
        let at = self.seen.map_or(at, |seen| seen.max(at));
        if matches!(observation, Observation::Unknown | Observation::Unreadable) {
            return self.verdict(Condition::Unknown, thresholds);
        }
        self.reset_after_gap(at, thresholds);
        let Some(lesson) = self.learn(at, observation, thresholds) else {
            return self.verdict(self.condition, thresholds);
        };
        self.remember(at, &lesson);
        let cleared = self.clear(at, thresholds);
        let (replaced, raised) = self.raise(lesson.evidence, thresholds);
        Verdict { raised, cleared: cleared.or(replaced), ..self.verdict(lesson.condition, thresholds) }
    }

    /// Drops what was seen before a long time without looks. An open incident waits for the first look after
    /// it.
    fn reset_after_gap(&mut self, at: SystemTime, thresholds: &Thresholds) {
        if self.seen.is_none_or(|seen| since(seen, at) <= thresholds.longest_gap) {
            return;
        }
        self.recovering_since = None;
        if !self.is_open(Fault::NoPicture) {
            self.absence = None;
            self.stamp = None;
        }
    }

    /// The same for a long time without pictures.
    fn reset_after_absence(&mut self, at: SystemTime, thresholds: &Thresholds) {
        if self.pictured.is_some_and(|seen| since(seen, at) > thresholds.longest_gap) {
            self.shown = self.shown.filter(|spell| self.is_open(spell.fault));
            self.stills.reset_after_gap(self.is_open(Fault::Frozen));
        }
        self.pictured = Some(at);
    }

    fn is_open(&self, fault: Fault) -> bool {
        self.incident.is_some_and(|incident| incident.fault == fault)
    }

    /// What the look shows; `None` where it teaches nothing.
    fn learn(&mut self, at: SystemTime, observation: Observation, thresholds: &Thresholds) -> Option<Finding> {
        let Observation::Picture { picture, taken } = observation else {
            return Some(Finding {
                condition: Condition::NoPicture,
                since: None,
                evidence: Evidence::NoThumbnail,
            });
        };
        match (taken, self.stamp) {
            (Some(taken), Some(stamp)) if stamp.taken == taken => {
                let stale = since(stamp.first_seen, at) > STALE_AFTER;
                let (since, evidence) = (Some(stamp.first_seen), Evidence::Stamp(taken));
                return stale.then_some(Finding { condition: Condition::Stale, since, evidence });
            }
            _ => self.stamp = taken.map(|taken| Stamp { taken, first_seen: at }),
        }
        self.reset_after_absence(at, thresholds);
        Some(self.look_at(at, &picture))
    }

    /// What a fresh picture shows.
    fn look_at(&mut self, at: SystemTime, picture: &Picture) -> Finding {
        let stillness = self.stills.observe(at, &picture.grid, self.is_open(Fault::Frozen));
        if let Some((condition, evidence)) = observation::plain(picture) {
            return Finding { condition, since: None, evidence };
        }
        let (condition, since, difference) = match stillness {
            Stillness::Still(since, difference) => (Condition::Frozen, Some(since), difference),
            Stillness::Background(since, difference) => {
                (Condition::FrozenBackground, Some(since), difference)
            }
            Stillness::New => (Condition::Moving, None, Difference::default()),
        };
        let evidence = Evidence::Still {
            change: difference.change,
            largest: difference.largest,
            moved: difference.moved,
        };
        Finding { condition, since, evidence }
    }

    /// Lets the fault go on, begin or end.
    fn remember(&mut self, at: SystemTime, lesson: &Finding) {
        self.condition = lesson.condition;
        self.seen = Some(at);
        let fault = lesson.condition.fault();
        let is_absence = fault == Some(Fault::NoPicture);
        let before = if is_absence { self.absence } else { self.shown };
        let continued = before.filter(|spell| Some(spell.fault) == fault).map(|spell| spell.since);
        let since = match lesson.condition {
            // Only the pictures know whether it is still the same one.
            Condition::Frozen | Condition::FrozenBackground => lesson.since,
            // A thumbnail may be withdrawn, and come back as stale as it was.
            _ => lesson.since.into_iter().chain(continued).min(),
        };
        let spell = fault.map(|fault| FaultRun { fault, since: since.unwrap_or(at), latest: at });
        if is_absence {
            self.absence = spell;
        } else {
            self.shown = spell;
            self.absence = None;
        }
    }

    /// The fault that the latest look showed.
    fn spell(&self) -> Option<FaultRun> {
        self.absence.or(self.shown)
    }

    /// Ends the open incident if its fault has been absent for the clear time, and nothing else is wrong.
    fn clear(&mut self, at: SystemTime, thresholds: &Thresholds) -> Option<IncidentEvent> {
        let incident = self.incident?;
        let spell = self.spell();
        if spell.is_some_and(|spell| continues(&spell, &incident)) {
            self.recovering_since = None;
            return None;
        }
        if self.absence.is_some() {
            return None;
        }
        let recovering_since = *self.recovering_since.get_or_insert(at);
        let waits = spell.is_some_and(|spell| replaces(&spell, &incident, thresholds));
        (!waits && since(recovering_since, at) >= thresholds.clear_after).then(|| self.close(incident, recovering_since))
    }

    fn close(&mut self, incident: Incident, until: SystemTime) -> IncidentEvent {
        self.incident = None;
        self.recovering_since = None;
        self.stills.forget_former();
        IncidentEvent { incident, lasted: since(incident.since, until) }
    }

    /// Opens an incident if the present fault has lasted for its set time. It ends one of another fault at
    /// once.
    fn raise(&mut self, evidence: Evidence, thresholds: &Thresholds) -> (Option<IncidentEvent>, Option<IncidentEvent>) {
        let Some(spell) = self.spell() else { return (None, None) };
        let lasted = self.lasted(&spell, thresholds);
        let due = thresholds.set_time(spell.fault).is_some_and(|set| lasted >= set && lasted > BRIEF);
        if !due || self.incident.is_some_and(|incident| continues(&spell, &incident)) {
            return (None, None);
        }
        let replaced = self.incident.map(|open| self.close(open, self.recovering_since.unwrap_or(spell.latest)));
        let incident =
            Incident { fault: spell.fault, since: self.counted_from(&spell), evidence: Some(evidence) };
        self.incident = Some(incident);
        (replaced, Some(IncidentEvent { incident, lasted }))
    }

    /// When a fault began to count: not before the end of the grace.
    fn counted_from(&self, spell: &FaultRun) -> SystemTime {
        self.grace_until.map_or(spell.since, |end| end.max(spell.since))
    }

    fn lasted(&self, spell: &FaultRun, thresholds: &Thresholds) -> Duration {
        if thresholds.expects(spell.fault) {
            Duration::ZERO
        } else {
            since(self.counted_from(spell), spell.latest)
        }
    }

    fn verdict(&self, condition: Condition, thresholds: &Thresholds) -> Verdict {
        Verdict {
            condition,
            incident: self.incident,
            raised: None,
            cleared: None,
            lasting: self.spell().map(|spell| (spell.fault, self.lasted(&spell, thresholds))),
        }
    }
}

/// Whether the incident's fault goes on. A freeze on another picture is another fault; black after a second
/// without it is the same one.
fn continues(spell: &FaultRun, incident: &Incident) -> bool {
    spell.fault == incident.fault && (spell.fault != Fault::Frozen || spell.since <= incident.since)
}

/// Whether another fault is on its way to become an incident: a feed that goes from frozen to no picture is
/// not well in between. The open incident waits, and ends when the other one begins or when the feed is well.
fn replaces(spell: &FaultRun, incident: &Incident, thresholds: &Thresholds) -> bool {
    spell.fault != incident.fault && thresholds.set_time(spell.fault).is_some()
}

/// Time from one look to a later one; zero if it is not later.
fn since(earlier: SystemTime, later: SystemTime) -> Duration {
    later.duration_since(earlier).unwrap_or_default()
}
