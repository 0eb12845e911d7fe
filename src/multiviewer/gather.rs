//! The calls of a view: the list of channels and the durations concurrently, then the pictures of
//! the page. Whatever fails costs only its own part of the wall.

use std::{
    collections::HashSet,
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    join, select,
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout_at},
};
use tracing::warn;

use super::{
    Multiviewer, ViewError,
    durations::{self, Read},
    incidents::{self, Incidents},
    memory::{ChannelList, Recent},
    picture::{Picture, Shown},
    pictures::Fetch,
    reading::{Durations, is_without_picture},
    render::{self, Sources},
    request::View,
    select::{Entry, Knowledge, RequestedFeeds, Selected, select as select_feeds},
    status::{FeedStatus, status_of},
};
use crate::{
    aws::{CallError, ErrorKind},
    discover::discover_pages,
    feed::FeedKey,
    lambda::Clock,
    metric::Metric,
    restore::{DurationQuery, Readings, had_thumbnail, has_counted},
};

/// Wait at most this long for GetMetricData after the list of channels: a wall of pictures without
/// conditions is better than no wall.
const MAX_DURATIONS_TIME: Duration = Duration::from_secs(3);

/// If there is an earlier list, a new one must leave this much time for pictures.
const PICTURES_TIME: Duration = Duration::from_millis(2_500);

/// What a page shows.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) selected: Selected,
    /// One for each feed of the page, in its order.
    pub(super) pictures: Vec<Shown>,
    pub(super) incidents: Incidents,
    pub(super) sources: Sources,
}

/// When a view began, and when it has to have everything that it shows.
#[derive(Clone, Copy)]
struct Time {
    now: SystemTime,
    gather_by: Instant,
}

impl Time {
    /// Until when a metric is waited for from now on.
    fn durations_by(&self) -> Instant {
        self.gather_by.min(Instant::now() + MAX_DURATIONS_TIME)
    }
}

/// The channels and their durations.
struct Gathered {
    list: ChannelList,
    list_error: Option<ErrorKind>,
    durations: Durations,
}

impl Multiviewer {
    /// Everything that a view shows.
    ///
    /// # Errors
    /// If there is no list of channels, neither a new one nor an earlier one.
    pub(super) async fn gather(
        &self,
        view: &View,
        clock: &Clock,
        gather_by: Instant,
    ) -> Result<Content, ViewError> {
        let time = Time { now: clock.wall(), gather_by };
        let recent = self.memory().begin(view, time.now);
        let gathered = self.channels_and_durations(view, recent, time).await?;
        let mut selected = self.select(&gathered, view, time.now);
        let shown: Vec<_> = selected.shown().iter().map(|entry| entry.feed.key.clone()).collect();
        let by_importance = selected.by_importance();
        let fetch = Fetch {
            service: &self.operations.describe_thumbnails,
            clock,
            deadline: gather_by,
            room: self.room_for_thumbnails(&selected),
        };
        let (pictures, thumbnails, incidents, mismatches) = join!(
            fetch.pictures(&shown, &by_importance),
            self.ever_had_thumbnails(&shown, &gathered.durations, time),
            self.incidents_of(&selected, view, time),
            self.mismatches(&selected, &gathered.durations, time),
        );
        for entry in selected.shown_mut() {
            entry.mismatch = mismatch(entry, [&gathered.durations, &mismatches], time.now);
            let readings = thumbnails.by_feed.get(&entry.feed.key);
            entry.had_thumbnail = readings.and_then(|readings| had_thumbnail(&readings.latest));
        }
        let pictures = self.remember(&shown, pictures, clock.now());
        let age = |at| time.now.duration_since(at).unwrap_or_default();
        let sources = Sources {
            list_error: gathered.list_error.map(|kind| (kind, age(gathered.list.at))),
            durations_error: gathered.durations.error,
            incidents_error: incidents.error,
        };
        Ok(Content { selected, pictures, incidents, sources })
    }

    /// The room for thumbnails beside the pictures of incidents, if there are any.
    fn room_for_thumbnails(&self, selected: &Selected) -> usize {
        let incidents =
            if self.operations.bucket.is_some() { incidents::MAX_RESPONSE_SHARE } else { 0 };
        render::room_for_pictures(selected).saturating_sub(incidents)
    }

    /// The open incidents of the page's faulty feeds. The first page has the latest ones of all
    /// feeds of the view as well.
    async fn incidents_of(&self, selected: &Selected, view: &View, time: Time) -> Incidents {
        let is_faulty = |entry: &&Entry| matches!(entry.status, FeedStatus::Faulty(_));
        let faulty = selected.shown().iter().filter(is_faulty);
        let faulty: Vec<_> = faulty.map(|entry| entry.feed.key.clone()).collect();
        let feeds: HashSet<_> = selected.entries.iter().map(|entry| &entry.feed.key).collect();
        let is_listed = |feed: &FeedKey| view.page == 1 && feeds.contains(feed);
        self.incidents(&faulty, is_listed, time.now, time.gather_by).await
    }

    fn select(&self, gathered: &Gathered, view: &View, now: SystemTime) -> Selected {
        let requested = RequestedFeeds::new(&gathered.list.channels, view, &self.settings);
        let first_listed = self.memory().first_listed();
        let knowledge = Knowledge {
            durations: &gathered.durations,
            first_listed: &first_listed,
            settings: &self.settings,
            now,
        };
        select_feeds(requested, &knowledge, view)
    }

    /// The list of channels and the durations of their feeds, which are read page by page while the
    /// rest of the list is on its way.
    async fn channels_and_durations(
        &self,
        view: &View,
        recent: Recent,
        Time { now, gather_by }: Time,
    ) -> Result<Gathered, ViewError> {
        let (batches, received) = mpsc::unbounded_channel();
        let (listed, is_listed) = oneshot::channel();
        let listing = async {
            let list = self.list(view, recent.list, Time { now, gather_by }, batches).await;
            // Nobody waits for it if all durations are there.
            let _ = listed.send(());
            list
        };
        let (read_at, known) = recent.durations.unwrap_or((now, Durations::default()));
        let read = Read::known(known.by_feed);
        let metrics = self.settings.fault_metrics();
        let query = self.query(&metrics, now);
        let reading = async {
            let is_over = async {
                let _ = is_listed.await;
                sleep_until(gather_by.min(Instant::now() + MAX_DURATIONS_TIME)).await;
            };
            select! {
                () = durations::read(&query, received, &read) => {}
                () = is_over => {}
            }
        };
        let (list, ()) = join!(listing, reading);
        let (list, list_error) = list.map_err(ViewError::Discovery)?;
        let durations =
            if metrics.is_empty() { Durations::default() } else { read.into_inner().finish() };
        self.memory().keep_durations(read_at, durations.clone());
        Ok(Gathered { list, list_error, durations })
    }

    /// The channels: a recent list, a new one, or else the last one with the reason. The feeds that
    /// are watched and selected are sent in batches as they become known.
    async fn list(
        &self,
        view: &View,
        recent: Option<ChannelList>,
        Time { now, gather_by }: Time,
        batches: mpsc::UnboundedSender<Vec<FeedKey>>,
    ) -> Result<(ChannelList, Option<ErrorKind>), CallError> {
        let send = |channels: &[Arc<_>]| {
            let feeds = RequestedFeeds::new(channels, view, &self.settings).watched();
            // Nobody receives them if the durations have taken too long.
            let _ = batches.send(feeds);
        };
        if let Some(list) = recent {
            send(&list.channels);
            return Ok((list, None));
        }
        let earlier = self.memory().list();
        let with_pictures = gather_by.checked_sub(PICTURES_TIME).filter(|_| earlier.is_some());
        let list_by = with_pictures.unwrap_or(gather_by);
        let on_page = |page: &[_]| send(&page.iter().cloned().map(Arc::new).collect::<Vec<_>>());
        let service = &self.operations.list_channels;
        match discover_pages(service, &self.page_size, list_by, on_page).await {
            Ok(channels) => {
                let channels = channels.into_iter().map(Arc::new).collect();
                let list = ChannelList { channels, at: now };
                self.memory().keep_list(list.clone());
                Ok((list, None))
            }
            Err(error) => {
                let Some(earlier) = earlier else { return Err(error) };
                warn!(%error, "failed to list the channels: the last list is shown");
                send(&earlier.channels);
                Ok((earlier, Some(error.kind)))
            }
        }
    }

    /// Of the feeds without a picture, which never had a thumbnail. It is only of interest if there
    /// is none.
    async fn ever_had_thumbnails(
        &self,
        shown: &[FeedKey],
        durations: &Durations,
        Time { now, gather_by }: Time,
    ) -> Durations {
        let is_without =
            |feed: &&FeedKey| durations.by_feed.get(feed).is_some_and(is_without_picture);
        let without: Vec<_> = shown.iter().filter(is_without).cloned().collect();
        if without.is_empty() {
            return Durations::default();
        }
        let mut thumbnails =
            self.read_of(&without, Metric::NoThumbnailSeconds, Time { now, gather_by }).await;
        // The durations say in which slot the feed was judged.
        let judged = without.into_iter().filter_map(|feed| {
            let readings = durations.by_feed.get(&feed)?.clone();
            thumbnails.by_feed.contains_key(&feed).then_some((feed, readings))
        });
        thumbnails.extend(Durations { by_feed: judged.collect(), error: None });
        thumbnails
    }

    /// For how long the feeds of the page's places have shown different programmes, where the view
    /// before did not read it. A metric of the fleet says whether any do, so that nothing else is
    /// read while all are the same.
    async fn mismatches(&self, selected: &Selected, known: &Durations, time: Time) -> Durations {
        let pairs: HashSet<_> = selected.shown().iter().filter_map(Entry::pair).collect();
        let unknown = pairs.into_iter().filter(|pair| !known.by_feed.contains_key(pair));
        let unknown: Vec<_> = unknown.collect();
        if unknown.is_empty() || self.settings.fault_metrics().is_empty() {
            return Durations::default();
        }
        let query = self.query(&[], time.now);
        let counted = has_counted(&query, Metric::MismatchedChannels);
        let read = match timeout_at(time.durations_by(), counted).await {
            Ok(Ok(true)) => self.read_of(&unknown, Metric::MismatchSeconds, time).await,
            Ok(Ok(false)) => {
                let none = unknown.into_iter().map(|pair| (pair, Readings::default()));
                Durations { by_feed: none.collect(), error: None }
            }
            Ok(Err(error)) => {
                warn!(%error, "failed to read whether pipelines differ: the wall does not show it");
                Durations::default()
            }
            Err(_) => Durations::default(),
        };
        self.memory().add_durations(read.clone());
        read
    }

    /// One further metric of these feeds.
    async fn read_of(&self, feeds: &[FeedKey], metric: Metric, time: Time) -> Durations {
        let (batches, received) = mpsc::unbounded_channel();
        // It is received below.
        let _ = batches.send(feeds.to_vec());
        drop(batches);
        let read = Read::known([].into());
        let metrics = [metric];
        let query = self.query(&metrics, time.now);
        within(time.durations_by(), durations::read(&query, received, &read)).await;
        read.into_inner().finish()
    }

    fn query<'a>(&'a self, metrics: &'a [Metric], now: SystemTime) -> DurationQuery<'a> {
        DurationQuery::new(&self.operations.get_metric_data, &self.settings, metrics, now)
    }

    /// Keeps the pictures of this view, and adds the last one to each feed that has none now.
    fn remember(&self, feeds: &[FeedKey], pictures: Vec<Picture>, now: SystemTime) -> Vec<Shown> {
        let mut memory = self.memory();
        memory.keep_pictures(feeds.iter().zip(&pictures), now);
        let shown = pictures.into_iter().zip(memory.pictures(feeds)).map(|(picture, last)| {
            let has_room = !matches!(picture, Picture::Jpeg { .. } | Picture::NoRoom);
            Shown { picture, last: last.filter(|_| has_room) }
        });
        shown.collect()
    }
}

/// For how long a feed and the other one of its place have shown different programmes, if that is
/// an incident.
fn mismatch(entry: &Entry, read: [&Durations; 2], now: SystemTime) -> Option<Duration> {
    let pair = entry.pair()?;
    let readings = read.into_iter().find_map(|durations| durations.by_feed.get(&pair))?;
    match status_of(&readings.latest, &entry.feed.thresholds, now) {
        FeedStatus::Faulty(mismatch) => Some(mismatch.lasted),
        _ => None,
    }
}

/// Waits for the future, but not longer than this.
async fn within(deadline: Instant, future: impl Future<Output = ()>) {
    select! {
        () = future => {}
        () = sleep_until(deadline) => {}
    }
}
