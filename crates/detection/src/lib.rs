//! Finds faulty video sources in JPEG stills: frozen, black, colour bars, one flat colour, in a
//! loop, or without a picture.
//!
//! Stills of one source enter, each with its time. For each, a verdict leaves: what the source
//! shows, for how long, and whether an incident began or ended. The code has no AWS, no async and
//! no clock: time is an argument, so that the same stills lead to the same verdicts in a Lambda
//! function, in a test and in `replay`. It is useful without MediaLive:
//!
//! ```
//! use source_detection::{Fault, FeedState, Observation, Picture, Thresholds};
//! use std::{fs, time::{Duration, UNIX_EPOCH}};
//!
//! let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stills/frozen-dark-10s");
//! let (mut feed, thresholds) = (FeedState::new(), Thresholds::default());
//! for still in 0..6 {
//!     let picture = Picture::decode(&fs::read(format!("{folder}/{still:03}.jpg"))?)?;
//!     let taken = UNIX_EPOCH + Duration::from_secs(10 * still);
//!     let observation = Observation::Picture { picture, taken: Some(taken) };
//!     let verdict = feed.observe(taken, observation, &thresholds);
//!     println!("{} for {:?}", verdict.condition, verdict.lasted(Fault::Frozen));
//! }
//! assert_eq!(feed.incident().map(|incident| incident.fault), Some(Fault::Frozen));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The binary `replay` does this for folders of stills and for videos, and scores the verdicts if
//! the stills are labelled. The example `benchmark` compares the scores with those of others.
//!
//! # Terms
//!
//! | term | meaning |
//! | --- | --- |
//! | feed | one video source that is watched |
//! | thumbnail, still | a JPEG of a feed; a thumbnail carries its own time stamp |
//! | picture | a thumbnail reduced to the few numbers that the judge needs |
//! | grid | the mean luma of 80x45 cells of a picture |
//! | sample | one attempt to get a thumbnail of a feed |
//! | observation | what a sample returned: a picture, no picture, something unreadable, or no response |
//! | condition | what a sample shows: `moving`, `frozen`, `black`, `no_picture`, `unknown`, … |
//! | known still | a picture that operators have declared known |
//! | slate | the condition of a source that shows a known still |
//! | flat | one colour other than black |
//! | stale | the condition of a thumbnail whose time stamp no longer changes |
//! | fault | a condition that becomes an incident if it lasts |
//! | thresholds | how long a fault of one feed must last, and which faults are expected |
//! | set time, clear time | how long a fault must last to become an incident, and be absent to end it |
//! | incident | a feed in a faulty condition, from its set time to its clear time |
//! | verdict | the result of judging one sample: condition, durations, incident |
//! | evidence | the numbers that decided a condition |
//! | return | a cut to a picture that was shown before |
//! | repetition | a series of returns: a loop, or two pictures that alternate |
//! | dead background | one that has not changed at all behind something small that moves |
//! | anchor | the first picture of a freeze, with which the next ones are compared |
//! | run | successive samples with the same fault, or successive stills with the same label |
//!
//! # Layout
//!
//! In reading order:
//!
//! - [`picture`]: a JPEG to a [`Picture`]. `jpeg` computes the grid from the JPEG's coefficients,
//!   `tone`, `bars` and `colour` measure what a single picture shows.
//! - [`judge`]: an [`Observation`] to a [`Verdict`]. `difference` distinguishes a freeze with noise
//!   from movement.
//! - [`variables`]: set and clear times from environment variables, with one error for all that are
//!   invalid.
//! - [`replay`]: folders of stills or videos to a report.
//!
//! `picture` knows nothing of `judge`, and neither knows `variables` or `replay`.

// In reading order. The empty lines keep rustfmt from sorting them.
pub mod picture;

pub mod judge;

pub mod variables;

pub mod replay;

pub use self::{
    judge::{Condition, Fault, FeedState, Observation, Thresholds, Verdict},
    picture::{Picture, Unreadable},
};
