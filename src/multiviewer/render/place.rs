//! The tiles in their grid: the feeds of a channel, or of two that are linked, stand together, with
//! a line above them if the channel is off air or has lost its redundancy.

use maud::{Markup, html};

use super::{
    Page, icon,
    layout::{Block, Layout},
    words,
};
use crate::{announce::alert::Redundancy, multiviewer::select::Entry};

/// The feeds of each channel of the page.
fn places<'a>(page: &Page<'a>) -> impl Iterator<Item = &'a [Entry]> {
    page.selected.shown().chunk_by(|one, other| one.place == other.place)
}

/// The room that the channels of the page need.
pub(super) fn blocks(page: &Page<'_>) -> Vec<Block> {
    let mut section = None;
    let blocks = places(page).map(|place| Block {
        tiles: u32::try_from(place.len()).unwrap_or(u32::MAX),
        has_line: line_class(&place[0]).is_some(),
        has_heading: begins_section(page, place, &mut section),
    });
    blocks.collect()
}

/// The tiles of the page, which are drawn already.
pub(super) fn grid(page: &Page<'_>, layout: Layout, tiles: &[Markup]) -> Markup {
    let Layout { columns, font_size, .. } = layout;
    let style =
        format!("grid-template-columns:repeat({columns},minmax(0,1fr));font-size:{font_size}px");
    // The style sheet lays out large tiles.
    let style = if page.wall.view.detail { None } else { Some(style) };
    let (mut section, mut first) = (None, 0);
    let places = places(page).map(|place| {
        let has_heading = begins_section(page, place, &mut section);
        let of_place = &tiles[first..first + place.len()];
        first += place.len();
        (&place[0], of_place, has_heading)
    });
    html! {
        div.msm-grid.msm-tight[layout.is_tight()] role="list" style=[style] {
            @for (entry, tiles, has_heading) in places {
                @if has_heading { (heading(page, entry)) }
                div.msm-place.msm-pair[tiles.len() > 1 && columns > 1] {
                    (line(entry))
                    @for tile in tiles { (tile) }
                }
            }
        }
    }
}

/// Whether the channel has another value of the tag than the one before it.
fn begins_section<'a>(
    page: &Page<'_>,
    place: &'a [Entry],
    section: &mut Option<&'a Option<String>>,
) -> bool {
    let is_grouped = page.wall.view.group_by.is_some();
    is_grouped && section.replace(&place[0].section) != Some(&place[0].section)
}

fn heading(page: &Page<'_>, entry: &Entry) -> Markup {
    let key = page.wall.view.group_by.as_deref().unwrap_or_default();
    html! {
        div.msm-section {
            @match &entry.section {
                Some(value) => { (key) " " strong { bdi { (value) } } },
                None => { "without " strong { (key) } },
            }
        }
    }
}

/// What is left of the channel, if that is not all of it.
fn line(entry: &Entry) -> Markup {
    let running = words::pipelines_running(&entry.feed.channel);
    let (icon, label) = match entry.redundancy {
        Redundancy::OffAir => (icon::of_nothing_left(), "OFF AIR"),
        Redundancy::Lost => (icon::half(), "REDUNDANCY LOST"),
        Redundancy::Full | Redundancy::NotWatched => return html! {},
    };
    html! {
        div class={ "msm-line " (line_class(entry).unwrap_or_default()) } {
            (icon) strong { (label) }
            @if let Some(running) = running { span { " · " (running) } }
        }
    }
}

const fn line_class(entry: &Entry) -> Option<&'static str> {
    match entry.redundancy {
        Redundancy::OffAir => Some("msm-faulty"),
        Redundancy::Lost => Some("msm-lost"),
        Redundancy::Full | Redundancy::NotWatched => None,
    }
}
