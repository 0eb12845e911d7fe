//! One feed on the wall: its condition, its picture, its last minutes and its name.

use std::time::Duration;

use maud::{Markup, PreEscaped, html};

use super::{
    Page,
    action::{self, Display},
    bar::Bar,
    incidents,
    layout::Layout,
    strip::strip,
    words,
};
use crate::{
    console,
    feed::{FeedKey, is_channel_id},
    multiviewer::{
        picture::{Picture, Shown},
        select::Entry,
        status::FeedStatus,
    },
};

/// A feed that is drawn.
#[derive(Clone, Copy)]
pub(super) struct Tile<'a> {
    pub(super) entry: &'a Entry,
    pub(super) shown: &'a Shown,
    pub(super) page: &'a Page<'a>,
    pub(super) layout: Layout,
}

impl Tile<'_> {
    /// The tile, with the feed's picture or its last one, and those of its incident beside it.
    pub(super) fn full(self) -> Markup {
        let content = match (&self.shown.picture, &self.shown.last) {
            (Picture::Jpeg { base64, age }, _) => {
                let is_old = self.shown.picture.is_old();
                html! { (image(base64, &self.alt(), is_old)) (age_label(*age, is_old)) }
            }
            (_, Some(last)) => {
                let age = self.page.now.duration_since(last.taken).unwrap_or_default();
                html! {
                    (image(&last.base64, &format!("{}, last picture", self.alt()), true))
                    div.msm-none.msm-over { span { (self.reason()) } }
                    (age_label(Some(age), true))
                }
            }
            (_, None) => self.without_picture(),
        };
        let incident = self.page.incidents.open(&self.entry.feed.key);
        match incident.filter(|incident| !incident.pictures.is_empty()) {
            Some(incident) => self.frame(&incidents::beside(&content, incident)),
            None => self.frame(&html! { div.msm-pic { (content) } }),
        }
    }

    /// The tile of a feed that has no picture, or whose picture does not fit into the response.
    pub(super) fn bare(self) -> Markup {
        self.frame(&html! { div.msm-pic { (self.without_picture()) } })
    }

    fn without_picture(self) -> Markup {
        html! { div.msm-none { span { (self.reason()) } } }
    }

    fn bar(self) -> Bar {
        Bar::of(self.entry, &self.shown.picture, self.page.now)
    }

    fn reason(self) -> &'static str {
        words::no_picture(&self.shown.picture, self.entry).unwrap_or(words::NO_ROOM)
    }

    fn alt(self) -> String {
        let name = words::name(&self.entry.feed.channel);
        format!("{name}, pipeline {}: {}", self.entry.feed.key.pipeline, self.bar().in_words())
    }

    fn frame(self, content: &Markup) -> Markup {
        let Self { entry, page, .. } = self;
        let bar = self.bar();
        html! {
            div class={ "msm-tile " (bar.class) } role="listitem" {
                div.msm-in {
                    div.msm-bar title=[&bar.hint] {
                        (bar.icon)
                        strong { (bar.label) }
                        @if let Some(more) = &bar.more { span.msm-for { (more) } }
                    }
                    (content)
                    @if !page.wall.view.detail { (self.opens_detail()) }
                    (strip(&entry.past, page.now))
                    (self.name())
                    (self.foot())
                    @if page.wall.view.detail { (numbers(entry, page)) }
                }
            }
        }
    }

    /// A click on the picture shows the channel's pipelines large, if the widget accepts its id as
    /// a parameter.
    fn opens_detail(self) -> Markup {
        let mut channels = vec![&*self.entry.feed.key.channel_id];
        if let Some((other, _)) = &self.entry.other
            && other.channel_id != self.entry.feed.key.channel_id
        {
            channels.push(&other.channel_id);
        }
        channels.retain(|id| is_channel_id(id));
        if channels.is_empty() {
            return html! {};
        }
        action::call(&action::detail(&channels), self.page.function_arn, Display::Popup)
    }

    fn name(self) -> Markup {
        let name = words::name(&self.entry.feed.channel);
        let shown = words::shortened(&name, self.layout.name_width);
        let address = console::channel_page(self.page.region, &self.entry.feed.key.channel_id);
        html! {
            div.msm-name title=(name) {
                @if let Some(address) = address {
                    a href=(address) target="_blank" rel="noopener noreferrer" { bdi { (shown) } }
                } @else {
                    bdi { (shown) }
                }
            }
        }
    }

    fn foot(self) -> Markup {
        let FeedKey { channel_id, pipeline } = &self.entry.feed.key;
        let notes = words::notes(self.entry);
        html! {
            div.msm-foot title=[&notes] {
                div.msm-id {
                    bdi { (channel_id) } " · pipeline " (pipeline)
                    @if let Some(notes) = &notes { " · " bdi { (notes) } }
                }
                @if let Some((other, status)) = &self.entry.other {
                    (other_feed(&self.entry.feed.key, other, *status))
                }
            }
        }
    }
}

/// The status of the other pipeline, or of the channel that is linked with this one.
fn other_feed(own: &FeedKey, other: &FeedKey, status: FeedStatus) -> Markup {
    let status = words::short(status);
    let is_own = own.channel_id == other.channel_id;
    let name = if is_own { other.pipeline.as_str() } else { &*other.channel_id };
    let kind = if is_own { "Pipeline" } else { "Linked channel" };
    html! {
        div.msm-other title={ (kind) " " (name) ": " (status) } { bdi { (name) } ": " (status) }
    }
}

/// The latest datapoints, and from when on each fault is an incident.
fn numbers(entry: &Entry, page: &Page<'_>) -> Markup {
    let durations = entry.latest.iter().filter_map(|one| Some((one, one.metric.fault()?)));
    html! {
        ul.msm-numbers {
            @for (one, fault) in durations {
                li {
                    (one.metric.name()) " " strong { (words::duration(one.seconds)) } ", "
                    (words::duration(page.now.duration_since(one.slot).unwrap_or_default()))
                    " ago; " @match entry.feed.thresholds.set_time(fault) {
                        Some(set_time) => { "an incident from " (words::duration(set_time)) " on" },
                        None => "expected of this channel",
                    }
                }
            }
        }
    }
}

fn image(base64: &str, alt: &str, is_old: bool) -> Markup {
    html! {
        @if is_old {
            img.msm-old alt=(alt) src={ "data:image/jpeg;base64," (PreEscaped(base64)) };
        } @else {
            img alt=(alt) src={ "data:image/jpeg;base64," (PreEscaped(base64)) };
        }
    }
}

fn age_label(age: Option<Duration>, is_old: bool) -> Markup {
    html! {
        span.msm-age.msm-amber[is_old] { @match age {
            Some(age) => { (words::duration(age)) " old" },
            None => "age unknown",
        } }
    }
}
