//! One feed on the wall: its condition, its picture and its name.

use std::time::Duration;

use maud::{Markup, PreEscaped, html};
use source_detection::Fault;

use super::{icon, words};
use crate::{
    console,
    multiviewer::{
        picture::Picture,
        select::Entry,
        status::{FeedStatus, UnknownReason},
    },
};

/// The tile of a feed.
pub(super) fn tile(entry: &Entry, picture: &Picture, region: &str) -> Markup {
    let Picture::Jpeg { base64, age } = picture else {
        return without_picture(entry, picture, region);
    };
    let (name, pipeline) = (words::name(&entry.feed.channel), entry.feed.key.pipeline);
    let alt = format!("{name}, pipeline {pipeline}: {}", Bar::of(entry.status).in_words());
    let content = html! {
        img alt=(alt) src={ "data:image/jpeg;base64," (PreEscaped(base64)) };
        (age_label(*age))
    };
    frame(entry, region, &content)
}

/// The tile of a feed that has no picture, or whose picture does not fit into the response.
pub(super) fn without_picture(entry: &Entry, picture: &Picture, region: &str) -> Markup {
    let reason = words::no_picture(picture, entry).unwrap_or(words::NO_ROOM);
    frame(entry, region, &html! { div.msm-none { span { (reason) } } })
}

fn frame(entry: &Entry, region: &str, content: &Markup) -> Markup {
    let key = &entry.feed.key;
    let name = words::name(&entry.feed.channel);
    let (bar, notes) = (Bar::of(entry.status), words::notes(entry));
    html! {
        div class={ "msm-tile " (bar.class) } role="listitem" {
            div.msm-in {
                div.msm-bar title=[bar.hint] {
                    (bar.icon)
                    strong { (bar.label) }
                    @if let Some(lasted) = &bar.lasted { span.msm-for { (lasted) } }
                }
                div.msm-pic { (content) }
                div.msm-name title=(name) {
                    @if let Some(address) = console::channel_page(region, &key.channel_id) {
                        a href=(address) target="_blank" rel="noopener noreferrer" { bdi { (name) } }
                    } @else {
                        bdi { (name) }
                    }
                }
                div.msm-id {
                    bdi { (key.channel_id) } " · pipeline " (key.pipeline)
                    @if let Some(notes) = &notes { " · " bdi { (notes) } }
                }
            }
        }
    }
}

fn age_label(age: Option<Duration>) -> Markup {
    html! {
        span.msm-age { @match age {
            Some(age) => { (words::duration(age)) " old" },
            None => "age unknown",
        } }
    }
}

/// The bar at the top of a tile, which shows the feed's status.
struct Bar {
    class: &'static str,
    icon: Markup,
    label: &'static str,
    lasted: Option<String>,
    hint: Option<&'static str>,
}

impl Bar {
    fn of(status: FeedStatus) -> Self {
        match status {
            FeedStatus::Faulty { fault, lasted } => Self {
                class: "msm-faulty",
                icon: icon::of_fault(fault),
                label: words::faulty_label(fault),
                lasted: Some(words::duration(lasted)),
                hint: None,
            },
            FeedStatus::Pending { fault, lasted } => Self {
                class: "msm-young",
                icon: icon::clock(),
                label: words::pending_label(fault),
                lasted: Some(format!("for {}", words::duration(lasted))),
                hint: Some(pending_hint(fault)),
            },
            FeedStatus::Healthy => Self {
                class: "msm-well",
                icon: icon::check(),
                label: "OK",
                lasted: None,
                hint: None,
            },
            FeedStatus::Unknown(reason) => Self::unknown(reason),
        }
    }

    fn unknown(reason: UnknownReason) -> Self {
        let unknown = |lasted, hint| Self {
            class: "msm-unknown",
            icon: icon::question(),
            label: "UNKNOWN",
            lasted,
            hint: Some(hint),
        };
        match reason {
            UnknownReason::NotWatched => Self {
                class: "msm-off",
                icon: icon::dash(),
                label: "NOT WATCHED",
                lasted: None,
                hint: Some("Tags keep the monitor from watching this channel"),
            },
            UnknownReason::NoDatapoints => unknown(
                Some("no data for\u{a0}3\u{a0}min".to_owned()),
                "The monitor has published nothing of this feed for 3 minutes",
            ),
            UnknownReason::ReadFailed(kind) => unknown(None, words::cloudwatch_failure(kind)),
        }
    }

    fn in_words(&self) -> String {
        match &self.lasted {
            Some(lasted) => format!("{} {lasted}", self.label),
            None => self.label.to_owned(),
        }
    }
}

fn pending_hint(fault: Fault) -> &'static str {
    match fault {
        Fault::NoPicture => "No thumbnail, and not for as long as it takes to count as a fault",
        _ => "Not for as long as it takes to count as a fault, or expected of this channel",
    }
}
