//! Judging: what a source is doing, for how long, and whether somebody should know.
//!
//! [`Observation`]s of one feed enter its [`FeedState`] one after another, each with its time; a [`Verdict`] leaves.
//! There is no clock here, no settings, no AWS and nothing asynchronous: the same looks give the same
//! verdicts, in a Lambda, in a test and in `replay`.
//!
//! # The condition
//!
//! One at a time, the first that applies:
//!
//! 1. `unknown`: it could not be looked at, or what came could not be read.
//! 2. `no_picture`: no thumbnail is served.
//! 3. `stale`: the same time stamp for longer than [`STALE_AFTER`]. Sooner, it is the same thumbnail fetched
//!    twice, and nothing was learnt.
//! 4. `bars`, 5. `black`, 6. `flat`: told from the one picture.
//! 7. `frozen`: the same picture as the first one of the run.
//! 8. `frozen_background`: the same but for a small part.
//! 9. `moving`.
//!
//! # Times
//!
//! A fault lasts from the first look that showed it to the latest, the time between two faulty looks
//! included, even if looks between them failed. It becomes an incident at its set time, and never within
//! [`BRIEF`] (3 s). The incident ends when the fault was absent for the clear time, measured alike. `unknown`
//! moves nothing: durations stay where they were, incidents stay open, and neither set nor clear time is
//! reached by a look that saw nothing. Without any look for [`Thresholds::longest_gap`], what was counted is
//! dropped; an open incident stays, and goes on if the first look after the gap agrees with it.
//!
//! No picture and a stale one say nothing about the source's picture: a freeze or black goes on after them if
//! the next picture agrees, and they end no incident but their own.
//!
//! A feed has one incident at most. While another fault is on its way to its set time, the open incident
//! waits: it ends when the other one begins, or with the first look that finds the feed well, once its clear
//! time is over.
//!
//! A frozen picture that gives way to another frozen picture is a new fault, which starts from zero.

mod histogram;
mod condition;
mod difference;
mod thresholds;
mod observation;
mod stillness;
mod verdict;
mod state;

#[cfg(test)]
mod test_pictures;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod false_positive_tests;

pub use condition::{Condition, Fault};
pub use difference::{Difference, Likeness};
pub use thresholds::{BRIEF, Thresholds, SHORTEST_GAP};
pub use observation::Observation;
pub use verdict::{IncidentEvent, Evidence, Incident, Verdict};
pub use state::{STALE_AFTER, FeedState};
