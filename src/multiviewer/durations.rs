//! Reads from CloudWatch how long each feed has been in each fault.

use std::pin::pin;

use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::reading::Durations;
use crate::{
    aws::{ApiName, CallError},
    feed::FeedKey,
    restore::{DurationQuery, durations},
};

/// The latest durations of these feeds by a deadline, and why some are missing. A call that fails
/// costs only its own feeds.
pub(super) async fn read(
    query: &DurationQuery<'_>,
    feeds: &[FeedKey],
    deadline: Instant,
) -> (Durations, Option<CallError>) {
    let mut calls = pin!(durations(query, feeds));
    let (mut read, mut failure) = (Durations::default(), None);
    loop {
        match timeout_at(deadline, calls.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(feeds))) => {
                let readable = feeds.into_iter().filter_map(|(feed, latest)| Some((feed, latest?)));
                read.by_feed.extend(readable);
            }
            Ok(Some(Err(error))) => failure = Some(error),
            Err(_) => {
                failure = Some(CallError::out_of_time(ApiName::GetMetricData));
                break;
            }
        }
    }
    read.error = failure.as_ref().map(|error| error.kind);
    (read, failure)
}
