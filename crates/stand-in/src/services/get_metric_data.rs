//! CloudWatch's GetMetricData and `ListMetrics`: from CBOR questions to CBOR answers, out of what was put.
//!
//! Limits: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>. Knows `MetricStat`
//! and no metric math; units are not told apart.

use std::time::{SystemTime, UNIX_EPOCH};

use ciborium::Value;

use crate::wire::cbor;
use crate::services::metrics::{Metric, Metrics};
use crate::services::put_metric_data;
use crate::wire::response::Refusal;

/// Most queries in a call.
const MOST_QUERIES: usize = 500;
/// Most points in an answer.
pub(crate) const MOST_POINTS: usize = 100_800;
/// Points finer than a minute are kept for three hours.
const FINE_POINTS_LAST: i64 = 3 * 3600;
/// Metrics on a page of `ListMetrics`.
const METRICS_A_PAGE: usize = 500;
/// What the page tokens start with.
const TOKEN: &str = "after-";

/// One `MetricDataQuery`.
struct Query {
    id: String,
    label: String,
    metric: Metric,
    period: i64,
    statistic: String,
}

/// Answers GetMetricData; `page` is the most points that one answer holds. Also says how many queries there were.
pub(crate) fn data(
    request: &Value,
    metrics: &Metrics,
    now: SystemTime,
    page: usize,
) -> Result<Vec<u8>, Refusal> {
    let queries = cbor::list(request, "MetricDataQueries");
    if queries.is_empty() || queries.len() > MOST_QUERIES {
        return Err(invalid(
            "The collection MetricDataQueries must not have a size greater than 500 or less than 1.",
        ));
    }
    let (start, end) = (second(request, "StartTime")?, second(request, "EndTime")?);
    if start >= end {
        return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
    }
    let ascending = cbor::text(request, "ScanBy") == Some("TimestampAscending");
    let skip = offset(request)?;
    let most =
        cbor::whole(request, "MaxDatapoints").and_then(|most| usize::try_from(most).ok()).unwrap_or(page);
    let now = epoch(now);

    let mut window = Window { skip, room: most.clamp(1, page), more: false };
    let mut results = Vec::new();
    for query in queries {
        let query = read(query)?;
        let start = if query.period < 60 { start.max(now - FINE_POINTS_LAST) } else { start };
        let mut points = metrics.periods(&query.metric, start, end, query.period);
        if !ascending {
            points.reverse();
        }
        let was_empty = points.is_empty();
        let points = window.take(points);
        if !points.is_empty() || (was_empty && skip == 0) {
            results.push(result(&query, &points, window.more)?);
        }
    }
    let mut answer = vec![("MetricDataResults", Value::Array(results)), ("Messages", Value::Array(vec![]))];
    if window.more {
        answer.push(("NextToken", Value::Text(format!("{TOKEN}{}", skip + most.clamp(1, page)))));
    }
    let answer = answer.into_iter().map(|(key, value)| (Value::Text(key.into()), value)).collect();
    Ok(cbor::bytes(&Value::Map(answer)))
}

/// The part of all points that this page shows.
struct Window {
    skip: usize,
    room: usize,
    more: bool,
}

impl Window {
    fn take<T>(&mut self, points: Vec<T>) -> Vec<T> {
        let all = points.len();
        let shown: Vec<T> = points.into_iter().skip(self.skip).take(self.room).collect();
        self.more |= all.saturating_sub(self.skip) > shown.len();
        self.skip = self.skip.saturating_sub(all);
        self.room -= shown.len();
        shown
    }
}

fn result(query: &Query, points: &[(i64, crate::services::metrics::Point)], more: bool) -> Result<Value, Refusal> {
    let unknown = || invalid(format!("The stand-in doesn't know the statistic {}.", query.statistic));
    let values: Option<Vec<Value>> =
        points.iter().map(|(_, point)| point.statistic(&query.statistic).map(Value::Float)).collect();
    Ok(cbor::object([
        ("Id", Value::Text(query.id.clone())),
        ("Label", Value::Text(query.label.clone())),
        ("Timestamps", Value::Array(points.iter().map(|(second, _)| cbor::time(*second)).collect())),
        ("Values", Value::Array(values.ok_or_else(unknown)?)),
        ("StatusCode", Value::Text(if more { "PartialData" } else { "Complete" }.into())),
    ]))
}

fn read(query: &Value) -> Result<Query, Refusal> {
    let id = cbor::text(query, "Id").unwrap_or_default();
    if !id.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Err(invalid(format!(
            "The value {id:?} for parameter Id is invalid: it must start with a lowercase letter."
        )));
    }
    let stat = cbor::field(query, "MetricStat")
        .ok_or_else(|| invalid("The stand-in answers MetricStat queries only."))?;
    let metric = cbor::field(stat, "Metric").ok_or_else(|| invalid("The parameter Metric is required."))?;
    let period = cbor::whole(stat, "Period").unwrap_or(0);
    if !(matches!(period, 1 | 5 | 10 | 20 | 30) || period > 0 && period % 60 == 0) {
        return Err(invalid(format!("The value {period} for parameter Period is invalid.")));
    }
    let name = cbor::text(metric, "MetricName").unwrap_or_default();
    Ok(Query {
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

/// Answers `ListMetrics`: by namespace, name and dimensions.
pub(crate) fn names(request: &Value, metrics: &Metrics) -> Result<Vec<u8>, Refusal> {
    let (namespace, name) = (cbor::text(request, "Namespace"), cbor::text(request, "MetricName"));
    let filters = cbor::list(request, "Dimensions");
    let wanted = |metric: &&&Metric| {
        let has = |filter: &Value| {
            let held = metric.dimensions.get(cbor::text(filter, "Name").unwrap_or_default());
            held.is_some_and(|held| cbor::text(filter, "Value").is_none_or(|value| value == held))
        };
        namespace.is_none_or(|n| n == metric.namespace)
            && name.is_none_or(|n| n == metric.name)
            && filters.iter().all(has)
    };
    let (all, skip) = (metrics.names(), offset(request)?);
    let found: Vec<_> = all.iter().filter(wanted).collect();
    let page = found.iter().skip(skip).take(METRICS_A_PAGE).map(|metric| described(metric)).collect();
    let mut answer = vec![(Value::Text("Metrics".into()), Value::Array(page))];
    if found.len() > skip + METRICS_A_PAGE {
        let token = Value::Text(format!("{TOKEN}{}", skip + METRICS_A_PAGE));
        answer.push((Value::Text("NextToken".into()), token));
    }
    Ok(cbor::bytes(&Value::Map(answer)))
}

fn described(metric: &Metric) -> Value {
    let text = |text: &String| Value::Text(text.clone());
    let dimension = |(name, value)| cbor::object([("Name", text(name)), ("Value", text(value))]);
    cbor::object([
        ("Namespace", text(&metric.namespace)),
        ("MetricName", text(&metric.name)),
        ("Dimensions", Value::Array(metric.dimensions.iter().map(dimension).collect())),
    ])
}

fn offset(request: &Value) -> Result<usize, Refusal> {
    let Some(token) = cbor::text(request, "NextToken") else { return Ok(0) };
    let refusal = || Refusal::new(400, "InvalidNextToken", format!("The token {token} is invalid."));
    token.strip_prefix(TOKEN).and_then(|offset| offset.parse().ok()).ok_or_else(refusal)
}

fn second(request: &Value, key: &str) -> Result<i64, Refusal> {
    cbor::instant(request, key).map(epoch).ok_or_else(|| invalid(format!("The parameter {key} is required.")))
}

fn epoch(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH).map_or(0, |gone| i64::try_from(gone.as_secs()).unwrap_or(i64::MAX))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}
