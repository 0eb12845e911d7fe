//! One feed's programme as it runs: from a look at the feed to the still and the stamp that are served.
//!
//! Pure: the time is an argument. Knows nothing of requests.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::pictures::picture::{MOVES, NOISES, Picture};
use crate::pictures::scene::{Programme, Scene, Span};
use crate::pictures::still::Still;

/// How long a thumbnail lives (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnails.html>).
pub const RENEWAL: Duration = Duration::from_secs(2);
/// A feed that nobody looked at goes on by no more than this many stills at once: a day of them, and one.
const LONGEST_PAUSE: u64 = 43_201;
/// How many ticks the clock of the frozen background has before it starts again.
const TICKS: u64 = 30;

/// When the next still comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Every so often, as the service does; two requests in between get the same still.
    WallClock(Duration),
    /// With every request, under a fresh stamp.
    PerRequest,
}

/// The time stamp of a thumbnail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// When the still was made.
    Fresh,
    /// The same still under the same stamp, again and again.
    Stale,
    /// Stills go on, the stamp stands.
    Stuck,
    /// No stamp.
    Missing,
    /// This far ahead.
    Future(Duration),
    /// This far back.
    Past(Duration),
}

/// What a look at the feed gives.
#[derive(Clone, Debug)]
pub(crate) enum Slide {
    Drawn(Picture),
    Given(Arc<Still>),
    EmptyList,
    NotFound,
    NotReady,
}

/// What is served: the still's number from 1, what it shows, and when it was made.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) number: u64,
    pub(crate) slide: Slide,
    /// As told to the caller; `None` where it is missing.
    pub(crate) stamp: Option<SystemTime>,
}

/// A programme and how far it has run.
#[derive(Clone, Debug)]
pub(crate) struct Reel {
    programme: Programme,
    stamp: Stamp,
    look: u8,
    part: usize,
    shown_in_part: u32,
    part_began: SystemTime,
    number: u64,
    moves: u8,
    made: SystemTime,
    stuck_at: Option<SystemTime>,
}

impl Reel {
    /// A programme that starts with the first look. `seed` chooses what kind of programme it is.
    pub(crate) fn new(programme: Programme, stamp: Stamp, seed: u64) -> Self {
        Self {
            programme,
            stamp,
            look: u8::try_from(seed % u64::from(crate::pictures::picture::LOOKS)).unwrap_or(0),
            part: 0,
            shown_in_part: 0,
            part_began: UNIX_EPOCH,
            number: 0,
            moves: u8::try_from(seed / 7 % u64::from(MOVES)).unwrap_or(0),
            made: UNIX_EPOCH,
            stuck_at: None,
        }
    }

    /// Another programme from the next still on; the numbers and the last picture go on.
    pub(crate) fn show(&mut self, programme: Programme) {
        (self.programme, self.part, self.shown_in_part) = (programme, 0, 0);
    }

    /// Another kind of stamp from the next look on.
    pub(crate) fn set_stamp(&mut self, stamp: Stamp) {
        (self.stamp, self.stuck_at) = (stamp, None);
    }

    /// What the feed shows at this time.
    pub(crate) fn look(&mut self, pace: Pace, now: SystemTime) -> Shown {
        if self.number == 0 || self.stamp != Stamp::Stale {
            self.go_on(pace, now);
        }
        let made = self.made;
        let stamp = match self.stamp {
            Stamp::Missing => None,
            Stamp::Stuck => Some(*self.stuck_at.get_or_insert(made)),
            Stamp::Future(by) => Some(made + by),
            Stamp::Past(by) => Some(made - by),
            Stamp::Fresh | Stamp::Stale => Some(made),
        };
        Shown { number: self.number, slide: self.slide(), stamp }
    }

    fn go_on(&mut self, pace: Pace, now: SystemTime) {
        match pace {
            Pace::PerRequest => {
                // Stamps go up even where two requests fall into one millisecond.
                let at = now.max(self.made + Duration::from_millis(1));
                self.advance(at);
            }
            Pace::WallClock(renewal) => {
                let slot = |at: SystemTime| millis(at) / millis(UNIX_EPOCH + renewal).max(1);
                let behind = slot(now).saturating_sub(slot(self.made));
                let steps = if self.number == 0 { 1 } else { behind.min(LONGEST_PAUSE) };
                for left in (0..steps).rev() {
                    let made = (slot(now) - left) * millis(UNIX_EPOCH + renewal);
                    self.advance(UNIX_EPOCH + Duration::from_millis(made));
                }
            }
        }
    }

    /// The next still, made at this time.
    fn advance(&mut self, at: SystemTime) {
        if self.shown_in_part == 0 {
            self.part_began = at;
        }
        for _ in 0..self.programme.parts.len() {
            let over = match self.programme.parts[self.part].1 {
                Span::Stills(count) => self.shown_in_part >= count,
                Span::For(time) => at.duration_since(self.part_began).is_ok_and(|gone| gone >= time),
                Span::Rest => false,
            };
            let last = self.part + 1 == self.programme.parts.len();
            if !over || (last && !self.programme.loops) {
                break;
            }
            self.part = if last { 0 } else { self.part + 1 };
            (self.shown_in_part, self.part_began) = (0, at);
        }
        if matches!(self.scene(), Scene::Moving) {
            self.moves = (self.moves + 1) % MOVES;
        }
        self.shown_in_part = self.shown_in_part.saturating_add(1);
        self.number += 1;
        self.made = at;
    }

    fn scene(&self) -> &Scene {
        &self.programme.parts[self.part].0
    }

    fn slide(&self) -> Slide {
        let (look, step) = (self.look, self.moves);
        let noise = u8::try_from(self.number % u64::from(NOISES)).unwrap_or(0);
        Slide::Drawn(match self.scene() {
            Scene::Moving => Picture::Moving { look, step },
            Scene::Frozen => Picture::Frozen { look, step, noise },
            Scene::FrozenIdentical => Picture::Frozen { look, step, noise: 0 },
            Scene::FrozenBackground => {
                Picture::Clock { look, step, ticks: u8::try_from(self.number % TICKS).unwrap_or(0) }
            }
            Scene::Black => Picture::Black,
            Scene::NoisyBlack => Picture::NoisyBlack { noise },
            Scene::Bars => Picture::Bars { noise },
            Scene::Flat => Picture::Flat { noise },
            Scene::Slate => Picture::Slate { noise },
            Scene::None => return Slide::EmptyList,
            Scene::NotFound => return Slide::NotFound,
            Scene::NotReady => return Slide::NotReady,
            Scene::Given(files) => {
                let at = usize::try_from(self.shown_in_part.saturating_sub(1)).unwrap_or(0) % files.0.len();
                return Slide::Given(files.0[at].clone());
            }
        })
    }
}

fn millis(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).map_or(0, |gone| u64::try_from(gone.as_millis()).unwrap_or(u64::MAX))
}
