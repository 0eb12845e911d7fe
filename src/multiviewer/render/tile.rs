//! One feed on the wall: its condition, its picture, its name.

use std::time::Duration;

use maud::{Markup, PreEscaped, html};

use super::{icon, link, words};
use crate::{
    judge::Fault,
    wall::{
        picture::Picture,
        select::Entry,
        standing::{Blind, Standing},
    },
};

/// The tile of a feed.
pub(super) fn tile(entry: &Entry, picture: &Picture, region: &str) -> Markup {
    let name = words::name(&entry.feed.channel);
    let content = match picture {
        Picture::Jpeg { base64, age } => {
            let condition = Condition::of(entry.standing);
            let alt = format!("{name}, pipeline {}: {}", entry.feed.key.pipeline, condition.in_words());
            html! {
                img alt=(alt) src={ "data:image/jpeg;base64," (PreEscaped(base64)) };
                (age_of(*age))
            }
        }
        none => reason(words::no_picture(none, &entry.feed.channel).unwrap_or_default()),
    };
    framed(entry, &name, region, &content)
}

/// The same without its picture, for want of room.
pub(super) fn without_picture(entry: &Entry, picture: &Picture, region: &str) -> Markup {
    let why = words::no_picture(picture, &entry.feed.channel).unwrap_or(words::NO_ROOM);
    framed(entry, &words::name(&entry.feed.channel), region, &reason(why))
}

fn framed(entry: &Entry, name: &str, region: &str, content: &Markup) -> Markup {
    let key = &entry.feed.key;
    let condition = Condition::of(entry.standing);
    html! {
        div class={ "msm-tile " (condition.class) } role="listitem" {
            div.msm-in {
                div.msm-bar title=[condition.hint] {
                    (condition.sign)
                    strong { (condition.label) }
                    @if let Some(lasted) = &condition.lasted { span.msm-for { (lasted) } }
                }
                div.msm-pic { (content) }
                div.msm-name title=(name) {
                    @if let Some(address) = link::channel(region, &key.channel_id) {
                        a href=(address) target="_blank" rel="noopener noreferrer" { bdi { (name) } }
                    } @else {
                        bdi { (name) }
                    }
                }
                div.msm-id { bdi { (key.channel_id) } " · pipeline " (key.pipeline) }
            }
        }
    }
}

fn reason(why: &str) -> Markup {
    html! { div.msm-none { span { (why) } } }
}

fn age_of(age: Option<Duration>) -> Markup {
    html! {
        span.msm-age { @match age {
            Some(age) => { (words::duration(age)) " old" },
            None => "age unknown",
        } }
    }
}

/// What a tile shows of how its feed stands.
struct Condition {
    class: &'static str,
    sign: Markup,
    label: &'static str,
    lasted: Option<String>,
    hint: Option<&'static str>,
}

impl Condition {
    fn of(standing: Standing) -> Self {
        match standing {
            Standing::Faulty { fault, lasted } => Self {
                class: "msm-faulty",
                sign: icon::of_fault(fault),
                label: words::label(fault),
                lasted: Some(words::duration(lasted)),
                hint: None,
            },
            Standing::Young { fault, lasted } => Self {
                class: "msm-young",
                sign: icon::clock(),
                label: words::young_label(fault),
                lasted: Some(format!("for {}", words::duration(lasted))),
                hint: Some(young_hint(fault)),
            },
            Standing::Well => {
                Self { class: "msm-well", sign: icon::check(), label: "OK", lasted: None, hint: None }
            }
            Standing::Unknown(blind) => Self::unknown(blind),
        }
    }

    fn unknown(blind: Blind) -> Self {
        let (class, sign, label, lasted, hint) = match blind {
            Blind::SwitchedOff => (
                "msm-off",
                icon::dash(),
                "NOT WATCHED",
                None,
                "Tags keep the monitor from watching this channel",
            ),
            Blind::Silent => (
                "msm-unknown",
                icon::question(),
                "UNKNOWN",
                Some("no data for\u{a0}3\u{a0}min".to_owned()),
                "The monitor has published nothing of this feed for 3 minutes",
            ),
            Blind::NoAnswer(cause) => {
                ("msm-unknown", icon::question(), "UNKNOWN", None, words::cloudwatch_gave_nothing(cause))
            }
        };
        Self { class, sign, label, lasted, hint: Some(hint) }
    }

    fn in_words(&self) -> String {
        match &self.lasted {
            Some(lasted) => format!("{} {lasted}", self.label),
            None => self.label.to_owned(),
        }
    }
}

fn young_hint(fault: Fault) -> &'static str {
    match fault {
        Fault::NoPicture => "No thumbnail, and not for as long as it takes to count as a fault",
        _ => "Not for as long as it takes to count as a fault, or expected of this channel",
    }
}
