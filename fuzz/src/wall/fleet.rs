//! A fleet in which every text is somebody else's: drawn, and read as a browser reads it.

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use serde_json::json;

use super::{
    browser::{self, Element},
    picture::Picture,
    reading::{Durations, Reading},
    render,
    request::{self, Canvas, Request, View},
    select::{self, Selected, Wanted},
    settings::WallSettings,
};
use crate::{
    calls::Cause,
    feed::{self, Class, State},
    judge::Fault,
};

/// What Lambda hands over to whoever asked, as JSON.
const MOST_BYTES: usize = 6 * 1024 * 1024;

/// As many bytes of base64 as the fetching stage keeps.
const MOST_PICTURES: usize = 6_000_000;

/// What a page is made of.
const ELEMENTS: [&str; 14] = [
    "a", "bdi", "code", "cwdb-action", "div", "img", "li", "p", "path", "span", "strong", "style", "svg", "ul",
];

const STYLE: &str = include_str!("../../../src/wall/render/wall.css");

/// What there is, and what is asked for. `None` is what is usual, so that few bytes make a wall with everything on it.
#[derive(Arbitrary, Debug)]
pub struct Fleet {
    channels: Vec<Channel>,
    asked: Asked,
    region: Option<Text>,
    function_arn: Option<Text>,
    /// Why CloudWatch tells nothing.
    blind: Option<u8>,
    now: u32,
}

#[derive(Arbitrary, Debug)]
struct Channel {
    id: Option<Text>,
    name: Text,
    starting: bool,
    standard: bool,
    pipelines_running: Option<u8>,
    /// Whether it lacks the tag that is asked for.
    lacks_tag: bool,
    tags: Vec<(Text, Text)>,
    /// Of each of its pipelines: which fault, for how long, how old the word is.
    readings: Vec<(u8, u64, i16)>,
    shown: Shown,
}

#[derive(Arbitrary, Debug)]
enum Shown {
    Jpeg { kilobytes: u8, stamp: Option<u32> },
    Text(Text),
    None(u8),
}

#[derive(Arbitrary, Debug)]
struct Asked {
    channels: Option<Vec<Named>>,
    tag: Option<Text>,
    only_faulty: bool,
    per_page: Option<u8>,
    page: Option<u8>,
    more: Option<Option<(Text, Text)>>,
    dark: bool,
    width: u16,
    height: u16,
}

#[derive(Arbitrary, Debug)]
enum Named {
    OneOfThem(u8),
    Else(Text),
}

/// What a name may be, and what nobody should call anything.
#[derive(Arbitrary, Debug)]
enum Text {
    Any(String),
    Id(u16),
    Hostile(u8, String),
}

const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</style><style>*{display:none}",
    "</div></div></div></div>",
    "<cwdb-action action=\"call\" endpoint=\"arn:evil\">{}</cwdb-action>",
    "<!--",
    "]]>",
    "&lt;script&gt;&#x3c;b&#62;",
    "/9j/\"><b>",
    "\u{202e}\0\u{1b}\r\n\u{feff}",
];

impl Text {
    fn get(&self) -> String {
        let text = match self {
            Self::Any(text) => text.clone(),
            Self::Id(number) => number.to_string(),
            Self::Hostile(which, more) => HOSTILE[usize::from(*which) % HOSTILE.len()].to_owned() + more,
        };
        text.chars().take(1_000).collect()
    }
}

impl Fleet {
    /// Draws the wall and checks that nothing of it but text is theirs.
    ///
    /// # Panics
    /// Where it is.
    pub fn check(&self) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(self.now));
        match request::read(&self.event()).expect("an object") {
            Request::Describe => unreachable!("nobody asked for it"),
            Request::Refused(faults, canvas) => {
                let elements = self.check_elements(&render::refusal(&faults, canvas));
                assert_eq!(elements.iter().filter(|element| element.name == "li").count(), faults.len());
            }
            Request::Show(view, canvas) => self.check_wall(&view, canvas, now),
        }
    }

    fn check_wall(&self, view: &View, canvas: Canvas, now: SystemTime) {
        let settings = WallSettings::read(|_| None).expect("the defaults");
        let blind = self.blind.map(cause);
        let wanted = Wanted::new(self.channels().collect(), view, &settings);
        let durations = self.durations(now);
        let selected = select::select(wanted, blind.map_or(Ok(&durations), Err), view, now);
        let pictures = self.pictures(&selected, now);
        let html = render::page(&render::Page {
            selected: &selected,
            pictures: &pictures,
            view,
            canvas,
            blind,
            region: &self.region(),
            function_arn: &self.function_arn(),
            now,
        });
        assert!(serde_json::to_string(&html).unwrap().len() <= MOST_BYTES);
        let elements = self.check_elements(&html);
        let tiles = elements.iter().filter(|element| element.is("msm-tile")).count();
        assert_eq!(tiles, selected.shown().count(), "each feed has its tile");
        assert_eq!(elements.iter().filter(|element| element.is("msm-id")).count(), tiles);
        let images = elements.iter().filter(|element| element.name == "img").count();
        assert!(images <= pictures.iter().filter(|picture| matches!(picture, Picture::Jpeg { .. })).count());
    }

    fn event(&self) -> serde_json::Value {
        let asked = &self.asked;
        let mut event = json!({
            "onlyFaulty": asked.only_faulty,
            "widgetContext": {
                "theme": if asked.dark { "dark" } else { "light" },
                "width": asked.width,
                "height": asked.height,
            },
        });
        let mut say = |name: &str, value| event[name] = value;
        if let Some(named) = &asked.channels {
            let channels: Vec<_> = self.channels().collect();
            let id = |named: &Named| match named {
                Named::OneOfThem(place) => channels.get(usize::from(*place)).map(|channel| channel.id.clone()),
                Named::Else(text) => Some(text.get()),
            };
            say("channels", named.iter().map(id).collect());
        }
        if let Some(tag) = &asked.tag {
            say("tag", tag.get().into());
        }
        // So few that a small fleet has several pages.
        say("perPage", asked.per_page.map_or(1, |per_page| per_page % 8).into());
        if let Some(page) = asked.page {
            say("page", (page % 8).into());
        }
        if let Some(Some((name, value))) = &asked.more
            && name.get() != "describe"
        {
            say(&name.get(), value.get().into());
        }
        event
    }

    fn region(&self) -> String {
        self.region.as_ref().map_or("eu-west-1".to_owned(), Text::get)
    }

    fn function_arn(&self) -> String {
        self.function_arn.as_ref().map_or("arn:aws:lambda".to_owned(), Text::get)
    }

    fn channels(&self) -> impl Iterator<Item = feed::Channel> {
        let tag = self.asked.tag.as_ref().map(Text::get);
        self.channels.iter().enumerate().map(move |(place, channel)| {
            let chosen = tag.iter().filter(|_| !channel.lacks_tag).map(|tag| {
                let (key, value) = tag.split_once('=').unwrap_or((tag, ""));
                (key.to_owned(), value.to_owned())
            });
            feed::Channel {
                id: channel.id.as_ref().map_or_else(|| place.to_string(), Text::get),
                name: channel.name.get(),
                state: if channel.starting { State::Starting } else { State::Running },
                class: if channel.standard { Class::Standard } else { Class::SinglePipeline },
                pipelines_running: channel.pipelines_running.map(usize::from),
                tags: chosen
                    .chain(channel.tags.iter().map(|(key, value)| (key.get(), value.get())))
                    .collect(),
            }
        })
    }

    fn durations(&self, now: SystemTime) -> Durations {
        let channels = self.channels().zip(&self.channels).flat_map(|(channel, told)| {
            let readings: Vec<_> = told.readings.iter().map(|reading| self::reading(reading, now)).collect();
            let feeds = feed::feeds(channel.into(), crate::judge::Limits::default());
            feeds.map(move |feed| (feed.key, readings.clone())).collect::<Vec<_>>()
        });
        channels.collect()
    }

    /// What was served, no more of it than the fetching stage keeps.
    fn pictures(&self, selected: &Selected, now: SystemTime) -> Vec<Picture> {
        let ids: Vec<_> = self.channels().map(|channel| channel.id).collect();
        let mut kept = 0;
        let picture = |entry: &select::Entry| {
            let place = ids.iter().position(|id| *id == entry.feed.channel.id).expect("one of them");
            let picture = self.channels[place].shown.get(now);
            if let Picture::Jpeg { base64, .. } = &picture {
                kept += base64.len();
            }
            if kept > MOST_PICTURES { Picture::NoRoom } else { picture }
        };
        selected.shown().map(picture).collect()
    }

    /// Our elements with our attributes, whatever the texts were.
    fn check_elements(&self, html: &str) -> Vec<Element> {
        let elements = browser::read(html);
        for element in &elements {
            assert!(ELEMENTS.contains(&element.name.as_str()), "{}", element.name);
            for (name, value) in &element.attributes {
                self.check_attribute(element, name, value);
            }
            if element.name == "style" {
                assert_eq!(element.text, STYLE);
            }
            if element.name == "cwdb-action" {
                let sent = serde_json::from_str(&element.text).expect("JSON");
                assert!(matches!(request::read(&sent), Ok(Request::Show(..))), "{sent}");
            }
        }
        assert_eq!(elements.iter().filter(|element| element.name == "style").count(), 1);
        elements
    }

    fn check_attribute(&self, element: &Element, name: &str, value: &str) {
        match (element.name.as_str(), name) {
            ("img", "src") => {
                let base64 = value.strip_prefix("data:image/jpeg;base64,").expect("a picture in place");
                assert!(base64.starts_with("/9j/"));
                let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
                assert!(base64.bytes().all(letters));
            }
            ("a", "href") => {
                let console = format!("https://{}.console.", self.region());
                assert!(value.starts_with(&console), "{value}");
            }
            ("a", "target") => assert_eq!(value, "_blank"),
            ("a", "rel") => assert_eq!(value, "noopener noreferrer"),
            ("cwdb-action", "action") => assert_eq!(value, "call"),
            // A browser makes one kind of line end of all, and a sign of a zero byte.
            ("cwdb-action", "endpoint") => assert_eq!(value, line_ends(&self.function_arn())),
            ("div", "style") => assert!(
                value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":;-(),%".contains(&byte)),
                "{value}"
            ),
            ("a" | "div" | "p" | "path" | "span" | "strong" | "svg", "class")
            | ("div", "role" | "title")
            | ("img", "alt")
            | ("path", "d" | "fill")
            | ("svg", "viewbox" | "aria-hidden") => {
                let ours = |class: &str| class == "btn" || class.starts_with("msm-");
                assert!(name != "class" || value.split(' ').all(ours), "{value}");
            }
            _ => panic!("{}: {name}={value}", element.name),
        }
    }
}

impl Shown {
    fn get(&self, now: SystemTime) -> Picture {
        match self {
            Self::Jpeg { kilobytes, stamp } => {
                let base64 = "/9j/".to_owned() + &"A".repeat(usize::from(*kilobytes) * 1_024);
                let stamp = stamp.map(|stamp| SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(stamp)));
                Picture::served(base64, stamp, now)
            }
            Self::Text(text) => Picture::served(text.get(), None, now),
            Self::None(which) => match which % 3 {
                0 => Picture::NotServed,
                1 => Picture::NotReached,
                _ => Picture::Failed(cause(*which / 3)),
            },
        }
    }
}

fn line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}")
}

fn reading(&(fault, lasted, age): &(u8, u64, i16), now: SystemTime) -> Reading {
    let apart = Duration::from_secs(u64::from(age.unsigned_abs()));
    let at = if age < 0 { now.checked_add(apart) } else { now.checked_sub(apart) };
    let fault = Fault::ALL[usize::from(fault) % Fault::ALL.len()];
    Reading { fault, lasted: Duration::from_secs(lasted), at: at.unwrap_or(now) }
}

fn cause(which: u8) -> Cause {
    const ALL: [Cause; 8] = [
        Cause::Throttled,
        Cause::Denied,
        Cause::ServerFault,
        Cause::TimedOut,
        Cause::Unreachable,
        Cause::UnreadableAnswer,
        Cause::Refused,
        Cause::UnreadablePicture,
    ];
    ALL[usize::from(which) % ALL.len()]
}
