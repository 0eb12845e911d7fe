//! Draws the wall of a fleet in which every text is untrusted, and checks the page.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use arbitrary::Arbitrary;
use medialive_source_monitor::{
    aws::ErrorKind,
    feed::{self, ChannelClass, ChannelState},
    lambda::MAX_RESPONSE_BYTES,
    metric::Metric,
    multiviewer::{
        incidents::Incidents,
        picture::{LastPicture, Picture, Shown},
        reading::Durations,
        render::{self, Page, Sources},
        request::{self, Request, Wall},
        select::{Knowledge, RequestedFeeds, Selected, select},
    },
    restore::{LatestDuration, Readings},
    settings::Settings,
};
use serde_json::{Value, json};
use source_detection::{Fault, Thresholds};

use crate::page::Texts;

/// A fleet, the parameters of a widget, and what AWS returned. `None` is the usual value, so that
/// few bytes make a wall with everything on it.
#[derive(Arbitrary, Debug)]
pub struct Fleet {
    channels: Vec<Channel>,
    parameters: Parameters,
    region: Option<Text>,
    function_arn: Option<Text>,
    /// Why some durations could not be read.
    durations_error: Option<u8>,
    /// Why there is no new list, and the age of the last one in seconds.
    list_error: Option<(u8, u16)>,
    /// Seconds since 1970.
    now: u32,
}

#[derive(Arbitrary, Debug)]
struct Channel {
    id: Option<Text>,
    name: Text,
    starting: bool,
    standard: bool,
    pipelines_running: Option<u8>,
    /// Whether it lacks the tag that the parameters require.
    lacks_tag: bool,
    tags: Vec<(Text, Text)>,
    /// Of each of its pipelines: the fault, how long it has lasted, and the age of the datapoint,
    /// in seconds.
    readings: Vec<(u8, u64, i16)>,
    /// The index of the channel with which it is linked.
    linked: Option<u8>,
    /// Of each slot of its past: the fault and how long it had lasted, in seconds.
    past: Vec<(u8, u16)>,
    thumbnail: Thumbnail,
    /// The size of its last picture in kilobytes, and when that was taken.
    last: Option<(u8, u32)>,
}

#[derive(Arbitrary, Debug)]
enum Thumbnail {
    Jpeg { kilobytes: u8, stamp: Option<u32> },
    Text(Text),
    None(u8),
}

#[derive(Arbitrary, Debug)]
struct Parameters {
    channels: Option<Vec<ChannelId>>,
    tag: Option<Text>,
    only_faulty: bool,
    per_page: Option<u8>,
    page: Option<u8>,
    by_name: bool,
    group_by: Option<Text>,
    detail: bool,
    another: Option<Option<(Text, Text)>>,
    dark: bool,
    width: u16,
    height: u16,
}

#[derive(Arbitrary, Debug)]
enum ChannelId {
    OfTheFleet(u8),
    Other(Text),
}

/// An untrusted text.
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
            Self::Hostile(which, rest) => {
                HOSTILE[usize::from(*which) % HOSTILE.len()].to_owned() + rest
            }
        };
        text.chars().take(1_000).collect()
    }
}

impl Fleet {
    /// Draws the page and checks it.
    ///
    /// # Panics
    /// If it contains more than text that is untrusted, lacks a feed, or is too large.
    pub fn check(&self) {
        match request::read(&self.event()).expect("an object") {
            Request::Describe => unreachable!("the parameters never ask for it"),
            Request::Show(wall) => self.check_wall(&wall),
        }
    }

    fn check_wall(&self, wall: &Wall) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(self.now));
        let settings = Settings::read_multiviewer(|_| None).expect("the defaults");
        let channels: Vec<_> = self.channels().map(Arc::new).collect();
        let requested = RequestedFeeds::new(&channels, &wall.view, &settings);
        let durations = self.durations(now);
        let first_listed = HashMap::new();
        let knowledge = Knowledge {
            durations: &durations,
            first_listed: &first_listed,
            settings: &settings,
            now,
        };
        let selected = select(requested, &knowledge, &wall.view);
        let pictures = self.pictures(&selected, now);
        let list_error = self
            .list_error
            .map(|(kind, age)| (error_kind(kind), Duration::from_secs(u64::from(age))));
        let texts = self.texts();
        let html = render::page(&Page {
            selected: &selected,
            pictures: &pictures,
            wall,
            sources: Sources {
                list_error,
                durations_error: durations.error,
                incidents_error: None,
            },
            incidents: &Incidents::default(),
            region: &texts.region,
            function_arn: &texts.function_arn,
            now,
        });
        assert!(serde_json::to_string(&html).unwrap().len() <= MAX_RESPONSE_BYTES);
        let elements = texts.check(&html);
        let tiles = elements.iter().filter(|element| element.is("msm-tile")).count();
        assert_eq!(tiles, selected.shown().len(), "each feed has its tile");
        assert_eq!(elements.iter().filter(|element| element.is("msm-id")).count(), tiles);
        let notes = elements.iter().filter(|element| element.is("msm-note")).count();
        assert!(notes >= wall.invalid.len(), "each invalid parameter is noted");
        let images = elements.iter().filter(|element| element.name == "img").count();
        let has_picture =
            |shown: &&Shown| matches!(shown.picture, Picture::Jpeg { .. }) || shown.last.is_some();
        assert!(images <= pictures.iter().filter(has_picture).count());
    }

    fn event(&self) -> Value {
        let parameters = &self.parameters;
        let mut event = json!({
            "onlyFaulty": parameters.only_faulty,
            "order": if parameters.by_name { "name" } else { "faults" },
            "detail": parameters.detail,
            "widgetContext": {
                "theme": if parameters.dark { "dark" } else { "light" },
                "width": parameters.width,
                "height": parameters.height,
            },
        });
        if let Some(ids) = &parameters.channels {
            let channels: Vec<_> = self.channels().collect();
            let id = |id: &ChannelId| match id {
                ChannelId::OfTheFleet(index) => {
                    channels.get(usize::from(*index)).map(|channel| channel.id.clone())
                }
                ChannelId::Other(text) => Some(text.get()),
            };
            event["channels"] = ids.iter().map(id).collect();
        }
        if let Some(tag) = &parameters.tag {
            event["tag"] = tag.get().into();
        }
        if let Some(key) = &parameters.group_by {
            event["groupBy"] = key.get().into();
        }
        // So few that a small fleet has several pages.
        event["perPage"] = parameters.per_page.map_or(1, |per_page| per_page % 8).into();
        if let Some(page) = parameters.page {
            event["page"] = (page % 8).into();
        }
        if let Some(Some((name, value))) = &parameters.another
            && name.get() != "describe"
        {
            event[name.get()] = value.get().into();
        }
        event
    }

    fn texts(&self) -> Texts {
        Texts {
            region: self.region.as_ref().map_or("eu-west-1".to_owned(), Text::get),
            function_arn: self.function_arn.as_ref().map_or("arn:aws:lambda".to_owned(), Text::get),
        }
    }

    fn channels(&self) -> impl Iterator<Item = feed::Channel> {
        let required = self.parameters.tag.as_ref().map(Text::get);
        self.channels.iter().enumerate().map(move |(index, channel)| {
            let mut tags = feed::Tags::new();
            if let Some(required) = &required
                && !channel.lacks_tag
            {
                let (key, value) = required.split_once('=').unwrap_or((required, ""));
                tags.insert(key.to_owned(), value.to_owned());
            }
            tags.extend(channel.tags.iter().map(|(key, value)| (key.get(), value.get())));
            feed::Channel {
                id: channel.id.as_ref().map_or_else(|| index.to_string(), Text::get),
                name: channel.name.get(),
                state: if channel.starting {
                    ChannelState::Starting
                } else {
                    ChannelState::Running
                },
                class: if channel.standard {
                    ChannelClass::Standard
                } else {
                    ChannelClass::SinglePipeline
                },
                pipelines_running: channel.pipelines_running.map(usize::from),
                arn: String::new(),
                linked: channel.linked.map(|index| index.to_string()).into_iter().collect(),
                maintenance: None,
                tags,
            }
        })
    }

    /// What CloudWatch returned. If a call failed, the channels without readings are missing.
    fn durations(&self, now: SystemTime) -> Durations {
        let error = self.durations_error.map(error_kind);
        let mut durations = Durations { error, ..Durations::default() };
        for (channel, drawn) in self.channels().zip(&self.channels) {
            if error.is_some() && drawn.readings.is_empty() {
                continue;
            }
            let latest = drawn.readings.iter().map(|drawn| reading(drawn, now)).collect();
            let readings = Readings { latest, past: past(&drawn.past, now) };
            for feed in feed::feeds(channel.into(), Thresholds::default()) {
                durations.by_feed.insert(feed.key, readings.clone());
            }
        }
        durations
    }

    /// The pictures of the feeds that are shown, no more of them than the multiviewer keeps.
    fn pictures(&self, selected: &Selected, now: SystemTime) -> Vec<Shown> {
        let ids: Vec<_> = self.channels().map(|channel| channel.id).collect();
        let mut kept_bytes = 0;
        let mut pictures = Vec::new();
        for entry in selected.shown() {
            let index =
                ids.iter().position(|id| *id == entry.feed.channel.id).expect("one of the fleet");
            let drawn = &self.channels[index];
            let picture = drawn.thumbnail.picture(now);
            kept_bytes += picture.bytes();
            let last = drawn.last.map(|(kilobytes, taken)| LastPicture {
                base64: jpeg(kilobytes).into(),
                taken: SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(taken)),
            });
            pictures.push(match picture {
                _ if kept_bytes > MAX_RESPONSE_BYTES => {
                    Shown { picture: Picture::NoRoom, last: None }
                }
                Picture::Jpeg { .. } => Shown { picture, last: None },
                picture => Shown { picture, last },
            });
        }
        pictures
    }
}

/// The base64 of something that begins as a JPEG does.
fn jpeg(kilobytes: u8) -> String {
    "/9j/".to_owned() + &"A".repeat(usize::from(kilobytes) * 1_024)
}

/// Slots ten seconds apart.
fn past(drawn: &[(u8, u16)], now: SystemTime) -> Vec<(SystemTime, Option<(Fault, Duration)>)> {
    let slots = drawn.iter().take(40).enumerate().map(|(number, (fault, lasted))| {
        let slot = now.checked_sub(Duration::from_secs(10 * (40 - number as u64)));
        let fault = Fault::ALL.get(usize::from(*fault));
        let lasting = fault.map(|fault| (*fault, Duration::from_secs(u64::from(*lasted))));
        (slot.unwrap_or(SystemTime::UNIX_EPOCH), lasting)
    });
    slots.collect()
}

impl Thumbnail {
    fn picture(&self, now: SystemTime) -> Picture {
        match self {
            Self::Jpeg { kilobytes, stamp } => {
                let base64 = jpeg(*kilobytes);
                let stamp = stamp
                    .map(|stamp| SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(stamp)));
                Picture::served(base64, stamp, now)
            }
            Self::Text(text) => Picture::served(text.get(), None, now),
            Self::None(which) => match which % 3 {
                0 => Picture::NotServed,
                1 => Picture::NotReached,
                _ => Picture::Failed(error_kind(*which / 3)),
            },
        }
    }
}

fn reading(&(metric, seconds, age): &(u8, u64, i16), now: SystemTime) -> LatestDuration {
    let apart = Duration::from_secs(u64::from(age.unsigned_abs()));
    let slot = if age < 0 { now.checked_add(apart) } else { now.checked_sub(apart) };
    let metric = Metric::ALL[usize::from(metric) % Metric::ALL.len()];
    LatestDuration { metric, seconds: Duration::from_secs(seconds), slot: slot.unwrap_or(now) }
}

fn error_kind(which: u8) -> ErrorKind {
    const ALL: [ErrorKind; 7] = [
        ErrorKind::Throttled,
        ErrorKind::Denied,
        ErrorKind::ServerFault,
        ErrorKind::TimedOut,
        ErrorKind::Unreachable,
        ErrorKind::UnreadableAnswer,
        ErrorKind::Refused,
    ];
    ALL[usize::from(which) % ALL.len()]
}
