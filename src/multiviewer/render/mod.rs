//! Draws the wall: one string of HTML and CSS, without a script. Pure.
//!
//! `maud` escapes every text that is not ours. Three kinds of text are inserted unescaped: the
//! style sheet, base64 that [`super::picture`] has checked, and JSON without a character that has a
//! meaning in HTML.
//!
//! In reading order: `fit` keeps the page within Lambda's limit, `icon` and `words` are
//! the parts of a tile, `layout` computes its size, `frame` holds the style sheet, and `header`,
//! `tile`, `pager` and `message` draw.

mod fit;
mod icon;
mod words;
mod layout;
mod frame;
mod header;
mod tile;
mod pager;
mod message;

#[cfg(test)]
mod tests;

use std::time::SystemTime;

use maud::{Markup, html};

pub use frame::STYLE;
pub use message::invalid_parameters;

use super::{
    picture::Picture,
    request::{Canvas, View},
    select::Selected,
};
use crate::aws::ErrorKind;
use frame::frame;
use layout::Layout;

/// Everything that is drawn on a page of the wall.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The wall, and the page of it that is shown.
    pub selected: &'a Selected,
    /// The pictures of the feeds that are shown, in their order.
    pub pictures: &'a [Picture],
    /// The parameters, which the buttons repeat.
    pub view: &'a View,
    /// The size and theme of the widget.
    pub canvas: Canvas,
    /// Why the durations could not be read.
    pub durations_error: Option<ErrorKind>,
    /// The Region of the channels, for links.
    pub region: &'a str,
    /// The function that the buttons call.
    pub function_arn: &'a str,
    /// The time in the header.
    pub now: SystemTime,
}

/// The page. As a JSON string it is within Lambda's limit: pictures that don't fit are left out,
/// feeds never are.
#[must_use]
pub fn page(page: &Page<'_>) -> String {
    let selected = page.selected;
    let above = html! {
        (header::header(&selected.counts, page.now))
        @if let Some(kind) = page.durations_error {
            p.msm-note { "Conditions are unknown: " (words::cloudwatch_failure(kind)) }
        }
        @if !selected.missing.is_empty() {
            p.msm-note { "Neither starting nor running: " (words::list(&selected.missing)) }
        }
    };
    let below = pager::pager(selected, page.view, page.function_arn);
    let layout = Layout::of(page.canvas, page.pictures.len());
    let without_tiles = frame(page.canvas, &html! { (above) (grid(layout, &[])) (below) });
    let tiles = fit::fit(
        selected.shown().zip(page.pictures),
        |(entry, picture)| tile::tile(entry, picture, page.region),
        |(entry, picture)| tile::without_picture(entry, picture, page.region),
        fit::json_bytes(&without_tiles.0),
    );
    let wall = html! {
        (above)
        @if tiles.is_empty() {
            (message::nothing_to_show(selected, page.view))
        } @else {
            (grid(layout, &tiles))
        }
        (below)
    };
    frame(page.canvas, &wall).into_string()
}

fn grid(layout: Layout, tiles: &[Markup]) -> Markup {
    let Layout { columns, font_size } = layout;
    let style =
        format!("grid-template-columns:repeat({columns},minmax(0,1fr));font-size:{font_size}px");
    html! {
        div.msm-grid.msm-tight[layout.is_tight()] role="list" style=(style) {
            @for tile in tiles { (tile) }
        }
    }
}
