//! Stage 5: sends datapoints to CloudWatch, keeps what it doesn't take for the next round, and
//! finally writes the rest to the log.
//!
//! No datapoint is lost: each leaves the [`Outbox`] once, as sent or as spilled. One is sent again
//! only if CloudWatch may not have it; it is a gauge with its own time stamp, so a second one
//! changes nothing.

pub mod batch;
pub mod emf;
pub mod encode;

use std::{collections::VecDeque, fmt, io::Write, ops::AddAssign};

use aws_sdk_cloudwatch::Client;
pub use encode::feed_dimensions;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::{error, warn};

use crate::{
    aws::{ApiName, CallError, ErrorKind, Service},
    datapoint::Datapoint,
};

/// The largest number of datapoints kept for later; the oldest are spilled first. 20,000 take about
/// 2 MB: half an hour of a small account, four rounds of 1,000 feeds.
pub const MAX_KEPT: usize = 20_000;

/// Concurrent requests. PutMetricData allows 500 a second; this bounds memory.
const CONCURRENT_REQUESTS: usize = 4;

/// Datapoints that are waiting to be published.
pub struct Outbox {
    namespace: String,
    waiting: VecDeque<Datapoint>,
    /// Whether CloudWatch did not take some of them when they were last sent.
    retries: bool,
    spill: Box<dyn Write + Send>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

/// Which of the waiting datapoints are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// All.
    All,
    /// The oldest, in full requests: CloudWatch bills each request, however little is in it. All,
    /// if some were sent before and not taken.
    FullRequests,
}

/// How many datapoints were published and how.
#[derive(Debug, Default)]
pub struct Published {
    /// CloudWatch has them.
    pub published: usize,
    /// The log has them.
    pub spilled: usize,
    /// Why the last request failed.
    pub error: Option<CallError>,
}

impl AddAssign for Published {
    fn add_assign(&mut self, later: Self) {
        self.published += later.published;
        self.spilled += later.spilled;
        self.error = later.error.or(self.error.take());
    }
}

impl Outbox {
    /// An empty outbox that spills to `spill`; on Lambda that is standard output, which is the log.
    #[must_use]
    pub fn new(namespace: &str, spill: Box<dyn Write + Send>) -> Self {
        Self { namespace: namespace.to_owned(), waiting: VecDeque::new(), retries: false, spill }
    }

    /// Whether no datapoint waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Adds datapoints. One round of a large fleet may be more than [`MAX_KEPT`]: it is offered to
    /// CloudWatch first.
    pub fn put(&mut self, points: impl IntoIterator<Item = Datapoint>) {
        self.waiting.extend(points);
    }

    fn take(&mut self, due: Due) -> Vec<Datapoint> {
        let count = match due {
            Due::FullRequests if !self.retries => {
                self.waiting.len() / batch::MAX_POINTS * batch::MAX_POINTS
            }
            _ => self.waiting.len(),
        };
        self.retries = false;
        self.waiting.drain(..count).collect()
    }

    /// Writes what exceeds [`MAX_KEPT`] to the log, oldest first, and returns how many datapoints
    /// that were.
    fn enforce_limit(&mut self) -> usize {
        self.spill_oldest(self.waiting.len().saturating_sub(MAX_KEPT))
    }

    /// Writes everything that waits to the log and returns how many datapoints that were.
    pub fn spill_all(&mut self) -> usize {
        self.spill_oldest(self.waiting.len())
    }

    fn spill_oldest(&mut self, count: usize) -> usize {
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

/// Sends what is due until all of it is sent or `deadline` passes. Datapoints that CloudWatch
/// rejected for now, or whose request got no response, keep waiting; those that it will never take
/// are spilled at once.
pub async fn publish(
    service: &Service<Client>,
    outbox: &mut Outbox,
    due: Due,
    deadline: Instant,
) -> Published {
    let points = outbox.take(due);
    let namespace = &outbox.namespace;
    let results: Vec<_> = stream::iter(batch::batches(&points))
        .map(|batch| async move {
            let result = timeout_at(deadline, put(service, namespace, batch)).await;
            (batch, result.unwrap_or_else(|_| Err(CallError::out_of_time(ApiName::PutMetricData))))
        })
        .buffered(CONCURRENT_REQUESTS)
        .collect()
        .await;
    let mut published = Published::default();
    for (batch, result) in results {
        match result {
            Ok(()) => published.published += batch.len(),
            Err(error) if error.kind == ErrorKind::Refused => {
                error!(%error, datapoints = batch.len(), "CloudWatch rejects these datapoints: they are in the log instead");
                outbox.spill(batch);
                published.spilled += batch.len();
                published.error = Some(error);
            }
            Err(error) => {
                warn!(%error, datapoints = batch.len(), "failed to publish datapoints: they are kept for the next round");
                outbox.waiting.extend(batch.iter().cloned());
                outbox.retries = true;
                published.error = Some(error);
            }
        }
    }
    published.spilled += outbox.enforce_limit();
    published
}

async fn put(
    service: &Service<Client>,
    namespace: &str,
    batch: &[Datapoint],
) -> Result<(), CallError> {
    let request = |client: &Client| {
        let data = batch.iter().map(encode::encode).collect();
        client.put_metric_data().namespace(namespace).set_metric_data(Some(data)).send()
    };
    service.call(request).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::metric::Metric;

    #[test]
    fn datapoints_beyond_the_limit_are_spilled_oldest_first() {
        let mut outbox = Outbox::new("Ns", Box::new(std::io::sink()));
        let point = |value| Datapoint {
            metric: Metric::WatchedFeeds,
            feed: None,
            slot: SystemTime::UNIX_EPOCH,
            value: f64::from(value),
        };
        outbox.put((0..20_003).map(point));
        assert_eq!(outbox.waiting.len(), 20_003);
        assert_eq!(outbox.enforce_limit(), 3);
        assert_eq!(outbox.waiting.front(), Some(&point(3)));
        assert_eq!(outbox.take(Due::FullRequests).len(), 20_000);
        outbox.put((0..2_500).map(point));
        assert_eq!(outbox.take(Due::FullRequests).len(), 2_000);
        assert_eq!(outbox.take(Due::FullRequests).len(), 0);
        assert_eq!(outbox.take(Due::All).first(), Some(&point(2_000)));
        outbox.put((0..10).map(point));
        outbox.retries = true;
        assert_eq!(outbox.take(Due::FullRequests).len(), 10, "sent before");
    }
}
