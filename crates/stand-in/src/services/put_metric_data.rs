//! CloudWatch's PutMetricData: from CBOR to [`Datum`]s, refused as the service refuses.
//!
//! Limits: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html> and
//! `API_MetricDatum.html` beside it. Takes `Value` alone: `Values` and `StatisticValues` are refused, since nobody here
//! sends them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use ciborium::Value;

use crate::wire::cbor;
use crate::services::metrics::Datum;
use crate::wire::response::Refusal;

/// Most data in a call.
const MOST_DATA: usize = 1_000;
/// Largest body, after it is unzipped.
pub(crate) const LARGEST_BODY: usize = 1_000_000;
/// Most dimensions of a datum.
const MOST_DIMENSIONS: usize = 30;
/// Longest value of a dimension.
const LONGEST_VALUE: usize = 1_024;
/// Longest name of a metric, a dimension or a namespace.
const LONGEST_NAME: usize = 255;
/// How far back a time stamp may lie.
const OLDEST: Duration = Duration::from_hours(14 * 24);
/// How far ahead a time stamp may lie.
const NEWEST: Duration = Duration::from_hours(2);

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "InvalidParameterValue", message)
}

fn missing(parameter: &str) -> Refusal {
    Refusal::new(400, "MissingParameter", format!("The parameter {parameter} is required."))
}

/// The data of a call, all or none.
pub(crate) fn read(request: &Value, bytes: usize, now: SystemTime, call: u64) -> Result<Vec<Datum>, Refusal> {
    if bytes > LARGEST_BODY {
        return Err(Refusal::new(413, "RequestEntityTooLarge", format!("The request has {bytes} bytes.")));
    }
    let namespace =
        named("Namespace", cbor::text(request, "Namespace").ok_or_else(|| missing("Namespace"))?)?;
    if namespace.starts_with("AWS/") {
        return Err(invalid("The value AWS/ for parameter Namespace is reserved."));
    }
    let data = cbor::list(request, "MetricData");
    if data.is_empty() {
        return Err(missing("MetricData"));
    }
    if data.len() > MOST_DATA {
        let count = data.len();
        return Err(invalid(format!(
            "The collection MetricData must not have a size greater than 1000: {count}."
        )));
    }
    data.iter().map(|datum| one(datum, namespace, now, call)).collect()
}

fn one(datum: &Value, namespace: &str, now: SystemTime, call: u64) -> Result<Datum, Refusal> {
    let name = named("MetricName", cbor::text(datum, "MetricName").ok_or_else(|| missing("MetricName"))?)?;
    if cbor::field(datum, "Values").is_some() || cbor::field(datum, "StatisticValues").is_some() {
        return Err(invalid("The stand-in takes Value, neither Values nor StatisticValues."));
    }
    let value = cbor::field(datum, "Value").and_then(cbor::number).ok_or_else(|| missing("Value"))?;
    if !value.is_finite() || value.abs() > 2_f64.powi(360) {
        return Err(invalid(format!("The value {value} for parameter MetricData.member.Value is invalid.")));
    }
    let timestamp = cbor::instant(datum, "Timestamp");
    if timestamp.is_none() && cbor::field(datum, "Timestamp").is_some() {
        return Err(invalid("The parameter Timestamp is no time."));
    }
    let timestamp = timestamp.unwrap_or(now);
    if timestamp + OLDEST < now || timestamp > now + NEWEST {
        return Err(invalid("The parameter Timestamp must be within two weeks back and two hours ahead."));
    }
    let storage_resolution = cbor::whole(datum, "StorageResolution");
    if !matches!(storage_resolution, None | Some(1 | 60)) {
        return Err(invalid("The parameter StorageResolution must be 1 or 60."));
    }
    Ok(Datum {
        namespace: namespace.into(),
        name: name.into(),
        dimensions: dimensions(datum)?,
        value,
        timestamp,
        unit: cbor::text(datum, "Unit").map(unit).transpose()?,
        storage_resolution,
        call,
    })
}

/// The dimensions of a datum, a metric or a query.
pub(crate) fn dimensions(holder: &Value) -> Result<BTreeMap<String, String>, Refusal> {
    let listed = cbor::list(holder, "Dimensions");
    if listed.len() > MOST_DIMENSIONS {
        return Err(invalid("The collection Dimensions must not have a size greater than 30."));
    }
    let mut dimensions = BTreeMap::new();
    for dimension in listed {
        let name = named("Name", cbor::text(dimension, "Name").ok_or_else(|| missing("Dimensions.Name"))?)?;
        let value = cbor::text(dimension, "Value").ok_or_else(|| missing("Dimensions.Value"))?;
        if value.len() > LONGEST_VALUE || value.trim().is_empty() || !value.is_ascii() {
            return Err(invalid(format!("The value {value:?} for dimension {name} is invalid.")));
        }
        if dimensions.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("The dimension {name} is given twice.")));
        }
    }
    Ok(dimensions)
}

fn named<'a>(parameter: &str, name: &'a str) -> Result<&'a str, Refusal> {
    let sound =
        !name.trim().is_empty() && name.len() <= LONGEST_NAME && name.is_ascii() && !name.starts_with(':');
    let refusal = || invalid(format!("The value {name:?} for parameter {parameter} is invalid."));
    sound.then_some(name).ok_or_else(refusal)
}

fn unit(word: &str) -> Result<String, Refusal> {
    const UNITS: &str = "Seconds Microseconds Milliseconds Percent Count None Count/Second";
    let known = UNITS.split(' ').any(|unit| unit == word)
        || word.starts_with(char::is_uppercase) && word.contains("yte");
    known
        .then(|| word.to_owned())
        .ok_or_else(|| invalid(format!("The value {word} for parameter Unit is invalid.")))
}
