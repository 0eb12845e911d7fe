//! Draws the wall: one string of HTML and CSS, no script. Pure.
//!
//! Everything that came from somebody else goes through `maud`, which escapes it; the only text that is put in as it
//! stands is ours, base64 that [`super::picture`] has checked, and JSON without a character that HTML knows.

mod fit;
mod icon;
mod layout;
mod link;
mod message;
mod pager;
mod tile;
mod words;

use std::time::SystemTime;

use maud::{Markup, PreEscaped, html};

use super::{
    picture::Picture,
    request::{Canvas, Theme, View},
    select::{Counts, Selected},
};
use crate::calls::Cause;
use layout::Layout;

pub(super) use message::refusal;

/// What CloudWatch puts into the page. Scoped by a class, since it holds for the whole dashboard.
const STYLE: &str = include_str!("wall.css");

/// Below this width, in pixels, the counts are written smaller.
const NARROW: u32 = 700;

/// Everything that is on a page of the wall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    pub(super) selected: &'a Selected,
    /// Of the feeds of the page that is shown, in their order.
    pub(super) pictures: &'a [Picture],
    pub(super) view: &'a View,
    pub(super) canvas: Canvas,
    /// Why CloudWatch could not be asked, if so.
    pub(super) blind: Option<Cause>,
    pub(super) region: &'a str,
    /// What the buttons call.
    pub(super) function_arn: &'a str,
    pub(super) now: SystemTime,
}

/// The page, at most [`fit::MOST_BYTES`] as a JSON string.
pub(super) fn page(page: &Page<'_>) -> String {
    let selected = page.selected;
    let above = html! {
        (header(&selected.counts, page.now))
        @if let Some(cause) = page.blind {
            p.msm-note { "Conditions are unknown: " (words::cloudwatch_gave_nothing(cause)) }
        }
        @if !selected.missing.is_empty() {
            p.msm-note { "Neither starting nor running: " (words::list(&selected.missing)) }
        }
    };
    let below = pager::pager(page);
    let layout = Layout::of(page.canvas, page.pictures.len());
    let around = fit::json_bytes(&framed(page.canvas, &html! { (above) (grid(layout, &[])) (below) }).0);
    let tiles = fit::fit(
        selected.shown().zip(page.pictures),
        |(entry, picture)| tile::tile(entry, picture, page.region),
        |(entry, picture)| tile::without_picture(entry, picture, page.region),
        around,
    );
    let wall = html! {
        (above)
        @if tiles.is_empty() { (message::nothing(selected, page.view)) } @else { (grid(layout, &tiles)) }
        (below)
    };
    framed(page.canvas, &wall).into_string()
}

/// The style goes inside the first element: what cleans HTML takes a leading one away.
fn framed(canvas: Canvas, content: &Markup) -> Markup {
    let theme = match canvas.theme {
        Theme::Light => "msm-light",
        Theme::Dark => "msm-dark",
    };
    let size = if canvas.width < NARROW { " msm-narrow" } else { "" };
    html! {
        div class={ "msm-wall " (theme) (size) } {
            style { (PreEscaped(STYLE)) }
            (content)
        }
    }
}

fn grid(layout: Layout, tiles: &[Markup]) -> Markup {
    let Layout { columns, letters } = layout;
    html! {
        div.msm-grid.msm-tight[layout.is_tight()] role="list" style={ "grid-template-columns:repeat(" (columns) ",minmax(0,1fr));font-size:" (letters) "px" } {
            @for tile in tiles { (tile) }
        }
    }
}

/// What an operator reads first: how many, and how many of them in which trouble.
fn header(counts: &Counts, now: SystemTime) -> Markup {
    html! {
        div.msm-head {
            strong.msm-total { (words::count(counts.feeds, "feed")) }
            @for (fault, feeds) in &counts.faulty {
                span.msm-chip.msm-faulty { (icon::of_fault(*fault)) (feeds) " " (words::label(*fault)) }
            }
            @if counts.young > 0 { span.msm-chip.msm-young { (icon::clock()) (counts.young) " not yet a fault" } }
            @if counts.unknown > 0 { span.msm-chip.msm-unknown { (icon::question()) (counts.unknown) " UNKNOWN" } }
            @if counts.well > 0 { span.msm-chip.msm-well { (icon::check()) (counts.well) " OK" } }
            @if counts.off > 0 { span.msm-chip.msm-off { (counts.off) " not watched" } }
            span.msm-time { (words::time_of_day(now)) " UTC" }
        }
    }
}

#[cfg(test)]
mod tests;
