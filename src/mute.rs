//! When the incidents of a channel are not notified: until a time, or in windows that recur every
//! week. Pure.
//!
//! A muted incident is judged, counted and shown like any other.

use std::time::{Duration, SystemTime};

use aws_smithy_types::{DateTime, date_time::Format};

/// What `source-monitor:mute-until` accepts.
pub const UNTIL_ACCEPTS: &str = "a time such as 2026-11-26T06:00:00Z, with Z or an offset";

/// What `source-monitor:mute` accepts.
pub const WINDOWS_ACCEPTS: &str = "windows such as Sun 02:00-04:00 UTC, with Mon to Sun or daily, \
    times from 00:00 to 24:00, separated by plus signs";

const DAY: Duration = Duration::from_hours(24);

/// 1970-01-01 was a Thursday.
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// When a channel is muted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mute {
    /// Until this time.
    pub until: Option<SystemTime>,
    /// In these windows.
    pub windows: Vec<Window>,
}

/// A window that recurs every week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins, from the beginning of a Thursday.
    begin: Duration,
    length: Duration,
}

impl Mute {
    /// Whether the channel is muted at this time.
    #[must_use]
    pub fn covers(&self, time: SystemTime) -> bool {
        self.until.is_some_and(|until| time < until)
            || self.windows.iter().any(|window| window.covers(time))
    }
}

impl Window {
    /// Whether the window covers this time. Its end does not belong to it.
    fn covers(self, time: SystemTime) -> bool {
        const WEEK: u128 = DAY.as_millis() * 7;
        let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let since_begin = since_epoch.as_millis() % WEEK + WEEK - self.begin.as_millis();
        since_begin % WEEK < self.length.as_millis()
    }
}

/// The time of `source-monitor:mute-until`.
///
/// # Errors
/// What it accepts.
pub fn until(value: &str) -> Result<SystemTime, &'static str> {
    DateTime::from_str(value, Format::DateTimeWithOffset)
        .ok()
        .and_then(|time| SystemTime::try_from(time).ok())
        .ok_or(UNTIL_ACCEPTS)
}

/// The windows of `source-monitor:mute`. A tag's value can't hold a comma, so plus signs separate
/// them.
///
/// # Errors
/// What it accepts.
pub fn windows(value: &str) -> Result<Vec<Window>, &'static str> {
    let windows: Option<Vec<_>> = value.split('+').map(days).collect();
    windows.map(|days| days.into_iter().flatten().collect()).ok_or(WINDOWS_ACCEPTS)
}

/// One window, for each day that it names.
fn days(text: &str) -> Option<Vec<Window>> {
    let mut words = text.split_whitespace();
    let [day, times, "UTC"] = [words.next()?, words.next()?, words.next()?] else { return None };
    if words.next().is_some() {
        return None;
    }
    let (begin, end) = times.split_once('-')?;
    let (begin, end) = (time_of_day(begin)?, time_of_day(end)?);
    if begin == end || begin == DAY {
        return None;
    }
    // A window that ends earlier than it begins ends on the next day.
    let end = if end > begin { end } else { end + DAY };
    let length = end.saturating_sub(begin);
    let window = |day: usize| {
        let day = u32::try_from(day).ok()?;
        Some(Window { begin: DAY * day + begin, length })
    };
    if day.eq_ignore_ascii_case("daily") {
        return (0..DAYS.len()).map(window).collect();
    }
    let number = DAYS.iter().position(|name| name.eq_ignore_ascii_case(day))?;
    Some(vec![window(number)?])
}

/// The time since the beginning of the day of `HH:MM`.
fn time_of_day(text: &str) -> Option<Duration> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u64>().ok())?
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let time = Duration::from_mins(hours * 60 + minutes);
    (minutes < 60 && time <= DAY).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> SystemTime {
        until(time).unwrap()
    }

    fn muted(windows_of: &str, time: &str) -> bool {
        Mute { windows: windows(windows_of).unwrap(), ..Mute::default() }.covers(at(time))
    }

    #[test]
    fn a_window_recurs_every_week_without_its_end() {
        let sunday = "Sun 02:00-04:00 UTC";
        for day in ["2026-11-22", "2026-11-29", "2027-02-28"] {
            for (time, is_muted) in
                [("01:59:59", false), ("02:00:00", true), ("03:59:59", true), ("04:00:00", false)]
            {
                assert_eq!(muted(sunday, &format!("{day}T{time}Z")), is_muted, "{day} {time}");
            }
        }
        assert!(!muted(sunday, "2026-11-25T03:00:00Z"), "a Wednesday");
    }

    #[test]
    fn a_window_may_end_on_the_next_day_or_in_the_next_week() {
        for (window, inside, outside) in [
            ("Sat 23:00-01:00 UTC", "2026-11-22T00:30:00Z", "2026-11-22T01:00:00Z"),
            ("Wed 23:00-01:00 UTC", "2026-11-26T00:30:00Z", "2026-11-26T01:00:00Z"),
            ("wed 22:00-24:00 UTC", "2026-11-25T23:59:59Z", "2026-11-26T00:00:00Z"),
        ] {
            assert!(muted(window, inside) && !muted(window, outside), "{window}");
        }
    }

    #[test]
    fn several_windows_and_every_day() {
        let both = "Mon 01:00-02:00 UTC + Wed 05:30-06:00 UTC";
        assert!(muted(both, "2026-11-23T01:30:00Z") && muted(both, "2026-11-25T05:30:00Z"));
        for day in 20..28 {
            assert!(muted("daily 03:00-03:15 UTC", &format!("2026-11-{day}T03:14:59Z")));
        }
    }

    #[test]
    fn what_is_no_window_is_refused_as_a_whole() {
        for value in [
            "",
            "+",
            "Sun",
            "Sun 02:00-04:00",
            "Sun 02:00-04:00 CET",
            "Sunday 02:00-04:00 UTC",
            "Sun 2:00-4:00 UTC",
            "Sun 02:00-02:00 UTC",
            "Sun 24:00-02:00 UTC",
            "Sun 02:00-24:01 UTC",
            "Sun 02:60-04:00 UTC",
            "Sun 02:00 - 04:00 UTC",
            "Sun +2:00-04:00 UTC",
            "Sun 02:00-04:00 UTC UTC",
            "Sun 02:00-04:00 UTC, Mon 02:00-04:00 UTC",
            "Sun 02:00-04:00 UTC + never",
        ] {
            assert_eq!(windows(value), Err(WINDOWS_ACCEPTS), "{value:?}");
        }
    }

    #[test]
    fn a_time_needs_a_zone() {
        let time = at("2026-11-26T06:00:00Z");
        assert_eq!(until("2026-11-26T07:00:00+01:00"), Ok(time));
        let mute = Mute { until: Some(time), ..Mute::default() };
        assert!(mute.covers(time - Duration::from_secs(1)) && !mute.covers(time));
        for value in ["", "2026-11-26", "2026-11-26T06:00:00", "tomorrow", "1795672800"] {
            assert_eq!(until(value), Err(UNTIL_ACCEPTS), "{value:?}");
        }
        assert!(!Mute::default().covers(time));
    }
}
