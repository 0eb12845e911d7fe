//! What leaves a round: datapoints to CloudWatch and events to EventBridge, and what neither takes
//! to the log.

use std::pin::pin;

use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::round::Rounds;
use crate::{
    announce::{Announced, alert::RoundAlerts, announce},
    incident_pictures::{Stored, store},
    publish::{Due, Published, publish},
};

impl Rounds {
    /// Publishes the datapoints that are due and sends the events of a round, with what earlier
    /// rounds left. Events follow the datapoints, which the next process and the alarms live on.
    /// Only if the datapoints take more than half of the time, events no longer wait for them.
    pub(super) async fn deliver(
        &mut self,
        due: Due,
        alerts: Option<RoundAlerts>,
        deadline: Instant,
    ) -> (Published, Announced) {
        if let Some(alerts) = alerts
            && self.settings.events
        {
            self.event_outbox.put(&alerts);
        }
        let now = Instant::now();
        let halfway = now + deadline.saturating_duration_since(now) / 2;
        let mut publishing =
            pin!(publish(&self.operations.put_metric_data, &mut self.outbox, due, deadline));
        let published = timeout_at(halfway, &mut publishing).await;
        let announcing = announce(&self.operations.put_events, &mut self.event_outbox, deadline);
        if let Ok(published) = published {
            return (published, announcing.await);
        }
        tokio::join!(publishing, announcing)
    }

    /// Stores pictures of incidents, after datapoints and events and in what is left of the time.
    /// What can't be stored by then waits for the next round.
    pub(super) async fn store_pictures(&self, deadline: Instant) -> Stored {
        match (&self.operations.bucket, &self.album) {
            (Some(bucket), Some(album)) => store(&bucket.put_object, album, deadline).await,
            _ => Stored::default(),
        }
    }

    /// Publishes and sends what earlier rounds could not, and writes to the log what is not
    /// accepted now either.
    pub(super) async fn deliver_rest(&mut self, deadline: Instant) -> (Published, Announced) {
        if self.outbox.is_empty() && self.event_outbox.is_empty() {
            return (Published::default(), Announced::default());
        }
        let (mut published, mut announced) = self.deliver(Due::All, None, deadline).await;
        let datapoints = self.outbox.spill_all();
        if datapoints > 0 {
            warn!(
                datapoints,
                "CloudWatch did not take these datapoints: they are in the log in embedded metric format"
            );
        }
        let events = self.event_outbox.spill_all();
        if events > 0 {
            warn!(events, "EventBridge did not take these events: they are in the log");
        }
        published.spilled += datapoints;
        announced.spilled += events;
        (published, announced)
    }
}
