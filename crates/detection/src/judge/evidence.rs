//! The numbers behind a verdict, for logs and `replay`.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use super::{
    difference::Difference, frozen_part::FrozenPart, partial::Part, slate_name::StillName,
};
use crate::picture::colour;

/// 10000-01-01, in seconds since the Unix epoch. `humantime` formats times from 1970 until then,
/// and fails on others, which would make `to_string` panic.
const FIRST_UNFORMATTABLE: Duration = Duration::from_secs(253_402_300_800);

/// The numbers that decided a condition, for people to read and to tune by.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Evidence {
    /// No thumbnail is available any more.
    NoThumbnail,
    /// No thumbnail has been available since the feed is watched.
    NoThumbnailYet,
    /// The time stamp that no longer changes.
    Stamp(SystemTime),
    /// The known still that is shown.
    Slate(StillName),
    /// How many colours of the canonical order of colour bars stand side by side.
    Bars(u8),
    /// How dark the picture is.
    Black {
        /// Share of dark cells (0-1).
        dark: f32,
        /// Levels (of 255) between the 5th and the 95th percentile of the cells.
        spread: u8,
    },
    /// How uniform the picture's colour is.
    Flat {
        /// Share of cells (0-1) in one colour.
        share: f32,
        /// That colour: red, green, blue.
        colour: [u8; 3],
    },
    /// How little the picture differs from the first one of the freeze.
    Still {
        /// Root mean square of the background's change, in levels of 255.
        change: f32,
        /// The largest change of one cell, in levels of 255.
        largest: f32,
        /// Share of cells (0-1) that changed by more than noise could.
        moved: f32,
    },
    /// A card that bounces or spins over one colour.
    Bouncing,
    /// A part of the picture in one exact colour.
    Partial(Part),
    /// A part of the picture that is frozen.
    FrozenPart(FrozenPart),
    /// Two feeds that should carry the same programme and don't.
    Mismatch {
        /// The correlation of the two pictures that are most alike: 1 for the same.
        closest: f32,
        /// How many times they would have had to match.
        looks: u32,
    },
    /// A source that repeats itself.
    Repeating {
        /// The shortest time from a picture to its return; zero if only another process saw it.
        period: Duration,
        /// How many pictures have returned, each counted once.
        pictures: u32,
    },
}

impl From<Difference> for Evidence {
    fn from(Difference { change, largest, moved, .. }: Difference) -> Self {
        Self::Still { change, largest, moved }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoThumbnail => f.write_str("no thumbnail is available"),
            Self::NoThumbnailYet => f.write_str("no thumbnail since the feed is watched"),
            Self::Stamp(taken) => write_stamp(f, *taken),
            Self::Slate(name) => write!(f, "the known still {name}"),
            Self::Bars(colours) => write!(f, "{colours} colours in the order of colour bars"),
            Self::Black { dark, spread } => {
                write!(f, "{:.1} % of cells dark, levels spread over {spread}", dark * 100.0)
            }
            Self::Flat { share, colour } => write_flat(f, *share, *colour),
            Self::Still { change, largest, moved } => {
                let moved = moved * 100.0;
                write!(
                    f,
                    "change {change:.2} of 255, largest cell {largest:.0}, {moved:.2} % of cells moved"
                )
            }
            Self::Partial(part) => part.fmt(f),
            Self::Mismatch { closest, looks } => write!(
                f,
                "pictures should have matched {looks} times and never did; the closest correlate by {closest:.2}"
            ),
            Self::FrozenPart(part) => part.fmt(f),
            Self::Bouncing => f.write_str("a card bounces or spins over one colour"),
            Self::Repeating { period, .. } if period.is_zero() => {
                f.write_str("the source repeats itself")
            }
            Self::Repeating { period, pictures: 2 } => {
                write!(f, "two pictures alternate, every {:.0} s", period.as_secs_f64() / 2.0)
            }
            Self::Repeating { period, pictures } => {
                let period = period.as_secs_f64();
                write!(
                    f,
                    "repeats the same {period:.0} s, {pictures} pictures of it were seen again"
                )
            }
        }
    }
}

fn write_stamp(f: &mut fmt::Formatter<'_>, taken: SystemTime) -> fmt::Result {
    match taken.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since_epoch) if since_epoch < FIRST_UNFORMATTABLE => {
            write!(f, "time stamp is still {}", humantime::format_rfc3339_seconds(taken))
        }
        _ => f.write_str("time stamp no longer changes and is outside the years 1970 to 9999"),
    }
}

/// Names the colour of a flat picture, and the usual cause of a blue one.
fn write_flat(f: &mut fmt::Formatter<'_>, share: f32, colour: [u8; 3]) -> fmt::Result {
    let (name, share, [red, green, blue]) = (colour::name(colour), share * 100.0, colour);
    let cause = if name.ends_with("blue") { ", as of a decoder without signal" } else { "" };
    write!(f, "{name} screen: {share:.1} % of cells are ({red}, {green}, {blue}){cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_colour_is_named() {
        let text = |colour| Evidence::Flat { share: 0.986, colour }.to_string();
        assert_eq!(
            text([0, 0, 156]),
            "blue screen: 98.6 % of cells are (0, 0, 156), as of a decoder without signal"
        );
        assert_eq!(text([0, 1, 68]).split(':').next(), Some("dark blue screen"));
        assert_eq!(text([125, 1, 125]), "violet screen: 98.6 % of cells are (125, 1, 125)");
        assert_eq!(text([124, 126, 123]).split(':').next(), Some("grey screen"));
        assert_eq!(text([250, 120, 10]).split(':').next(), Some("orange screen"));
    }

    #[test]
    fn any_time_stamp_can_be_printed() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(Evidence::Stamp(at(0)).to_string(), "time stamp is still 1970-01-01T00:00:00Z");
        let outside = "time stamp no longer changes and is outside the years 1970 to 9999";
        assert_eq!(Evidence::Stamp(at(253_402_300_800)).to_string(), outside);
        let before_epoch = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Evidence::Stamp(before_epoch).to_string(), outside);
    }
}
