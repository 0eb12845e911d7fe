//! Reads the widget's event: what is to be shown, on what canvas. Strict with parameters, lenient with the console's own words.
//!
//! A parameter that can't be used is told to the viewer, in the widget: nobody looks into a log for a typing error.

use serde_json::{Map, Value};
use thiserror::Error;

/// The most feeds on a page.
const MOST_PER_PAGE: u64 = 200;

/// Feeds on a page where nobody says: at 10 thumbnails a second they take 4 s, and at 100 KB each they fit an answer.
const PER_PAGE: u64 = 40;

/// The most channels that can be asked for by name: a page of standard channels.
const MOST_CHANNELS: usize = 100;

/// The most faults that are told.
const MOST_FAULTS: usize = 10;

/// A parameter of the widget: its name, what it takes, and what it does. The description that the console shows is
/// made of it, and so is what is said about parameters that can't be used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) takes: &'static str,
    pub(super) does: &'static str,
}

/// Every parameter that there is.
pub(super) const PARAMETERS: [Parameter; 5] = [
    Parameter {
        name: "channels",
        takes: "a list of 1 to 100 channel ids, such as [\"1234567\"]",
        does: "Shows these channels alone. Those that don't run are named.",
    },
    Parameter {
        name: "tag",
        takes: "a tag's key, such as studio, or key=value, such as env=prod",
        does: "Shows channels that carry the tag.",
    },
    Parameter {
        name: "onlyFaulty",
        takes: "true or false",
        does: "Leaves out feeds that are known to be well. Those of which nothing is known stay.",
    },
    Parameter {
        name: "perPage",
        takes: "a whole number from 1 to 200",
        does: "Feeds on a page, 40 by default.",
    },
    Parameter {
        name: "page",
        takes: "a whole number from 1",
        does: "The page to show; past the last one, the last one.",
    },
];

/// An event that no widget sends.
#[derive(Debug, PartialEq, Eq, Error)]
#[error(
    "the event is not an object; a widget sends its parameters and widgetContext, or {{\"describe\": true}}"
)]
pub struct NotAWidget;

/// What the event asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Request {
    /// The Markdown that the console shows beside the parameters.
    Describe,
    /// The wall.
    Show(View, Canvas),
    /// The wall, with parameters that can't be used.
    Refused(Vec<ParameterFault>, Canvas),
}

/// Which feeds are to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    /// With any, only these channels.
    pub(super) channels: Vec<String>,
    /// Only channels that carry this tag.
    pub(super) tag: Option<TagWanted>,
    /// Leave out feeds that are known to be well.
    pub(super) only_faulty: bool,
    /// From 1.
    pub(super) page: usize,
    /// From 1.
    pub(super) per_page: usize,
}

/// A tag that a channel must carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TagWanted {
    pub(super) key: String,
    /// `None`: whatever its value.
    pub(super) value: Option<String>,
}

/// Where the answer will be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) theme: Theme,
    /// Pixels.
    pub(super) width: u32,
    /// Pixels.
    pub(super) height: u32,
}

/// The console's two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Theme {
    Light,
    Dark,
}

/// A parameter that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParameterFault {
    /// The parameter, as it came.
    pub(super) name: String,
    /// What it held, as JSON; nothing for a parameter that doesn't exist.
    pub(super) held: Option<String>,
    /// What it takes, or which parameters there are.
    pub(super) takes: String,
}

/// Reads an event.
///
/// # Errors
/// When it is not an object.
pub(super) fn read(event: &Value) -> Result<Request, NotAWidget> {
    let Value::Object(event) = event else { return Err(NotAWidget) };
    if event.contains_key("describe") {
        return Ok(Request::Describe);
    }
    let canvas = canvas(event.get("widgetContext").unwrap_or(&Value::Null));
    let mut from = Reader { event, faults: Vec::new() };
    let view = View {
        channels: from.read("channels", Vec::new(), channels),
        tag: from.read("tag", None, |held| tag(held).map(Some)),
        only_faulty: from.read("onlyFaulty", false, Value::as_bool),
        page: from.read("page", 1, |held| whole(held, u64::MAX)),
        per_page: from
            .read("perPage", usize::try_from(PER_PAGE).unwrap_or(1), |held| whole(held, MOST_PER_PAGE)),
    };
    from.find_unknown();
    Ok(if from.faults.is_empty() {
        Request::Show(view, canvas)
    } else {
        Request::Refused(from.faults, canvas)
    })
}

struct Reader<'a> {
    event: &'a Map<String, Value>,
    faults: Vec<ParameterFault>,
}

impl Reader<'_> {
    /// The parameter, parsed; the default where it isn't there or is empty, as a dashboard's form leaves it.
    fn read<T>(&mut self, name: &'static str, default: T, parse: impl FnOnce(&Value) -> Option<T>) -> T {
        let Some(held) = self.event.get(name).filter(|held| !is_empty(held)) else { return default };
        parse(held).unwrap_or_else(|| {
            let takes = PARAMETERS.iter().find(|known| known.name == name).map_or("", |known| known.takes);
            self.fault(name, Some(shortened(&held.to_string())), takes.to_owned());
            default
        })
    }

    fn find_unknown(&mut self) {
        for name in self.event.keys() {
            if name != "widgetContext" && !PARAMETERS.iter().any(|known| known.name == name) {
                let names: Vec<_> = PARAMETERS.iter().map(|known| known.name).collect();
                self.fault(&shortened(name), None, names.join(", "));
            }
        }
    }

    fn fault(&mut self, name: &str, held: Option<String>, takes: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(ParameterFault { name: name.to_owned(), held, takes });
        }
    }
}

fn is_empty(held: &Value) -> bool {
    match held {
        Value::Null => true,
        Value::String(held) => held.is_empty(),
        Value::Array(held) => held.is_empty(),
        _ => false,
    }
}

/// Ids are numbers in quotes, and YAML takes the quotes away.
fn channels(held: &Value) -> Option<Vec<String>> {
    let one = std::slice::from_ref(held);
    let ids = held.as_array().map_or(one, Vec::as_slice);
    if ids.len() > MOST_CHANNELS {
        return None;
    }
    ids.iter()
        .map(|id| match id {
            Value::Number(id) => id.as_u64().map(|id| id.to_string()),
            Value::String(id) => is_channel_id(id).then(|| id.clone()),
            _ => None,
        })
        .collect()
}

/// Digits; MediaLive's have seven at most.
pub(super) fn is_channel_id(held: &str) -> bool {
    (1..=20).contains(&held.len()) && held.bytes().all(|byte| byte.is_ascii_digit())
}

/// A key has at most 128 characters, a value 256 (<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>).
fn tag(held: &Value) -> Option<TagWanted> {
    let held = held.as_str()?;
    let (key, value) = match held.split_once('=') {
        Some((key, value)) => (key.trim(), Some(value.trim())),
        None => (held.trim(), None),
    };
    let fits = |text: &str, most| text.chars().count() <= most;
    let good = !key.is_empty() && fits(key, 128) && value.is_none_or(|value| fits(value, 256));
    good.then(|| TagWanted { key: key.to_owned(), value: value.map(str::to_owned) })
}

fn whole(held: &Value, most: u64) -> Option<usize> {
    held.as_u64().filter(|number| (1..=most).contains(number)).and_then(|number| usize::try_from(number).ok())
}

/// The console's own words. Whatever is missing or new in them has a sensible stand-in: a wall is worth more than a complaint.
fn canvas(context: &Value) -> Canvas {
    let pixels = |name: &str, default, range: std::ops::RangeInclusive<u32>| {
        let told = context[name].as_f64().filter(|told| *told >= 1.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
        told.map_or(default, |told| (told as u32).clamp(*range.start(), *range.end()))
    };
    Canvas {
        theme: if context["theme"] == "dark" { Theme::Dark } else { Theme::Light },
        width: pixels("width", 1_200, 120..=8_192),
        height: pixels("height", 700, 80..=8_192),
    }
}

/// Enough of a foreign text to know it by.
fn shortened(text: &str) -> String {
    const MOST_CHARACTERS: usize = 60;
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
