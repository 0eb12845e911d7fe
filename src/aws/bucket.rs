//! The bucket with the pictures of incidents: three requests of S3, signed and sent by the same
//! parts of the SDK as those of the other services.
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
use aws_types::{
    SigningName,
    region::{Region, SigningRegion},
    service_config::ServiceConfigKey,
};
use bytes::Bytes;

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
    pub(crate) fn put(
        &self,
        key: &str,
        jpeg: Bytes,
    ) -> impl Future<Output = Result<(), SdkError<BucketError, HttpResponse>>> + use<> {
        let request = Request { method: "PUT", path: format!("/{key}"), body: Some(jpeg) };
        let operation = self.0.clone();
        async move { operation.invoke(request).await.map(drop) }
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
    let text = String::from_utf8_lossy(body);
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = element(&text, "Code") {
        metadata = metadata.code(code);
    }
    if let Some(message) = element(&text, "Message") {
        metadata = metadata.message(message);
    }
    let error = BucketError { status: response.status().as_u16(), metadata: metadata.build() };
    Err(OrchestratorError::operation(error))
}

/// The text of the first element of this name in a flat XML document.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
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
        let xml = "<?xml?><Error><Code>AccessDenied</Code><Message>No &amp; no</Message></Error>";
        assert_eq!(element(xml, "Code"), Some("AccessDenied"));
        assert_eq!(element(xml, "Message"), Some("No &amp; no"));
        assert_eq!(element("<Code>", "Code"), None);
    }
}
