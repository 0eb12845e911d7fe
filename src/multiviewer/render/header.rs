//! The line above the tiles: what is selected, how many feeds have which status, and how old that
//! is.

use std::time::SystemTime;

use maud::{Markup, html};

use super::{Page, icon, words};
use crate::multiviewer::request::{Order, View};

/// The header.
pub(super) fn header(page: &Page<'_>) -> Markup {
    let counts = &page.selected.counts;
    let chip = |class: &str, icon: Markup, number: usize, label: &str| {
        html! {
            @if number > 0 {
                span class={ "msm-chip " (class) } { (icon) (number) " " (label) }
            }
        }
    };
    html! {
        div.msm-head {
            strong.msm-total { (words::count(counts.feeds, "feed")) }
            (chip("msm-faulty", icon::of_nothing_left(), counts.off_air, "OFF AIR"))
            (chip("msm-lost", icon::half(), counts.redundancy_lost, "REDUNDANCY LOST"))
            @for (fault, feeds) in &counts.faulty {
                (chip("msm-faulty", icon::of_fault(*fault), *feeds, &words::faulty_label(*fault)))
            }
            (chip("msm-young", icon::clock(), counts.pending, "not yet a fault"))
            (chip("msm-unknown", icon::down(), counts.down, "DOWN"))
            (chip("msm-unknown", icon::question(), counts.unknown, "UNKNOWN"))
            (chip("msm-young", icon::turning(), counts.recovering, "RECOVERING"))
            (chip("msm-young", icon::turning(), counts.starting, "STARTING"))
            (chip("msm-well", icon::check(), counts.healthy, "OK"))
            (chip("msm-off", html! {}, counts.without_condition, "without condition"))
            (chip("msm-off", html! {}, counts.not_watched, "not watched"))
            @for filter in filters(page) { span.msm-filter { (filter) } }
            span.msm-time { (time(page)) }
        }
    }
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
