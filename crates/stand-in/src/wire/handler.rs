//! One call from its arrival to its answer: written down, delayed, throttled, broken or granted as the script wants.
//!
//! The order is that of a real service: the connection, then credentials and quota, then the work.

use std::sync::Arc;
use std::time::SystemTime;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::wire::api::{Api, Feed};
use crate::wire::request::{self, Ask};
use crate::faults::damage::{self, Start};
use crate::faults::fault::Trouble;
use crate::call_log::Served;
use crate::wire::resettable_stream::Cord;
use crate::services::metrics::Metric;
use crate::wire::response::{Payload, Refusal, Reply};
use crate::pictures::still::fingerprint;
use crate::state::World;
use crate::lock;
use crate::services::medialive;
use crate::services::put_metric_data;
use crate::services::get_metric_data;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub(crate) struct Gone;

/// Answers one request.
pub(crate) async fn answer(
    world: Arc<World>,
    request: Request<Incoming>,
    cord: Cord,
) -> Result<Response<Payload>, Gone> {
    let (head, body) = request.into_parts();
    let (api, operation) = request::operation(&head);
    let visit = Visit::begin(world.clone(), api, operation);
    let body = body.collect().await.map_err(|_| Gone)?.to_bytes();
    let asked = Ask::read(api, &head, &body);
    let feed = asked.as_ref().ok().and_then(|ask| ask.feed(&lock(&world.journal)));
    world.run_hooks(api, visit.number);
    let orders = world.orders(api, feed.as_ref());
    visit.note(|call| {
        call.request_bytes = body.len();
        call.gzipped = request::is_gzipped(&head);
        call.feed.clone_from(&feed);
        call.trouble = orders.trouble.as_ref().map(Trouble::word);
    });
    if !orders.delay.is_zero() {
        tokio::time::sleep(orders.delay).await;
    }
    let start = orders.trouble.as_ref().map_or(Start::Work, |trouble| damage::before(api, trouble));
    let granted = match start {
        Start::Hang => std::future::pending().await,
        Start::Reset => {
            cord.pull();
            return Err(Gone);
        }
        Start::Refuse(refusal) => Err(refusal),
        Start::Work if !world.allows(api) => Err(damage::throttle(api)),
        Start::Work => asked.and_then(|ask| visit.work(ask, feed, orders.trouble.as_ref())),
    };
    if orders.trouble == Some(Trouble::LoseAnswer) {
        cord.pull();
        return Err(Gone);
    }
    let mut reply = granted.unwrap_or_else(|refusal| Reply::refused(api, &refusal));
    let payload = damage::after(api, orders.trouble.as_ref(), &mut reply);
    visit.note(|call| call.status = Some(reply.status));
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let request_id = format!("00000000-0000-4000-8000-{:012}", visit.number);
    response.header("x-amzn-requestid", request_id).body(payload).map_err(|_| Gone)
}

/// A call that is open. It counts as in flight until this is dropped, whatever ends it.
struct Visit {
    world: Arc<World>,
    api: Api,
    number: u64,
    volume: u64,
    line: usize,
}

impl Visit {
    fn begin(world: Arc<World>, api: Api, operation: String) -> Self {
        let number = world.number(api);
        let mut journal = lock(&world.journal);
        let (line, volume) = (journal.arrived(api, operation), journal.volume);
        drop(journal);
        Self { world, api, number, volume, line }
    }

    /// Completes the journal's line.
    fn note(&self, note: impl FnOnce(&mut crate::call_log::Call)) {
        let mut journal = lock(&self.world.journal);
        if journal.volume == self.volume
            && let Some(call) = journal.calls.get_mut(self.line)
        {
            note(call);
        }
    }

    fn work(&self, ask: Ask, feed: Option<Feed>, trouble: Option<&Trouble>) -> Result<Reply, Refusal> {
        let now = SystemTime::now();
        match ask {
            Ask::MediaLive(medialive::Ask::Channels { most, token }) => {
                let size = self.world.page_size();
                let size = most.map_or(size, |most| most.min(size));
                let dates = self.world.dates();
                let (page, count) =
                    medialive::list(&lock(&self.world.roster), &dates, size, token.as_deref(), trouble)?;
                self.note(|call| call.items = count);
                Ok(Reply::ok(self.api, page))
            }
            Ask::MediaLive(medialive::Ask::Thumbnail(feed)) => self.thumbnail(&feed, now, trouble),
            Ask::Labels(ask) => {
                let (labels, quality) = self.world.eye.answer(&ask)?;
                let mut journal = lock(&self.world.journal);
                if let Some(feed) = feed.filter(|_| !journal.light) {
                    journal.looked(feed, now, ask.fingerprint, quality);
                }
                Ok(Reply::ok(self.api, labels))
            }
            Ask::CloudWatch(request, bytes) => self.cloudwatch(&request, bytes, now),
        }
    }

    fn thumbnail(&self, feed: &Feed, now: SystemTime, trouble: Option<&Trouble>) -> Result<Reply, Refusal> {
        let (shown, dates) = medialive::look(&mut lock(&self.world.roster), feed, self.world.pace(), now)?;
        let answer = medialive::thumbnail(
            shown,
            &dates.unwrap_or_else(|| self.world.dates()),
            &self.world.stills,
            feed,
            trouble,
        )?;
        if let Some((shown, still)) = answer.served
            && !lock(&self.world.journal).light
        {
            let bytes = still.bytes(feed);
            let served = Served {
                number: shown.number,
                at: now,
                stamp: shown.stamp,
                fingerprint: fingerprint(&bytes),
                bytes: bytes.len(),
                quality: still.quality(),
            };
            lock(&self.world.journal).served(feed, served);
        }
        Ok(Reply::ok(self.api, answer.json))
    }

    fn cloudwatch(&self, request: &ciborium::Value, bytes: usize, now: SystemTime) -> Result<Reply, Refusal> {
        let queries = crate::wire::cbor::list(request, "MetricDataQueries").len();
        match self.api {
            Api::PutMetricData => {
                let data = put_metric_data::read(request, bytes, now, self.number)?;
                self.note(|call| call.items = data.len());
                self.keep(data);
                // As the service answers: no content at all.
                Ok(Reply::ok(self.api, ""))
            }
            Api::GetMetricData => {
                self.note(|call| call.items = queries);
                let points = self.world.points_a_page();
                Ok(Reply::ok(self.api, get_metric_data::data(request, &lock(&self.world.metrics), now, points)?))
            }
            _ => Ok(Reply::ok(self.api, get_metric_data::names(request, &lock(&self.world.metrics))?)),
        }
    }

    /// Into CloudWatch's store and into the journal; a light journal only counts.
    fn keep(&self, data: Vec<crate::services::metrics::Datum>) {
        let mut journal = lock(&self.world.journal);
        journal.data_count += data.len() as u64;
        if journal.light {
            return;
        }
        let mut metrics = lock(&self.world.metrics);
        for datum in &data {
            let (namespace, name) = (datum.namespace.clone(), datum.name.clone());
            let metric = Metric { namespace, name, dimensions: datum.dimensions.clone() };
            metrics.put(metric, datum.timestamp, datum.value);
        }
        drop(metrics);
        journal.data.extend(data);
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        lock(&self.world.journal).in_flight[self.api.index()] -= 1;
    }
}
