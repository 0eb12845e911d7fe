//! The bucket with the pictures of incidents and the known stills: three requests of S3, signed and
//! sent by the same parts of the SDK as those of the other services.
//!
//! S3's own SDK does much more, and would make the function larger by more than a third;
//! docs/performance.md has the measurement. Of the service's errors only the code is read.

use std::{error::Error as StdError, fmt, time::Duration};

use aws_config::SdkConfig;
use aws_runtime::auth::{
    SigV4OperationSigningConfig, SigningOptions,
    sigv4::{SCHEME_ID, SigV4AuthScheme},
};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::{
    auth::{AuthSchemeOptionResolverParams, static_resolver::StaticAuthSchemeOptionResolver},
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    result::SdkError,
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::StaticRuntimePlugin,
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::Layer,
    error::metadata::{ErrorMetadata, ProvideErrorMetadata},
    timeout::TimeoutConfig,
};
use aws_smithy_xml::decode::{Document, ScopedDecoder, try_data};
use aws_types::{
    SigningName,
    region::{Region, SigningRegion},
    service_config::ServiceConfigKey,
};
use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    body_limit::ResponseBodyLimit,
    clients::{CONNECT_TIMEOUT, PATIENCE_SHARE},
    connections::Connections,
};

/// Pictures are worth less than the time of a round.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest response that is read: a picture. A page of 1,000 keys has some 400 KB.
const MAX_BYTES: usize = 1024 * 1024;

/// A bucket of this account.
#[derive(Clone, Debug)]
pub struct Bucket(Operation<Request, Bytes, BucketError>);

/// A request to the bucket.
#[derive(Debug)]
struct Request {
    method: &'static str,
    /// Path and query; the characters of our keys need no escape.
    path: String,
    body: Option<Bytes>,
}

/// What a request leads to.
type Response<T> = Result<T, SdkError<BucketError, HttpResponse>>;

/// What S3 answers to a request that it rejects.
#[derive(Debug)]
pub struct BucketError {
    status: u16,
    metadata: ErrorMetadata,
}

impl fmt::Display for BucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}: {}", self.status, self.metadata)
    }
}

impl StdError for BucketError {}

impl ProvideErrorMetadata for BucketError {
    fn meta(&self) -> &ErrorMetadata {
        &self.metadata
    }
}

impl Bucket {
    /// The bucket `name` in the Region of this configuration, over these connections; `None`
    /// without a Region or credentials.
    pub(super) fn new(shared: &SdkConfig, connections: &Connections, name: &str) -> Option<Self> {
        let region = shared.region()?;
        let mut components = RuntimeComponentsBuilder::new("bucket")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                SCHEME_ID,
            ])));
        components.set_identity_resolver(SCHEME_ID, shared.credentials_provider()?);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let operation = Operation::builder()
            .service_name("s3")
            .operation_name("Object")
            .endpoint_url(&endpoint(shared, region, name))
            .http_client(connections.client(ATTEMPT_TIMEOUT / PATIENCE_SHARE))
            .timeout_config(timeouts)
            // `Service` makes the attempts.
            .no_retry()
            .interceptor(ResponseBodyLimit(MAX_BYTES))
            .runtime_plugin(
                StaticRuntimePlugin::new()
                    .with_config(signing(region).freeze())
                    .with_runtime_components(components),
            )
            .serializer(|request: Request| request.into_http())
            .deserializer(read_response)
            .build();
        Some(Self(operation))
    }

    /// Stores a JPEG under a key.
    pub(crate) async fn put(self, key: String, jpeg: Bytes) -> Response<()> {
        let request = Request { method: "PUT", path: format!("/{key}"), body: Some(jpeg) };
        self.0.invoke(request).await.map(drop)
    }

    /// The object under a key.
    pub(crate) async fn get(self, key: String) -> Response<Bytes> {
        let request = Request { method: "GET", path: format!("/{key}"), body: None };
        self.0.invoke(request).await
    }

    /// A page of at most 1,000 objects whose keys begin with `prefix`, in the order of their keys.
    pub(crate) async fn list(self, prefix: &str, page: Option<String>) -> Response<ObjectPage> {
        let prefix = match prefix {
            "" => String::new(),
            prefix => format!("&prefix={}", utf8_percent_encode(prefix, NON_ALPHANUMERIC)),
        };
        let token = page.map(|token| {
            let token = utf8_percent_encode(&token, NON_ALPHANUMERIC);
            format!("&continuation-token={token}")
        });
        let path = format!("/?list-type=2{prefix}{}", token.unwrap_or_default());
        let body = self.0.invoke(Request { method: "GET", path, body: None }).await?;
        Ok(ObjectPage::read(&String::from_utf8_lossy(&body)))
    }
}

/// An object in the bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedObject {
    /// The key.
    pub key: String,
    /// What changes with the content.
    pub etag: String,
    /// Bytes; 0 if the response doesn't say.
    pub size: u64,
}

/// A page of the list of objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectPage {
    /// The objects.
    pub objects: Vec<ListedObject>,
    /// What leads to the next page, if there is one.
    pub next: Option<String>,
}

impl ObjectPage {
    /// Reads as much of a response as can be read.
    fn read(xml: &str) -> Self {
        let mut page = Self::default();
        let mut document = Document::new(xml);
        let Ok(mut root) = document.root_element() else { return page };
        while let Some(mut element) = root.next_tag() {
            match element.start_el().local() {
                "NextContinuationToken" => page.next = text(&mut element),
                "Contents" => page.objects.push(ListedObject::read(&mut element)),
                _ => {}
            }
        }
        page
    }
}

impl ListedObject {
    fn read(element: &mut ScopedDecoder<'_, '_>) -> Self {
        let mut object = Self::default();
        while let Some(mut member) = element.next_tag() {
            let value = text(&mut member).unwrap_or_default();
            match member.start_el().local() {
                "Key" => object.key = value,
                "ETag" => object.etag = value,
                "Size" => object.size = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        object
    }
}

impl Request {
    fn into_http(self) -> Result<HttpRequest, Box<dyn StdError + Send + Sync>> {
        let has_body = self.body.is_some();
        let mut request = HttpRequest::new(self.body.map_or_else(SdkBody::empty, SdkBody::from));
        request.set_method(self.method)?;
        request.set_uri(self.path)?;
        if has_body {
            request.headers_mut().insert("content-type", "image/jpeg");
        }
        Ok(request)
    }
}

/// How S3 wants to be signed: the hash of the body in a header, and the path as it is.
fn signing(region: &Region) -> Layer {
    let mut options = SigningOptions::default();
    options.double_uri_encode = false;
    options.normalize_uri_path = false;
    options.content_sha256_header = true;
    let mut layer = Layer::new("signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(region.clone())),
        name: Some(SigningName::from_static("s3")),
        signing_options: options,
        ..SigV4OperationSigningConfig::default()
    });
    layer
}

/// The address of the bucket. An endpoint of the environment has the bucket in its path.
fn endpoint(shared: &SdkConfig, region: &Region, name: &str) -> String {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok();
    let of_service = key.and_then(|key| shared.service_config()?.load_config(key));
    match of_service.as_deref().or(shared.endpoint_url()) {
        Some(endpoint) => format!("{}/{name}", endpoint.trim_end_matches('/')),
        None => format!("https://{name}.s3.{region}.{}", domain(region.as_ref())),
    }
}

/// <https://docs.aws.amazon.com/general/latest/gr/s3.html> lists the endpoints.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn read_response(response: &HttpResponse) -> Result<Bytes, OrchestratorError<BucketError>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return Ok(Bytes::copy_from_slice(body));
    }
    let metadata = read_error(&String::from_utf8_lossy(body));
    let error = BucketError { status: response.status().as_u16(), metadata };
    Err(OrchestratorError::operation(error))
}

/// The code and the message of an error.
fn read_error(xml: &str) -> ErrorMetadata {
    let mut metadata = ErrorMetadata::builder();
    let mut document = Document::new(xml);
    if let Ok(mut root) = document.root_element() {
        while let Some(mut element) = root.next_tag() {
            match element.start_el().local() {
                "Code" => metadata = metadata.code(text(&mut element).unwrap_or_default()),
                "Message" => metadata = metadata.message(text(&mut element).unwrap_or_default()),
                _ => {}
            }
        }
    }
    metadata.build()
}

/// The text of an element.
fn text(element: &mut ScopedDecoder<'_, '_>) -> Option<String> {
    Some(try_data(element).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_partition_has_its_own_domain() {
        let shared = SdkConfig::builder().build();
        let address = |region: &'static str| endpoint(&shared, &Region::from_static(region), "b");
        assert_eq!(address("eu-west-1"), "https://b.s3.eu-west-1.amazonaws.com");
        assert_eq!(address("us-gov-west-1"), "https://b.s3.us-gov-west-1.amazonaws.com");
        assert_eq!(address("cn-north-1"), "https://b.s3.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn an_endpoint_of_the_environment_has_the_bucket_in_its_path() {
        let shared = SdkConfig::builder().endpoint_url("http://localhost:1234/").build();
        let address = endpoint(&shared, &Region::from_static("eu-west-1"), "b");
        assert_eq!(address, "http://localhost:1234/b");
    }

    #[test]
    fn an_error_has_its_code_and_message() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>No &amp; no</Message></Error>";
        let error = read_error(xml);
        assert_eq!((error.code(), error.message()), (Some("AccessDenied"), Some("No & no")));
        assert_eq!(read_error("<html>no").code(), None);
    }

    #[test]
    fn a_list_has_objects_and_perhaps_another_page() {
        let xml = "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>\
            <Contents><Key>a/b.jpg</Key><ETag>&quot;1f&quot;</ETag><Size>7</Size></Contents>\
            <Contents><Key>c&amp;d</Key></Contents>\
            <NextContinuationToken>1+/=</NextContinuationToken></ListBucketResult>";
        let object = |key: &str, etag: &str, size| ListedObject {
            key: key.to_owned(),
            etag: etag.to_owned(),
            size,
        };
        let objects = vec![object("a/b.jpg", "\"1f\"", 7), object("c&d", "", 0)];
        assert_eq!(ObjectPage::read(xml), ObjectPage { objects, next: Some("1+/=".to_owned()) });
        assert_eq!(ObjectPage::read("nothing"), ObjectPage::default());
    }
}
