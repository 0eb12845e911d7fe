//! The signs of the conditions: told apart by shape, so that nobody has to see their colour.

use maud::{Markup, html};

use crate::judge::Fault;

/// The sign of a fault.
pub(super) fn of_fault(fault: Fault) -> Markup {
    match fault {
        Fault::Frozen | Fault::FrozenBackground => sign("M12 2v20M3.3 7l17.4 10M3.3 17L20.7 7"),
        Fault::Black => filled("M3 4h18v16H3z"),
        Fault::Bars => sign("M4 4v16M9.3 4v16M14.7 4v16M20 4v16"),
        Fault::Flat => sign("M3 4h18v16H3z"),
        Fault::NoPicture => sign("M3 4h18v16H3zM3 4l18 16M21 4L3 20"),
    }
}

/// Well.
pub(super) fn check() -> Markup {
    sign("M4 13l5 6L20 5")
}

/// Nothing known.
pub(super) fn question() -> Markup {
    sign("M7 8a5 5 0 1 1 7 4.6c-1.4.7-2 1.4-2 2.9M12 20v1")
}

/// Not yet a fault.
pub(super) fn clock() -> Markup {
    sign("M12 2.5a9.5 9.5 0 1 0 .1 0M12 7v5.5l4 2.5")
}

/// Not watched.
pub(super) fn dash() -> Markup {
    sign("M4 12h16")
}

fn sign(path: &str) -> Markup {
    html! {
        svg.msm-sign viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} }
    }
}

fn filled(path: &str) -> Markup {
    html! {
        svg.msm-sign viewBox="0 0 24 24" aria-hidden="true" { path d=(path) fill="currentColor" {} }
    }
}
