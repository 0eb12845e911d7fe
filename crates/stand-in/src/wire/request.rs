//! From an HTTP request to what is asked of which operation.
//!
//! Finds the operation by path and headers, unzips, and hands the body to the operation's own reader. Does nothing yet.

use std::io::Read;

use bytes::Bytes;
use ciborium::Value;
use hyper::Method;
use hyper::http::request::Parts;

use crate::wire::api::{Api, Feed};
use crate::call_log::Journal;
use crate::services::put_metric_data::LARGEST_BODY;
use crate::wire::response::Refusal;
use crate::services::medialive;
use crate::services::rekognition;
use crate::pictures::still;

/// Where CloudWatch's operations live.
const CLOUDWATCH: &str = "/service/GraniteServiceVersion20100801/operation/";
/// What the names of Rekognition's operations start with.
const REKOGNITION: &str = "RekognitionService.";

/// The operation of a request, by its head alone, and its name.
pub(crate) fn operation(head: &Parts) -> (Api, String) {
    let path = head.uri.path();
    let api = if head.method == Method::GET {
        match path {
            "/prod/channels" => Api::ListChannels,
            "/" if header(head, "authorization").is_none() => Api::Knock,
            _ if thumbnails_of(path).is_some() => Api::DescribeThumbnails,
            _ => Api::Unknown,
        }
    } else if let Some(operation) = path.strip_prefix(CLOUDWATCH) {
        match operation {
            "PutMetricData" => Api::PutMetricData,
            "GetMetricData" => Api::GetMetricData,
            "ListMetrics" => Api::ListMetrics,
            other => return (Api::Unknown, format!("cloudwatch:{other}")),
        }
    } else {
        match header(head, "x-amz-target").and_then(|target| target.strip_prefix(REKOGNITION)) {
            Some("DetectLabels") => Api::DetectLabels,
            Some(other) => return (Api::Unknown, format!("rekognition:{other}")),
            None => Api::Unknown,
        }
    };
    let name = if api == Api::Unknown { format!("{} {path}", head.method) } else { api.operation().into() };
    (api, name)
}

fn thumbnails_of(path: &str) -> Option<&str> {
    path.strip_prefix("/prod/channels/")?
        .strip_suffix("/thumbnails")
        .filter(|id| !id.is_empty() && !id.contains('/'))
}

/// What is asked.
#[derive(Debug)]
pub(crate) enum Ask {
    MediaLive(medialive::Ask),
    Labels(rekognition::Ask),
    /// CBOR, and its size after it was unzipped.
    CloudWatch(Value, usize),
}

impl Ask {
    /// Reads the whole request.
    pub(crate) fn read(api: Api, head: &Parts, body: &Bytes) -> Result<Self, Refusal> {
        let query = head.uri.query().unwrap_or_default();
        match api {
            Api::ListChannels => medialive::read_list(query).map(Self::MediaLive),
            Api::DescribeThumbnails => {
                let channel = thumbnails_of(head.uri.path()).unwrap_or_default();
                medialive::read_thumbnail(channel, query).map(Self::MediaLive)
            }
            Api::DetectLabels => rekognition::read(body).map(Self::Labels),
            Api::PutMetricData | Api::GetMetricData | Api::ListMetrics => cbor(head, body),
            Api::Knock => {
                let message = "Missing Authentication Token";
                Err(Refusal::new(403, "MissingAuthenticationTokenException", message))
            }
            Api::Unknown => {
                Err(Refusal::new(404, "UnknownOperationException", "The stand-in doesn't know this"))
            }
        }
    }

    /// The feed that is concerned: named in the path, written into the picture, or known as the one that showed it.
    pub(crate) fn feed(&self, journal: &Journal) -> Option<Feed> {
        match self {
            Self::MediaLive(medialive::Ask::Thumbnail(feed)) => Some(feed.clone()),
            Self::Labels(ask) => still::feed_of(&ask.image).or_else(|| journal.owner(ask.fingerprint)),
            _ => None,
        }
    }
}

fn cbor(head: &Parts, body: &Bytes) -> Result<Ask, Refusal> {
    let refusal = |message: &str| Refusal::new(400, "SerializationException", message);
    if header(head, "smithy-protocol") != Some("rpc-v2-cbor")
        || header(head, "content-type") != Some("application/cbor")
    {
        return Err(refusal("The headers don't say RPC v2 CBOR"));
    }
    let mut plain = Vec::new();
    if is_gzipped(head) {
        // Twice what is allowed is enough to see that it's too much.
        let mut unzipped = flate2::read::GzDecoder::new(&body[..]).take(2 * LARGEST_BODY as u64);
        unzipped.read_to_end(&mut plain).map_err(|_| refusal("The body is not gzip"))?;
    }
    let plain = if is_gzipped(head) { &plain } else { &body[..] };
    let value = ciborium::from_reader(plain).map_err(|_| refusal("The body is not CBOR"));
    if plain.len() > LARGEST_BODY {
        return Ok(Ask::CloudWatch(Value::Null, plain.len()));
    }
    Ok(Ask::CloudWatch(value?, plain.len()))
}

/// Whether the body came gzipped.
pub(crate) fn is_gzipped(head: &Parts) -> bool {
    header(head, "content-encoding") == Some("gzip")
}

fn header<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok()
}
