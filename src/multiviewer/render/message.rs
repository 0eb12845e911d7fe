//! What is to be said about the wall as a whole: notes above the tiles, and why there are none.

use maud::{Markup, html};
use source_detection::variables::InvalidSetting;

use super::{Page, Sources, icon, words};

/// The notes above the tiles: whatever makes the wall less than it seems.
pub(super) fn notes(page: &Page<'_>) -> Vec<Markup> {
    let (selected, counts) = (page.selected, &page.selected.counts);
    let mut notes: Vec<_> = page.wall.invalid.iter().map(invalid_parameter).collect();
    if let Some((kind, age)) = page.sources.list_error {
        notes.push(html! {
            "The list of channels is " (words::duration(age)) " old: "
            (words::list_failure(kind))
        });
    }
    if let Some(kind) = page.sources.durations_error {
        let why = words::cloudwatch_failure(kind);
        notes.push(if counts.unread < counts.due() {
            html! { "Conditions of " (words::count(counts.unread, "feed")) " are unknown: " (why) }
        } else {
            html! { "Conditions are unknown: " (why) }
        });
    } else if counts.unknown > 0 && counts.unknown == counts.due() {
        notes.push(html! {
            "No feed has a recent condition: the monitor does not run, has only just started, or \
             publishes to another namespace"
        });
    }
    if let Some(kind) = page.sources.incidents_error {
        let why = words::bucket_failure(kind);
        notes.push(html! { "There are no pictures of incidents: " (why) });
    }
    if counts.without_condition > 0 {
        notes.push(html! {
            "There are no conditions: FEED_METRICS has no duration, such as FrozenSeconds"
        });
    }
    if !selected.missing.is_empty() {
        notes.push(html! { "Neither starting nor running: " (words::list(&selected.missing)) });
    }
    notes
}

fn invalid_parameter(InvalidSetting { name, value, accepts }: &InvalidSetting) -> Markup {
    html! {
        @if let Some(value) = value {
            "The parameter " code { (name) } " is " code { (value) } " and is left out; it takes "
            (accepts)
        } @else {
            "There is no parameter " code { (name) } "; there are " (accepts)
        }
    }
}

/// Why there are no tiles.
pub(super) fn nothing_to_show(page: &Page<'_>) -> Markup {
    let (selected, view) = (page.selected, &page.wall.view);
    let counts = &selected.counts;
    let filtered = view.tag.is_some() || !view.channels.is_empty();
    html! {
        div.msm-message {
            @if counts.feeds > 0 {
                (no_trouble(page))
                p {
                    (words::count(counts.feeds, "feed")) " selected: "
                    (words::without_trouble(counts)) "."
                }
            } @else if filtered {
                p.msm-large { "No running channel is selected" }
                p { "No channel on air has one of the ids in channels and carries tag." }
            } @else {
                p.msm-large { "No channel is running" }
                p { "The wall shows channels that start, run, recover or are updated." }
            }
        }
    }
}

/// That no feed is in trouble, if that is known of every feed that is watched.
fn no_trouble(page: &Page<'_>) -> Markup {
    let counts = &page.selected.counts;
    let all_known = counts.healthy == counts.feeds - counts.not_watched;
    let Sources { list_error, durations_error, .. } = page.sources;
    let is_known = all_known && list_error.is_none() && durations_error.is_none();
    html! {
        @if counts.healthy == 0 {
            p.msm-large { (icon::question()) " No condition is known" }
        } @else if is_known {
            p.msm-large { (icon::check()) " No feed is in trouble" }
        } @else {
            p.msm-large { (icon::question()) " No feed is known to be in trouble" }
        }
    }
}
