//! Draws the wall: one string of HTML and CSS, without a script. Pure.
//!
//! `maud` escapes every text that is not ours. Three kinds of text are inserted unescaped: the
//! style sheet, base64 that [`super::picture`] has checked, and JSON without a character that has a
//! meaning in HTML.
//!
//! In reading order: `fit` keeps the page within Lambda's limit, `icon` and `words` are
//! the parts of a tile, `layout` computes its size, `action` says what a click does, `frame` holds
//! the style sheet, and `header`, `message`, `bar`, `strip`, `incidents`, `tile`, `place` and
//! `pager` draw.

mod fit;
mod icon;
mod words;
mod layout;
mod action;
mod frame;
mod header;
mod message;
mod bar;
mod strip;
mod incidents;
mod tile;
mod place;
mod pager;

#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use maud::{Markup, html};

pub use frame::STYLE;

use super::{
    incidents::Incidents,
    picture::Shown,
    request::Wall,
    select::{Entry, Selected},
};
use crate::aws::ErrorKind;
use frame::frame;
use layout::Layout;
use tile::Tile;

/// The bytes of a tile without its picture, apart from the channel's name.
const TILE_BYTES: usize = 3_000;

/// How often the channel's name is in a tile.
const NAMES: usize = 5;

/// About the height of a note above the tiles, in pixels.
const NOTE_HEIGHT: u32 = 40;

/// The height of the buttons below the tiles, in pixels.
const PAGER_HEIGHT: u32 = 40;

/// Everything that is drawn on a page of the wall.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The wall, and the page of it that is shown.
    pub selected: &'a Selected,
    /// The pictures of the feeds that are shown, in their order.
    pub pictures: &'a [Shown],
    /// What was asked for. The buttons repeat it.
    pub wall: &'a Wall,
    /// What could not be read.
    pub sources: Sources,
    /// The pictures of incidents.
    pub incidents: &'a Incidents,
    /// The Region of the channels, for links.
    pub region: &'a str,
    /// The function that the buttons call.
    pub function_arn: &'a str,
    /// The time in the header.
    pub now: SystemTime,
}

/// What could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Why there is no new list of channels, and the age of the one that is shown.
    pub list_error: Option<(ErrorKind, Duration)>,
    /// Why durations are missing.
    pub durations_error: Option<ErrorKind>,
    /// Why there are no pictures of incidents.
    pub incidents_error: Option<ErrorKind>,
}

/// The page. As a JSON string it is within Lambda's limit: pictures that don't fit are left out,
/// those of the least important feeds first, and feeds never are.
#[must_use]
pub fn page(page: &Page<'_>) -> String {
    let entries = page.selected.shown();
    let notes = message::notes(page);
    let layout = layout(page, notes.len());
    let tiles: Vec<_> = entries
        .iter()
        .zip(page.pictures)
        .map(|(entry, shown)| Tile { entry, shown, page, layout })
        .collect();
    let draw = |tiles: &[Markup]| {
        let wall = html! {
            (header::header(page))
            @for note in &notes { p.msm-note { (note) } }
            @if entries.is_empty() {
                (message::nothing_to_show(page))
            } @else {
                (place::grid(page, layout, tiles))
            }
            (pager::pager(page.selected, &page.wall.view, page.function_arn))
            (incidents::list(page))
        };
        frame(page.wall.canvas, page.wall.view.detail, &wall)
    };
    let without_tiles = draw(&vec![html! {}; tiles.len()]);
    let by_importance = page.selected.by_importance();
    let rest = fit::json_bytes(&without_tiles.0);
    draw(&fit::fit(&tiles, &by_importance, (Tile::full, Tile::bare), rest)).into_string()
}

/// The room for base64 on the page, whatever else is on it.
#[must_use]
pub fn room_for_pictures(selected: &Selected) -> usize {
    let tile = |entry: &Entry| {
        let name = words::name(&entry.feed.channel);
        // Escaped for HTML, a quote has six characters.
        TILE_BYTES + NAMES * 6 * fit::json_bytes(&name)
    };
    let tiles: usize = selected.shown().iter().map(tile).sum();
    fit::MAX_PAGE_BYTES.saturating_sub(2 * STYLE.len() + tiles)
}

fn layout(page: &Page<'_>, notes: usize) -> Layout {
    if page.wall.view.detail {
        return Layout::large();
    }
    let notes = u32::try_from(notes).unwrap_or(u32::MAX).saturating_mul(NOTE_HEIGHT);
    let pager = if page.selected.pages > 1 { PAGER_HEIGHT } else { 0 };
    let above = header::height(page).saturating_add(notes).saturating_add(pager);
    Layout::of(page.wall.canvas, above, &place::blocks(page))
}
