//! CloudWatch's PutMetricData: from CBOR to [`Datum`]s, with the service's own validation.
//!
//! Limits:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html> and
//! `API_MetricDatum.html` beside it. Supports `Value`; `Values` and `StatisticValues` are rejected,
//! because no caller here sends them.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use ciborium::Value;

use super::metric_store::Datum;
use crate::wire::{cbor, response::ServiceError};

/// Most datapoints in a call.
const MAX_DATA: usize = 1_000;
/// Largest body in bytes, after decompression.
pub(crate) const MAX_BODY_BYTES: usize = 1_000_000;
/// Most dimensions of a datapoint.
const MAX_DIMENSIONS: usize = 30;
/// Longest value of a dimension, in bytes.
const MAX_VALUE_BYTES: usize = 1_024;
/// Longest name of a metric, a dimension or a namespace, in bytes.
const MAX_NAME_BYTES: usize = 255;
/// Oldest timestamp that is accepted.
const MAX_AGE: Duration = Duration::from_hours(14 * 24);
/// Latest timestamp that is accepted, after the time of arrival.
const MAX_AHEAD: Duration = Duration::from_hours(2);

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidParameterValue", message)
}

fn missing(parameter: &str) -> ServiceError {
    ServiceError::new(400, "MissingParameter", format!("The parameter {parameter} is required."))
}

/// When and how a request arrived.
pub(crate) struct Arrival {
    pub(crate) at: SystemTime,
    /// Size of the body after decompression.
    pub(crate) bytes: usize,
    /// Number of the call, from 1.
    pub(crate) call: u64,
}

/// The datapoints of a call. One that is invalid rejects all of them.
pub(crate) fn read(request: &Value, arrival: &Arrival) -> Result<Vec<Datum>, ServiceError> {
    let bytes = arrival.bytes;
    if bytes > MAX_BODY_BYTES {
        let message = format!("The request has {bytes} bytes.");
        return Err(ServiceError::new(413, "RequestEntityTooLarge", message));
    }
    let namespace = name(request, "Namespace", "Namespace")?;
    if namespace.starts_with("AWS/") {
        return Err(invalid("The value AWS/ for parameter Namespace is reserved."));
    }
    let data = cbor::list(request, "MetricData");
    if data.is_empty() {
        return Err(missing("MetricData"));
    }
    if data.len() > MAX_DATA {
        let count = data.len();
        return Err(invalid(format!(
            "The collection MetricData must not have a size greater than 1000: {count}."
        )));
    }
    data.iter().map(|datum| read_datum(datum, namespace, arrival)).collect()
}

fn read_datum(datum: &Value, namespace: &str, arrival: &Arrival) -> Result<Datum, ServiceError> {
    let name = name(datum, "MetricName", "MetricName")?;
    if cbor::field(datum, "Values").is_some() || cbor::field(datum, "StatisticValues").is_some() {
        return Err(invalid("The stand-in supports Value, neither Values nor StatisticValues."));
    }
    let value =
        cbor::field(datum, "Value").and_then(cbor::number).ok_or_else(|| missing("Value"))?;
    if !value.is_finite() || value.abs() > 2_f64.powi(360) {
        return Err(invalid(format!(
            "The value {value} for parameter MetricData.member.Value is invalid."
        )));
    }
    let timestamp = timestamp(datum, arrival.at)?;
    let storage_resolution = cbor::integer(datum, "StorageResolution");
    if !matches!(storage_resolution, None | Some(1 | 60)) {
        return Err(invalid("The parameter StorageResolution must be 1 or 60."));
    }
    Ok(Datum {
        namespace: namespace.into(),
        name: name.into(),
        dimensions: dimensions(datum)?,
        value,
        timestamp,
        unit: unit(datum)?,
        storage_resolution,
        call: arrival.call,
    })
}

fn timestamp(datum: &Value, now: SystemTime) -> Result<SystemTime, ServiceError> {
    let Some(timestamp) = cbor::time(datum, "Timestamp") else {
        return match cbor::field(datum, "Timestamp") {
            None => Ok(now),
            Some(_) => Err(invalid("The parameter Timestamp is not a time.")),
        };
    };
    if timestamp + MAX_AGE < now || timestamp > now + MAX_AHEAD {
        return Err(invalid(
            "The parameter Timestamp must be within two weeks back and two hours ahead.",
        ));
    }
    Ok(timestamp)
}

/// The dimensions of a datapoint, or of the metric in a query.
pub(crate) fn dimensions(holder: &Value) -> Result<BTreeMap<String, String>, ServiceError> {
    let listed = cbor::list(holder, "Dimensions");
    if listed.len() > MAX_DIMENSIONS {
        return Err(invalid("The collection Dimensions must not have a size greater than 30."));
    }
    let mut dimensions = BTreeMap::new();
    for dimension in listed {
        let name = name(dimension, "Name", "Dimensions.Name")?;
        let value = cbor::text(dimension, "Value").ok_or_else(|| missing("Dimensions.Value"))?;
        if value.len() > MAX_VALUE_BYTES || value.trim().is_empty() || !value.is_ascii() {
            return Err(invalid(format!("The value {value:?} for dimension {name} is invalid.")));
        }
        if dimensions.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("The dimension {name} is given twice.")));
        }
    }
    Ok(dimensions)
}

/// The name under `key`; `parameter` is what an error calls it if it is missing.
fn name<'a>(holder: &'a Value, key: &str, parameter: &str) -> Result<&'a str, ServiceError> {
    let name = cbor::text(holder, key).ok_or_else(|| missing(parameter))?;
    let too_long = name.len() > MAX_NAME_BYTES;
    if name.trim().is_empty() || too_long || !name.is_ascii() || name.starts_with(':') {
        return Err(invalid(format!("The value {name:?} for parameter {key} is invalid.")));
    }
    Ok(name)
}

fn unit(datum: &Value) -> Result<Option<String>, ServiceError> {
    const UNITS: [&str; 7] =
        ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "None", "Count/Second"];
    let Some(unit) = cbor::text(datum, "Unit") else { return Ok(None) };
    // All further units are of bytes, such as Kilobytes/Second.
    let is_of_bytes = unit.starts_with(char::is_uppercase) && unit.contains("yte");
    if !UNITS.contains(&unit) && !is_of_bytes {
        return Err(invalid(format!("The value {unit} for parameter Unit is invalid.")));
    }
    Ok(Some(unit.to_owned()))
}
