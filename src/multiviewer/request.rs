//! Reads the widget's event: what to show, and on which canvas.
//!
//! Strict with parameters, lenient with what the console adds. The widget itself names an invalid
//! parameter, because a viewer who mistyped one does not read the function's log.

mod context;

#[cfg(test)]
mod tests;

use std::fmt;

pub use context::{Canvas, Theme, UtcOffset};

use serde_json::{Map, Value};
use source_detection::variables::{InvalidSetting, Reader};
use thiserror::Error;

use crate::{
    feed::{Channel, Tags, is_channel_id},
    lambda::excerpt,
};
use context::canvas;

/// `perPage`: the most feeds on a page.
const MAX_PER_PAGE: usize = 200;

/// `perPage` if it is not set: at 10 thumbnails a second a page takes 4 s, and at 100 KB each 40
/// fit into a response.
const DEFAULT_PER_PAGE: usize = 40;

/// `channels`: the most ids, a page of standard channels.
const MAX_CHANNELS: usize = 100;

/// The most invalid parameters that a response names.
const MAX_REPORTED: usize = 10;

/// A parameter of the widget. The console's description and the message about an invalid value are
/// made of it.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its key in the event.
    pub name: &'static str,
    /// The values that it accepts.
    pub accepts: &'static str,
    /// What it changes.
    pub meaning: &'static str,
}

const CHANNELS: Parameter = Parameter {
    name: "channels",
    accepts: "a list of 1 to 100 channel ids, such as [\"1234567\"]",
    meaning: "Shows these channels alone. Those that don't run are named.",
};

const TAG: Parameter = Parameter {
    name: "tag",
    accepts: "a tag's key, such as studio, or key=value, such as env=prod",
    meaning: "Shows channels that carry the tag.",
};

const ONLY_FAULTY: Parameter = Parameter {
    name: "onlyFaulty",
    accepts: "true or false",
    meaning: "Hides feeds that are healthy, starting or not watched, and says how many. Faults that have not reached their set time stay, and feeds whose condition is unknown.",
};

const ORDER: Parameter = Parameter {
    name: "order",
    accepts: "faults or name",
    meaning: "faults, the default: feeds in trouble first, the newest trouble at the top. name: by name alone, so that each feed keeps its place.",
};

const GROUP_BY: Parameter = Parameter {
    name: "groupBy",
    accepts: "a tag's key, such as studio",
    meaning: "Puts channels with the same value of this tag together under a heading.",
};

const DETAIL: Parameter = Parameter {
    name: "detail",
    accepts: "true or false",
    meaning: "Shows large tiles with the latest durations, as a click on a picture does.",
};

const PER_PAGE: Parameter = Parameter {
    name: "perPage",
    accepts: "a whole number from 1 to 200",
    meaning: "Feeds on a page, 40 by default.",
};

const PAGE: Parameter = Parameter {
    name: "page",
    accepts: "a whole number from 1",
    meaning: "The page to show; past the last one, the last one.",
};

/// Every parameter, in the order of the description.
pub const PARAMETERS: [Parameter; 8] =
    [CHANNELS, TAG, ONLY_FAULTY, ORDER, GROUP_BY, PER_PAGE, PAGE, DETAIL];

/// An event that no widget sends.
#[derive(Debug, PartialEq, Eq, Error)]
#[error(
    "the event is not an object; a widget sends its parameters and widgetContext, or {{\"describe\": true}}"
)]
pub struct NotAWidget;

/// What the event asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// The description that the console shows in the widget's editor.
    Describe,
    /// The wall.
    Show(Wall),
}

/// The wall that an event asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wall {
    /// Which feeds to show. An invalid parameter has its default.
    pub view: View,
    /// Where to show them.
    pub canvas: Canvas,
    /// Invalid parameters: at most ten, their names and values cut short.
    pub invalid: Vec<InvalidSetting>,
}

/// The order of the feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Feeds in trouble first.
    Faults,
    /// By name alone.
    Name,
}

/// Which feeds to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Only channels with these ids; any channel if it is empty.
    pub channels: Vec<String>,
    /// Only channels that carry this tag.
    pub tag: Option<RequiredTag>,
    /// Without feeds that are healthy or not watched.
    pub only_faulty: bool,
    /// In which order.
    pub order: Order,
    /// The key of the tag by which channels are grouped.
    pub group_by: Option<String>,
    /// The page to show, from 1.
    pub page: usize,
    /// Feeds on a page, from 1 to 200.
    pub per_page: usize,
    /// Large tiles with the latest durations.
    pub detail: bool,
}

impl Default for View {
    fn default() -> Self {
        Self {
            channels: Vec::new(),
            tag: None,
            only_faulty: false,
            order: Order::Faults,
            group_by: None,
            page: 1,
            per_page: DEFAULT_PER_PAGE,
            detail: false,
        }
    }
}

impl View {
    /// Whether the channel has one of the ids and carries the tag.
    #[must_use]
    pub fn selects(&self, channel: &Channel) -> bool {
        let by_id = self.channels.is_empty() || self.channels.contains(&channel.id);
        by_id && self.tag.as_ref().is_none_or(|tag| tag.is_on(&channel.tags))
    }
}

/// A tag that a channel must carry. Displayed as the `tag` parameter takes it: `key` or
/// `key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredTag {
    /// Its key, 1 to 128 characters.
    pub key: String,
    /// Its value, up to 256 characters; `None` for any value.
    pub value: Option<String>,
}

impl RequiredTag {
    fn is_on(&self, tags: &Tags) -> bool {
        match (tags.get(&self.key), &self.value) {
            (Some(carried), Some(value)) => carried == value,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}

impl fmt::Display for RequiredTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.key),
            None => f.write_str(&self.key),
        }
    }
}

/// Reads an event.
///
/// # Errors
/// If it is not an object. Invalid parameters are no error but [`Wall::invalid`].
pub fn read(event: &Value) -> Result<Request, NotAWidget> {
    let Value::Object(event) = event else { return Err(NotAWidget) };
    if event.contains_key("describe") {
        return Ok(Request::Describe);
    }
    let canvas = canvas(event.get("widgetContext").unwrap_or(&Value::Null));
    let (view, invalid) = view(event);
    Ok(Request::Show(Wall { view, canvas, invalid: shortened(invalid) }))
}

/// The view, with the default in place of each invalid parameter, and the invalid parameters.
fn view(event: &Map<String, Value>) -> (View, Vec<InvalidSetting>) {
    let mut from =
        Reader::new(|name: &str| event.get(name).filter(|value| !is_empty(value)).cloned());
    let view = View {
        channels: read_parameter(&mut from, CHANNELS, Vec::new(), channels),
        tag: read_parameter(&mut from, TAG, None, |value| tag(value).map(Some)),
        only_faulty: read_parameter(&mut from, ONLY_FAULTY, false, Value::as_bool),
        order: read_parameter(&mut from, ORDER, Order::Faults, order),
        group_by: read_parameter(&mut from, GROUP_BY, None, |value| tag_key(value).map(Some)),
        page: read_parameter(&mut from, PAGE, 1, |value| whole(value, usize::MAX)),
        per_page: read_parameter(&mut from, PER_PAGE, DEFAULT_PER_PAGE, |value| {
            whole(value, MAX_PER_PAGE)
        }),
        detail: read_parameter(&mut from, DETAIL, false, Value::as_bool),
    };
    let names = PARAMETERS.map(|parameter| parameter.name);
    let unknown =
        event.keys().filter(|name| *name != "widgetContext" && !names.contains(&name.as_str()));
    for name in unknown.take(MAX_REPORTED) {
        from.reject(InvalidSetting { name: name.clone(), value: None, accepts: names.join(", ") });
    }
    let invalid = from.finish(()).err().unwrap_or_default();
    (view, invalid)
}

fn read_parameter<T>(
    from: &mut Reader<impl Fn(&str) -> Option<Value>>,
    parameter: Parameter,
    default: T,
    parse: impl FnOnce(&Value) -> Option<T>,
) -> T {
    from.read(parameter.name, default, || parameter.accepts.to_owned(), parse)
}

/// The first of the invalid parameters, with an excerpt of each text that came with the event.
fn shortened(mut invalid: Vec<InvalidSetting>) -> Vec<InvalidSetting> {
    invalid.truncate(MAX_REPORTED);
    for InvalidSetting { name, value, .. } in &mut invalid {
        *name = excerpt(name);
        *value = value.as_deref().map(excerpt);
    }
    invalid
}

/// Whether the dashboard's form left the parameter empty.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// One id or a list of them. An id is a string of digits, and YAML makes a number of it if it has
/// no quotes.
fn channels(value: &Value) -> Option<Vec<String>> {
    let ids = match value {
        Value::Array(ids) => ids,
        one => std::slice::from_ref(one),
    };
    if ids.len() > MAX_CHANNELS {
        return None;
    }
    ids.iter().map(channel_id).collect()
}

fn channel_id(value: &Value) -> Option<String> {
    match value {
        Value::Number(id) => Some(id.as_u64()?.to_string()),
        Value::String(id) if is_channel_id(id) => Some(id.clone()),
        _ => None,
    }
}

fn order(value: &Value) -> Option<Order> {
    match value.as_str()? {
        "faults" => Some(Order::Faults),
        "name" => Some(Order::Name),
        _ => None,
    }
}

fn tag_key(value: &Value) -> Option<String> {
    let RequiredTag { key, value } = tag(value)?;
    if value.is_some() { None } else { Some(key) }
}

/// A key has at most 128 characters and a value 256
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>).
fn tag(value: &Value) -> Option<RequiredTag> {
    let text = value.as_str()?;
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key.trim(), Some(value.trim())),
        None => (text.trim(), None),
    };
    if key.is_empty()
        || key.chars().count() > 128
        || value.is_some_and(|value| value.chars().count() > 256)
    {
        return None;
    }
    Some(RequiredTag { key: key.to_owned(), value: value.map(str::to_owned) })
}

fn whole(value: &Value, max: usize) -> Option<usize> {
    let number = usize::try_from(value.as_u64()?).ok()?;
    if (1..=max).contains(&number) { Some(number) } else { None }
}
