//! Reads from CloudWatch how long each feed has been in each fault, while the list of channels is
//! still on its way.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    pin::pin,
};

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc::UnboundedReceiver;
use tracing::warn;

use super::reading::Durations;
use crate::{
    aws::{ApiName, CallError},
    feed::FeedKey,
    restore::{DurationQuery, FeedDurations, Readings, durations},
};

/// Concurrent GetMetricData calls. At 10 a second, enough for responses that take 800 ms.
const CONCURRENT_CALLS: usize = 8;

/// What has been read so far. A caller that stops waiting uses what has arrived.
#[derive(Debug, Default)]
pub(super) struct Read {
    durations: Durations,
    asked: HashSet<FeedKey>,
    /// Feeds for which CloudWatch did not return all durations.
    incomplete: usize,
    failure: Option<CallError>,
}

impl Read {
    /// Nothing but what an earlier view has read.
    pub(super) fn known(by_feed: HashMap<FeedKey, Readings>) -> RefCell<Self> {
        let asked = by_feed.keys().cloned().collect();
        let durations = Durations { by_feed, error: None };
        RefCell::new(Self { durations, asked, ..Self::default() })
    }

    /// The durations. A call that failed, or that nobody waited for, costs only its own feeds.
    pub(super) fn finish(self) -> Durations {
        let Self { mut durations, asked, incomplete, failure } = self;
        let feeds = asked.len().saturating_sub(durations.by_feed.len());
        let failure = failure.or_else(|| match feeds {
            0 => None,
            _ if feeds > incomplete => Some(CallError::out_of_time(ApiName::GetMetricData)),
            _ => Some(CallError::unreadable(ApiName::GetMetricData, "durations are missing")),
        });
        if let Some(error) = failure {
            warn!(%error, feeds, "failed to read durations from CloudWatch: these feeds have no condition");
            durations.error = Some(error.kind);
        }
        durations
    }
}

/// Reads the durations of feeds that are not known yet until there are no more batches. Batches are
/// joined, so that each call is full.
pub(super) async fn read(
    query: &DurationQuery<'_>,
    batches: UnboundedReceiver<Vec<FeedKey>>,
    read: &RefCell<Read>,
) {
    let full_batches = stream::unfold((batches, Vec::new()), |(mut batches, mut waiting)| async {
        while waiting.len() < query.feeds_per_call() {
            let Some(mut batch) = batches.recv().await else {
                return (!waiting.is_empty()).then_some((waiting, (batches, Vec::new())));
            };
            batch.retain(|feed| read.borrow_mut().asked.insert(feed.clone()));
            waiting.append(&mut batch);
        }
        let rest = waiting.split_off(query.feeds_per_call());
        Some((waiting, (batches, rest)))
    });
    let reading = full_batches.map(|feeds| async move {
        let mut calls = pin!(durations(query, &feeds));
        while let Some(answer) = calls.next().await {
            add(&mut read.borrow_mut(), answer);
        }
    });
    reading.buffer_unordered(CONCURRENT_CALLS).collect::<()>().await;
}

fn add(read: &mut Read, answer: Result<Vec<FeedDurations>, CallError>) {
    match answer {
        Ok(feeds) => {
            for (feed, readings) in feeds {
                match readings {
                    Some(readings) => drop(read.durations.by_feed.insert(feed, readings)),
                    None => read.incomplete += 1,
                }
            }
        }
        Err(error) => read.failure = Some(error),
    }
}
