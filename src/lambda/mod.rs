//! The Lambda side of both functions: the runtime loop, failed inits, deadlines, the clock and the
//! start of logging.
//!
//! Knows neither function. An invocation enters as an [`Invocation`]; a response, or an error under
//! a stable `errorType`, leaves.

mod clock;
mod logging;

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use clock::Clock;
pub use lambda_runtime::Error;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use lambda_runtime_api_client::{Client, body::Body};
pub use logging::start_logging;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tracing::error;

/// What Lambda hands over on a synchronous invocation, as JSON
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
pub const MAX_RESPONSE_BYTES: usize = 6 * 1024 * 1024;

/// The longest excerpt of untrusted text that goes into an error or a log line, in characters.
const MAX_EXCERPT: usize = 60;

/// One invocation of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The event.
    pub event: Value,
    /// The ARN that was invoked.
    pub function_arn: String,
    /// When Lambda ends the invocation by force. A time that is already past means that it isn't
    /// known: `cargo lambda watch` sends 1970.
    pub deadline: SystemTime,
}

/// A function: what a process keeps from one invocation to the next.
pub trait Function {
    /// What a successful invocation returns.
    type Response: Serialize;
    /// Why an invocation failed.
    type Error: FunctionError;

    /// Handles one invocation.
    fn invoke(
        &mut self,
        invocation: Invocation,
    ) -> impl Future<Output = Result<Self::Response, Self::Error>>;
}

/// An error with a name that alarms and log filters may rely on.
pub trait FunctionError: std::error::Error {
    /// The `errorType` that Lambda reports. It never changes.
    fn error_type(&self) -> &'static str;
}

/// Handles invocations until the process ends.
///
/// # Errors
/// When Lambda's Runtime API can't be reached.
pub async fn serve(function: impl Function) -> Result<(), Error> {
    // Lambda sends one event at a time to a process; the lock tells the compiler so.
    let function = Arc::new(Mutex::new(function));
    // Boxed: an invocation holds the futures of all its calls, and the compiler gives up on a type
    // that deep.
    let handle = |event: LambdaEvent<Value>| {
        let function = Arc::clone(&function);
        Box::pin(async move { invoke(&mut *function.lock().await, event).await })
    };
    lambda_runtime::run(service_fn(handle)).await
}

async fn invoke<F: Function>(
    function: &mut F,
    event: LambdaEvent<Value>,
) -> Result<F::Response, Diagnostic> {
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(event.context.deadline);
    let function_arn = event.context.invoked_function_arn;
    let invocation = Invocation { event: event.payload, function_arn, deadline };
    function.invoke(invocation).await.map_err(|cause| {
        error!(error_type = cause.error_type(), error = %cause, "the invocation failed");
        Diagnostic { error_type: cause.error_type().to_owned(), error_message: cause.to_string() }
    })
}

/// The value, or the end of the process: Lambda then reports a failed init with the error's own
/// message.
///
/// # Errors
/// The error that was passed in, after it was reported to Lambda.
pub async fn or_init_error<T, E>(value: Result<T, E>) -> Result<T, Error>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match value {
        Ok(value) => Ok(value),
        Err(cause) => {
            let diagnostic = Diagnostic {
                error_type: "SettingsInvalid".to_owned(),
                error_message: cause.to_string(),
            };
            // Best effort: the process ends with the same message on standard error either way.
            let _ = report_init_error(&diagnostic).await;
            Err(cause.into())
        }
    }
}

/// Reports a failed init by the route of the Runtime API
/// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).
async fn report_init_error(diagnostic: &Diagnostic) -> Result<(), Error> {
    let request = lambda_runtime_api_client::build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", &diagnostic.error_type)
        .body(Body::from(serde_json::to_string(diagnostic)?))?;
    Client::builder().build()?.call(request).await?;
    Ok(())
}

/// How much time is left for work before `deadline`, with `reserve` kept back for what follows it;
/// `None` if the deadline isn't known. The reserve is never more than a third of the time left, so
/// that an invocation with a short time-out does some work too.
#[must_use]
pub fn time_left(deadline: SystemTime, now: SystemTime, reserve: Duration) -> Option<Duration> {
    let left = deadline.duration_since(now).ok().filter(|left| !left.is_zero())?;
    Some(left.saturating_sub(reserve.min(left / 3)))
}

/// The first characters of an untrusted text, enough to recognise it.
#[must_use]
pub fn excerpt(text: &str) -> String {
    match text.char_indices().nth(MAX_EXCERPT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_before_the_deadline_by_the_reserve_or_a_third() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        let left = |milliseconds| {
            time_left(now + Duration::from_millis(milliseconds), now, Duration::from_millis(1_500))
        };
        assert_eq!(left(30_000), Some(Duration::from_millis(28_500)));
        assert_eq!(left(300), Some(Duration::from_millis(200)));
    }

    #[test]
    fn a_deadline_in_the_past_is_not_known() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        assert_eq!(time_left(SystemTime::UNIX_EPOCH, now, Duration::from_secs(3)), None);
        assert_eq!(time_left(now, now, Duration::from_secs(3)), None);
    }

    #[test]
    fn an_excerpt_ends_between_characters() {
        assert_eq!(excerpt("short"), "short");
        assert_eq!(excerpt(&"ü".repeat(61)), format!("{}...", "ü".repeat(60)));
    }
}
