//! CloudWatch's GetMetricData: from CBOR queries to CBOR results, from the datapoints that were
//! put.
//!
//! Limits:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
//! Supports `MetricStat` but not metric math, and does not distinguish units.

use std::{ops::Range, time::SystemTime};

use ciborium::Value;

use super::{
    metric_store::{Aggregate, Metric, MetricStore, epoch_second},
    page_token, put_metric_data,
};
use crate::{
    faults::fault::FaultKind,
    wire::{cbor, response::ServiceError},
};

/// Most queries in a call.
const MAX_QUERIES: usize = 500;
/// Most datapoints in a response.
pub(crate) const MAX_DATAPOINTS: usize = 100_800;
/// Retention of datapoints with a period below 60 seconds, in seconds: three hours.
const HIGH_RESOLUTION_RETENTION: i64 = 3 * 3600;

/// One `MetricDataQuery`.
struct Query {
    id: String,
    label: String,
    metric: Metric,
    /// Seconds.
    period: i64,
    statistic: String,
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationError", message)
}

/// How a call is answered.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    /// Most datapoints on a page.
    pub(crate) page_size: usize,
    pub(crate) fault: Option<&'a FaultKind>,
}

/// The response to a call.
pub(crate) fn respond(
    request: &Value,
    metrics: &MetricStore,
    now: SystemTime,
    Answer { page_size, fault }: Answer<'_>,
) -> Result<Vec<u8>, ServiceError> {
    let queries = queries(request)?;
    let range = time_range(request)?;
    let ascending = cbor::text(request, "ScanBy") == Some("TimestampAscending");
    let offset = offset(request)?;
    let page_size = max_datapoints(request).unwrap_or(page_size).clamp(1, page_size);
    let mut page = Page { skip: offset, room: page_size, has_more: false };
    let mut results = Vec::new();
    for query in queries {
        let query = Query::read(query)?;
        if let Some(FaultKind::FailResults(status)) = fault {
            results.push(result(&query, &[], status)?);
            continue;
        }
        let mut datapoints = query.datapoints(metrics, &range, now);
        if !ascending {
            datapoints.reverse();
        }
        let has_no_data = datapoints.is_empty();
        let datapoints = page.take(datapoints);
        // A query without data is reported once, on the first page.
        if !datapoints.is_empty() || (has_no_data && offset == 0) {
            let status = if page.has_more { "PartialData" } else { "Complete" };
            results.push(result(&query, &datapoints, status)?);
        }
    }
    let mut body =
        vec![("MetricDataResults", Value::Array(results)), ("Messages", Value::Array(vec![]))];
    if page.has_more {
        body.push(("NextToken", Value::Text(page_token::encode((offset + page_size) as u64))));
    }
    Ok(cbor::encode(&cbor::map(body)))
}

fn queries(request: &Value) -> Result<&[Value], ServiceError> {
    let queries = cbor::list(request, "MetricDataQueries");
    if queries.is_empty() || queries.len() > MAX_QUERIES {
        return Err(invalid(
            "The collection MetricDataQueries must not have a size greater than 500 or less than 1.",
        ));
    }
    Ok(queries)
}

/// The part of all queries' datapoints that one page shows.
struct Page {
    skip: usize,
    room: usize,
    has_more: bool,
}

impl Page {
    /// The datapoints of one query that belong to this page.
    fn take<T>(&mut self, datapoints: Vec<T>) -> Vec<T> {
        let total = datapoints.len();
        let shown: Vec<T> = datapoints.into_iter().skip(self.skip).take(self.room).collect();
        self.has_more |= total.saturating_sub(self.skip) > shown.len();
        self.skip = self.skip.saturating_sub(total);
        self.room -= shown.len();
        shown
    }
}

impl Query {
    fn read(query: &Value) -> Result<Self, ServiceError> {
        let id = cbor::text(query, "Id").unwrap_or_default();
        if !id.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err(invalid(format!(
                "The value {id:?} for parameter Id is invalid: it must start with a lowercase letter."
            )));
        }
        let stat = cbor::field(query, "MetricStat")
            .ok_or_else(|| invalid("The stand-in supports MetricStat queries only."))?;
        let metric = cbor::field(stat, "Metric")
            .ok_or_else(|| invalid("The parameter Metric is required."))?;
        let period = cbor::integer(stat, "Period").unwrap_or(0);
        if !(matches!(period, 1 | 5 | 10 | 20 | 30) || period > 0 && period % 60 == 0) {
            return Err(invalid(format!("The value {period} for parameter Period is invalid.")));
        }
        let name = cbor::text(metric, "MetricName").unwrap_or_default();
        Ok(Self {
            id: id.into(),
            label: cbor::text(query, "Label").unwrap_or(name).into(),
            metric: Metric {
                namespace: cbor::text(metric, "Namespace").unwrap_or_default().into(),
                name: name.into(),
                dimensions: put_metric_data::dimensions(metric)?,
            },
            period,
            statistic: cbor::text(stat, "Stat").unwrap_or_default().into(),
        })
    }

    fn datapoints(
        &self,
        metrics: &MetricStore,
        range: &Range<i64>,
        now: SystemTime,
    ) -> Vec<(i64, Aggregate)> {
        let mut range = range.clone();
        if self.period < 60 {
            range.start = range.start.max(epoch_second(now) - HIGH_RESOLUTION_RETENTION);
        }
        metrics.periods(&self.metric, range, self.period)
    }
}

/// One `MetricDataResult`.
fn result(
    query: &Query,
    datapoints: &[(i64, Aggregate)],
    status: &str,
) -> Result<Value, ServiceError> {
    let (mut timestamps, mut values) = (Vec::new(), Vec::new());
    for (second, datapoint) in datapoints {
        let value = datapoint.statistic(&query.statistic).ok_or_else(|| {
            invalid(format!("The stand-in does not support the statistic {}.", query.statistic))
        })?;
        timestamps.push(cbor::timestamp(*second));
        values.push(Value::Float(value));
    }
    Ok(cbor::map([
        ("Id", Value::Text(query.id.clone())),
        ("Label", Value::Text(query.label.clone())),
        ("Timestamps", Value::Array(timestamps)),
        ("Values", Value::Array(values)),
        ("StatusCode", Value::Text(status.into())),
    ]))
}

/// `StartTime` to `EndTime` in seconds since 1970.
fn time_range(request: &Value) -> Result<Range<i64>, ServiceError> {
    let (start, end) =
        (epoch_parameter(request, "StartTime")?, epoch_parameter(request, "EndTime")?);
    if start >= end {
        return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
    }
    Ok(start..end)
}

fn epoch_parameter(request: &Value, key: &str) -> Result<i64, ServiceError> {
    match cbor::time(request, key) {
        Some(time) => Ok(epoch_second(time)),
        None => Err(invalid(format!("The parameter {key} is required."))),
    }
}

fn max_datapoints(request: &Value) -> Option<usize> {
    usize::try_from(cbor::integer(request, "MaxDatapoints")?).ok()
}

/// The position that `NextToken` stands for; 0 without a token.
pub(crate) fn offset(request: &Value) -> Result<usize, ServiceError> {
    let Some(token) = cbor::text(request, "NextToken") else { return Ok(0) };
    match page_token::decode(token).map(usize::try_from) {
        Some(Ok(offset)) => Ok(offset),
        _ => Err(ServiceError::new(
            400,
            "InvalidNextToken",
            format!("The token {token} is invalid."),
        )),
    }
}
