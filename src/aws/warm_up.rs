//! Opens a connection to each service while a function starts.
//!
//! Init runs at full CPU whatever the memory size; at 128 MB an invocation gets 1/14 of a vCPU, so
//! reading root certificates, gathering randomness, resolving names and the first TLS handshakes
//! are about 14 times cheaper here (docs/performance.md has the figures).

use std::{future::Future, time::Duration};

use aws_sdk_cloudwatch::error::SdkError;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextMut},
        orchestrator::{HttpRequest, HttpResponse},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use tokio::time::timeout;
use tracing::debug;

use super::{clients::Clients, notifier::NotifierClients};

/// How long the warm-up of a service may take: one that can't be reached now may be there when it
/// is needed.
const WARM_UP_TIMEOUT: Duration = Duration::from_secs(1);

/// The services that a function is going to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmUp {
    /// MediaLive, CloudWatch and Rekognition.
    All,
    /// MediaLive and CloudWatch.
    AllButRekognition,
}

impl Clients {
    /// Opens a connection to each of these services, for a second at most. A failure only makes the
    /// first calls slower.
    pub async fn warm_up(&self, services: WarmUp) {
        let medialive =
            self.thumbnails.list_channels().customize().interceptor(WarmUpRequest).send();
        let cloudwatch =
            self.cloudwatch.put_metric_data().customize().interceptor(WarmUpRequest).send();
        let rekognition = async {
            if services == WarmUp::All {
                let request =
                    self.rekognition.detect_labels().customize().interceptor(WarmUpRequest).send();
                connect("Rekognition", request).await;
            }
        };
        tokio::join!(
            connect("MediaLive", medialive),
            connect("CloudWatch", cloudwatch),
            rekognition
        );
    }
}

impl NotifierClients {
    /// Opens a connection to each service, for a second at most. A failure only makes the first
    /// calls slower.
    pub async fn warm_up(&self) {
        let medialive =
            self.medialive.list_channels().customize().interceptor(WarmUpRequest).send();
        let cloudwatch =
            self.cloudwatch.get_metric_data().customize().interceptor(WarmUpRequest).send();
        let sns = self.sns.publish().customize().interceptor(WarmUpRequest).send();
        tokio::join!(
            connect("MediaLive", medialive),
            connect("CloudWatch", cloudwatch),
            connect("SNS", sns)
        );
    }
}

/// Waits for any response of the service.
async fn connect<T, E>(
    service: &str,
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) {
    let result = match timeout(WARM_UP_TIMEOUT, request).await {
        Ok(Ok(_) | Err(SdkError::ServiceError(_) | SdkError::ResponseError(_))) => "connected",
        Ok(Err(_)) => "no connection yet",
        Err(_) => "no connection within a second",
    };
    debug!(service, "{result}");
}

/// Replaces the signed request by an unsigned `GET /`. The service rejects it without touching a
/// quota; only the connection matters.
#[derive(Clone, Copy, Debug)]
struct WarmUpRequest;

impl Intercept for WarmUpRequest {
    fn name(&self) -> &'static str {
        "WarmUpRequest"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        // Scheme, empty, host.
        let origin: Vec<_> = request.uri().split('/').take(3).collect();
        *request = HttpRequest::get(origin.join("/") + "/")?;
        Ok(())
    }
}
