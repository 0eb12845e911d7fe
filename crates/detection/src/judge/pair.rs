//! Whether two feeds that should carry the same programme do.
//!
//! The pictures of both feeds enter, round by round; a [`Comparison`] leaves. Any two pictures of
//! the two feeds that match, at most [`LONGEST_LAG`] apart, prove that the programme is the same.
//! That none match proves little: one feed may be seconds behind the other, a thumbnail is up to
//! 2 s old, and between two cuts each feed may show something that the other one has not been
//! sampled with. So an absence of matches only counts where there had to be one: one feed held a
//! shot from one sample to the next, so that a feed within [`SKEW`] of it was sampled while it
//! showed that shot too, and no picture of it is like the shot. That is a telling look.
//!
//! Two programmes differ after [`MIN_TELLING`] telling looks without any match. Those that cut
//! every few seconds all the time are never found different, and never falsely.
//!
//! # Memory
//!
//! [`KEPT`] pictures of each feed, reduced to 20x15 levels: 4.3 KB a feed.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use super::{evidence::Evidence, sample_time::SampleTime, sketch::Sketch, state::LONGEST_MEMORY};

/// How many pictures of each feed are kept.
const KEPT: usize = 12;

/// Pictures that are farther apart are not compared.
pub const LONGEST_LAG: Duration = LONGEST_MEMORY;

/// How far one feed may be behind the other: 4 s, a thumbnail's age of 2 s, and 2 s between the two
/// samples of a round.
pub const SKEW: Duration = Duration::from_secs(8);

/// If the other feed's samples are farther apart, a shot that came back looks like one that was
/// held. Compositions that are sampled every 20 s have false mismatches, every 10 s none.
const LONGEST_DISTANCE: Duration = Duration::from_secs(15);

/// Two programmes differ after so many telling looks.
pub const MIN_TELLING: u32 = 3;

/// Telling looks that are farther apart don't add up.
const TELLING_FOR: Duration = Duration::from_mins(10);

// Likeness over the living ones of the labelled sequences, each compared with itself at other JPEG
// qualities and with noise, and with all others of other sources: the same picture has 0.95 or
// more, the same shot 2 s later 0.9 or more in half of all cases, another picture at most 0.76.

/// Pictures that are at least this alike show the same programme.
const SAME: f32 = 0.9;

/// A feed holds a shot while its pictures are at least this alike.
const HELD: f32 = 0.85;

/// The other feed's pictures are this much less like the shot than the shot's own.
const UNLIKE: f32 = 0.15;

/// What the latest picture of a feed shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// When the sample was taken.
    pub at: SampleTime,
    /// The thumbnail's own time stamp, by which the same one is recognised.
    pub stamp: Option<SystemTime>,
    /// What it shows.
    pub sketch: Sketch,
}

/// Whether two feeds carry the same programme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Comparison {
    /// Nothing can be said.
    Unknown,
    /// Pictures of the two have matched, and nothing has shown a difference since.
    Same,
    /// They show different programmes.
    Different {
        /// Since the first telling look.
        since: SampleTime,
        /// What showed it.
        evidence: Evidence,
    },
}

/// Two feeds that should carry the same programme.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// The latest pictures of each, latest first.
    feeds: [VecDeque<Shown>; 2],
    /// Whether any pictures have matched since the beginning or the latest gap.
    has_matched: bool,
    /// The telling looks since the latest match.
    telling: Option<Telling>,
}

/// Telling looks without a match.
#[derive(Clone, Copy, Debug)]
struct Telling {
    since: SampleTime,
    latest: SampleTime,
    looks: u32,
    closest: f32,
}

impl Pair {
    /// Compares what the two feeds show in a round; `None` for a feed without a picture, and for
    /// one whose picture has a fault of its own, which is not a difference of programmes.
    pub fn compare(&mut self, at: SampleTime, shown: [Option<Shown>; 2]) -> Comparison {
        self.forget(at);
        let is_complete = shown.iter().all(Option::is_some);
        let mut is_match = false;
        for (feed, shown) in shown.into_iter().enumerate() {
            if let Some(shown) = shown {
                is_match |= self.add(feed, shown);
            }
        }
        if is_match {
            self.has_matched = true;
            self.telling = None;
        } else if is_complete && let Some(closest) = self.telling_look(at) {
            self.count(at, closest);
        }
        if is_complete { self.comparison() } else { Comparison::Unknown }
    }

    fn comparison(&self) -> Comparison {
        match self.telling {
            Some(Telling { since, looks, closest, .. }) if looks >= MIN_TELLING => {
                Comparison::Different { since, evidence: Evidence::Mismatch { closest, looks } }
            }
            _ if self.has_matched => Comparison::Same,
            _ => Comparison::Unknown,
        }
    }

    /// Drops what is too old to be compared, and everything after a time without any picture.
    fn forget(&mut self, at: SampleTime) {
        for pictures in &mut self.feeds {
            pictures.retain(|shown| shown.at.elapsed_until(at) <= LONGEST_LAG);
        }
        if self.feeds.iter().all(VecDeque::is_empty) {
            *self = Self::default();
        }
    }

    /// Adds a picture of a feed; whether it matches one of the other feed.
    fn add(&mut self, feed: usize, shown: Shown) -> bool {
        let [zero, one] = &mut self.feeds;
        let (own, others) = if feed == 0 { (zero, one) } else { (one, zero) };
        let latest = own.front().and_then(|latest| latest.stamp);
        if shown.stamp.is_some() && shown.stamp == latest {
            return false;
        }
        let sketch = &shown.sketch;
        let is_match = others
            .iter()
            .any(|other| sketch.likeness(&other.sketch).is_some_and(|likeness| likeness >= SAME));
        own.push_front(shown);
        own.truncate(KEPT);
        is_match
    }

    /// How alike the closest picture of the other feed is, if either feed held a shot for long
    /// enough that the other one had to show it too, and did not.
    fn telling_look(&self, at: SampleTime) -> Option<f32> {
        let [zero, one] = &self.feeds;
        let closest = [closest_to_held_shot(zero, one, at), closest_to_held_shot(one, zero, at)];
        closest.into_iter().flatten().reduce(f32::max)
    }

    fn count(&mut self, at: SampleTime, closest: f32) {
        let continued = self.telling.filter(|one| one.latest.elapsed_until(at) <= TELLING_FOR);
        self.telling = Some(match continued {
            None => Telling { since: at, latest: at, looks: 1, closest },
            Some(Telling { since, looks, closest: before, .. }) => {
                Telling { since, latest: at, looks: looks + 1, closest: before.max(closest) }
            }
        });
    }
}

/// How alike the closest picture of the other feed is to the shot that a feed held one [`SKEW`]
/// ago; `None` if the feed held none for as long as the other feed's samples are apart, if the
/// other feed was not sampled often enough, or if the closest picture may show the same shot.
fn closest_to_held_shot(
    own: &VecDeque<Shown>,
    others: &VecDeque<Shown>,
    at: SampleTime,
) -> Option<f32> {
    let pivot = own.iter().position(|shown| shown.at.elapsed_until(at) >= SKEW)?;
    let shot = &own[pivot];
    let mut held = 1.0_f32;
    for first in own.iter().skip(pivot + 1) {
        held = held.min(shot.sketch.likeness(&first.sketch)?);
        if held < HELD {
            return None;
        }
        let covering = covering(first.at, others)?;
        // Samples are up to an eighth of their distance early or late.
        if first.at.elapsed_until(shot.at) * 4 >= longest_distance(covering.clone())? * 3 {
            return closest(&shot.sketch, covering).filter(|closest| *closest < held - UNLIKE);
        }
    }
    None
}

/// The pictures of a feed back to one [`SKEW`] before `first`, latest first; `None` if they don't
/// reach back to then.
fn covering(
    first: SampleTime,
    pictures: &VecDeque<Shown>,
) -> Option<impl Iterator<Item = &Shown> + Clone> {
    let from = first.checked_sub(SKEW)?;
    let reaching = pictures.iter().position(|shown| shown.at.taken <= from.taken)?;
    Some(pictures.iter().take(reaching + 1))
}

/// The longest distance between two of these pictures; `None` if it is too long to know what a feed
/// showed in between.
fn longest_distance<'a>(pictures: impl Iterator<Item = &'a Shown> + Clone) -> Option<Duration> {
    let times = pictures.map(|shown| shown.at);
    let pairs = times.clone().skip(1).zip(times);
    let distance = pairs.map(|(earlier, later)| earlier.elapsed_until(later)).max()?;
    (distance <= LONGEST_DISTANCE).then_some(distance)
}

/// The likeness of the picture that is most like a sketch; `None` if any can't be compared with it.
fn closest<'a>(sketch: &Sketch, pictures: impl Iterator<Item = &'a Shown>) -> Option<f32> {
    pictures
        .map(|shown| sketch.likeness(&shown.sketch))
        .try_fold(f32::MIN, |closest, likeness| likeness.map(|likeness| closest.max(likeness)))
}
