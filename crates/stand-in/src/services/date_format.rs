//! The formats in which MediaLive's dates are written.
//!
//! MediaLive's model promises RFC 3339 with a time zone. The service was seen to leave the zone
//! out, so the stand-in does so too by default.

use std::time::SystemTime;

use serde_json::{Value, json};

/// How a channel's dates are written: the time stamps of its thumbnails and the dates in
/// ListChannels.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DateFormat {
    /// `2023-07-18T12:04:24`, as the service was seen to write it. The SDK cannot parse it.
    #[default]
    NoZone,
    /// `2023-07-18T12:04:24Z`, as the model promises.
    Zoned,
    /// `2023-07-18T12:04:24+00:00`.
    Offset,
    /// `2023-07-18 12:04:24`, with a space instead of the `T`.
    Space,
    /// `2023-07-18T12:04:24.000`, with milliseconds even if they are 0.
    Fraction,
    /// A number: seconds since 1970.
    Seconds,
    /// A number: milliseconds since 1970.
    Milliseconds,
    /// This value, whatever the time is.
    Fixed(Value),
}

impl DateFormat {
    /// The time in this format, to the millisecond.
    pub(crate) fn write(&self, at: SystemTime) -> Value {
        let millis = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let fraction = humantime::format_rfc3339_millis(at).to_string();
        let zoned = if millis.is_multiple_of(1000) {
            humantime::format_rfc3339_seconds(at).to_string()
        } else {
            fraction.clone()
        };
        let local = zoned.trim_end_matches('Z');
        match self {
            Self::NoZone => json!(local),
            Self::Offset => json!(format!("{local}+00:00")),
            Self::Space => json!(local.replacen('T', " ", 1)),
            Self::Zoned => json!(zoned),
            Self::Fraction => json!(fraction.trim_end_matches('Z')),
            #[allow(
                clippy::cast_precision_loss,
                reason = "an f64 holds today's milliseconds exactly"
            )]
            Self::Seconds => json!(millis as f64 / 1e3),
            Self::Milliseconds => json!(u64::try_from(millis).unwrap_or(u64::MAX)),
            Self::Fixed(value) => value.clone(),
        }
    }
}
