//! Reads the console's context: size and theme of the widget, and the viewer's time zone. What is
//! missing or unknown in it has a default: showing the wall at the wrong size is better than not
//! showing it.

use std::{
    ops::RangeInclusive,
    time::{Duration, SystemTime},
};

use serde_json::Value;

/// The canvas's size in pixels if the console does not give it.
const DEFAULT_SIZE: (u32, u32) = (1_200, 700);

/// The part of the dashboard that the widget may fill, and how the viewer reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// The console's theme.
    pub theme: Theme,
    /// Pixels, 120 to 8,192.
    pub width: u32,
    /// Pixels, 80 to 8,192.
    pub height: u32,
    /// The time zone of the dashboard.
    pub utc_offset: UtcOffset,
}

/// The console's themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on white.
    Light,
    /// Light text on dark grey.
    Dark,
}

/// How far a clock is ahead of UTC: minutes, from -23:59 to +23:59.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcOffset(i16);

impl UtcOffset {
    /// An offset such as `+02:00`; `None` for a text of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.split_at_checked(1)? {
            ("+", digits) => (1, digits),
            ("-", digits) => (-1, digits),
            _ => return None,
        };
        let (hours, minutes) = digits.split_once(':')?;
        let number = |text: &str, end: i16| {
            let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i16>().ok().filter(|number| is_number && *number < end)
        };
        Some(Self(sign * (number(hours, 24)? * 60 + number(minutes, 60)?)))
    }

    /// The time with whose UTC representation a clock of this zone shows `time`.
    #[must_use]
    pub fn apply(self, time: SystemTime) -> SystemTime {
        let distance = Duration::from_mins(u64::from(self.0.unsigned_abs()));
        let moved =
            if self.0 < 0 { time.checked_sub(distance) } else { time.checked_add(distance) };
        moved.unwrap_or(time)
    }

    /// `UTC`, `UTC+02:00`.
    #[must_use]
    pub fn name(self) -> String {
        if self.0 == 0 {
            return "UTC".to_owned();
        }
        let (sign, minutes) = (if self.0 < 0 { '-' } else { '+' }, self.0.unsigned_abs());
        format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The console's context.
pub(super) fn canvas(context: &Value) -> Canvas {
    let offset = context["timezone"]["offsetISO"].as_str();
    Canvas {
        theme: if context["theme"] == "dark" { Theme::Dark } else { Theme::Light },
        width: pixels(&context["width"], DEFAULT_SIZE.0, 120..=8_192),
        height: pixels(&context["height"], DEFAULT_SIZE.1, 80..=8_192),
        utc_offset: offset.and_then(UtcOffset::parse).unwrap_or_default(),
    }
}

/// A length moved into the range; `default` for anything but a positive number.
fn pixels(value: &Value, default: u32, range: RangeInclusive<u32>) -> u32 {
    match value.as_f64() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast saturates"
        )]
        Some(length) if length >= 1.0 => (length as u32).clamp(*range.start(), *range.end()),
        _ => default,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_canvas_is_the_consoles_or_the_default() {
        let zone = json!({"label": "Local", "offsetISO": "+01:00", "offsetInMinutes": 60});
        let context = json!({"theme": "dark", "width": 588, "height": 369, "timezone": zone});
        let utc_offset = UtcOffset(60);
        let dark = Canvas { theme: Theme::Dark, width: 588, height: 369, utc_offset };
        assert_eq!(canvas(&context), dark);
        let utc_offset = UtcOffset(0);
        let default = Canvas { theme: Theme::Light, width: 1_200, height: 700, utc_offset };
        assert_eq!(canvas(&Value::Null), default);
        let unknown = json!({"theme": "sepia", "width": "wide", "height": -5, "timezone": "UTC"});
        assert_eq!(canvas(&unknown), default);
    }

    #[test]
    fn an_offset_is_signed_hours_and_minutes() {
        for (text, minutes, name) in [
            ("+00:00", 0, "UTC"),
            ("+05:30", 330, "UTC+05:30"),
            ("-03:00", -180, "UTC-03:00"),
            ("+23:59", 1_439, "UTC+23:59"),
        ] {
            assert_eq!(UtcOffset::parse(text), Some(UtcOffset(minutes)));
            assert_eq!(UtcOffset(minutes).name(), name);
        }
        for text in ["", "Z", "02:00", "+2:00", "+24:00", "+00:60", "+1:+1", "ü01:00", "+0a:00"] {
            assert_eq!(UtcOffset::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_clock_of_another_zone_shows_another_time() {
        let hour = |hours| SystemTime::UNIX_EPOCH + Duration::from_hours(hours);
        assert_eq!(UtcOffset(60).apply(hour(5)), hour(6));
        assert_eq!(UtcOffset(-60).apply(hour(5)), hour(4));
    }
}
