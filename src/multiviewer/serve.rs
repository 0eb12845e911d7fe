//! Between Lambda's runtime and the wall: events in, answers and errors out.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;
use tracing::error;

use super::Wall;
use crate::lambda::Error;

/// Answers invocations until the process ends.
///
/// # Errors
/// When Lambda's Runtime API can't be reached.
pub async fn serve(wall: Wall) -> Result<(), Error> {
    let wall = Arc::new(wall);
    // Boxed: a view holds the futures of all its calls, and the compiler gives up on a type that deep.
    let handle = |event: LambdaEvent<Value>| {
        let wall = Arc::clone(&wall);
        Box::pin(async move { answer(&wall, event).await })
    };
    lambda_runtime::run(service_fn(handle)).await
}

async fn answer(wall: &Wall, event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(event.context.deadline);
    let function = &event.context.invoked_function_arn;
    wall.answer(&event.payload, function, deadline).await.map_err(|cause| {
        error!(error_type = cause.error_type(), error = %cause, "the view failed");
        Diagnostic::from(cause)
    })
}
