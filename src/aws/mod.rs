//! How AWS is called: clients built once, each operation with its rate limit, its second attempt
//! and its counters.
//!
//! Knows no picture, no channel and no metric. `AWS_ENDPOINT_URL` and its per-service forms send
//! every call elsewhere, which is how the tests and the local run work.
//!
//! | file | holds |
//! | --- | --- |
//! | `clients` | the five SDK clients over one HTTPS stack, with their time-outs |
//! | `connections` | pooled connections that outlive the time in which Lambda freezes a process |
//! | `warm_up` | connections opened while a function starts |
//! | `body_limit` | the largest response body that is read |
//! | `lean_requests` | what the requests for each feed leave out |
//! | `labels_request` | our own writing of a picture into a request |
//! | `responses`, `linked_channels`, `channel_responses`, `timestamp` | our own reading of MediaLive's responses, which no date can fail |
//! | `rate_limiter` | a FIFO rate limit without bursts |
//! | `bucket` | the requests to the bucket with the pictures of incidents |
//! | `service` | a client with its limiter, the second attempt and the counters |
//! | `operations` | the six operations that monitor and multiviewer call, each as a service |
//! | `notifier` | clients and operations of the notifier |
//! | `error` | what can go wrong, in the kinds that reports, logs and the multiviewer distinguish |

mod body_limit;
mod bucket;
mod channel_responses;
mod clients;
mod connections;
mod error;
mod labels_request;
mod lean_requests;
mod linked_channels;
mod notifier;
mod operations;
mod rate_limiter;
mod responses;
mod service;
mod timestamp;
mod warm_up;

pub use bucket::{Bucket, BucketError, ListedObject, ObjectPage};
pub use clients::Clients;
pub use connections::Connections;
pub use error::{ApiName, CallError, ErrorKind};
pub use notifier::{NotifierClients, NotifierOperations};
pub use operations::{
    BucketOperations, CallRates, GET_METRIC_DATA_TPS, LIST_CHANNELS_TPS, Operations,
    PUT_EVENTS_TPS, PUT_METRIC_DATA_TPS,
};
pub use service::{Attempts, CallCounts, Service};
pub use warm_up::WarmUp;
