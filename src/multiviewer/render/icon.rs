//! The icons of the conditions. They differ in shape, so that nothing depends on distinguishing
//! colours.

use maud::{Markup, html};
use source_detection::Fault;

/// The icon of a fault; a warning triangle for one without a shape of its own.
pub(super) fn of_fault(fault: Fault) -> Markup {
    match fault.name() {
        "frozen" | "frozen_background" => outline("M12 2v20M3.3 7l17.4 10M3.3 17L20.7 7"),
        "black" => filled("M3 4h18v16H3z"),
        "bars" => outline("M4 4v16M9.3 4v16M14.7 4v16M20 4v16"),
        "flat" => outline("M3 4h18v16H3z"),
        "repeating" => outline("M20 12a8 8 0 1 1-3-6.2M20 2v5h-5"),
        "partial" => outline("M3 4h18v16H3zM3 14h18M3 17h18"),
        "no_picture" => outline("M3 4h18v16H3zM3 4l18 16M21 4L3 20"),
        _ => outline("M12 3L2.5 20h19zM12 9v5M12 17v.5"),
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

/// The icon of a channel without a feed that is not faulty.
pub(super) fn of_nothing_left() -> Markup {
    outline("M5 5l14 14M19 5L5 19")
}

/// The icon of a channel with one of two feeds left.
pub(super) fn half() -> Markup {
    outline("M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18")
}

/// The icon of a pipeline that does not run.
pub(super) fn down() -> Markup {
    outline("M12 3v14M6 12l6 6 6-6M5 21h14")
}

/// The icon of a channel that starts or recovers.
pub(super) fn turning() -> Markup {
    outline("M20 12a8 8 0 1 1-2.5-5.8M20 3v5h-5")
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
