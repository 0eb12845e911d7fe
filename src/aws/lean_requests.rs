//! Leaves out of the requests for each feed what only matters to other callers.
//!
//! The SDK composes a description of itself for each request, and numbers the attempts of an
//! operation. Here the description is fixed: the name that the account's log of calls shows.
//! Numbers are left out, because an operation of these clients makes one attempt (`Service` makes
//! the next one).

use aws_runtime::{
    invocation_id::InvocationIdInterceptor, request_info::RequestInfoInterceptor,
    user_agent::UserAgentInterceptor,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
            },
            disable_interceptor,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

/// Who calls.
const USER_AGENT: &str = concat!("medialive-source-monitor/", env!("CARGO_PKG_VERSION"));

/// Replaces three of the SDK's interceptors.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeanRequests;

impl Intercept for LeanRequests {
    fn name(&self) -> &'static str {
        "LeanRequests"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        const ONE_ATTEMPT: &str = "an operation makes one attempt";
        config
            .interceptor_state()
            .store_put(disable_interceptor::<UserAgentInterceptor>("it is always the same"))
            .store_put(disable_interceptor::<InvocationIdInterceptor>(ONE_ATTEMPT))
            .store_put(disable_interceptor::<RequestInfoInterceptor>(ONE_ATTEMPT));
        Ok(())
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context.request_mut().headers_mut().insert("user-agent", USER_AGENT);
        Ok(())
    }
}
