//! S3's PutObject, GetObject and ListObjectsV2, in path style: the bucket is the first part of the
//! path. Any bucket exists.
//!
//! Shapes: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html> and its
//! neighbours. A request without a valid hash of its body is rejected, as S3 rejects it.

use std::{collections::BTreeMap, fmt::Write, time::SystemTime};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{
    pictures::still::fingerprint,
    wire::{
        query_string::{decode, parameter},
        response::ServiceError,
    },
};

/// Keys to a page, as S3 has it.
const PAGE: usize = 1_000;

/// An object in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The content.
    pub body: Bytes,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// When it was stored.
    pub time: SystemTime,
}

/// Objects by bucket and key.
pub(crate) type Buckets = BTreeMap<(String, String), Object>;

/// One request.
#[derive(Debug)]
pub(crate) enum Request {
    Put(Object),
    Get { bucket: String, key: String },
    List { bucket: String, prefix: String, after: String, max: usize },
}

/// What is read of the head of a request.
pub(crate) struct Head<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) content_type: Option<&'a str>,
    /// `x-amz-content-sha256`.
    pub(crate) hash: Option<&'a str>,
}

fn invalid(code: &'static str, message: &str) -> ServiceError {
    ServiceError::new(400, code, message)
}

/// The bucket and the key of a path, which may be empty.
fn split(path: &str) -> (String, String) {
    let path = path.trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    (decode(bucket), decode(key))
}

fn checked(head: &Head<'_>, body: &[u8]) -> Result<(), ServiceError> {
    let mut hash = String::new();
    for byte in Sha256::digest(body) {
        let _ = write!(hash, "{byte:02x}");
    }
    match head.hash {
        Some(given) if given == hash => Ok(()),
        Some(_) => Err(invalid("XAmzContentSHA256Mismatch", "The hash isn't that of the body")),
        None => Err(invalid("InvalidRequest", "Missing required header: x-amz-content-sha256")),
    }
}

/// Reads PutObject.
pub(crate) fn put(head: &Head<'_>, body: &Bytes) -> Result<Request, ServiceError> {
    checked(head, body)?;
    let (bucket, key) = split(head.path);
    if key.is_empty() {
        return Err(invalid("InvalidRequest", "A key is missing"));
    }
    let content_type = head.content_type.map(str::to_owned);
    let time = SystemTime::now();
    Ok(Request::Put(Object { bucket, key, body: body.clone(), content_type, time }))
}

/// Reads GetObject.
pub(crate) fn get(head: &Head<'_>) -> Result<Request, ServiceError> {
    checked(head, b"")?;
    let (bucket, key) = split(head.path);
    Ok(Request::Get { bucket, key })
}

/// Reads ListObjectsV2.
pub(crate) fn list(head: &Head<'_>) -> Result<Request, ServiceError> {
    checked(head, b"")?;
    let value = |name| parameter(head.query, name).unwrap_or_default();
    let token = value("continuation-token");
    let after = if token.is_empty() { value("start-after") } else { token };
    let max = parameter(head.query, "max-keys").and_then(|max| max.parse().ok()).unwrap_or(PAGE);
    let (bucket, _) = split(head.path);
    Ok(Request::List { bucket, prefix: value("prefix"), after, max: max.min(PAGE) })
}

/// Performs a request; returns the body of the response.
pub(crate) fn perform(request: Request, buckets: &mut Buckets) -> Result<Bytes, ServiceError> {
    match request {
        Request::Put(object) => {
            buckets.insert((object.bucket.clone(), object.key.clone()), object);
            Ok(Bytes::new())
        }
        Request::Get { bucket, key } => {
            let object = buckets.get(&(bucket, key));
            let missing =
                || ServiceError::new(404, "NoSuchKey", "The specified key does not exist.");
            object.map(|object| object.body.clone()).ok_or_else(missing)
        }
        Request::List { bucket, prefix, after, max } => {
            let matches = |(of, key): &&(String, String)| {
                *of == bucket && key.starts_with(&prefix) && *key > after
            };
            let listed = buckets.iter().filter(|(key, _)| matches(key));
            let objects: Vec<_> = listed.map(|(_, object)| object).collect();
            Ok(page(&objects, max).into())
        }
    }
}

fn page(objects: &[&Object], max: usize) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>{}</IsTruncated>",
        objects.len() > max
    );
    for Object { key, body, .. } in objects.iter().take(max) {
        let key = key.replace('&', "&amp;").replace('<', "&lt;");
        let (etag, size) = (fingerprint(body), body.len());
        let _ = write!(
            xml,
            "<Contents><Key>{key}</Key><ETag>&quot;{etag:016x}&quot;</ETag><Size>{size}</Size></Contents>"
        );
    }
    if objects.len() > max
        && let Some(Object { key: last, .. }) = objects.get(max.saturating_sub(1))
    {
        let _ = write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>");
    }
    xml + "</ListBucketResult>"
}
