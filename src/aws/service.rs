//! One operation of a service as the stages use it: the client with its rate limit, its second
//! attempt and its counters.
//!
//! Every attempt waits for its own permit, a second attempt too. That is why attempts are made here
//! and the SDK's own retries are switched off.

use std::{
    error::Error as StdError,
    future::Future,
    num::NonZeroU32,
    ops::{Add, Sub},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use backon::{ExponentialBuilder, Retryable};
use serde::Serialize;

use super::{
    error::{ApiName, CallError, ErrorKind, blames_the_clock, classify},
    rate_limiter::RateLimiter,
};

/// How often a call is attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempts {
    /// Once: it has failed lately.
    One,
    /// Once more if the first failure may pass. Not more often: a thumbnail lives 2 s, and the next
    /// round follows anyway.
    Two,
}

impl Attempts {
    const fn retries(self) -> usize {
        match self {
            Self::One => 0,
            Self::Two => 1,
        }
    }
}

/// The wait before the second attempt lies between this and twice this.
const RETRY_WAIT: Duration = Duration::from_millis(150);

/// A client for one operation, with its rate limit and its counters.
#[derive(Debug)]
pub struct Service<C> {
    client: C,
    api: ApiName,
    limiter: RateLimiter,
    calls: AtomicU64,
    throttles: AtomicU64,
    errors: AtomicU64,
}

/// What a [`Service`] has counted since the process started: attempts, not operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CallCounts {
    /// Attempts made.
    pub calls: u64,
    /// Attempts rejected because of a quota.
    pub throttles: u64,
    /// Attempts that failed in any other way.
    pub errors: u64,
}

impl Sub for CallCounts {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            calls: self.calls - earlier.calls,
            throttles: self.throttles - earlier.throttles,
            errors: self.errors - earlier.errors,
        }
    }
}

impl Add for CallCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            throttles: self.throttles + other.throttles,
            errors: self.errors + other.errors,
        }
    }
}

impl<C> Service<C> {
    /// The operation `api` of `client`, called at most `tps` times a second.
    #[must_use]
    pub fn new(client: C, api: ApiName, tps: NonZeroU32) -> Self {
        Self {
            client,
            api,
            limiter: RateLimiter::new(tps),
            calls: AtomicU64::new(0),
            throttles: AtomicU64::new(0),
            errors: AtomicU64::new(0),
        }
    }

    /// What has been counted so far.
    pub fn counts(&self) -> CallCounts {
        CallCounts {
            calls: self.calls.load(Ordering::Relaxed),
            throttles: self.throttles.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
        }
    }

    /// Calls the operation within its rate, and once more if the first failure may pass.
    ///
    /// # Errors
    /// The failure of the last attempt.
    pub async fn call<T, E, F>(&self, operation: impl Fn(&C) -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        self.call_with(Attempts::Two, operation).await
    }

    /// Calls the operation within its rate, with this many attempts at most.
    ///
    /// # Errors
    /// The failure of the last attempt.
    pub async fn call_with<T, E, F>(
        &self,
        attempts: Attempts,
        operation: impl Fn(&C) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        self.attempts(attempts, &|_: &E| false, &operation)
            .await
            .map_err(|error| CallError::new(self.api, error))
    }

    /// Calls the operation like [`Service::call`]. A service error that `is_answer` is a response
    /// that the caller understands: it is returned as `None`, is not counted as an error and is not
    /// repeated.
    ///
    /// # Errors
    /// The failure of the last attempt.
    pub async fn call_unless<T, E, F>(
        &self,
        is_answer: fn(&E) -> bool,
        operation: impl Fn(&C) -> F,
    ) -> Result<Option<T>, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        match self.attempts(Attempts::Two, &is_answer, &operation).await {
            Ok(output) => Ok(Some(output)),
            Err(error) if error.as_service_error().is_some_and(is_answer) => Ok(None),
            Err(error) => Err(CallError::new(self.api, error)),
        }
    }

    async fn attempts<T, E, F>(
        &self,
        attempts: Attempts,
        is_answer: &impl Fn(&E) -> bool,
        operation: &impl Fn(&C) -> F,
    ) -> Result<T, SdkError<E, HttpResponse>>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata,
    {
        let attempt = || async {
            self.limiter.acquire().await;
            let mut counted = Attempt { service: self, end: AttemptEnd::Cancelled };
            let result = operation(&self.client).await;
            counted.end = match &result {
                Err(error) if error.as_service_error().is_some_and(is_answer) => {
                    AttemptEnd::Answered
                }
                Err(error) if classify(error) == ErrorKind::Throttled => AttemptEnd::Throttled,
                Err(_) => AttemptEnd::Failed,
                Ok(_) => AttemptEnd::Answered,
            };
            result
        };
        let waits = ExponentialBuilder::new()
            .with_min_delay(RETRY_WAIT)
            .with_max_times(attempts.retries())
            .with_jitter();
        attempt
            .retry(waits)
            .when(|error| {
                let may_pass = classify(error).may_pass() || blames_the_clock(error);
                !error.as_service_error().is_some_and(is_answer) && may_pass
            })
            .await
    }
}

/// An attempt in flight. It is counted when it is dropped, so that an attempt whose caller gives up
/// counts too.
struct Attempt<'a, C> {
    service: &'a Service<C>,
    end: AttemptEnd,
}

/// How an attempt ended.
enum AttemptEnd {
    Answered,
    Throttled,
    Failed,
    Cancelled,
}

impl<C> Drop for Attempt<'_, C> {
    fn drop(&mut self) {
        self.service.calls.fetch_add(1, Ordering::Relaxed);
        let counter = match self.end {
            AttemptEnd::Answered => return,
            AttemptEnd::Throttled => &self.service.throttles,
            AttemptEnd::Failed | AttemptEnd::Cancelled => &self.service.errors,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
