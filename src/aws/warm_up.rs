//! Opens a connection to each service while the function starts. Knows no operation's meaning: any one of a service will do.
//!
//! Lambda lends a whole processor until the first event is asked for, and at 128 MB a 14th of one afterwards: root certificates,
//! randomness, names and the first handshakes are for before it (docs/performance.md has the figures).

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

use super::Clients;

/// No longer than this: a service that can't be reached now may be there when it is needed.
const PATIENCE: Duration = Duration::from_secs(1);

/// The services that are going to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Services {
    /// MediaLive, CloudWatch and Rekognition.
    All,
    /// MediaLive and CloudWatch.
    AllButRekognition,
}

impl Clients {
    /// Opens a connection to each of these services, for a second at most. Whether it succeeds makes no difference to
    /// anything but the time of the first calls.
    pub async fn open(&self, services: Services) {
        let medialive = self.thumbnails.list_channels().customize().interceptor(Knock).send();
        let cloudwatch = self.cloudwatch.put_metric_data().customize().interceptor(Knock).send();
        let quality = async {
            if services == Services::All {
                answered(
                    "Rekognition",
                    self.rekognition.detect_labels().customize().interceptor(Knock).send(),
                )
                .await;
            }
        };
        tokio::join!(answered("MediaLive", medialive), answered("CloudWatch", cloudwatch), quality);
    }
}

/// Waits until the service has said anything.
async fn answered<T, E>(service: &str, knock: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>) {
    let said = match timeout(PATIENCE, knock).await {
        Ok(Ok(_) | Err(SdkError::ServiceError(_) | SdkError::ResponseError(_))) => "connected",
        Ok(Err(_)) => "no connection yet",
        Err(_) => "no connection within a second",
    };
    debug!(service, "{said}");
}

/// Makes of a request, whatever it was, `GET /` without a signature. The service refuses it without looking further: nothing is
/// asked of it, no quota is touched, and the connection stays.
#[derive(Clone, Copy, Debug)]
struct Knock;

impl Intercept for Knock {
    fn name(&self) -> &'static str {
        "Knock"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        // Scheme, nothing, host.
        let origin: Vec<_> = request.uri().split('/').take(3).collect();
        *request = HttpRequest::get(origin.join("/") + "/")?;
        Ok(())
    }
}
