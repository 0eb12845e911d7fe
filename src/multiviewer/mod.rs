//! The dashboard's function: a CloudWatch custom widget, the picture wall, which shows what every
//! feed looks like now.
//!
//! ```text
//! event ─► request ─► discover ─► select ─► durations ─► select ─► pictures ─► render ─► HTML
//!          what       channels    feeds     CloudWatch:  status,   MediaLive:
//!          to show                          how long     page      one page
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
//! | [`reading`] | a duration as the monitor last published it |
//! | `durations` | GetMetricData: the readings of all selected feeds |
//! | [`status`] | what its readings say about a feed |
//! | [`mod@select`] | which feeds are shown, in which order, on which page |
//! | [`picture`] | a thumbnail that can be shown, or why there is none |
//! | `pictures` | DescribeThumbnails: the pictures of one page |
//! | [`render`] | the page as HTML |
//!
//! Only `durations` and `pictures` know the SDK. The others are pure.

pub mod request;
mod describe;
mod error;
pub mod reading;
mod durations;
pub mod status;
pub mod select;
pub mod picture;
mod pictures;
pub mod render;

use std::{
    num::NonZeroU32,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tokio::time::Instant;
use tracing::{debug, info, warn};

pub use error::ViewError;

use crate::{
    aws::{CallRates, Clients, ErrorKind, LIST_CHANNELS_TPS, Operations},
    discover::{PageSize, discover},
    feed::FeedKey,
    lambda::{Clock, Function, Invocation, time_left},
    metric::Metric,
    restore::DurationQuery,
    settings::Settings,
};
use picture::Picture;
use reading::Durations;
use render::Page;
use request::{Request, View};
use select::{RequestedFeeds, Selected, select};

/// A view takes at most this long, so that a viewer sees most of the wall instead of a spinner. At
/// 10 thumbnails a second it is enough for some 70.
const MAX_VIEW_TIME: Duration = Duration::from_secs(8);

/// Kept back before the deadline of an invocation, for drawing the page and returning it.
const DEADLINE_RESERVE: Duration = Duration::from_millis(1_500);

/// Wait at most this long for GetMetricData: a wall of pictures without conditions is better than
/// no wall.
const MAX_DURATIONS_TIME: Duration = Duration::from_secs(3);

/// The multiviewer's GetMetricData calls a second, of 50 that an account may make; the monitor
/// makes up to 20
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>). One
/// call reads `FaultSeconds` of 500 feeds.
const GET_METRIC_DATA_TPS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// For the operations that the multiviewer never calls.
const UNUSED_TPS: NonZeroU32 = NonZeroU32::MIN;

/// The multiviewer. From one view to the next it keeps nothing but its clients with their limits.
#[derive(Debug)]
pub struct Multiviewer {
    settings: Settings,
    operations: Operations,
    page_size: PageSize,
    region: String,
}

/// What a page shows.
#[derive(Debug)]
struct Content {
    selected: Selected,
    /// One for each feed of the page, in its order.
    pictures: Vec<Picture>,
    /// Why the durations could not be read.
    durations_error: Option<ErrorKind>,
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
        Self { operations, page_size: PageSize::default(), region, settings }
    }

    /// The widget's response to an event, a JSON string: HTML, or Markdown if the event asks for a
    /// description.
    ///
    /// `function_arn` is the function that the page's buttons call. `deadline` is when Lambda ends
    /// the invocation by force; a time that is already past means that it isn't known.
    ///
    /// # Errors
    /// If the event isn't an object, or if the channels could not be listed. Invalid parameters are
    /// no error: the response names them.
    pub async fn view(
        &self,
        event: &Value,
        function_arn: &str,
        deadline: SystemTime,
    ) -> Result<Value, ViewError> {
        let (view, canvas) = match request::read(event)? {
            Request::Describe => return Ok(describe::markdown().into()),
            Request::Invalid(invalid, canvas) => {
                return Ok(render::invalid_parameters(&invalid, canvas).into());
            }
            Request::Show(view, canvas) => (view, canvas),
        };
        let clock = Clock::read();
        self.operations.connections.begin_invocation(&clock);
        let content = self.gather(&view, &clock, deadline).await?;
        log_view(&content, clock.start());
        let html = render::page(&Page {
            selected: &content.selected,
            pictures: &content.pictures,
            view: &view,
            canvas,
            durations_error: content.durations_error,
            region: &self.region,
            function_arn,
            now: clock.now(),
        });
        Ok(html.into())
    }

    async fn gather(
        &self,
        view: &View,
        clock: &Clock,
        deadline: SystemTime,
    ) -> Result<Content, ViewError> {
        let gather_by = clock.start() + time_for_view(deadline, clock.wall());
        let channels = discover(&self.operations.list_channels, &self.page_size, gather_by)
            .await
            .map_err(ViewError::Discovery)?;
        let requested = RequestedFeeds::new(channels, view, &self.settings);
        let durations_by = gather_by.min(Instant::now() + MAX_DURATIONS_TIME);
        let durations = self.read_durations(&requested.watched(), clock.wall(), durations_by).await;
        let durations_error = durations.error;
        let selected = select(requested, &durations, view, clock.wall());
        let shown: Vec<_> = selected.shown().map(|entry| entry.feed.key.clone()).collect();
        let pictures =
            pictures::fetch(&shown, &self.operations.describe_thumbnails, clock, gather_by).await;
        Ok(Content { selected, pictures, durations_error })
    }

    async fn read_durations(
        &self,
        feeds: &[FeedKey],
        now: SystemTime,
        deadline: Instant,
    ) -> Durations {
        let query = DurationQuery {
            service: &self.operations.get_metric_data,
            namespace: &self.settings.namespace,
            metrics: &self.settings.fault_metrics(),
            interval: self.settings.interval,
            now,
        };
        let (mut durations, failure) = durations::read(&query, feeds, deadline).await;
        // Whether there ever was a thumbnail is only of interest if there is none.
        let query = DurationQuery { metrics: &[Metric::NoThumbnailSeconds], ..query };
        let without = durations.without_picture();
        let (thumbnails, _) = durations::read(&query, &without, deadline).await;
        durations.extend(thumbnails);
        if let Some(error) = failure {
            let feeds = feeds.len() - durations.by_feed.len();
            warn!(%error, feeds, "failed to read durations from CloudWatch: these feeds have no condition");
        }
        durations
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
    for (entry, picture) in selected.shown().zip(pictures) {
        debug!(
            channel = entry.feed.channel.id,
            pipeline = entry.feed.key.pipeline.as_str(),
            status = ?entry.status,
            %picture,
            "tile"
        );
    }
    info!(
        feeds = selected.counts.feeds,
        faulty = selected.counts.all_faulty(),
        unknown = selected.counts.unknown,
        page = selected.page,
        tiles = pictures.len(),
        pictures =
            pictures.iter().filter(|picture| matches!(picture, Picture::Jpeg { .. })).count(),
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
