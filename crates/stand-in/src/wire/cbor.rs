//! Reads and writes the CBOR of CloudWatch's requests and responses as untyped values. Knows no
//! operation.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ciborium::Value;

/// RFC 8949, 3.4.2: the tag of a time in seconds since 1970.
const EPOCH_SECONDS: u64 = 1;

/// A map with text keys.
pub(crate) fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Map(fields.into_iter().map(|(key, value)| (Value::Text(key.into()), value)).collect())
}

/// The encoded bytes of a value.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("writing to a vector cannot fail");
    bytes
}

/// A time as CloudWatch sends it: tag 1 and whole seconds.
pub(crate) fn timestamp(epoch_seconds: i64) -> Value {
    Value::Tag(EPOCH_SECONDS, Box::new(Value::Integer(epoch_seconds.into())))
}

/// The value of a key; `None` if it is missing or null.
pub(crate) fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let (_, found) = value.as_map()?.iter().find(|(name, _)| name.as_text() == Some(key))?;
    if found.is_null() { None } else { Some(found) }
}

/// The text of a key.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    field(value, key)?.as_text()
}

/// The list of a key; empty if it is missing.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    field(value, key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The integer of a key.
pub(crate) fn integer(value: &Value, key: &str) -> Option<i64> {
    i64::try_from(field(value, key)?.as_integer()?).ok()
}

/// A number of any width, float or integer.
#[allow(clippy::cast_precision_loss, reason = "a metric's value is a double")]
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(i128::from(*number) as f64),
        _ => None,
    }
}

/// The time of a key: tag 1 and a float or an integer, to the millisecond as the service reads it.
pub(crate) fn time(value: &Value, key: &str) -> Option<SystemTime> {
    let Value::Tag(EPOCH_SECONDS, seconds) = field(value, key)? else { return None };
    let millis = (number(seconds)? * 1000.0).round();
    if millis.abs() > 1e15 {
        return None;
    }
    let offset = Duration::try_from_secs_f64(millis.abs() / 1000.0).ok()?;
    // A float just below a whole millisecond must not lose that millisecond.
    let offset = (offset + Duration::from_micros(1)).as_millis();
    let offset = Duration::from_millis(u64::try_from(offset).ok()?);
    if millis < 0.0 { UNIX_EPOCH.checked_sub(offset) } else { UNIX_EPOCH.checked_add(offset) }
}
