//! How a channel's tags steer the monitor: whether it is watched, and with which times. Pure.
//!
//! The tags come with ListChannels, so they cost no call. A tag that can't be read leaves the default and is told.

use std::{ops::RangeInclusive, time::Duration};

use crate::{
    feed::Tags,
    judge::{Fault, Limits},
    settings::{AFTER_RANGE, whole},
};

/// The tag that switches a channel `off` or `on`; the others begin with it and a colon.
const TAG: &str = "source-monitor";

/// How long a freeze behind something small that moves lasts before it is an incident, where the tag only says `on`.
/// Three times the default for a plain freeze: a fixed camera with one small mover looks the same.
const FROZEN_BACKGROUND_AFTER: Duration = Duration::from_secs(90);

/// A channel's part in the monitoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steering {
    /// Whether it is watched at all.
    pub watched: bool,
    /// Its set and clear times.
    pub limits: Limits,
    /// Tags of ours that could not be read.
    pub unreadable: Vec<UnreadableTag>,
}

/// A tag of ours that could not be read. Its value stays out of the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableTag {
    /// The tag's key.
    pub key: String,
    /// What the key takes, or which keys there are.
    pub takes: &'static str,
}

/// The choice of channels by tags that holds for the fleet.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// With any, only channels that carry one of these are watched.
    pub include: &'a [(String, String)],
    /// Channels that carry one of these are not watched.
    pub exclude: &'a [(String, String)],
}

impl Choice<'_> {
    fn watches(self, tags: &Tags) -> bool {
        let carried = |(key, value): &(String, String)| tags.get(key) == Some(value);
        (self.include.is_empty() || self.include.iter().any(carried)) && !self.exclude.iter().any(carried)
    }
}

/// What these tags make of the defaults. A channel's own `on` or `off` goes before the fleet's choice.
#[must_use]
pub fn steer(tags: &Tags, defaults: &Limits, choice: Choice<'_>) -> Steering {
    let mut steering =
        Steering { watched: choice.watches(tags), limits: defaults.clone(), unreadable: Vec::new() };
    for (key, value) in tags.range(TAG.to_owned()..).take_while(|(key, _)| key.starts_with(TAG)) {
        let name = match key[TAG.len()..].strip_prefix(':') {
            Some(name) => name,
            None if key == TAG => "",
            // Somebody else's key that begins with the same letters.
            None => continue,
        };
        if let Err(takes) = steering.obey(name, value.trim()) {
            steering.unreadable.push(UnreadableTag { key: key.clone(), takes });
        }
    }
    steering
}

impl Steering {
    fn obey(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let limits = &mut self.limits;
        match name {
            "" => self.watched = on_or_off(value).ok_or("on or off")?,
            "frozen-after" => limits.frozen_after = seconds(value)?,
            "black-after" => limits.black_after = seconds(value)?,
            "bars-after" => limits.bars_after = seconds(value)?,
            "flat-after" => limits.flat_after = seconds(value)?,
            "no-picture-after" => limits.no_picture_after = seconds(value)?,
            "clear-after" => limits.clear_after = seconds(value)?,
            "frozen-background" => limits.frozen_background_after = frozen_background(value)?,
            "expect" => limits.expected = expected(value)?,
            _ => {
                return Err(
                    "no such tag: there are source-monitor and source-monitor: with frozen-after, black-after, \
                            bars-after, flat-after, no-picture-after, clear-after, frozen-background or expect",
                );
            }
        }
        Ok(())
    }
}

fn on_or_off(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn seconds(value: &str) -> Result<Duration, &'static str> {
    const RANGE: RangeInclusive<u64> = AFTER_RANGE;
    whole(value, &RANGE).map(Duration::from_secs).ok_or("whole seconds from 1 to 86400")
}

fn frozen_background(value: &str) -> Result<Option<Duration>, &'static str> {
    match on_or_off(value) {
        Some(true) => Ok(Some(FROZEN_BACKGROUND_AFTER)),
        Some(false) => Ok(None),
        None => seconds(value).map(Some).map_err(|_| "on, off or whole seconds from 1 to 86400"),
    }
}

/// A tag's value can't hold a comma (<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>), so
/// conditions are separated by blanks or plus signs.
fn expected(value: &str) -> Result<Vec<Fault>, &'static str> {
    let names = value.split([' ', '+']).filter(|name| !name.is_empty());
    let faults: Option<Vec<_>> = names.map(Fault::named).collect();
    faults.filter(|faults| !faults.is_empty()).ok_or(
        "one or more of no_picture, bars, black, flat, frozen and frozen_background, separated by blanks or plus signs",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_CHOICE: Choice<'_> = Choice { include: &[], exclude: &[] };

    fn tags(tags: &[(&str, &str)]) -> Tags {
        tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[track_caller]
    fn steered(of: &[(&str, &str)]) -> Steering {
        steer(&tags(of), &Limits::default(), NO_CHOICE)
    }

    #[test]
    fn a_channel_without_tags_is_watched_with_the_defaults() {
        let expected = Steering { watched: true, limits: Limits::default(), unreadable: Vec::new() };
        assert_eq!(steered(&[("env", "prod"), ("source-monitoring", "off")]), expected);
    }

    #[test]
    fn a_channel_switched_off_is_not_watched() {
        assert!(!steered(&[("source-monitor", "off")]).watched);
    }

    #[test]
    fn tags_set_a_channels_own_times() {
        let limits = steered(&[
            ("source-monitor:frozen-after", "300"),
            ("source-monitor:black-after", "5"),
            ("source-monitor:frozen-background", "on"),
        ])
        .limits;
        assert_eq!(limits.frozen_after, Duration::from_mins(5));
        assert_eq!(limits.black_after, Duration::from_secs(5));
        assert_eq!(limits.frozen_background_after, Some(Duration::from_secs(90)));
        assert_eq!(limits.bars_after, Limits::default().bars_after);
    }

    #[test]
    fn a_channel_can_be_meant_to_show_bars_or_one_colour() {
        let limits = steered(&[("source-monitor:expect", "bars+flat")]).limits;
        assert_eq!(limits.expected, [Fault::Bars, Fault::Flat]);
    }

    #[test]
    fn a_tag_that_cannot_be_read_leaves_the_default_and_is_told_without_its_value() {
        let steering =
            steered(&[("source-monitor:frozen-after", "soon"), ("source-monitor:frozen_after", "20")]);
        assert_eq!(steering.limits, Limits::default());
        let told: Vec<_> = steering.unreadable.iter().map(|tag| tag.key.as_str()).collect();
        assert_eq!(told, ["source-monitor:frozen-after", "source-monitor:frozen_after"]);
        assert_eq!(steering.unreadable[0].takes, "whole seconds from 1 to 86400");
    }

    #[test]
    fn the_fleets_choice_holds_where_the_channel_says_nothing() {
        let (prod, test) = ([("env".to_owned(), "prod".to_owned())], [("env".to_owned(), "test".to_owned())]);
        let choice = Choice { include: &prod, exclude: &test };
        let watched = |of: &[(&str, &str)]| steer(&tags(of), &Limits::default(), choice).watched;
        assert!(watched(&[("env", "prod")]));
        assert!(!watched(&[("env", "dev")]));
        assert!(!watched(&[]));
        assert!(watched(&[("env", "test"), ("source-monitor", "on")]));
        let only_exclude = Choice { include: &[], exclude: &test };
        assert!(!steer(&tags(&[("env", "test")]), &Limits::default(), only_exclude).watched);
    }

    proptest! {
        #[test]
        fn reading_tags_never_panics(key in "source-monitor.{0,20}", value in ".*") {
            let _ = steered(&[(&key, &value)]);
        }
    }
}
