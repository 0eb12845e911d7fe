//! The memory of one feed: what it was doing, since when, and which incident is open.
//!
//! Looks enter in order of time, verdicts leave. See the module's page for the rules.

use std::time::{Duration, SystemTime};

use super::condition::{Condition, Fault};
use super::difference::Difference;
use super::limits::{BRIEF, Limits};
use super::sight::{self, Sight};
use super::stills::{Stillness, Stills};
use super::verdict::{Change, Evidence, Incident, Verdict};
use crate::analyse::picture::Picture;

/// `MediaLive` renews a thumbnail every 2 s: one that missed two renewals and more is stale. Before that, the
/// same stamp twice is the same thumbnail fetched twice.
pub const STALE_AFTER: Duration = Duration::from_secs(5);

/// Everything that is remembered of one feed.
#[derive(Clone, Debug)]
pub struct Watch {
    condition: Condition,
    /// The latest look that taught something.
    seen: Option<SystemTime>,
    /// The latest look at a fresh picture.
    pictured: Option<SystemTime>,
    /// The fault that the pictures show. It waits while there is no picture, which says nothing about the
    /// next one.
    shown: Option<Spell>,
    /// The time without a fresh picture.
    absence: Option<Spell>,
    incident: Option<Incident>,
    /// The first look without the open incident's fault.
    well_since: Option<SystemTime>,
    stills: Stills,
    stamp: Option<Stamp>,
    grace_until: Option<SystemTime>,
}

/// A fault that goes on.
#[derive(Clone, Copy, Debug)]
struct Spell {
    fault: Fault,
    since: SystemTime,
    latest: SystemTime,
}

/// What a look taught: the condition, since when if that is known better than from the looks, and the
/// numbers.
struct Lesson {
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

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
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
            well_since: None,
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
    pub fn resumed(fault: Fault, lasted: Duration, at: SystemTime, limits: &Limits) -> Self {
        let Some(since) = at.checked_sub(lasted).filter(|_| lasted > BRIEF && !limits.expects(fault)) else {
            return Self::new();
        };
        let open = limits.set_time(fault).is_some_and(|set| lasted >= set);
        let spell = Some(Spell { fault, since, latest: at });
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
    pub fn starting(&mut self, at: SystemTime, limits: &Limits) {
        self.grace_until = at.checked_add(limits.start_grace);
    }

    /// The incident that is open.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        self.incident.as_ref()
    }

    /// Judges one look. A look that is earlier than the one before it is taken to be at the same time.
    pub fn see(&mut self, at: SystemTime, sight: Sight, limits: &Limits) -> Verdict {
        let at = self.seen.map_or(at, |seen| seen.max(at));
        if matches!(sight, Sight::Unknown | Sight::Unreadable) {
            return self.verdict(Condition::Unknown, limits);
        }
        self.part_after_gap(at, limits);
        let Some(lesson) = self.learn(at, sight, limits) else {
            return self.verdict(self.condition, limits);
        };
        self.remember(at, &lesson);
        let cleared = self.clear(at, limits);
        let (replaced, raised) = self.raise(lesson.evidence, limits);
        Verdict { raised, cleared: cleared.or(replaced), ..self.verdict(lesson.condition, limits) }
    }

    /// Drops what was seen before a long time without looks. An open incident waits for the first look after
    /// it.
    fn part_after_gap(&mut self, at: SystemTime, limits: &Limits) {
        if self.seen.is_none_or(|seen| since(seen, at) <= limits.longest_gap) {
            return;
        }
        self.well_since = None;
        if !self.is_open(Fault::NoPicture) {
            self.absence = None;
            self.stamp = None;
        }
    }

    /// The same for a long time without pictures.
    fn part_after_absence(&mut self, at: SystemTime, limits: &Limits) {
        if self.pictured.is_some_and(|seen| since(seen, at) > limits.longest_gap) {
            self.shown = self.shown.filter(|spell| self.is_open(spell.fault));
            self.stills.part(self.is_open(Fault::Frozen));
        }
        self.pictured = Some(at);
    }

    fn is_open(&self, fault: Fault) -> bool {
        self.incident.is_some_and(|incident| incident.fault == fault)
    }

    /// What the look shows; `None` where it teaches nothing.
    fn learn(&mut self, at: SystemTime, sight: Sight, limits: &Limits) -> Option<Lesson> {
        let Sight::Picture { picture, taken } = sight else {
            return Some(Lesson {
                condition: Condition::NoPicture,
                since: None,
                evidence: Evidence::NoThumbnail,
            });
        };
        match (taken, self.stamp) {
            (Some(taken), Some(stamp)) if stamp.taken == taken => {
                let stale = since(stamp.first_seen, at) > STALE_AFTER;
                let (since, evidence) = (Some(stamp.first_seen), Evidence::Stamp(taken));
                return stale.then_some(Lesson { condition: Condition::Stale, since, evidence });
            }
            _ => self.stamp = taken.map(|taken| Stamp { taken, first_seen: at }),
        }
        self.part_after_absence(at, limits);
        Some(self.look_at(at, &picture))
    }

    /// What a fresh picture shows.
    fn look_at(&mut self, at: SystemTime, picture: &Picture) -> Lesson {
        let stillness = self.stills.see(at, &picture.grid, self.is_open(Fault::Frozen));
        if let Some((condition, evidence)) = sight::plain(picture) {
            return Lesson { condition, since: None, evidence };
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
        Lesson { condition, since, evidence }
    }

    /// Lets the fault go on, begin or end.
    fn remember(&mut self, at: SystemTime, lesson: &Lesson) {
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
        let spell = fault.map(|fault| Spell { fault, since: since.unwrap_or(at), latest: at });
        if is_absence {
            self.absence = spell;
        } else {
            self.shown = spell;
            self.absence = None;
        }
    }

    /// The fault that the latest look showed.
    fn spell(&self) -> Option<Spell> {
        self.absence.or(self.shown)
    }

    /// Ends the open incident if its fault has been absent for the clear time, and nothing else is wrong.
    fn clear(&mut self, at: SystemTime, limits: &Limits) -> Option<Change> {
        let incident = self.incident?;
        let spell = self.spell();
        if spell.is_some_and(|spell| continues(&spell, &incident)) {
            self.well_since = None;
            return None;
        }
        if self.absence.is_some() {
            return None;
        }
        let well_since = *self.well_since.get_or_insert(at);
        let waits = spell.is_some_and(|spell| replaces(&spell, &incident, limits));
        (!waits && since(well_since, at) >= limits.clear_after).then(|| self.close(incident, well_since))
    }

    fn close(&mut self, incident: Incident, until: SystemTime) -> Change {
        self.incident = None;
        self.well_since = None;
        self.stills.forget_former();
        Change { incident, lasted: since(incident.since, until) }
    }

    /// Opens an incident if the present fault has lasted for its set time. It ends one of another fault at
    /// once.
    fn raise(&mut self, evidence: Evidence, limits: &Limits) -> (Option<Change>, Option<Change>) {
        let Some(spell) = self.spell() else { return (None, None) };
        let lasted = self.lasted(&spell, limits);
        let due = limits.set_time(spell.fault).is_some_and(|set| lasted >= set && lasted > BRIEF);
        if !due || self.incident.is_some_and(|incident| continues(&spell, &incident)) {
            return (None, None);
        }
        let replaced = self.incident.map(|open| self.close(open, self.well_since.unwrap_or(spell.latest)));
        let incident =
            Incident { fault: spell.fault, since: self.counted_from(&spell), evidence: Some(evidence) };
        self.incident = Some(incident);
        (replaced, Some(Change { incident, lasted }))
    }

    /// When a fault began to count: not before the end of the grace.
    fn counted_from(&self, spell: &Spell) -> SystemTime {
        self.grace_until.map_or(spell.since, |end| end.max(spell.since))
    }

    fn lasted(&self, spell: &Spell, limits: &Limits) -> Duration {
        if limits.expects(spell.fault) {
            Duration::ZERO
        } else {
            since(self.counted_from(spell), spell.latest)
        }
    }

    fn verdict(&self, condition: Condition, limits: &Limits) -> Verdict {
        Verdict {
            condition,
            incident: self.incident,
            raised: None,
            cleared: None,
            lasting: self.spell().map(|spell| (spell.fault, self.lasted(&spell, limits))),
        }
    }
}

/// Whether the incident's fault goes on. A freeze on another picture is another fault; black after a second
/// without it is the same one.
fn continues(spell: &Spell, incident: &Incident) -> bool {
    spell.fault == incident.fault && (spell.fault != Fault::Frozen || spell.since <= incident.since)
}

/// Whether another fault is on its way to become an incident: a feed that goes from frozen to no picture is
/// not well in between. The open incident waits, and ends when the other one begins or when the feed is well.
fn replaces(spell: &Spell, incident: &Incident, limits: &Limits) -> bool {
    spell.fault != incident.fault && limits.set_time(spell.fault).is_some()
}

/// Time from one look to a later one; zero if it is not later.
fn since(earlier: SystemTime, later: SystemTime) -> Duration {
    later.duration_since(earlier).unwrap_or_default()
}
