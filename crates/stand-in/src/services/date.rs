//! The forms in which a date goes onto the wire.
//!
//! MediaLive's model promises RFC 3339 with a zone; the service was seen to leave the zone out, so that is the default here.

use std::time::SystemTime;

use serde_json::{Value, json};

/// How the dates of a channel are written: the stamps of its thumbnails and the dates in its description.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DateForm {
    /// `2023-07-18T12:04:24`, as the service was seen to do. The SDK cannot read it.
    #[default]
    NoZone,
    /// `2023-07-18T12:04:24Z`, as the model has it.
    Zoned,
    /// `2023-07-18T12:04:24+00:00`.
    Offset,
    /// `2023-07-18 12:04:24`.
    Blank,
    /// `2023-07-18T12:04:24.000`, with a fraction even where it is 0.
    Fraction,
    /// Seconds since the epoch, a number.
    Seconds,
    /// Milliseconds since the epoch, a number.
    Milliseconds,
    /// This value, whatever the time.
    Fixed(Value),
}

impl DateForm {
    /// The time in this form, to the millisecond.
    pub(crate) fn write(&self, at: SystemTime) -> Value {
        let millis = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |gone| gone.as_millis());
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
            Self::Blank => json!(local.replacen('T', " ", 1)),
            Self::Zoned => json!(zoned),
            Self::Fraction => json!(fraction.trim_end_matches('Z')),
            #[allow(clippy::cast_precision_loss, reason = "milliseconds of today are exact")]
            Self::Seconds => json!(millis as f64 / 1e3),
            Self::Milliseconds => json!(u64::try_from(millis).unwrap_or(u64::MAX)),
            Self::Fixed(value) => value.clone(),
        }
    }
}
