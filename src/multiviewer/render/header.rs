//! The line above the tiles: how many feeds are selected, how many have which fault, and the time.

use std::time::SystemTime;

use maud::{Markup, html};

use super::{icon, words};
use crate::multiviewer::select::Counts;

/// The header.
pub(super) fn header(counts: &Counts, now: SystemTime) -> Markup {
    html! {
        div.msm-head {
            strong.msm-total { (words::count(counts.feeds, "feed")) }
            @for (fault, feeds) in &counts.faulty {
                span.msm-chip.msm-faulty {
                    (icon::of_fault(*fault)) (feeds) " " (words::faulty_label(*fault))
                }
            }
            @if counts.pending > 0 {
                span.msm-chip.msm-young { (icon::clock()) (counts.pending) " not yet a fault" }
            }
            @if counts.unknown > 0 {
                span.msm-chip.msm-unknown { (icon::question()) (counts.unknown) " UNKNOWN" }
            }
            @if counts.healthy > 0 {
                span.msm-chip.msm-well { (icon::check()) (counts.healthy) " OK" }
            }
            @if counts.not_watched > 0 {
                span.msm-chip.msm-off { (counts.not_watched) " not watched" }
            }
            span.msm-time { (words::time_of_day(now)) " UTC" }
        }
    }
}
