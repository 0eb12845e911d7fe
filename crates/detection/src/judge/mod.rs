//! Judging: what a source shows, for how long, and whether that is an incident.
//!
//! The [`Observation`]s of one feed enter its [`FeedState`] one after another, each with its time;
//! a [`Verdict`] leaves for each. There is no clock here: the same samples lead to the same
//! verdicts in a function, in a test and in `replay`.
//!
//! # Condition
//!
//! A sample has one condition, the first that applies:
//!
//! 1. `unknown`: there was no response, or the thumbnail could not be read.
//! 2. `no_picture`: no thumbnail is available.
//! 3. `stale`: the time stamp has not changed for longer than [`STALE_AFTER`]. Until then, the same
//!    thumbnail was fetched twice, and the verdict stays as it was.
//! 4. `slate`: a known still, from the second sample of it on.
//! 5. `bars`, 6. `flat`, 7. `black`: shown by the one picture. Black on which something alive
//!    lights up is not black.
//! 8. `frozen`: the same picture as the first one of the freeze.
//! 9. `frozen_background`: the same except for a small part, or a card that bounces or spins over
//!    one colour.
//! 10. `repeating`: a picture that was shown before, in a series of such pictures.
//! 11. `partial`: a third of the picture or more is one exact colour; or from one edge on, it has
//!     not changed for several samples, while the rest is alive.
//! 12. `moving`.
//!
//! Two feeds that should carry the same programme are compared by a [`Pair`]. Its [`Comparison`]s
//! are the observations of a [`FeedState`] of its own, with the condition `mismatch` or `moving`.
//!
//! # Durations
//!
//! A fault lasts from its first faulty sample to its latest, including the time between two faulty
//! samples even if samples between them failed. It becomes an incident at its set time, and never
//! within [`BRIEF`]. The incident ends after its fault was absent for the clear time, measured in
//! the same way. `unknown` changes nothing: durations stay what they were, incidents stay open, and
//! neither set nor clear time is reached.
//!
//! # Sampling
//!
//! A [`SampleTime`] has two times. Faults are judged by when the sample was taken, so that two
//! samples a second apart count for a second. Durations are published by slot, so that processes
//! that sample the same slot publish the same number. A set or clear time counts as reached if
//! only jitter ([`Thresholds::jitter`]) is missing.
//!
//! After a sampling gap ([`Thresholds::longest_gap`]), durations start again at zero. The first
//! picture after it decides about an open incident: if it shows the fault, the incident continues,
//! otherwise it ends. Nothing is remembered for longer than [`LONGEST_MEMORY`].
//!
//! A feed that is sampled less often, because the fleet exceeds a quota, has longer gaps: three
//! times the largest distance of its latest samples, up to [`LONGEST_MEMORY`]. Its faults are
//! found later, after at least two samples.
//!
//! No picture and a stale one say nothing about what the source shows: a freeze or black continues
//! after them if the next picture agrees, and they end no incident but their own.
//!
//! # Incidents
//!
//! A feed has at most one incident. While another fault lasts but has not reached its set time, the
//! open incident stays open: it ends when the other one is raised, or at the first sample without
//! any fault after its clear time.
//!
//! A frozen picture that is replaced by another frozen picture is a new fault, whose duration
//! starts at zero.
//!
//! An incident that the current thresholds would not allow ends with the next sample: its fault is
//! expected now, or its set time has become longer than it has lasted. A channel that starts
//! again begins without an incident ([`FeedState::starting`]).
//!
//! # Layout
//!
//! In reading order: `condition`, `thresholds` and `observation` enter; `slate`, `single_picture`
//! and `living_light` interpret one picture, `stillness` compares it with earlier ones by
//! `difference`, for which `histogram`, `window`, `camera_move` and `interference` measure;
//! `dead_background`, `repeating`, `partial` and `frozen_part` interpret what isn't still; `state`
//! with `fault_run`, `kind`, `thumbnails` and `start_grace` applies the rules above; `verdict` with
//! `evidence` leaves. `pair` compares two feeds by `sketch`.

mod camera_move;
mod condition;
mod dead_background;
mod difference;
mod evidence;
mod fault_run;
mod finding;
mod frozen_part;
mod histogram;
mod interference;
mod kind;
mod living_light;
mod observation;
mod pair;
mod partial;
mod repeating;
mod sample_time;
mod single_picture;
mod sketch;
mod slate;
mod slate_name;
mod start_grace;
mod state;
mod stillness;
mod thresholds;
mod thumbnails;
mod verdict;
mod window;

pub use self::{
    condition::{Condition, Fault},
    difference::{Difference, Likeness},
    evidence::Evidence,
    frozen_part::FrozenPart,
    observation::Observation,
    pair::{Comparison, LONGEST_LAG, MIN_TELLING, Pair, SKEW, Shown},
    partial::{Edge, Part},
    sample_time::SampleTime,
    sketch::Sketch,
    slate::{KnownStill, KnownStills, TooPlain},
    slate_name::StillName,
    state::{FeedState, LONGEST_MEMORY},
    thresholds::{BRIEF, SHORTEST_GAP, Thresholds},
    thumbnails::STALE_AFTER,
    verdict::{Incident, IncidentEvent, Verdict},
};

#[cfg(test)]
mod tests;
