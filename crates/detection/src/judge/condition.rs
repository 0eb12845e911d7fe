//! What a source can be doing, and which of it is a fault.
//!
//! Names only: nothing is decided here. The names are public: logs, `replay` and the tick's answer print
//! them.

use std::fmt;

/// What a source was doing at one look. One at a time; the order below is the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// It could not be looked at: throttled, denied, or a thumbnail that cannot be read. Neither healthy nor
    /// faulty.
    Unknown,
    /// `MediaLive` serves no thumbnail.
    NoPicture,
    /// A thumbnail is served, and its time stamp stands still.
    Stale,
    /// Colour bars.
    Bars,
    /// Black, with a small logo or clock at most. A black source is also still: it is black, once.
    Black,
    /// One colour other than black.
    Flat,
    /// The same picture as before.
    Frozen,
    /// The same picture as before but for a small part: a clock, a ticker, a blinking logo, or one small
    /// mover.
    FrozenBackground,
    /// None of the above: a live programme, as far as pictures tell.
    Moving,
}

impl Condition {
    /// The name as it is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NoPicture => "no_picture",
            Self::Stale => "stale",
            Self::Bars => "bars",
            Self::Black => "black",
            Self::Flat => "flat",
            Self::Frozen => "frozen",
            Self::FrozenBackground => "frozen_background",
            Self::Moving => "moving",
        }
    }

    /// The fault that this condition is, if it lasts. A stale thumbnail is a picture that nobody has: it
    /// counts as no picture, so that a feed that goes from one to the other keeps its one incident.
    #[must_use]
    pub const fn fault(self) -> Option<Fault> {
        match self {
            Self::NoPicture | Self::Stale => Some(Fault::NoPicture),
            Self::Bars => Some(Fault::Bars),
            Self::Black => Some(Fault::Black),
            Self::Flat => Some(Fault::Flat),
            Self::Frozen => Some(Fault::Frozen),
            Self::FrozenBackground => Some(Fault::FrozenBackground),
            Self::Unknown | Self::Moving => None,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A condition that makes an incident when it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No thumbnail, or one that no longer changes its time stamp.
    NoPicture,
    /// Colour bars.
    Bars,
    /// Black.
    Black,
    /// One colour other than black.
    Flat,
    /// The same picture.
    Frozen,
    /// The same picture behind something small that moves. An incident only where the channel's tag asks for
    /// it.
    FrozenBackground,
}

impl Fault {
    /// Every fault, in order of precedence.
    pub const ALL: [Self; 6] =
        [Self::NoPicture, Self::Bars, Self::Black, Self::Flat, Self::Frozen, Self::FrozenBackground];

    /// The condition of the same name.
    #[must_use]
    pub const fn condition(self) -> Condition {
        match self {
            Self::NoPicture => Condition::NoPicture,
            Self::Bars => Condition::Bars,
            Self::Black => Condition::Black,
            Self::Flat => Condition::Flat,
            Self::Frozen => Condition::Frozen,
            Self::FrozenBackground => Condition::FrozenBackground,
        }
    }

    /// The name as it is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.condition().name()
    }

    /// The fault of this name, as a channel's tag may say it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
