//! Makes the rounds of a recording: one sample of every feed on each slot, written at once.

use std::{
    cell::RefCell,
    time::{Duration, SystemTime},
};

use aws_sdk_medialive::Client;
use futures_util::{StreamExt, stream};
use source_detection::replay::{RecordedOutcome, RecordedSample, RecordedTime};
use tokio::time::sleep_until;

use super::{
    End,
    arguments::Options,
    error::RecordError,
    folder::{Folder, NotWritten},
    sampling::{Outcome, PlannedSample, Sample, Sampling},
};
use crate::{
    aws::{ErrorKind, Service},
    down_pipelines::DownPipelines,
    feed::{ChannelState, Feed},
    lambda::Clock,
};

/// Feeds that are sampled at a time.
const CONCURRENT_FEEDS: usize = 16;

/// The share of a round that is kept for writing, as the monitor keeps it for publishing.
const WRITING_SHARE: u32 = 8;

/// How samples ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleCounts {
    /// With a thumbnail.
    pub thumbnail: u64,
    /// MediaLive had none.
    pub no_thumbnail: u64,
    /// Nothing that says anything about the source: a failed call, or a pipeline that is down.
    pub unknown: u64,
    /// The round had no time for it. They are not in the recording.
    pub skipped: u64,
}

/// Rounds of samples, and what came of them.
pub(super) struct Rounds<'a> {
    options: &'a Options,
    describe_thumbnails: &'a Service<Client>,
    pub(super) folder: Folder,
    down_pipelines: DownPipelines,
    pub(super) samples: SampleCounts,
}

impl<'a> Rounds<'a> {
    pub(super) fn new(
        options: &'a Options,
        describe_thumbnails: &'a Service<Client>,
        folder: Folder,
    ) -> Self {
        Self {
            options,
            describe_thumbnails,
            folder,
            down_pipelines: DownPipelines::default(),
            samples: SampleCounts::default(),
        }
    }

    /// Makes a round on each slot.
    pub(super) async fn make(&mut self, feeds: &RefCell<Vec<Feed>>) -> End {
        let interval = self.options.interval;
        let mut clock = Clock::read();
        let mut slot = slot_at(clock.now(), interval) + interval;
        let end = slot + self.options.length;
        while slot < end {
            sleep_until(clock.instant(slot)).await;
            let feeds = feeds.borrow().clone();
            let count = feeds.len() as u64;
            if let Err(end) = self.round(slot, clock, feeds).await {
                return end;
            }
            clock = Clock::read();
            let next = slot + interval;
            let current = slot_at(clock.now(), interval);
            // A round that is late is made all the same, in what is left of its slot. A clock that
            // was set back does not make the next one wait.
            slot = next.clamp(current, current + interval);
            let missed = slot.min(end).duration_since(next).unwrap_or_default();
            self.samples.skipped += count * (missed.as_secs() / interval.as_secs());
        }
        End::Complete
    }

    /// Samples each feed and writes what came of it.
    async fn round(&mut self, slot: SystemTime, clock: Clock, feeds: Vec<Feed>) -> Result<(), End> {
        let interval = self.options.interval;
        let deadline = clock.instant(slot + interval - interval / WRITING_SHARE);
        let sampling = Sampling { describe_thumbnails: self.describe_thumbnails, clock, deadline };
        let plan: Vec<_> = feeds.into_iter().map(|feed| self.plan(feed, slot)).collect();
        let in_flight = stream::iter(plan).map(|planned| sampling.sample(planned));
        let mut samples: Vec<Sample> = in_flight.buffer_unordered(CONCURRENT_FEEDS).collect().await;
        samples.sort_by(|one, other| one.feed.key.cmp(&other.feed.key));
        for pair in
            samples.chunk_by(|one, other| one.feed.key.channel_id == other.feed.key.channel_id)
        {
            if let [one, other] = pair {
                let found = |sample: &Sample| sample.outcome.found();
                self.down_pipelines.update([(&one.feed, found(one)), (&other.feed, found(other))]);
            }
        }
        fail_if_denied(&mut samples)?;
        for sample in samples {
            self.write(slot, sample)?;
        }
        Ok(())
    }

    fn plan(&self, feed: Feed, slot: SystemTime) -> PlannedSample {
        let is_starting = feed.channel.state == ChannelState::Starting;
        PlannedSample {
            may_be_empty: is_starting || self.down_pipelines.contains(&feed.key),
            outdated: self.folder.outdated_stamp(&feed.key, slot),
            feed,
        }
    }

    fn write(&mut self, slot: SystemTime, sample: Sample) -> Result<(), NotWritten> {
        let Sample { feed, taken, outcome } = sample;
        let unknown = |reason: &str| RecordedOutcome::Unknown { reason: reason.to_owned() };
        let outcome = match outcome {
            Outcome::Thumbnail(thumbnail) => self.folder.save(&feed, thumbnail, (slot, taken))?,
            Outcome::NoThumbnail if self.down_pipelines.contains(&feed.key) => {
                unknown("the pipeline is down")
            }
            Outcome::NoThumbnail => RecordedOutcome::NoPicture,
            Outcome::Failed(error) => unknown(error.kind.name()),
            Outcome::Skipped => {
                self.samples.skipped += 1;
                return Ok(());
            }
        };
        let count = match &outcome {
            RecordedOutcome::Picture { .. } => &mut self.samples.thumbnail,
            RecordedOutcome::NoPicture => &mut self.samples.no_thumbnail,
            RecordedOutcome::Unknown { .. } => &mut self.samples.unknown,
        };
        *count += 1;
        let (slot, taken) = (RecordedTime(slot), RecordedTime(taken));
        let starting = feed.channel.state == ChannelState::Starting;
        self.folder.note(&feed, &RecordedSample { slot, taken, starting, outcome })
    }
}

/// Ends a recording in which every feed of a round was denied: it would hold nothing else.
fn fail_if_denied(samples: &mut Vec<Sample>) -> Result<(), End> {
    let is_denied = |sample: &Sample| matches!(&sample.outcome, Outcome::Failed(error) if error.kind == ErrorKind::Denied);
    if samples.iter().all(is_denied)
        && let Some(Sample { outcome: Outcome::Failed(error), .. }) = samples.pop()
    {
        return Err(End::Failed(RecordError::Call(error)));
    }
    Ok(())
}

impl From<NotWritten> for End {
    fn from(not_written: NotWritten) -> Self {
        match not_written {
            NotWritten::Full => Self::Full,
            NotWritten::Failed(error) => Self::Failed(error),
        }
    }
}

/// The slot of this time: the latest whole multiple of the interval since the epoch.
fn slot_at(now: SystemTime, interval: Duration) -> SystemTime {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    SystemTime::UNIX_EPOCH + Duration::from_secs(now - now % interval.as_secs())
}
