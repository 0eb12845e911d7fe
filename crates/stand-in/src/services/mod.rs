//! The services: what each operation returns, from the channels and metrics that exist.
//!
//! Imports `wire`, `faults` and `pictures`. Knows neither HTTP connections nor the call log.

pub(crate) mod page_token;
pub(crate) mod date_format;
pub(crate) mod channel_detail;
pub(crate) mod channel;
pub(crate) mod channel_registry;
pub(crate) mod list_channels;
pub(crate) mod describe_channel;
pub(crate) mod describe_thumbnails;
pub(crate) mod detect_labels;
pub(crate) mod metric_store;
pub(crate) mod put_metric_data;
pub(crate) mod get_metric_data;
pub(crate) mod list_metrics;
pub(crate) mod put_events;
pub(crate) mod publish;
pub(crate) mod bucket;
pub(crate) mod quota;
