//! Saves the thumbnails of a running account to a folder that `replay` reads, for an operator who
//! wants to judge them again with other set times.
//!
//! In reading order: `arguments`, `channels`, `sampling`, `folder`, `rounds`; `error` says why it
//! could not begin or continue.
//!
//! Channels are discovered and thumbnails captured by the monitor's own stages, within a rate of
//! its own. What leaves is a folder with everything that a monitor would have judged: thumbnails as
//! they came, when they came, their time stamps, and the samples without a picture. Nothing is
//! decoded. It is bounded in time and in bytes, calls nothing but ListChannels and
//! DescribeThumbnails, and is in no function: the example `record` runs it.

mod arguments;
mod channels;
mod error;
mod folder;
mod rounds;
mod sampling;

use std::{cell::RefCell, fmt, future::Future};

use aws_sdk_medialive::Client;

pub use self::{
    arguments::{Command, HELP, Options, UsageError},
    error::RecordError,
    rounds::SampleCounts,
};
use self::{
    channels::{ChannelList, selected},
    folder::Folder,
    rounds::Rounds,
};
use crate::{
    aws::{ApiName, Clients, Service},
    feed::Feed,
};

/// A recording that is about to begin.
#[derive(Debug)]
pub struct Recorder {
    options: Options,
    describe_thumbnails: Service<Client>,
    channels: ChannelList,
    /// The feeds of the latest list.
    feeds: Vec<Feed>,
    folder: Folder,
}

/// What was recorded.
#[derive(Debug)]
pub struct Recording {
    /// Feeds with a sample.
    pub feeds: usize,
    /// Thumbnails that were saved, each once.
    pub thumbnails: u64,
    /// Bytes that were written.
    pub bytes: u64,
    /// How the samples ended.
    pub samples: SampleCounts,
    /// Why it ended.
    pub end: End,
}

/// Why a recording ended.
#[derive(Debug)]
pub enum End {
    /// It lasted as long as it should.
    Complete,
    /// Somebody ended it.
    Stopped,
    /// The folder has as many bytes as it may have.
    Full,
    /// It could not continue.
    Failed(RecordError),
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SampleCounts { thumbnail, no_thumbnail, unknown, skipped } = self.samples;
        let Self { feeds, thumbnails, bytes, .. } = self;
        let (megabytes, tenths) = (bytes / 1_000_000, bytes / 100_000 % 10);
        write!(
            f,
            "{feeds} feeds, {thumbnails} thumbnails, {megabytes}.{tenths} MB; samples: {thumbnail} \
             with a thumbnail, {no_thumbnail} without, {unknown} unknown, {skipped} skipped"
        )
    }
}

impl Recorder {
    /// Lists the channels and creates the folder.
    ///
    /// # Errors
    /// [`RecordError`] if there is nothing to record, it needs more calls than are allowed, or the
    /// folder cannot be used.
    pub async fn prepare(options: Options, clients: Clients) -> Result<Self, RecordError> {
        let region = clients.channels.config().region().ok_or(RecordError::NoRegion)?.to_string();
        let channels = ChannelList::new(clients.channels);
        let listed = channels.read().await.map_err(RecordError::Call)?;
        let running: Vec<_> = listed.iter().map(|channel| channel.id.clone()).collect();
        let missing: Vec<_> =
            options.channels.iter().filter(|id| !running.contains(id)).cloned().collect();
        if !missing.is_empty() {
            return Err(RecordError::NotRunning { region, missing, running });
        }
        let feeds = selected(listed, &options.channels);
        if feeds.is_empty() {
            return Err(RecordError::NoChannel { region });
        }
        check_rate(feeds.len(), &options)?;
        let folder = Folder::create(&options.folder, options.interval, options.at_most)?;
        let describe_thumbnails =
            Service::new(clients.thumbnails, ApiName::DescribeThumbnails, options.calls_per_second);
        Ok(Self { options, describe_thumbnails, channels, feeds, folder })
    }

    /// How many feeds there are to record.
    #[must_use]
    pub fn feeds(&self) -> usize {
        self.feeds.len()
    }

    /// Records until it is complete, or until `stop` is ready.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Recording {
        let Self { options, describe_thumbnails, channels, feeds, folder } = self;
        let feeds = RefCell::new(feeds);
        let mut rounds = Rounds::new(&options, &describe_thumbnails, folder);
        let end = tokio::select! {
            biased;
            () = stop => End::Stopped,
            end = rounds.make(&feeds) => end,
            () = channels.keep_reading(&options.channels, &feeds) => End::Stopped,
        };
        let Rounds { folder, samples, .. } = rounds;
        let (feeds, thumbnails, bytes) = (folder.feeds(), folder.thumbnails, folder.bytes);
        Recording { feeds, thumbnails, bytes, samples, end }
    }
}

/// Fails if one request for each feed and interval is more than the calls that are allowed.
fn check_rate(feeds: usize, options: &Options) -> Result<(), RecordError> {
    let calls_per_second = options.calls_per_second.get();
    let needed = feeds.div_ceil(calls_per_second as usize);
    if needed as u64 <= options.interval.as_secs() {
        return Ok(());
    }
    Err(RecordError::TooManyCalls { feeds, interval: options.interval, calls_per_second, needed })
}
