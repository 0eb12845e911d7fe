//! Ends an answer that is larger than any real one, before it fills the memory.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextMut},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use http_body_util::Limited;

/// Lets an answer's body be read up to this many bytes, and makes it an error beyond.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerOfAtMost(pub(super) usize);

impl Intercept for AnswerOfAtMost {
    fn name(&self) -> &'static str {
        "AnswerOfAtMost"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let most = self.0;
        let body = context.response_mut().body_mut();
        let read = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(read, most));
        Ok(())
    }
}
