//! One remote API as the stages use it: its pace, its attempts and what it counted.
//!
//! Every attempt takes its own turn at the API's pace, a second attempt too; that is why the attempts are made
//! here and the SDK's own are switched off. Knows nothing of pictures. What is left of a failure where no SDK is known is its
//! [`Cause`].

mod cause;

use std::{
    error::Error as StdError,
    fmt,
    future::Future,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use backon::{ExponentialBuilder, Retryable};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock, clock::DefaultClock};
use serde::Serialize;
use tokio::sync::Mutex;

pub use cause::Cause;

/// A call is tried again once: a picture lives 2 s, and the next round comes anyway.
const RETRIES: usize = 1;

/// The wait before the second attempt lies between this and twice this.
const RETRY_WAIT: Duration = Duration::from_millis(150);

/// The remote APIs that a monitor calls, as logs and errors name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ApiName {
    /// MediaLive: which channels there are.
    ListChannels,
    /// MediaLive: the thumbnail of a feed.
    DescribeThumbnails,
    /// Rekognition: the quality numbers of a picture.
    DetectLabels,
    /// CloudWatch: the datapoints out.
    PutMetricData,
    /// CloudWatch: the durations back in, after a cold start.
    GetMetricData,
}

impl fmt::Display for ApiName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A call that gave nothing, with the SDK's error behind it.
#[derive(Debug)]
pub struct CallError {
    /// Which API was called.
    pub api: ApiName,
    /// What kind of failure it was.
    pub cause: Cause,
    /// The service's own code for it, where it gave one.
    pub code: Option<String>,
    source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            Cause::UnreadablePicture => f.write_str("failed to read the thumbnail")?,
            _ => write!(f, "failed to call {}", self.api)?,
        }
        // The SDK's errors say little themselves and much in their sources. Their debug form, which has it all, holds
        // the answer's body too, and a picture has no place in a log.
        let mut source: Option<&dyn StdError> = Some(self.source.as_ref());
        let mut said = String::new();
        while let Some(error) = source {
            let words = error.to_string();
            if !said.contains(&words) {
                write!(f, ": {words}")?;
                said = words;
            }
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for CallError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

impl CallError {
    /// The failure of a call to `api`, sorted by what the SDK knows of it.
    pub fn new<E>(api: ApiName, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        Self { api, cause: cause(&error), code, source: Box::new(error) }
    }

    /// A call that was still under way when the time for it was over.
    #[must_use]
    pub fn out_of_time(api: ApiName) -> Self {
        let source = "the time for it was over before it answered".into();
        Self { api, cause: Cause::TimedOut, code: None, source }
    }

    /// A thumbnail that came and that is no picture.
    #[must_use]
    pub fn unreadable_picture(why: impl StdError + Send + Sync + 'static) -> Self {
        Self {
            api: ApiName::DescribeThumbnails,
            cause: Cause::UnreadablePicture,
            code: None,
            source: Box::new(why),
        }
    }

    /// An answer that arrived whole and whose content makes no sense.
    #[must_use]
    pub fn unreadable(api: ApiName, what: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { api, cause: Cause::UnreadableAnswer, code: None, source: what.into() }
    }
}

fn cause<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Cause {
    match error {
        SdkError::TimeoutError(_) => Cause::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Cause::TimedOut,
        // Credentials that can't be had (expired, none) fail here too, before anything is sent.
        SdkError::DispatchFailure(failure) if failure.is_other() => Cause::Denied,
        SdkError::ConstructionFailure(_) => Cause::Refused,
        SdkError::ServiceError(service) => answered(service.err().code(), service.raw().status().as_u16()),
        SdkError::ResponseError(response) => match response.raw().status().as_u16() {
            200..=299 => Cause::UnreadableAnswer,
            status => answered(None, status),
        },
        // The connection, or whatever a later SDK adds.
        _ => Cause::Unreachable,
    }
}

fn answered(code: Option<&str>, status: u16) -> Cause {
    /// Codes that come with status 400 and mean who is asking, not what.
    const DENIED: [&str; 6] = [
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
    ];
    match (code, status) {
        (_, 429) => Cause::Throttled,
        (Some(code), _) if THROTTLING_ERRORS.contains(&code) => Cause::Throttled,
        (Some(code), _) if DENIED.contains(&code) => Cause::Denied,
        (Some(code), _) if TRANSIENT_ERRORS.contains(&code) => Cause::ServerFault,
        (_, 401 | 403) => Cause::Denied,
        (_, 500..) => Cause::ServerFault,
        // A success that the SDK reports as an error is one whose body it could not read.
        (_, 200..=299) => Cause::UnreadableAnswer,
        _ => Cause::Refused,
    }
}

/// One API: its pace and its counts.
#[derive(Debug)]
pub struct Api {
    name: ApiName,
    pace: Pace,
    calls: AtomicU64,
    throttles: AtomicU64,
    errors: AtomicU64,
}

/// What an [`Api`] counted since the process started. Attempts, not operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Attempts made.
    pub calls: u64,
    /// Attempts refused because of a quota.
    pub throttles: u64,
    /// Attempts that failed in any other way.
    pub errors: u64,
}

impl std::ops::Sub for Counts {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            calls: self.calls - earlier.calls,
            throttles: self.throttles - earlier.throttles,
            errors: self.errors - earlier.errors,
        }
    }
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            throttles: self.throttles + other.throttles,
            errors: self.errors + other.errors,
        }
    }
}

impl Api {
    /// An API that is called at most `tps` times a second.
    #[must_use]
    pub fn new(name: ApiName, tps: NonZeroU32) -> Self {
        Self {
            name,
            pace: Pace::new(tps),
            calls: AtomicU64::new(0),
            throttles: AtomicU64::new(0),
            errors: AtomicU64::new(0),
        }
    }

    /// Which API this is.
    pub const fn name(&self) -> ApiName {
        self.name
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.calls.load(Ordering::Relaxed),
            throttles: self.throttles.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
        }
    }

    /// Makes a call in its turn, and once more where the first failure may pass.
    ///
    /// `expected` says which errors are answers that the caller understands: they are not counted and not tried again.
    ///
    /// # Errors
    /// The SDK's error of the last attempt.
    pub async fn call<T, E, F>(
        &self,
        expected: fn(&E) -> bool,
        operation: impl Fn() -> F,
    ) -> Result<T, SdkError<E, HttpResponse>>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
    {
        let attempt = || async {
            self.pace.turn().await;
            let mut counted = Attempt { api: self, ended: Ended::BrokenOff };
            let answer = operation().await;
            counted.ended = match &answer {
                Err(error) if error.as_service_error().is_some_and(expected) => Ended::Answered,
                Err(error) if cause(error) == Cause::Throttled => Ended::Throttled,
                Err(_) => Ended::Failed,
                Ok(_) => Ended::Answered,
            };
            answer
        };
        let waits =
            ExponentialBuilder::new().with_min_delay(RETRY_WAIT).with_max_times(RETRIES).with_jitter();
        attempt
            .retry(waits)
            .when(|error| {
                !error.as_service_error().is_some_and(expected)
                    && matches!(cause(error), Cause::Throttled | Cause::ServerFault | Cause::Unreachable)
            })
            .await
    }
}

/// An attempt under way, which is counted when it ends; also when whoever waits for it gives up.
struct Attempt<'a> {
    api: &'a Api,
    ended: Ended,
}

/// How an attempt ended.
enum Ended {
    Answered,
    Throttled,
    Failed,
    BrokenOff,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.api.calls.fetch_add(1, Ordering::Relaxed);
        match self.ended {
            Ended::Answered => {}
            Ended::Throttled => {
                self.api.throttles.fetch_add(1, Ordering::Relaxed);
            }
            Ended::Failed | Ended::BrokenOff => {
                self.api.errors.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// No error of the service is an answer.
#[must_use]
pub fn none_expected<E>(_: &E) -> bool {
    false
}

/// A rate that is spread over the second: turns come one after the other, first come, first served.
#[derive(Debug)]
struct Pace {
    limiter: DefaultDirectRateLimiter,
    // Whoever holds it is next. Without it all waiting feeds would wake for each turn and all but one sleep again.
    queue: Mutex<()>,
}

impl Pace {
    fn new(tps: NonZeroU32) -> Self {
        // Timers have a grain of about a millisecond, so rates above one in 10 ms are given in tens of milliseconds.
        let at_once = NonZeroU32::new(tps.get() / 100).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::direct(Quota::per_second(tps).allow_burst(at_once));
        Self { limiter, queue: Mutex::new(()) }
    }

    async fn turn(&self) {
        let _first = self.queue.lock().await;
        while let Err(not_yet) = self.limiter.check() {
            tokio::time::sleep(not_yet.wait_time_from(DefaultClock::default().now())).await;
        }
    }
}
