//! The dashboard's function: a CloudWatch custom widget, the picture wall, which shows what every
//! feed looks like now.
//!
//! ```text
//! event ─► request ─► gather ─► discover ─► durations ─► select ─► pictures ─► render ─► HTML
//!          what       what is   channels    CloudWatch:  status,   MediaLive:
//!          to show    recent               how long     page      one page
//! ```
//!
//! It only reads, has rate limits of its own and never calls Rekognition, so it cannot hold up the
//! monitor. It judges nothing: it shows the durations that the monitor published. Thumbnails are
//! fetched last, for the feeds of one page, until the time is over. A feed without a picture gets a
//! tile with the reason.
//!
//! In reading order: a file imports only those above it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`request`] | the event: parameters and canvas |
//! | `describe` | the widget's description of itself |
//! | `error` | why a view failed |
//! | [`reading`] | durations as the monitor last published them |
//! | `durations` | GetMetricData: the readings of all selected feeds |
//! | [`status`] | what is known of a feed now |
//! | [`past`] | what it showed in the last minutes |
//! | [`mod@select`] | which feeds are shown, in which order, on which page |
//! | [`picture`] | a thumbnail that can be shown, or why there is none |
//! | `pictures` | DescribeThumbnails: the pictures of one page |
//! | [`incidents`] | the incidents of the last day and their pictures, from the bucket |
//! | [`memory`] | what a process keeps from one view to the next |
//! | [`render`] | the page as HTML |
//! | `gather` | the calls of a view, and what they found |
//!
//! Only `durations`, `pictures` and `incidents` know the SDK. `gather` calls them; the others are
//! pure.

pub mod request;
mod describe;
mod error;
pub mod reading;
mod durations;
pub mod status;
pub mod past;
pub mod select;
pub mod picture;
mod pictures;
pub mod incidents;
pub mod memory;
pub mod render;
mod gather;

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{debug, info};

pub use error::ViewError;

use crate::{
    aws::{CallRates, Clients, LIST_CHANNELS_TPS, Operations},
    discover::PageSize,
    lambda::{Clock, Function, Invocation, time_left},
    settings::Settings,
};
use gather::Content;
use incidents::Shelf;
use memory::Memory;
use picture::Picture;
use request::{Request, Wall};

/// A view takes at most this long, so that a viewer sees most of the wall instead of a spinner. At
/// 10 thumbnails a second it is enough for some 70.
const MAX_VIEW_TIME: Duration = Duration::from_secs(8);

/// Kept back before the deadline of an invocation, for drawing the page and returning it.
const DEADLINE_RESERVE: Duration = Duration::from_millis(1_500);

/// The multiviewer's GetMetricData calls a second, of 50 that an account may make; the monitor
/// makes up to 20
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>). One
/// call reads the five durations of 100 feeds.
const GET_METRIC_DATA_TPS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// For the operations that the multiviewer never calls.
const UNUSED_TPS: NonZeroU32 = NonZeroU32::MIN;

/// The multiviewer. From one view to the next it keeps its clients with their limits, and what
/// [`memory`] lists.
#[derive(Debug)]
pub struct Multiviewer {
    settings: Settings,
    operations: Operations,
    page_size: PageSize,
    region: String,
    memory: Mutex<Memory>,
    shelf: Mutex<Shelf>,
}

impl Multiviewer {
    /// A multiviewer that calls AWS through these clients.
    #[must_use]
    pub fn new(settings: Settings, clients: Clients) -> Self {
        let region =
            clients.channels.config().region().map(ToString::to_string).unwrap_or_default();
        let rates = CallRates {
            list_channels: LIST_CHANNELS_TPS,
            describe_thumbnails: settings.thumbnail_tps,
            detect_labels: UNUSED_TPS,
            put_metric_data: UNUSED_TPS,
            get_metric_data: GET_METRIC_DATA_TPS,
            put_events: UNUSED_TPS,
        };
        let operations = Operations::new(clients, rates);
        Self {
            settings,
            operations,
            page_size: PageSize::default(),
            region,
            memory: Mutex::default(),
            shelf: Mutex::default(),
        }
    }

    /// The widget's response to an event, a JSON string: HTML, or Markdown if the event asks for a
    /// description.
    ///
    /// `function_arn` is the function that the page's buttons call. `deadline` is when Lambda ends
    /// the invocation by force; a time that is already past means that it isn't known.
    ///
    /// # Errors
    /// If the event isn't an object, or if the channels could not be listed and never were by this
    /// process. Invalid parameters are no error: the response names them.
    pub async fn view(
        &self,
        event: &Value,
        function_arn: &str,
        deadline: SystemTime,
    ) -> Result<Value, ViewError> {
        let wall = match request::read(event)? {
            Request::Describe => return Ok(describe::markdown().into()),
            Request::Show(wall) => wall,
        };
        let clock = Clock::read();
        self.operations.connections.begin_invocation(&clock);
        let gather_by = clock.start() + time_for_view(deadline, clock.wall());
        // Boxed: the compiler gives up on the type of all its calls together.
        let content = self.gather(&wall.view, &clock, gather_by).boxed_local().await?;
        log_view(&content, clock.start());
        Ok(self.draw(&wall, &content, function_arn, clock.now()).into())
    }

    fn draw(&self, wall: &Wall, content: &Content, function_arn: &str, now: SystemTime) -> String {
        render::page(&render::Page {
            selected: &content.selected,
            pictures: &content.pictures,
            wall,
            sources: content.sources,
            incidents: &content.incidents,
            region: &self.region,
            function_arn,
            now,
        })
    }

    /// What is kept. Nothing that holds the lock waits, and what a thread that panicked left behind
    /// is still a list, durations and pictures.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept of the bucket, locked in the same way.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Function for Multiviewer {
    type Response = Value;
    type Error = ViewError;

    async fn invoke(&mut self, invocation: Invocation) -> Result<Value, ViewError> {
        self.view(&invocation.event, &invocation.function_arn, invocation.deadline).await
    }
}

/// How long a view that starts now may take.
fn time_for_view(deadline: SystemTime, now: SystemTime) -> Duration {
    match time_left(deadline, now, DEADLINE_RESERVE) {
        Some(left) => left.min(MAX_VIEW_TIME),
        None => MAX_VIEW_TIME,
    }
}

/// A line for the view, and at `debug` one for each tile.
fn log_view(content: &Content, start: Instant) {
    let Content { selected, pictures, .. } = content;
    for (entry, shown) in selected.shown().iter().zip(pictures) {
        debug!(
            channel = entry.feed.channel.id,
            pipeline = entry.feed.key.pipeline.as_str(),
            status = ?entry.status,
            picture = %shown.picture,
            "tile"
        );
    }
    let is_picture = |shown: &&picture::Shown| matches!(shown.picture, Picture::Jpeg { .. });
    info!(
        feeds = selected.counts.feeds,
        faulty = selected.counts.all_faulty(),
        unknown = selected.counts.unknown,
        page = selected.page,
        tiles = pictures.len(),
        pictures = pictures.iter().filter(is_picture).count(),
        milliseconds = start.elapsed().as_millis(),
        "view"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_takes_eight_seconds_at_most_and_ends_before_its_invocation() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        assert_eq!(time_for_view(now + Duration::from_secs(30), now), MAX_VIEW_TIME);
        assert_eq!(time_for_view(now + Duration::from_secs(5), now), Duration::from_millis(3_500));
        assert_eq!(time_for_view(SystemTime::UNIX_EPOCH, now), MAX_VIEW_TIME);
    }
}
