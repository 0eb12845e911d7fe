//! What a source can show, and which of it is a fault.
//!
//! Names only: other files decide. The names are public: logs, `replay` and the monitor's response
//! print them.

use std::fmt;

/// What a source showed in one sample. A sample has one condition; the variants are in order of
/// precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Neither healthy nor faulty: the request was throttled, denied or timed out, or the thumbnail
    /// was unreadable.
    Unknown,
    /// No thumbnail is available.
    NoPicture,
    /// A thumbnail is available, but its time stamp no longer changes.
    Stale,
    /// A still picture that the operators have declared known.
    Slate,
    /// Colour bars.
    Bars,
    /// Black, with at most a small logo or clock. A black source is also frozen, but it is reported
    /// as black only.
    Black,
    /// One colour other than black.
    Flat,
    /// The same picture as before.
    Frozen,
    /// The same picture as before except for a small part: a clock, a ticker, a blinking logo, or
    /// one small moving object.
    FrozenBackground,
    /// Pictures that were shown before, again and again: two that alternate, or a loop.
    Repeating,
    /// A third of the picture or more is one exact colour or frozen, and the rest is alive.
    Partial,
    /// Not what another feed shows that should carry the same programme.
    Mismatch,
    /// None of the above: a live programme, as far as pictures show.
    Moving,
}

impl Condition {
    /// The public name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NoPicture => "no_picture",
            Self::Stale => "stale",
            Self::Slate => "slate",
            Self::Bars => "bars",
            Self::Black => "black",
            Self::Flat => "flat",
            Self::Frozen => "frozen",
            Self::FrozenBackground => "frozen_background",
            Self::Repeating => "repeating",
            Self::Partial => "partial",
            Self::Mismatch => "mismatch",
            Self::Moving => "moving",
        }
    }

    /// The fault that this condition becomes if it lasts. A stale thumbnail counts as no picture,
    /// so that a feed that alternates between the two keeps one incident.
    #[must_use]
    pub const fn fault(self) -> Option<Fault> {
        match self {
            Self::NoPicture | Self::Stale => Some(Fault::NoPicture),
            Self::Slate => Some(Fault::Slate),
            Self::Bars => Some(Fault::Bars),
            Self::Black => Some(Fault::Black),
            Self::Flat => Some(Fault::Flat),
            Self::Frozen => Some(Fault::Frozen),
            Self::FrozenBackground => Some(Fault::FrozenBackground),
            Self::Repeating => Some(Fault::Repeating),
            Self::Partial => Some(Fault::Partial),
            Self::Mismatch => Some(Fault::Mismatch),
            Self::Unknown | Self::Moving => None,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A condition that becomes an incident if it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No thumbnail, or one whose time stamp no longer changes.
    NoPicture,
    /// A known still. It becomes an incident only if the thresholds give it a set time.
    Slate,
    /// Colour bars.
    Bars,
    /// Black.
    Black,
    /// One colour other than black.
    Flat,
    /// The same picture.
    Frozen,
    /// The same picture behind something small that moves. It becomes an incident if the
    /// thresholds give it a set time, or if the background has been dead for a long time.
    FrozenBackground,
    /// Pictures that were shown before, again and again.
    Repeating,
    /// A part of the picture is one exact colour or frozen. It becomes an incident only if the
    /// thresholds give it a set time.
    Partial,
    /// Not what another feed shows that should carry the same programme. Only the comparison of two
    /// feeds has it ([`Pair`](super::Pair)), no feed by itself.
    Mismatch,
}

impl Fault {
    /// Every fault, in order of precedence.
    pub const ALL: [Self; 10] = [
        Self::NoPicture,
        Self::Slate,
        Self::Bars,
        Self::Black,
        Self::Flat,
        Self::Frozen,
        Self::FrozenBackground,
        Self::Repeating,
        Self::Partial,
        Self::Mismatch,
    ];

    /// The condition of the same name.
    #[must_use]
    pub const fn condition(self) -> Condition {
        match self {
            Self::NoPicture => Condition::NoPicture,
            Self::Slate => Condition::Slate,
            Self::Bars => Condition::Bars,
            Self::Black => Condition::Black,
            Self::Flat => Condition::Flat,
            Self::Frozen => Condition::Frozen,
            Self::FrozenBackground => Condition::FrozenBackground,
            Self::Repeating => Condition::Repeating,
            Self::Partial => Condition::Partial,
            Self::Mismatch => Condition::Mismatch,
        }
    }

    /// The public name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.condition().name()
    }

    /// The fault of this name; `None` if there is none.
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
