//! The object key of a picture. Keys sort by channel and time, and a picture's key says everything
//! that a list of incidents shows, so that none needs to be opened for it. Pure.
//!
//! ```text
//! 1234567/20261126T031240Z-pipeline-0-black/1-before.jpg
//! 1234567/20261126T031240Z-pipeline-0-black/2-first.jpg
//! 1234567/20261126T031240Z-pipeline-0-black/3-last-after-240s.jpg
//! ```
//!
//! Processes that sample the same slots agree on the beginning of an incident, so they write the
//! same objects.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use humantime::{format_rfc3339_seconds, parse_rfc3339};
use source_detection::Fault;

use crate::feed::{FeedKey, Pipeline, is_channel_id};

/// Which incident a picture is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentName {
    /// The feed. Its channel id is of digits.
    pub feed: FeedKey,
    /// The slot in which the fault began to count, in whole seconds.
    pub since: SystemTime,
    /// The fault.
    pub fault: Fault,
}

/// When a picture of an incident was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The last picture before the fault.
    Before,
    /// The first picture with the fault.
    First,
    /// The latest picture with the fault, when the incident ended after so many seconds.
    Last {
        /// How long the incident lasted, in seconds.
        lasted: u64,
    },
}

/// A picture of an incident: its object key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureName {
    /// The incident.
    pub incident: IncidentName,
    /// The moment.
    pub moment: Moment,
}

impl IncidentName {
    /// The name of an incident; `None` for a channel whose id can't be part of a key, or a time
    /// outside of the years 1970 to 9999, and for an incident that is not of one feed.
    #[must_use]
    pub fn new(feed: &FeedKey, since: SystemTime, fault: Fault) -> Option<Self> {
        /// The first second of the year 10000.
        const END: u64 = 253_402_300_800;
        let seconds = since.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let is_one_feed = feed.pipeline != Pipeline::Both;
        if !is_one_feed || !is_channel_id(&feed.channel_id) || seconds >= END {
            return None;
        }
        let since = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        Some(Self { feed: feed.clone(), since, fault })
    }

    fn parse(channel: &str, name: &str) -> Option<Self> {
        let (since, rest) = name.split_once("-pipeline-")?;
        let (pipeline, fault) = rest.split_once('-')?;
        let pipeline = match pipeline {
            "0" => Pipeline::Zero,
            "1" => Pipeline::One,
            _ => return None,
        };
        if !is_channel_id(channel) {
            return None;
        }
        let feed = FeedKey::new(channel, pipeline);
        Some(Self { feed, since: parse_compact(since)?, fault: Fault::named(fault)? })
    }
}

impl PictureName {
    /// Reads a key; `None` for an object of another kind.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        let mut parts = key.split('/');
        let (channel, incident, moment) = (parts.next()?, parts.next()?, parts.next()?);
        let moment = match moment.strip_suffix(".jpg")? {
            "1-before" => Moment::Before,
            "2-first" => Moment::First,
            last => {
                let lasted = last.strip_prefix("3-last-after-")?.strip_suffix('s')?;
                Moment::Last { lasted: lasted.parse().ok()? }
            }
        };
        let name = Self { incident: IncidentName::parse(channel, incident)?, moment };
        // Whatever is written in another way is not ours.
        (name.to_string() == key).then_some(name)
    }
}

impl fmt::Display for IncidentName {
    /// The beginning of the keys of all its pictures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { feed: FeedKey { channel_id, pipeline }, since, fault } = self;
        let since = format_rfc3339_seconds(*since).to_string().replace(['-', ':'], "");
        write!(f, "{channel_id}/{since}-pipeline-{pipeline}-{}/", fault.name())
    }
}

impl fmt::Display for PictureName {
    /// The key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { incident, moment } = self;
        match moment {
            Moment::Before => write!(f, "{incident}1-before.jpg"),
            Moment::First => write!(f, "{incident}2-first.jpg"),
            Moment::Last { lasted } => write!(f, "{incident}3-last-after-{lasted}s.jpg"),
        }
    }
}

/// Reads `20261126T031240Z`.
fn parse_compact(text: &str) -> Option<SystemTime> {
    if text.len() != "20261126T031240Z".len() || !text.is_ascii() {
        return None;
    }
    let (date, time) = text.split_at("20261126T".len());
    let rfc3339 = format!(
        "{}-{}-{}{}:{}:{}",
        &date[..4],
        &date[4..6],
        &date[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    );
    parse_rfc3339(&rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(moment: Moment) -> PictureName {
        let feed = FeedKey::new("1234567", Pipeline::One);
        let since = parse_rfc3339("2026-11-26T03:12:40Z").unwrap();
        let incident = IncidentName::new(&feed, since, Fault::NoPicture).unwrap();
        PictureName { incident, moment }
    }

    #[test]
    fn keys_sort_by_channel_time_and_moment() {
        let keys = [Moment::Before, Moment::First, Moment::Last { lasted: 240 }]
            .map(|moment| name(moment).to_string());
        let start = "1234567/20261126T031240Z-pipeline-1-no_picture/";
        assert_eq!(keys[0], format!("{start}1-before.jpg"));
        assert_eq!(keys[1], format!("{start}2-first.jpg"));
        assert_eq!(keys[2], format!("{start}3-last-after-240s.jpg"));
        assert!(keys.is_sorted());
    }

    #[test]
    fn a_key_is_read_back() {
        for moment in [Moment::Before, Moment::First, Moment::Last { lasted: 0 }] {
            let name = name(moment);
            assert_eq!(PictureName::parse(&name.to_string()), Some(name));
        }
    }

    #[test]
    fn other_objects_are_ignored() {
        for key in [
            "",
            "slates/closed.jpg",
            "1234567/20261126T031240Z-pipeline-1-no_picture/",
            "1234567/20261126T031240Z-pipeline-1-no_picture/4-more.jpg",
            "1234567/20261126T031240Z-pipeline-2-black/1-before.jpg",
            "1234567/20261126T031240Z-pipeline-1-<script>/1-before.jpg",
            "channel/20261126T031240Z-pipeline-1-black/1-before.jpg",
            "1234567/20261326T031240Z-pipeline-1-black/1-before.jpg",
            "1234567/2026112\u{e9}T03124Z-pipeline-1-black/1-before.jpg",
            "1234567/20261126T031240Z-pipeline-1-black/3-last-after--1s.jpg",
            "1234567/20261126T031240Z-pipeline-1-black/3-last-after-+1s.jpg",
            "1234567/20261126T031240Z-pipeline-1-black/1-before.jpg/more",
        ] {
            assert_eq!(PictureName::parse(key), None, "{key}");
        }
    }

    #[test]
    fn an_incident_without_a_sortable_time_has_no_pictures() {
        let feed = FeedKey::new("1234567", Pipeline::Zero);
        let late = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800);
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        for since in [late, early] {
            assert_eq!(IncidentName::new(&feed, since, Fault::Black), None);
        }
        let feed = FeedKey::new("../1", Pipeline::Zero);
        assert_eq!(IncidentName::new(&feed, SystemTime::UNIX_EPOCH, Fault::Black), None);
    }
}
