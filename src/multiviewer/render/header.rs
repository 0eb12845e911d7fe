//! The line above the tiles: what is selected, how many feeds have which status, and how old that
//! is.

use std::time::SystemTime;

use maud::{Markup, html};

use super::{Page, icon, words};
use crate::multiviewer::{
    request::{Order, View},
    select::Counts,
};

/// The height of a line of the header, and of the space below it, in pixels.
const LINE: u32 = 32;
const BELOW: u32 = 8;

/// About the width of a letter, and of what surrounds a part of the header, in pixels.
const LETTER: usize = 9;
const AROUND: usize = 48;

/// A number of feeds or channels with the same status.
struct Chip {
    class: &'static str,
    icon: Markup,
    text: String,
}

/// The header.
pub(super) fn header(page: &Page<'_>) -> Markup {
    html! {
        div.msm-head {
            strong.msm-total { (total(page)) }
            @for Chip { class, icon, text } in chips(&page.selected.counts) {
                span class={ "msm-chip " (class) } { (icon) (text) }
            }
            @for filter in filters(page) { span.msm-filter { (filter) } }
            span.msm-time { (time(page)) }
        }
    }
}

/// About the height of the header, in pixels.
pub(super) fn height(page: &Page<'_>) -> u32 {
    let chips = chips(&page.selected.counts).into_iter().map(|chip| chip.text);
    let parts = chips.chain(filters(page)).chain([total(page), time(page)]);
    let width: usize = parts.map(|part| part.chars().count() * LETTER + AROUND).sum();
    let lines = u32::try_from(width).unwrap_or(u32::MAX).div_ceil(page.wall.canvas.width.max(1));
    lines.saturating_mul(LINE).saturating_add(BELOW)
}

fn total(page: &Page<'_>) -> String {
    words::count(page.selected.counts.feeds, "feed")
}

/// The numbers that are not zero, the worst first.
fn chips(counts: &Counts) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut add = |class, icon, number: usize, label: &str| {
        if number > 0 {
            chips.push(Chip { class, icon, text: format!("{number} {label}") });
        }
    };
    add("msm-faulty", icon::of_nothing_left(), counts.off_air, "OFF AIR");
    add("msm-lost", icon::half(), counts.redundancy_lost, "REDUNDANCY LOST");
    for (fault, feeds) in &counts.faulty {
        add("msm-faulty", icon::of_fault(*fault), *feeds, &words::faulty_label(*fault));
    }
    add("msm-young", icon::clock(), counts.pending, "not yet a fault");
    add("msm-unknown", icon::down(), counts.down, "DOWN");
    add("msm-unknown", icon::question(), counts.unknown, "UNKNOWN");
    add("msm-young", icon::turning(), counts.recovering, "RECOVERING");
    add("msm-young", icon::turning(), counts.starting, "STARTING");
    add("msm-well", icon::check(), counts.healthy, "OK");
    add("msm-off", html! {}, counts.without_condition, "without condition");
    add("msm-off", html! {}, counts.not_watched, "not watched");
    chips
}

/// What the parameters select, and what they hide.
fn filters(page: &Page<'_>) -> Vec<String> {
    let View { channels, tag, only_faulty, order, group_by, .. } = &page.wall.view;
    let hidden = &page.selected.hidden;
    let channels = match channels.as_slice() {
        [] => None,
        [one] => Some(format!("channel {one}")),
        several => Some(format!("{} channels", several.len())),
    };
    let hides = match hidden.feeds {
        0 => "onlyFaulty".to_owned(),
        feeds => format!("onlyFaulty hides {feeds}: {}", words::without_trouble(hidden)),
    };
    let filters = [
        channels,
        tag.as_ref().map(|tag| format!("tag {tag}")),
        only_faulty.then_some(hides),
        group_by.as_ref().map(|key| format!("grouped by {key}")),
        (*order == Order::Name).then(|| "by name".to_owned()),
    ];
    filters.into_iter().flatten().collect()
}

/// `conditions 12 s old · 14:34:56 UTC+02:00`.
fn time(page: &Page<'_>) -> String {
    let time = words::time_of_day(page.now, page.wall.canvas.utc_offset);
    let age =
        |newest: SystemTime| words::duration(page.now.duration_since(newest).unwrap_or_default());
    match page.selected.newest {
        Some(newest) => format!("conditions {} old · {time}", age(newest)),
        None => time,
    }
}
