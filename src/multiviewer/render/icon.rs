//! The icons of the conditions. They differ in shape, so that nothing depends on distinguishing
//! colours.

use maud::{Markup, html};
use source_detection::Fault;

/// The icon of a fault.
pub(super) fn of_fault(fault: Fault) -> Markup {
    match fault {
        Fault::Frozen | Fault::FrozenBackground => outline("M12 2v20M3.3 7l17.4 10M3.3 17L20.7 7"),
        Fault::Black => filled("M3 4h18v16H3z"),
        Fault::Bars => outline("M4 4v16M9.3 4v16M14.7 4v16M20 4v16"),
        Fault::Flat => outline("M3 4h18v16H3z"),
        Fault::NoPicture => outline("M3 4h18v16H3zM3 4l18 16M21 4L3 20"),
    }
}

/// The icon of a healthy feed.
pub(super) fn check() -> Markup {
    outline("M4 13l5 6L20 5")
}

/// The icon of an unknown feed.
pub(super) fn question() -> Markup {
    outline("M7 8a5 5 0 1 1 7 4.6c-1.4.7-2 1.4-2 2.9M12 20v1")
}

/// The icon of a pending fault.
pub(super) fn clock() -> Markup {
    outline("M12 2.5a9.5 9.5 0 1 0 .1 0M12 7v5.5l4 2.5")
}

/// The icon of a feed that is not watched.
pub(super) fn dash() -> Markup {
    outline("M4 12h16")
}

fn outline(path: &str) -> Markup {
    html! {
        svg.msm-sign viewBox="0 0 24 24" aria-hidden="true" { path d=(path) {} }
    }
}

fn filled(path: &str) -> Markup {
    html! {
        svg.msm-sign viewBox="0 0 24 24" aria-hidden="true" { path d=(path) fill="currentColor" {} }
    }
}
