//! From an HTTP request to the operation and its parameters.
//!
//! The path and the headers identify the operation; its own module in `services` reads the
//! parameters.

use std::io::Read;

use bytes::Bytes;
use ciborium::Value;
use flate2::read::GzDecoder;
use hyper::{Method, http::request::Parts};

use crate::{
    call_log::CallLog,
    pictures::still,
    services::{
        bucket, describe_channel, describe_thumbnails, detect_labels, list_channels, publish,
        put_events, put_metric_data::MAX_BODY_BYTES,
    },
    wire::{
        api::{Api, Feed},
        response::ServiceError,
    },
};

/// Path of ListChannels.
const CHANNELS_PATH: &str = "/prod/channels";
/// Prefix of the paths of CloudWatch's operations in RPC v2 CBOR.
const CLOUDWATCH_PREFIX: &str = "/service/GraniteServiceVersion20100801/operation/";
/// Content type of the Query protocol.
const FORM: &str = "application/x-www-form-urlencoded";
/// Prefixes of the operations in `X-Amz-Target`, each with the service's name in IAM policies.
const TARGET_PREFIXES: [(&str, &str); 2] =
    [("RekognitionService.", "rekognition"), ("AWSEvents.", "events")];

/// The operation that the head of a request identifies, and its name for the call log.
pub(crate) fn operation(head: &Parts) -> (Api, String) {
    let path = head.uri.path();
    let mut unknown = format!("{} {path}", head.method);
    let api = if is_signed_for(head, "s3") {
        let is_list = head.uri.query().is_some_and(|query| query.contains("list-type=2"));
        match head.method {
            Method::PUT => Api::PutObject,
            Method::GET if is_list => Api::ListBucket,
            Method::GET => Api::GetObject,
            _ => Api::Unknown,
        }
    } else if head.method == Method::GET {
        match path {
            CHANNELS_PATH => Api::ListChannels,
            "/" if header(head, "authorization").is_none() => Api::WarmUp,
            _ => channel_operation(path).map_or(Api::Unknown, |(api, _)| api),
        }
    } else if let Some(operation) = path.strip_prefix(CLOUDWATCH_PREFIX) {
        unknown = format!("cloudwatch:{operation}");
        match operation {
            "PutMetricData" => Api::PutMetricData,
            "GetMetricData" => Api::GetMetricData,
            "ListMetrics" => Api::ListMetrics,
            _ => Api::Unknown,
        }
    } else if path == "/" && header(head, "content-type") == Some(FORM) {
        // The operation's name is in the body, which only Publish's service reads.
        Api::Publish
    } else {
        if let Some(target) = header(head, "x-amz-target").and_then(target_operation) {
            unknown = target;
        }
        match unknown.as_str() {
            "rekognition:DetectLabels" => Api::DetectLabels,
            "events:PutEvents" => Api::PutEvents,
            _ => Api::Unknown,
        }
    };
    let name = if api == Api::Unknown { unknown } else { api.operation().into() };
    (api, name)
}

/// Whether the signature is for this service.
fn is_signed_for(head: &Parts, service: &str) -> bool {
    let scope = format!("/{service}/aws4_request");
    header(head, "authorization").is_some_and(|signature| signature.contains(&scope))
}

/// The action's name in an IAM policy, for the `X-Amz-Target` of a service that is known.
fn target_operation(target: &str) -> Option<String> {
    TARGET_PREFIXES.iter().find_map(|(prefix, service)| {
        target.strip_prefix(prefix).map(|operation| format!("{service}:{operation}"))
    })
}

/// The operation on one channel and the channel's ID, still encoded, in a path.
fn channel_operation(path: &str) -> Option<(Api, &str)> {
    let rest = path.strip_prefix(CHANNELS_PATH)?.strip_prefix('/')?;
    let (id, operation) = rest.split_once('/').unwrap_or((rest, ""));
    let api = match operation {
        "" => Api::DescribeChannel,
        "thumbnails" => Api::DescribeThumbnails,
        "schedule" => Api::DescribeSchedule,
        "alerts" => Api::ListAlerts,
        _ => return None,
    };
    if id.is_empty() { None } else { Some((api, id)) }
}

/// The parameters of a request.
#[derive(Debug)]
pub(crate) enum ServiceRequest {
    ListChannels(list_channels::Request),
    DescribeThumbnails(Feed),
    DetectLabels(detect_labels::Request),
    PutEvents(put_events::Request),
    /// DescribeChannel, DescribeSchedule or ListAlerts.
    Channel(describe_channel::Request),
    Publish(publish::Message),
    /// PutObject, GetObject or ListObjectsV2.
    Bucket(bucket::Request),
    /// One of CloudWatch's operations: the CBOR and its size in bytes after decompression.
    CloudWatch {
        request: Value,
        bytes: usize,
    },
}

impl ServiceRequest {
    /// Reads the parameters from query string, path and body.
    pub(crate) fn read(api: Api, head: &Parts, body: &Bytes) -> Result<Self, ServiceError> {
        let query = head.uri.query().unwrap_or_default();
        let channel = channel_operation(head.uri.path()).map_or("", |(_, id)| id);
        match api {
            Api::ListChannels => list_channels::read(query).map(Self::ListChannels),
            Api::DescribeThumbnails => {
                describe_thumbnails::read(channel, query).map(Self::DescribeThumbnails)
            }
            Api::DescribeChannel | Api::DescribeSchedule | Api::ListAlerts => {
                Ok(Self::Channel(describe_channel::read(channel, query)))
            }
            Api::Publish => publish::read(body).map(Self::Publish),
            Api::PutObject => bucket::put(&bucket_head(head), body).map(Self::Bucket),
            Api::GetObject => bucket::get(&bucket_head(head)).map(Self::Bucket),
            Api::ListBucket => bucket::list(&bucket_head(head)).map(Self::Bucket),
            Api::DetectLabels => detect_labels::read(body).map(Self::DetectLabels),
            Api::PutEvents => put_events::read(body).map(Self::PutEvents),
            Api::PutMetricData | Api::GetMetricData | Api::ListMetrics => cbor(head, body),
            Api::WarmUp => {
                let message = "Missing Authentication Token";
                Err(ServiceError::new(403, "MissingAuthenticationTokenException", message))
            }
            Api::Unknown => {
                let message = "The stand-in doesn't support this operation";
                Err(ServiceError::new(404, "UnknownOperationException", message))
            }
        }
    }

    /// The feed that the request concerns: the one in the path; or the one in the picture's
    /// comment, or else the one that served the picture last.
    pub(crate) fn feed(&self, log: &CallLog) -> Option<Feed> {
        match self {
            Self::DescribeThumbnails(feed) => Some(feed.clone()),
            Self::DetectLabels(request) => {
                still::feed_of(&request.image).or_else(|| log.served_by(request.fingerprint))
            }
            Self::ListChannels(_)
            | Self::PutEvents(_)
            | Self::Channel(_)
            | Self::Publish(_)
            | Self::Bucket(_)
            | Self::CloudWatch { .. } => None,
        }
    }
}

fn bucket_head(head: &Parts) -> bucket::Head<'_> {
    bucket::Head {
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        content_type: header(head, "content-type"),
        hash: header(head, "x-amz-content-sha256"),
    }
}

fn cbor(head: &Parts, body: &Bytes) -> Result<ServiceRequest, ServiceError> {
    let unreadable = |message: &str| ServiceError::new(400, "SerializationException", message);
    if header(head, "smithy-protocol") != Some("rpc-v2-cbor")
        || header(head, "content-type") != Some("application/cbor")
    {
        return Err(unreadable("The headers are not those of RPC v2 CBOR"));
    }
    let mut decompressed = Vec::new();
    let mut plain = &body[..];
    if is_gzipped(head) {
        // Twice the limit is enough to see that the body is too large.
        let mut decoder = GzDecoder::new(plain).take(2 * MAX_BODY_BYTES as u64);
        decoder.read_to_end(&mut decompressed).map_err(|_| unreadable("The body is not gzip"))?;
        plain = &decompressed;
    }
    let bytes = plain.len();
    if bytes > MAX_BODY_BYTES {
        // The operation rejects it by its size; it may have been cut off above.
        return Ok(ServiceRequest::CloudWatch { request: Value::Null, bytes });
    }
    let request = ciborium::from_reader(plain).map_err(|_| unreadable("The body is not CBOR"))?;
    Ok(ServiceRequest::CloudWatch { request, bytes })
}

/// Whether the body is compressed with gzip.
pub(crate) fn is_gzipped(head: &Parts) -> bool {
    header(head, "content-encoding") == Some("gzip")
}

fn header<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok()
}
