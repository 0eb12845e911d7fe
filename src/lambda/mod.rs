//! Between Lambda's runtime and the tick: events in, answers and errors out, the deadline as a time.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use lambda_runtime::Error;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use lambda_runtime_api_client::{Client, body::Body};
use serde_json::Value;
use tokio::sync::Mutex;
use tracing::error;

use crate::{report::Report, tick::Monitor};

/// Answers invocations until the process ends.
///
/// # Errors
/// When Lambda's Runtime API can't be reached.
pub async fn serve(monitor: Monitor) -> Result<(), Error> {
    // Lambda sends one event at a time to a process; the lock says so to the compiler.
    let monitor = Arc::new(Mutex::new(monitor));
    // Boxed: a tick holds the futures of all its calls, and the compiler gives up on a type that deep.
    let handle = |event: LambdaEvent<Value>| {
        let monitor = Arc::clone(&monitor);
        Box::pin(async move { answer(&mut *monitor.lock().await, event).await })
    };
    lambda_runtime::run(service_fn(handle)).await
}

async fn answer(monitor: &mut Monitor, event: LambdaEvent<Value>) -> Result<Report, Diagnostic> {
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(event.context.deadline);
    monitor.tick(&event.payload, deadline).await.map_err(|cause| {
        error!(error_type = cause.error_type(), error = %cause, "the tick failed");
        Diagnostic::from(cause)
    })
}

/// The value, or an end of the process that Lambda shows as a failed init with the error's own words.
///
/// # Errors
/// The error that was handed in, after Lambda was told.
pub async fn or_init_error<T, E>(value: Result<T, E>) -> Result<T, Error>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match value {
        Ok(value) => Ok(value),
        Err(cause) => {
            let diagnostic =
                Diagnostic { error_type: "SettingsInvalid".to_owned(), error_message: cause.to_string() };
            // Best effort: the process ends with the same message on standard error either way.
            let _ = tell_init_error(&diagnostic).await;
            Err(cause.into())
        }
    }
}

fn tell_init_error(diagnostic: &Diagnostic) -> impl Future<Output = Result<(), Error>> + use<> {
    let body = serde_json::to_string(diagnostic);
    let error_type = diagnostic.error_type.clone();
    async move {
        // The path and the header of the Runtime API: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
        let request = lambda_runtime_api_client::build_request()
            .method("POST")
            .uri("/2018-06-01/runtime/init/error")
            .header("lambda-runtime-function-error-type", error_type)
            .body(Body::from(body?))?;
        Client::builder().build()?.call(request).await?;
        Ok(())
    }
}
