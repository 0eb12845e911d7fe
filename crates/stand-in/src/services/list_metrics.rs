//! CloudWatch's `ListMetrics`: the metrics with values, filtered by namespace, name and dimensions.

use ciborium::Value;

use super::{
    get_metric_data::offset,
    metric_store::{Metric, MetricStore},
    page_token,
};
use crate::wire::{cbor, response::ServiceError};

/// Metrics on a page.
const PAGE_SIZE: usize = 500;

/// The response to a call.
pub(crate) fn respond(request: &Value, metrics: &MetricStore) -> Result<Vec<u8>, ServiceError> {
    let offset = offset(request)?;
    let mut found = metrics.metrics();
    found.retain(|metric| matches(metric, request));
    let page = found.iter().skip(offset).take(PAGE_SIZE).map(|metric| describe(metric)).collect();
    let mut body = vec![("Metrics", Value::Array(page))];
    if found.len() > offset + PAGE_SIZE {
        body.push(("NextToken", Value::Text(page_token::encode((offset + PAGE_SIZE) as u64))));
    }
    Ok(cbor::encode(&cbor::map(body)))
}

/// Whether a metric passes the filters of a request. A dimension filter without a value accepts
/// every value.
fn matches(metric: &Metric, request: &Value) -> bool {
    let has_dimension = |filter: &Value| {
        let value = metric.dimensions.get(cbor::text(filter, "Name").unwrap_or_default());
        value.is_some_and(|value| cbor::text(filter, "Value").is_none_or(|wanted| wanted == value))
    };
    cbor::text(request, "Namespace").is_none_or(|namespace| namespace == metric.namespace)
        && cbor::text(request, "MetricName").is_none_or(|name| name == metric.name)
        && cbor::list(request, "Dimensions").iter().all(has_dimension)
}

fn describe(metric: &Metric) -> Value {
    let text = |text: &String| Value::Text(text.clone());
    let dimension = |(name, value)| cbor::map([("Name", text(name)), ("Value", text(value))]);
    cbor::map([
        ("Namespace", text(&metric.namespace)),
        ("MetricName", text(&metric.name)),
        ("Dimensions", Value::Array(metric.dimensions.iter().map(dimension).collect())),
    ])
}
