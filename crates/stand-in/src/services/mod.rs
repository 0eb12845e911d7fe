//! The services: what each operation answers, from the channels and metrics that exist.

pub(crate) mod channel;
pub(crate) mod date;
pub(crate) mod get_metric_data;
pub(crate) mod medialive;
pub(crate) mod metrics;
pub(crate) mod put_metric_data;
pub(crate) mod quota;
pub(crate) mod rekognition;
