//! How a channel's tags override settings: whether it is watched, and with which times. Pure.
//!
//! The tags come with ListChannels, so they cost no call. An invalid tag is reported and leaves the
//! default.

use std::time::Duration;

use source_detection::{
    Fault, Thresholds,
    variables::{AFTER_RANGE, whole},
};

use crate::{
    feed::Tags,
    mute::{self, Mute},
};

/// The tag that switches a channel `off` or `on`; the others begin with it and a colon.
const TAG: &str = "source-monitor";

/// How long a freeze behind something small that moves lasts before it is an incident, if the tag
/// only says `on`. Three times the default for a plain freeze: a fixed camera with one small mover
/// looks the same.
const FROZEN_BACKGROUND_AFTER: Duration = Duration::from_secs(90);

/// What a channel's tags make of the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagOverrides {
    /// Whether the channel is watched at all.
    pub watched: bool,
    /// Its set and clear times.
    pub thresholds: Thresholds,
    /// What people get to know of its incidents, and when.
    pub notice: Notice,
    /// Its invalid `source-monitor` tags.
    pub invalid: Vec<InvalidTag>,
}

/// What people get to know of a channel's incidents, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// When they are not notified.
    pub mute: Mute,
    /// What to do, as a link or a short text.
    pub runbook: Option<String>,
}

impl Notice {
    /// What these tags say, without those that are invalid.
    #[must_use]
    pub fn of(tags: &Tags) -> Self {
        let every = TagFilter { include: &[], exclude: &[] };
        TagOverrides::of(tags, &Thresholds::default(), every).notice
    }
}

/// An invalid `source-monitor` tag. Its value stays out of the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTag {
    /// The tag's key.
    pub key: String,
    /// What the key accepts, or which keys exist.
    pub accepts: &'static str,
}

/// The fleet's selection of channels by tags: `INCLUDE_TAGS` and `EXCLUDE_TAGS`.
#[derive(Clone, Copy, Debug)]
pub struct TagFilter<'a> {
    /// If there are any, only channels that carry one of these are watched.
    pub include: &'a [(String, String)],
    /// Channels that carry one of these are not watched.
    pub exclude: &'a [(String, String)],
}

impl TagFilter<'_> {
    fn selects(self, tags: &Tags) -> bool {
        let carries = |(key, value): &(String, String)| tags.get(key) == Some(value);
        (self.include.is_empty() || self.include.iter().any(carries))
            && !self.exclude.iter().any(carries)
    }
}

impl TagOverrides {
    /// The overrides in these tags. A channel's own `on` or `off` takes precedence over the fleet's
    /// filter.
    #[must_use]
    pub fn of(tags: &Tags, defaults: &Thresholds, filter: TagFilter<'_>) -> Self {
        let mut overrides = Self {
            watched: filter.selects(tags),
            thresholds: defaults.clone(),
            notice: Notice::default(),
            invalid: Vec::new(),
        };
        for (key, value) in tags.range(TAG.to_owned()..).take_while(|(key, _)| key.starts_with(TAG))
        {
            let name = match key[TAG.len()..].strip_prefix(':') {
                Some(name) => name,
                None if key == TAG => "",
                // Another key that begins with the same letters.
                None => continue,
            };
            if let Err(accepts) = overrides.apply(name, value.trim()) {
                overrides.invalid.push(InvalidTag { key: key.clone(), accepts });
            }
        }
        overrides
    }

    fn apply(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let thresholds = &mut self.thresholds;
        match name {
            "" => self.watched = on_or_off(value).ok_or("on or off")?,
            "frozen-after" => thresholds.frozen_after = seconds(value)?,
            "black-after" => thresholds.black_after = seconds(value)?,
            "bars-after" => thresholds.bars_after = seconds(value)?,
            "flat-after" => thresholds.flat_after = seconds(value)?,
            "no-picture-after" => thresholds.no_picture_after = seconds(value)?,
            "repeating-after" => thresholds.repeating_after = seconds(value)?,
            "partial-after" => thresholds.partial_after = Some(seconds(value)?),
            "slate-after" => thresholds.slate_after = Some(seconds(value)?),
            "mismatch-after" => thresholds.mismatch_after = seconds_or_never(value)?,
            "clear-after" => thresholds.clear_after = seconds(value)?,
            "frozen-background" => thresholds.frozen_background_after = frozen_background(value)?,
            "expect" => thresholds.expected = expected(value)?,
            "mute-until" => self.notice.mute.until = Some(mute::until(value)?),
            "mute" => self.notice.mute.windows = mute::windows(value)?,
            "runbook" if value.is_empty() => return Err("a link or a short text"),
            "runbook" => self.notice.runbook = Some(value.to_owned()),
            _ => return Err(KNOWN_TAGS),
        }
        Ok(())
    }
}

/// What an unknown tag is answered with.
const KNOWN_TAGS: &str = "unknown tag; known: source-monitor, source-monitor:frozen-after, \
    source-monitor:black-after, source-monitor:bars-after, source-monitor:flat-after, \
    source-monitor:no-picture-after, source-monitor:repeating-after, source-monitor:partial-after, \
    source-monitor:slate-after, source-monitor:mismatch-after, source-monitor:clear-after, source-monitor:frozen-background, \
    source-monitor:expect, source-monitor:mute, \
    source-monitor:mute-until, source-monitor:runbook";

fn on_or_off(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn seconds(value: &str) -> Result<Duration, &'static str> {
    match whole(value, &AFTER_RANGE) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err("whole seconds from 1 to 86400"),
    }
}

fn seconds_or_never(value: &str) -> Result<Option<Duration>, &'static str> {
    match value {
        "never" => Ok(None),
        _ => seconds(value).map(Some).map_err(|_| "whole seconds from 1 to 86400, or never"),
    }
}

fn frozen_background(value: &str) -> Result<Option<Duration>, &'static str> {
    match on_or_off(value) {
        Some(true) => Ok(Some(FROZEN_BACKGROUND_AFTER)),
        Some(false) => Ok(None),
        None => seconds(value).map(Some).map_err(|_| "on, off or whole seconds from 1 to 86400"),
    }
}

/// A tag's value can't hold a comma
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>), so conditions are
/// separated by blanks or plus signs.
fn expected(value: &str) -> Result<Vec<Fault>, &'static str> {
    const ACCEPTS: &str = "one or more of no_picture, bars, black, flat, frozen, frozen_background, repeating, partial, \
        slate and mismatch, separated by blanks or plus signs";
    let mut faults = Vec::new();
    for name in value.split([' ', '+']).filter(|name| !name.is_empty()) {
        faults.push(Fault::named(name).ok_or(ACCEPTS)?);
    }
    if faults.is_empty() { Err(ACCEPTS) } else { Ok(faults) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_FILTER: TagFilter<'_> = TagFilter { include: &[], exclude: &[] };

    fn tags(tags: &[(&str, &str)]) -> Tags {
        tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[track_caller]
    fn overrides(of: &[(&str, &str)]) -> TagOverrides {
        TagOverrides::of(&tags(of), &Thresholds::default(), NO_FILTER)
    }

    #[test]
    fn a_channel_without_tags_is_watched_with_the_defaults() {
        let expected = TagOverrides {
            watched: true,
            thresholds: Thresholds::default(),
            notice: Notice::default(),
            invalid: Vec::new(),
        };
        assert_eq!(overrides(&[("env", "prod"), ("source-monitoring", "off")]), expected);
    }

    #[test]
    fn a_channel_switched_off_is_not_watched() {
        assert!(!overrides(&[("source-monitor", "off")]).watched);
    }

    #[test]
    fn tags_set_a_channels_own_times() {
        let thresholds = overrides(&[
            ("source-monitor:frozen-after", "300"),
            ("source-monitor:black-after", "5"),
            ("source-monitor:repeating-after", "900"),
            ("source-monitor:partial-after", "20"),
            ("source-monitor:slate-after", "300"),
            ("source-monitor:frozen-background", "on"),
        ])
        .thresholds;
        assert_eq!(thresholds.frozen_after, Duration::from_mins(5));
        assert_eq!(thresholds.black_after, Duration::from_secs(5));
        assert_eq!(thresholds.repeating_after, Duration::from_mins(15));
        assert_eq!(thresholds.partial_after, Some(Duration::from_secs(20)));
        assert_eq!(thresholds.slate_after, Some(Duration::from_mins(5)));
        assert_eq!(thresholds.frozen_background_after, Some(Duration::from_secs(90)));
        assert_eq!(thresholds.bars_after, Thresholds::default().bars_after);
    }

    #[test]
    fn a_channel_can_be_meant_to_show_bars_or_one_colour() {
        let thresholds = overrides(&[("source-monitor:expect", "bars+flat")]).thresholds;
        assert_eq!(thresholds.expected, [Fault::Bars, Fault::Flat]);
    }

    #[test]
    fn tags_mute_a_channel_and_name_its_runbook() {
        let notice = overrides(&[
            ("source-monitor:mute-until", "2026-11-26T06:00:00Z"),
            ("source-monitor:mute", "Sun 02:00-04:00 UTC + daily 05:00-05:10 UTC"),
            ("source-monitor:runbook", "https://wiki.example/sports"),
        ])
        .notice;
        assert!(notice.mute.until.is_some());
        assert_eq!(notice.mute.windows.len(), 8);
        assert_eq!(notice.runbook.as_deref(), Some("https://wiki.example/sports"));
        for (key, value) in [("mute-until", "6 o'clock"), ("mute", "on Sundays"), ("runbook", " ")]
        {
            let overridden = overrides(&[(&format!("source-monitor:{key}"), value)]);
            assert_eq!(overridden.notice, Notice::default(), "{key}");
            assert_eq!(overridden.invalid.len(), 1, "{key}");
        }
    }

    #[test]
    fn an_invalid_tag_leaves_the_default_and_is_reported_without_its_value() {
        let overridden = overrides(&[
            ("source-monitor:frozen-after", "soon"),
            ("source-monitor:frozen_after", "20"),
        ]);
        assert_eq!(overridden.thresholds, Thresholds::default());
        let reported: Vec<_> = overridden.invalid.iter().map(|tag| tag.key.as_str()).collect();
        assert_eq!(reported, ["source-monitor:frozen-after", "source-monitor:frozen_after"]);
        assert_eq!(overridden.invalid[0].accepts, "whole seconds from 1 to 86400");
    }

    #[test]
    fn the_fleets_filter_applies_where_the_channel_has_no_tag_of_its_own() {
        let (prod, test) =
            ([("env".to_owned(), "prod".to_owned())], [("env".to_owned(), "test".to_owned())]);
        let filter = TagFilter { include: &prod, exclude: &test };
        let watched = |of: &[(&str, &str)]| {
            TagOverrides::of(&tags(of), &Thresholds::default(), filter).watched
        };
        assert!(watched(&[("env", "prod")]));
        assert!(!watched(&[("env", "dev")]));
        assert!(!watched(&[]));
        assert!(watched(&[("env", "test"), ("source-monitor", "on")]));
        let only_exclude = TagFilter { include: &[], exclude: &test };
        assert!(
            !TagOverrides::of(&tags(&[("env", "test")]), &Thresholds::default(), only_exclude)
                .watched
        );
    }

    proptest! {
        #[test]
        fn reading_tags_never_panics(key in "source-monitor.{0,20}", value in ".*") {
            let _ = overrides(&[(&key, &value)]);
        }
    }
}
