//! Reads a thumbnail's `timeStamp` in every form that leaves no doubt about the moment it means.
//! Pure.
//!
//! MediaLive's model promises RFC 3339 with a zone. The service has sent `2023-07-18T12:04:24`,
//! without one (<https://github.com/aws/aws-sdk-js-v3/issues/5095>), and its user guide shows the
//! same form. Such a time is UTC.

use std::borrow::Cow;

use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::value::RawValue;

/// Seconds since the epoch are numbers in this range: from 1973, where milliseconds begin to be
/// larger, to 5138. MediaLive is of 2017.
const SECONDS: std::ops::Range<f64> = 1e8..1e11;

/// Milliseconds since the epoch are numbers in this range, which is the same span of time.
const MILLISECONDS: std::ops::Range<f64> = 1e11..1e14;

/// The length of a date, `2023-07-18`: a minus sign behind it belongs to a zone.
const DATE_LENGTH: usize = 10;

/// The moment that a JSON value stands for; `None` for a value that stands for none or for more
/// than one.
///
/// | accepts | read as |
/// | --- | --- |
/// | `"2023-07-18T12:04:24Z"`, `+02:00`, `+0200`, `+02`, ` UTC` | that moment |
/// | the same without a zone | UTC |
/// | the same with a blank instead of `T`, or with a fraction | the same |
/// | `"Tue, 18 Jul 2023 12:04:24 GMT"` | that moment |
/// | `1689681864`, `1689681864.5`, `1689681864500`, each also in quotes | seconds or milliseconds since the epoch |
///
/// A time without seconds is refused: thumbnails are renewed every 2 s, and would all carry the
/// same stamp for a minute.
pub(super) fn timestamp(value: &RawValue) -> Option<DateTime> {
    let text: Cow<'_, str> = match value.get().strip_prefix('"') {
        Some(_) => serde_json::from_str::<String>(value.get()).ok()?.into(),
        None => value.get().into(),
    };
    let text = text.trim();
    since_epoch(text)
        .or_else(|| date_time(text))
        .or_else(|| DateTime::from_str(text, Format::HttpDate).ok())
}

fn since_epoch(text: &str) -> Option<DateTime> {
    let number: f64 = text.parse().ok()?;
    if SECONDS.contains(&number) {
        Some(DateTime::from_secs_f64(number))
    } else if MILLISECONDS.contains(&number) {
        Some(DateTime::from_secs_f64(number / 1e3))
    } else {
        None
    }
}

fn date_time(text: &str) -> Option<DateTime> {
    // No form has another character, and the rest slices by bytes.
    if !text.is_ascii() {
        return None;
    }
    let (date, rest) = text.split_at_checked(DATE_LENGTH)?;
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let text = format!("{date}T{}", with_zone(&time.to_ascii_uppercase()));
    DateTime::from_str(&text, Format::DateTimeWithOffset).ok()
}

/// A time of day whose zone is written as RFC 3339 wants it.
fn with_zone(time: &str) -> String {
    let without_name =
        ["Z", "UTC", "GMT"].into_iter().find_map(|zone| time.strip_suffix(zone)).unwrap_or(time);
    let Some(sign) = without_name.find(['+', '-']) else {
        return format!("{}Z", without_name.trim_end());
    };
    let (clock, offset) = without_name.split_at(sign);
    let clock = clock.trim_end();
    match offset.len() {
        // +02
        3 => format!("{clock}{offset}:00"),
        // +0200
        5 => format!("{clock}{}:{}", &offset[..3], &offset[3..]),
        _ => format!("{clock}{offset}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Option<DateTime> {
        timestamp(serde_json::from_str(json).expect("JSON"))
    }

    #[track_caller]
    fn assert_reads(json: &str, milliseconds: i64) {
        assert_eq!(read(json), Some(DateTime::from_millis(milliseconds)), "{json}");
    }

    /// 2023-07-18T12:04:24Z.
    const MOMENT: i64 = 1_689_681_864_000;

    #[test]
    fn a_time_without_a_zone_is_utc() {
        assert_reads(r#""2023-07-18T12:04:24""#, MOMENT);
        assert_reads(r#""2023-07-18T12:04:24.250""#, MOMENT + 250);
        assert_reads(r#""2023-07-18 12:04:24""#, MOMENT);
        assert_reads(r#"" 2023-07-18t12:04:24 ""#, MOMENT);
    }

    #[test]
    fn a_zone_counts_however_it_is_written() {
        for zone in ["Z", "z", " UTC", "GMT", "+00:00", "-00:00", "+0000", "+00", " +0000"] {
            assert_reads(&format!(r#""2023-07-18T12:04:24{zone}""#), MOMENT);
        }
        for zone in ["-05:30", "-0530"] {
            assert_reads(&format!(r#""2023-07-18T06:34:24{zone}""#), MOMENT);
        }
        assert_reads(r#""Tue, 18 Jul 2023 12:04:24 GMT""#, MOMENT);
    }

    #[test]
    fn a_number_is_seconds_or_milliseconds_since_the_epoch() {
        assert_reads("1689681864", MOMENT);
        assert_reads("1.689681864e9", MOMENT);
        assert_reads("1689681864.5", MOMENT + 500);
        assert_reads("1689681864500", MOMENT + 500);
        assert_reads(r#""1689681864""#, MOMENT);
    }

    #[test]
    fn what_could_be_more_than_one_moment_is_none() {
        let unclear = [
            r#""""#,
            "true",
            "{}",
            "[1689681864]",
            "0",
            "-1",
            "12",
            "1e400",
            "1689681864000000",
            r#""2023-07-18""#,
            r#""2023-07-18T12:04""#,
            r#""12:04:24""#,
            r#""18/07/2023 12:04:24""#,
            r#""2023-02-30T12:04:24""#,
            r#""2023-07-18T12:04:24 CEST""#,
            r#""2023-07-18T12:04:24+1""#,
            r#""Infinity""#,
            r#""\ud800""#,
            r#""2023-07-18Tä2:04:24""#,
            r#""2023-07-18T12:04:24+0ä0""#,
            r#""2023-07-18T12:04:24+äa""#,
        ];
        for json in unclear {
            assert_eq!(read(json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_time_stamp_never_panics(text in ".{0,40}") {
            let _ = read(&serde_json::to_string(&text).expect("a string"));
        }

        #[test]
        fn reading_a_near_time_stamp_never_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}[-+ .0-9:ZzUTCGMä]{0,12}") {
            let _ = read(&serde_json::to_string(&text).expect("a string"));
        }
    }
}
