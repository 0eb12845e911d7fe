//! Kinds of a fault that have a set time of their own.

use super::condition::Fault;

/// The kind of a fault, which decides its set time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its own set time applies.
    #[default]
    Usual,
    /// Two pictures alternate, which shows no more than a freeze.
    Alternating,
    /// What is behind the small part that moves has not changed at all.
    DeadBackground,
}

impl Kind {
    /// The special kind of this fault.
    pub(super) const fn of_fault(fault: Fault) -> Self {
        match fault {
            Fault::Repeating => Self::Alternating,
            Fault::FrozenBackground => Self::DeadBackground,
            _ => Self::Usual,
        }
    }
}
