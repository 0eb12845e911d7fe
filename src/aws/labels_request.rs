//! Our own writing of a picture into a DetectLabels request, which takes one copy of it.
//!
//! The SDK encodes the picture into a buffer, copies that into the JSON, and the JSON into a larger
//! buffer for the few bytes that follow: 130 KB for a picture of 24 KB, for each feed. Here it is
//! encoded into a buffer of the right size. The request is the same to the byte, which
//! `requests::a_picture_is_sent_as_the_sdk_sends_it` tests; signing, time-outs and errors stay the
//! SDK's.

use aws_sdk_rekognition::{
    operation::detect_labels::DetectLabelsInput, types::DetectLabelsFeatureName,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeSerializationInterceptorContextMut, Input},
        },
        orchestrator::HttpRequest,
        runtime_components::RuntimeComponents,
        ser_de::{SerializeRequest, SharedRequestSerializer},
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};

/// What precedes and follows the picture in base64.
const BEFORE: &str = r#"{"Image":{"Bytes":""#;
const AFTER: &str = r#""},"Features":["IMAGE_PROPERTIES"]}"#;

/// Puts [`Writer`] in the place of the SDK's serialiser, for requests of the image properties of a
/// picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct LabelsRequest;

impl Intercept for LabelsRequest {
    fn name(&self) -> &'static str {
        "LabelsRequest"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.input().downcast_ref().and_then(picture).is_some() {
            config.interceptor_state().store_put(SharedRequestSerializer::new(Writer));
        }
        Ok(())
    }
}

/// The picture whose image properties are requested; `None` if anything else is.
fn picture(input: &DetectLabelsInput) -> Option<&[u8]> {
    let is_all = input.features() == [DetectLabelsFeatureName::ImageProperties]
        && input.max_labels().is_none()
        && input.min_confidence().is_none()
        && input.settings().is_none();
    let image = input.image().filter(|image| is_all && image.s3_object().is_none())?;
    image.bytes().map(AsRef::as_ref)
}

/// Writes a request with a picture.
#[derive(Clone, Copy, Debug)]
struct Writer;

impl SerializeRequest for Writer {
    fn serialize_input(&self, input: Input, _: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let picture = input.downcast_ref().and_then(picture).ok_or("there is no picture")?;
        let base64_length = picture.len().div_ceil(3) * 4;
        let mut body = String::with_capacity(BEFORE.len() + base64_length + AFTER.len());
        body.push_str(BEFORE);
        base64_simd::STANDARD.encode_append(picture, &mut body);
        body.push_str(AFTER);
        let length = body.len();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri("/")?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.1");
        headers.insert("x-amz-target", "RekognitionService.DetectLabels");
        headers.insert("content-length", length.to_string());
        Ok(request)
    }
}
