//! Reading and writing the CBOR of CloudWatch's requests and answers.
//!
//! Small steps from an untyped value to text, numbers and times. Knows no operation.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ciborium::Value;

/// RFC 8949: the tag of a time in seconds since 1970.
const EPOCH_SECONDS: u64 = 1;

/// A map with text keys, as bytes.
pub(crate) fn map<const N: usize>(fields: [(&str, Value); N]) -> Vec<u8> {
    bytes(&object(fields))
}

/// A map with text keys.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Map(fields.into_iter().map(|(key, value)| (Value::Text(key.into()), value)).collect())
}

/// Any value as bytes.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).expect("a vector takes all bytes");
    out
}

/// A time as CloudWatch sends it.
pub(crate) fn time(epoch_seconds: i64) -> Value {
    Value::Tag(EPOCH_SECONDS, Box::new(Value::Integer(epoch_seconds.into())))
}

/// The value of a key.
pub(crate) fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let found = value.as_map()?.iter().find(|(name, _)| name.as_text() == Some(key));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

/// The text of a key.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    field(value, key)?.as_text()
}

/// The list of a key, empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    field(value, key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The whole number of a key.
pub(crate) fn whole(value: &Value, key: &str) -> Option<i64> {
    i64::try_from(field(value, key)?.as_integer()?).ok()
}

/// A number of any width, float or integer.
#[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(i128::from(*number) as f64),
        _ => None,
    }
}

/// The time of a key: tag 1 over a float or an integer, to the millisecond as the service reads it.
pub(crate) fn instant(value: &Value, key: &str) -> Option<SystemTime> {
    let Value::Tag(EPOCH_SECONDS, seconds) = field(value, key)? else { return None };
    let millis = (number(seconds)? * 1000.0).round();
    if millis.abs() > 1e15 {
        return None;
    }
    let by = Duration::try_from_secs_f64(millis.abs() / 1000.0).ok()?;
    let by = Duration::from_millis(u64::try_from((by + Duration::from_micros(1)).as_millis()).ok()?);
    if millis < 0.0 { UNIX_EPOCH.checked_sub(by) } else { UNIX_EPOCH.checked_add(by) }
}
