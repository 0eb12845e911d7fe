//! What a look at one feed leads to: the condition, how long it has lasted, and the incident.
//!
//! Values only. The publishing stage turns them into datapoints, the round into log lines.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::condition::{Condition, Fault};

/// The judgement of one look at one feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What the source is doing.
    pub condition: Condition,
    /// The incident that is open after this look.
    pub incident: Option<Incident>,
    /// The incident that began with this look.
    pub raised: Option<IncidentEvent>,
    /// The incident that ended with this look. One may end and another begin at once.
    pub cleared: Option<IncidentEvent>,
    pub(super) lasting: Option<(Fault, Duration)>,
}

impl Verdict {
    /// How long `fault` has lasted, 0 while it doesn't: `FrozenSeconds` and its like. While the feed cannot
    /// be looked at, it is what it was at the latest look. A fault that is expected, or that is within the
    /// start-up grace, lasts 0.
    #[must_use]
    pub fn lasted(&self, fault: Fault) -> Duration {
        match self.lasting {
            Some((lasting, time)) if lasting == fault => time,
            _ => Duration::ZERO,
        }
    }

    /// Looked at, and not in an incident: what `HealthyFeeds` counts. A fault that is younger than its set
    /// time, or that is expected, doesn't make a feed unhealthy.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.incident.is_none() && !self.is_unknown()
    }

    /// Could not be looked at: what `UnknownFeeds` counts. An open incident stays open meanwhile.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.condition == Condition::Unknown
    }

    /// Past its set time and not yet past its clear time: what `FrozenFeeds` and its like count.
    #[must_use]
    pub fn is_in(&self, fault: Fault) -> bool {
        self.incident.as_ref().is_some_and(|incident| incident.fault == fault)
    }
}

/// A feed in a fault, from its set time to its clear time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Incident {
    /// What is wrong.
    pub fault: Fault,
    /// The first look that showed it.
    pub since: SystemTime,
    /// The numbers that decided it, from the look that raised it; `None` for one that was carried over from
    /// an earlier process.
    pub evidence: Option<Evidence>,
}

/// An incident that began or ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncidentEvent {
    /// The incident.
    pub incident: Incident,
    /// From its first faulty look to the look that raised it, or to the first one without the fault.
    pub lasted: Duration,
}

/// The numbers that decided a condition, for a person to read and to tune by.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Evidence {
    /// Nothing was served.
    NoThumbnail,
    /// The time stamp that stands still.
    Stamp(SystemTime),
    /// How many colours of the bars' order stand side by side.
    Bars(u8),
    /// Share of dark cells (0-1), and the levels between the 5th and the 95th percentile of cells.
    Black {
        /// 0-1.
        dark: f32,
        /// Levels of 255.
        spread: u8,
    },
    /// Share of cells (0-1) of one colour.
    Flat(f32),
    /// How little the picture differs from the first one of the run.
    Still {
        /// Root mean square of the cells' change, in levels of 255.
        change: f32,
        /// The largest change of one cell, in levels.
        largest: f32,
        /// Share of cells (0-1) that changed for good.
        moved: f32,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoThumbnail => f.write_str("no thumbnail is served"),
            // humantime writes no year before 1970 or after 9999, and panics where such a one is put into a text.
            Self::Stamp(taken) => match taken.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) if since < Duration::from_secs(253_402_300_800) => {
                    write!(f, "time stamp stands at {}", humantime::format_rfc3339_seconds(*taken))
                }
                _ => f.write_str("time stamp stands at a time that no calendar has"),
            },
            Self::Bars(colours) => write!(f, "{colours} colours in the order of bars"),
            Self::Black { dark, spread } => {
                write!(f, "{:.1} % dark, levels spread over {spread}", dark * 100.0)
            }
            Self::Flat(share) => write!(f, "{:.1} % in one colour", share * 100.0),
            Self::Still { change, largest, moved } => {
                write!(
                    f,
                    "change {change:.2} of 255, largest cell {largest:.0}, {:.2} % of cells moved",
                    moved * 100.0
                )
            }
        }
    }
}
