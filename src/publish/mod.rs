//! Stage 5: sends datapoints to CloudWatch, keeps what it can't take now, and writes to the log what it never took.
//!
//! Nothing learnt is lost: a datapoint leaves the [`Outbox`] once, as sent or as spilled. One is sent again only where
//! CloudWatch may not have it; it is a gauge with its own time stamp, so a second one changes nothing.

pub mod batch;
pub mod datum;
pub mod emf;

use std::{collections::VecDeque, fmt, io::Write};

use aws_sdk_cloudwatch::{Client, operation::put_metric_data::PutMetricDataError};
use futures_util::{StreamExt, stream};
use tracing::{error, warn};

pub use datum::Datapoint;

use crate::calls::{Api, ApiName, CallError, Cause, none_expected};

/// The most datapoints kept for later; what would outgrow it is spilled, oldest first. 20,000 take about 2 MB: half an
/// hour of a small account, four rounds of 1,000 feeds.
pub const MOST_KEPT: usize = 20_000;

/// Requests under way at once. PutMetricData allows 500 a second; this bounds memory.
const REQUESTS_AT_ONCE: usize = 4;

/// Datapoints on their way out.
pub struct Outbox {
    namespace: String,
    waiting: VecDeque<Datapoint>,
    spill: Box<dyn Write + Send>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

/// What became of datapoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// CloudWatch has them.
    pub published: usize,
    /// The log has them.
    pub spilled: usize,
}

impl std::ops::AddAssign for Sent {
    fn add_assign(&mut self, other: Self) {
        self.published += other.published;
        self.spilled += other.spilled;
    }
}

impl Outbox {
    /// An empty outbox that spills to `spill`; on Lambda that is standard output, which is the log.
    #[must_use]
    pub fn new(namespace: &str, spill: Box<dyn Write + Send>) -> Self {
        Self { namespace: namespace.to_owned(), waiting: VecDeque::new(), spill }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes datapoints in. One round of a large fleet may be more than is kept: it is offered to CloudWatch first.
    pub fn put(&mut self, points: impl IntoIterator<Item = Datapoint>) {
        self.waiting.extend(points);
    }

    /// Writes to the log what is too much to be kept, oldest first. Gives how many datapoints that were.
    fn bound(&mut self) -> usize {
        self.spill_first(self.waiting.len().saturating_sub(MOST_KEPT))
    }

    /// Writes everything that waits to the log. Gives how many datapoints that were.
    pub fn spill_all(&mut self) -> usize {
        self.spill_first(self.waiting.len())
    }

    fn spill_first(&mut self, count: usize) -> usize {
        let points: Vec<_> = self.waiting.drain(..count).collect();
        self.spill(&points);
        count
    }

    fn spill(&mut self, points: &[Datapoint]) {
        for line in emf::lines(&self.namespace, points) {
            if let Err(cause) = writeln!(self.spill, "{line}") {
                error!(%cause, datapoints = points.len(), "failed to write datapoints to the log: they are lost");
                return;
            }
        }
    }
}

/// Sends what waits until all is sent or `until`. What CloudWatch refused for now, or didn't answer, goes on waiting;
/// what it will never take is spilled at once.
pub async fn publish(
    client: &Client,
    api: &Api,
    outbox: &mut Outbox,
    until: tokio::time::Instant,
) -> (Sent, Option<CallError>) {
    let points: Vec<_> = outbox.waiting.drain(..).collect();
    let namespace = &outbox.namespace;
    let answers: Vec<_> = stream::iter(batch::batches(&points))
        .map(|batch| async move {
            let sending = tokio::time::timeout_at(until, put(client, api, namespace, batch));
            (batch, sending.await.unwrap_or_else(|_| Err(CallError::out_of_time(ApiName::PutMetricData))))
        })
        .buffered(REQUESTS_AT_ONCE)
        .collect()
        .await;
    let (mut sent, mut last_error) = (Sent::default(), None);
    for (batch, answer) in answers {
        match answer {
            Ok(()) => sent.published += batch.len(),
            Err(error) if error.cause == Cause::Refused => {
                error!(%error, datapoints = batch.len(), "CloudWatch will not take these datapoints: they are in the log instead");
                outbox.spill(batch);
                sent.spilled += batch.len();
                last_error = Some(error);
            }
            Err(error) => {
                warn!(%error, datapoints = batch.len(), "failed to publish datapoints: they are kept for the next round");
                outbox.waiting.extend(batch.iter().cloned());
                last_error = Some(error);
            }
        }
    }
    sent.spilled += outbox.bound();
    (sent, last_error)
}

async fn put(client: &Client, api: &Api, namespace: &str, batch: &[Datapoint]) -> Result<(), CallError> {
    api.call(none_expected::<PutMetricDataError>, || {
        let data = batch.iter().map(datum::encode).collect();
        client.put_metric_data().namespace(namespace).set_metric_data(Some(data)).send()
    })
    .await
    .map(|_| ())
    .map_err(|error| CallError::new(ApiName::PutMetricData, error))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::metric::Metric;

    #[test]
    fn what_is_too_much_to_be_kept_is_spilled_only_after_it_was_offered() {
        let mut outbox = Outbox::new("Ns", Box::new(std::io::sink()));
        let point = |value| Datapoint {
            metric: Metric::WatchedFeeds,
            feed: None,
            slot: SystemTime::UNIX_EPOCH,
            value: f64::from(value),
        };
        outbox.put((0..20_003).map(point));
        assert_eq!(outbox.waiting.len(), 20_003);
        assert_eq!(outbox.bound(), 3);
        assert_eq!(outbox.waiting.front(), Some(&point(3)));
    }
}
