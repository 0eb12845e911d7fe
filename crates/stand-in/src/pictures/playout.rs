//! Plays out one feed's programme: from the time of a request to the still and the time stamp that
//! are served.
//!
//! Pure: the time is an argument. Knows nothing of requests.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    picture::{LANDSCAPES, MOVING_STEPS, NOISE_VARIANTS, Picture},
    scene::{Programme, Scene, Span},
    still::Still,
};

/// How often MediaLive renews a thumbnail
/// (<https://docs.aws.amazon.com/medialive/latest/ug/thumbnails.html>).
pub const THUMBNAIL_PERIOD: Duration = Duration::from_secs(2);
/// A feed that was not requested for a long time advances by at most this many stills: those of a
/// day, and one.
const MAX_ADVANCE: u64 = 43_201;
/// Ticks of the clock of [`Scene::FrozenBackground`] before it restarts.
const CLOCK_TICKS: u64 = 30;

/// When the next still replaces the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At multiples of this period since 1970, as the service does: requests within a period get
    /// the same still.
    WallClock(Duration),
    /// With every request, with a new time stamp.
    PerRequest,
    /// With every request, except the first one and one after a pause longer than this.
    WhileRequested {
        /// The longest time between two requests that is no pause.
        pause: Duration,
        /// What such a request gets.
        first: FirstResponse,
    },
}

/// What the first request after a pause gets while thumbnails are only made for someone who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstResponse {
    /// No thumbnail.
    Empty,
    /// The latest one, with its time stamp; none if there was none.
    Old,
}

/// The `timeStamp` of a thumbnail in relation to the time at which the still was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStamp {
    /// The time at which the still was made.
    Fresh,
    /// The same still with the same time stamp from now on.
    Stale,
    /// Stills advance, but the time stamp does not.
    Stuck,
    /// The field is missing.
    Missing,
    /// This much later.
    Future(Duration),
    /// This much earlier.
    Past(Duration),
}

/// What DescribeThumbnails finds.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Drawn(Picture),
    File(Arc<Still>),
    NoThumbnail,
    NotFound,
    NotReady,
}

/// One step of a programme as it is served.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Counts the feed's stills from 1.
    pub(crate) number: u64,
    pub(crate) content: Content,
    /// The time stamp that is returned; `None` if it is missing.
    pub(crate) time_stamp: Option<SystemTime>,
}

/// A programme and the position in it.
#[derive(Clone, Debug)]
pub(crate) struct Playout {
    programme: Programme,
    time_stamp: TimeStamp,
    landscape: u8,
    /// Index of the current part of the programme, how many stills of it were made, and when the
    /// first of them was.
    part: usize,
    stills_in_part: u32,
    part_began: SystemTime,
    /// Number of the current still, from 1; 0 before the first.
    number: u64,
    moving_step: u8,
    made_at: SystemTime,
    stuck_at: Option<SystemTime>,
    requested: Option<SystemTime>,
}

impl Playout {
    /// Starts at the first request. `seed` selects the landscape and where the pan over it begins.
    pub(crate) fn new(programme: Programme, time_stamp: TimeStamp, seed: u64) -> Self {
        Self {
            programme,
            time_stamp,
            landscape: u8::try_from(seed % u64::from(LANDSCAPES)).unwrap_or(0),
            part: 0,
            stills_in_part: 0,
            part_began: UNIX_EPOCH,
            number: 0,
            moving_step: u8::try_from(seed / 7 % u64::from(MOVING_STEPS)).unwrap_or(0),
            made_at: UNIX_EPOCH,
            stuck_at: None,
            requested: None,
        }
    }

    /// Replaces the programme from the next still on. Numbers and the last moving picture continue.
    pub(crate) fn set_programme(&mut self, programme: Programme) {
        (self.programme, self.part, self.stills_in_part) = (programme, 0, 0);
    }

    /// Changes the time stamps from the next request on.
    pub(crate) fn set_time_stamp(&mut self, time_stamp: TimeStamp) {
        (self.time_stamp, self.stuck_at) = (time_stamp, None);
    }

    /// The frame that a request at this time gets.
    pub(crate) fn frame(&mut self, pace: Pace, now: SystemTime) -> Frame {
        let requested = self.requested.replace(now);
        let is_first = |pause| {
            requested.is_none_or(|before| now.duration_since(before).is_ok_and(|age| age > pause))
        };
        if let Pace::WhileRequested { pause, first } = pace
            && is_first(pause)
        {
            if first == FirstResponse::Empty || self.number == 0 {
                let (number, content) = (self.number, Content::NoThumbnail);
                return Frame { number, content, time_stamp: None };
            }
        } else if self.number == 0 || self.time_stamp != TimeStamp::Stale {
            self.advance_to(now, pace);
        }
        let made_at = self.made_at;
        let time_stamp = match self.time_stamp {
            TimeStamp::Missing => None,
            TimeStamp::Stuck => Some(*self.stuck_at.get_or_insert(made_at)),
            TimeStamp::Future(by) => Some(made_at + by),
            TimeStamp::Past(by) => Some(made_at - by),
            TimeStamp::Fresh | TimeStamp::Stale => Some(made_at),
        };
        Frame { number: self.number, content: self.content(), time_stamp }
    }

    fn advance_to(&mut self, now: SystemTime, pace: Pace) {
        match pace {
            // Time stamps increase even if two requests arrive in the same millisecond.
            Pace::PerRequest | Pace::WhileRequested { .. } => {
                self.next_still(now.max(self.made_at + Duration::from_millis(1)));
            }
            Pace::WallClock(period) => {
                let period = millis(UNIX_EPOCH + period);
                let slot = |at: SystemTime| millis(at) / period.max(1);
                let due = slot(now).saturating_sub(slot(self.made_at));
                let stills = if self.number == 0 { 1 } else { due.min(MAX_ADVANCE) };
                for left in (0..stills).rev() {
                    let made_at = (slot(now) - left) * period;
                    self.next_still(UNIX_EPOCH + Duration::from_millis(made_at));
                }
            }
        }
    }

    /// Makes the next still at this time.
    fn next_still(&mut self, at: SystemTime) {
        if self.stills_in_part == 0 {
            self.part_began = at;
        }
        // Parts of no length are skipped, each at most once.
        for _ in 0..self.programme.parts.len() {
            let is_last = self.part + 1 == self.programme.parts.len();
            if !self.part_is_over(at) || (is_last && !self.programme.loops) {
                break;
            }
            self.part = if is_last { 0 } else { self.part + 1 };
            (self.stills_in_part, self.part_began) = (0, at);
        }
        if matches!(self.scene(), Scene::Moving | Scene::Partial) {
            self.moving_step = (self.moving_step + 1) % MOVING_STEPS;
        }
        self.stills_in_part = self.stills_in_part.saturating_add(1);
        self.number += 1;
        self.made_at = at;
    }

    fn part_is_over(&self, at: SystemTime) -> bool {
        match self.programme.parts[self.part].1 {
            Span::Stills(count) => self.stills_in_part >= count,
            Span::For(time) => {
                at.duration_since(self.part_began).is_ok_and(|elapsed| elapsed >= time)
            }
            Span::Rest => false,
        }
    }

    fn scene(&self) -> &Scene {
        &self.programme.parts[self.part].0
    }

    fn content(&self) -> Content {
        let (landscape, step) = (self.landscape, self.moving_step);
        let noise = u8::try_from(self.number % u64::from(NOISE_VARIANTS)).unwrap_or(0);
        Content::Drawn(match self.scene() {
            Scene::Moving => Picture::Moving { landscape, step },
            Scene::Frozen => Picture::Frozen { landscape, step, noise },
            Scene::FrozenIdentical => Picture::Frozen { landscape, step, noise: 0 },
            Scene::FrozenBackground => {
                let ticks = u8::try_from(self.number % CLOCK_TICKS).unwrap_or(0);
                Picture::Clock { landscape, step, ticks }
            }
            Scene::Black => Picture::Black,
            Scene::NoisyBlack => Picture::NoisyBlack { noise },
            Scene::Bars => Picture::Bars { noise },
            Scene::Flat => Picture::Flat { noise },
            Scene::Slate => Picture::Slate { noise },
            Scene::Partial => Picture::Partial { landscape, step },
            Scene::NoThumbnail => return Content::NoThumbnail,
            Scene::NotFound => return Content::NotFound,
            Scene::NotReady => return Content::NotReady,
            Scene::Files(files) => {
                let stills_before =
                    usize::try_from(self.stills_in_part.saturating_sub(1)).unwrap_or(0);
                return Content::File(files.0[stills_before % files.0.len()].clone());
            }
        })
    }
}

/// Milliseconds since 1970.
fn millis(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
