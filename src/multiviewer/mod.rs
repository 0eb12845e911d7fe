//! The picture wall: a CloudWatch custom widget that shows what every feed looks like now. Function `multiviewer`.
//!
//! ```text
//! event ─► request ─► select ─► durations ─► standing ─► pictures ─► render ─► one HTML string
//!          what is    feeds     CloudWatch:  condition   MediaLive:  pure
//!          asked                how long     and order   one page
//! ```
//!
//! It only reads, at its own pace, and never speaks to Rekognition: nothing here can hold up the monitor. What the
//! conditions are was judged there; the wall shows the durations that were published and judges nothing anew. Pictures
//! are fetched for the feeds of one page alone, after everything else, until the time is over; whatever could not be
//! had is shown as a tile that says why.
//!
//! Of the stages, `durations` and `pictures` alone know the SDK. What they bring are the values of `reading` and `picture`, and
//! nothing that selects or draws knows more.

mod describe;
mod durations;
mod error;
mod picture;
mod pictures;
mod reading;
mod render;
mod request;
mod select;
mod serve;
mod settings;
mod standing;

use std::{
    num::NonZeroU32,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

pub use error::WallError;
pub use serve::serve;
pub use settings::WallSettings;

use crate::{
    calls::{Api, ApiName, CallError, Cause},
    clients::Clients,
    discover::{LIST_CHANNELS_TPS, discover},
    resume::Asking,
};
use picture::Picture;
use reading::Durations;
use request::{Canvas, Request, View};
use select::{Selected, Wanted, select};

/// An answer takes at most this long, so that a viewer sees most of the wall and not a spinner. At 10 thumbnails a
/// second it is enough for some 70.
const MOST_TIME: Duration = Duration::from_secs(8);

/// Kept back before the deadline of an invocation, to write the answer and hand it over.
const DEADLINE_RESERVE: Duration = Duration::from_millis(1_500);

/// CloudWatch has this long of it: a wall of pictures without conditions is better than one that is not there.
const MOST_TIME_FOR_DURATIONS: Duration = Duration::from_secs(3);

/// GetMetricData calls a second, of 50 that an account may make. A call is good for 125 feeds.
const GET_METRIC_DATA_TPS: u32 = 10;

/// The wall: what a process keeps from one view to the next, which is its clients and their paces.
#[derive(Debug)]
pub struct Wall {
    settings: WallSettings,
    clients: Clients,
    region: String,
    channels: Api,
    thumbnails: Api,
    durations: Api,
}

impl Wall {
    /// A wall over these clients.
    #[must_use]
    pub fn new(settings: WallSettings, clients: Clients) -> Self {
        let api = |name, tps| Api::new(name, NonZeroU32::new(tps).unwrap_or(NonZeroU32::MIN));
        let region = clients.channels.config().region().map(ToString::to_string).unwrap_or_default();
        Self {
            region,
            channels: api(ApiName::ListChannels, LIST_CHANNELS_TPS),
            thumbnails: Api::new(ApiName::DescribeThumbnails, settings.thumbnail_tps()),
            durations: api(ApiName::GetMetricData, GET_METRIC_DATA_TPS),
            settings,
            clients,
        }
    }

    /// The widget's answer to an event: HTML, or Markdown where it is asked to describe itself. Always a JSON string.
    ///
    /// `function_arn` is what the buttons call. `deadline` is when the invocation is ended by force; one that is
    /// already past means that it isn't known.
    ///
    /// # Errors
    /// When the event is not an object, or when MediaLive doesn't tell which channels there are. Parameters that can't
    /// be used are no error: the answer says what is wrong with them.
    pub async fn answer(
        &self,
        event: &Value,
        function_arn: &str,
        deadline: SystemTime,
    ) -> Result<Value, WallError> {
        let html = match request::read(event)? {
            Request::Describe => describe::markdown(),
            Request::Refused(faults, canvas) => render::refusal(&faults, canvas),
            Request::Show(view, canvas) => self.show(view, canvas, function_arn, deadline).await?,
        };
        Ok(Value::String(html))
    }

    async fn show(
        &self,
        view: View,
        canvas: Canvas,
        function_arn: &str,
        deadline: SystemTime,
    ) -> Result<String, WallError> {
        let (now, start) = look_at_the_clock();
        let over = start + time_for(deadline, now);
        let channels =
            discover(&self.clients.channels, &self.channels, over).await.map_err(WallError::Discovery)?;
        let wanted = Wanted::new(channels, &view, &self.settings);
        let durations_over = over.min(Instant::now() + MOST_TIME_FOR_DURATIONS);
        let durations = self.ask_durations(&wanted, now, durations_over).await;
        let blind = durations.as_ref().err().copied();
        let selected = select(wanted, durations.as_ref().map_err(|cause| *cause), &view, now);
        let shown: Vec<_> = selected.shown().map(|entry| entry.feed.key.clone()).collect();
        let fetching = pictures::Fetching { client: &self.clients.thumbnails, api: &self.thumbnails, over };
        let pictures = pictures::fetch(&shown, &fetching, now, start).await;
        log_view(&selected, &pictures, start);
        Ok(render::page(&render::Page {
            selected: &selected,
            pictures: &pictures,
            view: &view,
            canvas,
            blind,
            region: &self.region,
            function_arn,
            now: now + start.elapsed(),
        }))
    }

    async fn ask_durations(
        &self,
        wanted: &Wanted,
        now: SystemTime,
        over: Instant,
    ) -> Result<Durations, Cause> {
        let asking = Asking {
            client: &self.clients.cloudwatch,
            api: &self.durations,
            namespace: self.settings.namespace(),
            metrics: &self.settings.fault_metrics(),
            interval: self.settings.interval(),
            now,
        };
        let answer = timeout_at(over, durations::ask(&asking, &wanted.watched()))
            .await
            .unwrap_or_else(|_| Err(CallError::out_of_time(ApiName::GetMetricData)));
        answer.map_err(|error| {
            warn!(%error, "failed to ask CloudWatch: the wall has no conditions");
            error.cause
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the one look at the wall clock in a view")]
fn look_at_the_clock() -> (SystemTime, Instant) {
    (SystemTime::now(), Instant::now())
}

/// How long a view may take that begins now.
fn time_for(deadline: SystemTime, now: SystemTime) -> Duration {
    match deadline.duration_since(now) {
        Ok(left) if !left.is_zero() => MOST_TIME.min(left.saturating_sub(DEADLINE_RESERVE.min(left / 3))),
        _ => MOST_TIME,
    }
}

fn log_view(selected: &Selected, pictures: &[Picture], start: Instant) {
    let shown = pictures.iter().filter(|picture| matches!(picture, Picture::Jpeg { .. })).count();
    info!(
        feeds = selected.counts.feeds,
        faulty = selected.counts.troubled(),
        unknown = selected.counts.unknown,
        page = selected.page,
        tiles = pictures.len(),
        pictures = shown,
        milliseconds = start.elapsed().as_millis(),
        "view"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_ends_before_its_invocation_is_ended() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        assert_eq!(time_for(now + Duration::from_secs(30), now), MOST_TIME);
        assert_eq!(time_for(now + Duration::from_secs(5), now), Duration::from_millis(3_500));
        assert_eq!(time_for(now + Duration::from_millis(300), now), Duration::from_millis(200));
    }

    #[test]
    fn a_deadline_that_is_past_is_one_that_is_not_known() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        assert_eq!(time_for(SystemTime::UNIX_EPOCH, now), MOST_TIME);
    }
}
