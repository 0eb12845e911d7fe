//! The folder of a recording: one subfolder for each feed, with its thumbnails and the list of its
//! samples, in the form that `replay` reads.
//!
//! Whatever interrupts it, each file of a thumbnail is complete: it gets its name when it is.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::Serialize;
use source_detection::{
    judge::STALE_AFTER,
    replay::{Header, RecordedOutcome, RecordedSample, RecordedTime, SAMPLES_FILE},
};

use super::error::RecordError;
use crate::{
    capture::Thumbnail,
    feed::{Feed, FeedKey},
};

/// The name of a thumbnail that is not complete yet.
const INCOMPLETE: &str = "incomplete.part";

/// The folder of a recording.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    interval: Duration,
    /// Bytes that may still be written.
    left: u64,
    pub(super) bytes: u64,
    pub(super) thumbnails: u64,
    /// The feeds that have a folder, each with its latest thumbnail.
    feeds: HashMap<FeedKey, Option<LatestThumbnail>>,
}

/// The latest thumbnail of a feed.
#[derive(Debug)]
struct LatestThumbnail {
    thumbnail: Thumbnail,
    file: String,
    /// The first slot with its time stamp.
    first_seen: SystemTime,
}

/// Why something was not written.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// The folder would be larger than it may be.
    Full,
    /// It could not be written.
    Failed(RecordError),
}

/// The first line of the list of samples.
#[derive(Serialize)]
struct FirstLine<'a> {
    #[serde(flatten)]
    header: Header,
    channel_name: &'a str,
}

impl Folder {
    /// A new folder, or one that exists and is empty, for samples this far apart and so many bytes.
    pub(super) fn create(
        path: &Path,
        interval: Duration,
        at_most: u64,
    ) -> Result<Self, RecordError> {
        let failed = |source| RecordError::Write { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(failed)?;
        if fs::read_dir(path).map_err(failed)?.next().is_some() {
            return Err(RecordError::NotEmpty { path: path.to_owned() });
        }
        Ok(Self {
            path: path.to_owned(),
            interval,
            left: at_most,
            bytes: 0,
            thumbnails: 0,
            feeds: HashMap::new(),
        })
    }

    /// How many feeds have a sample.
    pub(super) fn feeds(&self) -> usize {
        self.feeds.len()
    }

    /// The time stamp of a feed's latest thumbnail, if that should have been replaced by this slot.
    pub(super) fn outdated_stamp(&self, feed: &FeedKey, slot: SystemTime) -> Option<SystemTime> {
        let latest = self.feeds.get(feed)?.as_ref()?;
        let age = slot.duration_since(latest.first_seen).unwrap_or_default();
        latest.thumbnail.stamp.filter(|_| age > STALE_AFTER)
    }

    /// Saves a thumbnail that was taken for this slot, unless it is the one before, and returns
    /// what to note of it.
    pub(super) fn save(
        &mut self,
        feed: &Feed,
        thumbnail: Thumbnail,
        (slot, taken): (SystemTime, SystemTime),
    ) -> Result<RecordedOutcome, NotWritten> {
        let folder = self.feed_folder(feed)?;
        let stamp = thumbnail.stamp.map(RecordedTime);
        let mut first_seen = slot;
        if let Some(Some(latest)) = self.feeds.get(&feed.key) {
            if latest.thumbnail == thumbnail {
                return Ok(RecordedOutcome::Picture { file: latest.file.clone(), stamp });
            }
            if latest.thumbnail.stamp == thumbnail.stamp {
                first_seen = latest.first_seen;
            }
        }
        let file = format!("{}.jpg", String::from(RecordedTime(taken)).replace(['-', ':'], ""));
        self.take(thumbnail.jpeg.len())?;
        let (incomplete, complete) = (folder.join(INCOMPLETE), folder.join(&file));
        written(&incomplete, fs::write(&incomplete, &thumbnail.jpeg))?;
        written(&complete, fs::rename(&incomplete, &complete))?;
        self.thumbnails += 1;
        let latest = LatestThumbnail { thumbnail, file: file.clone(), first_seen };
        self.feeds.insert(feed.key.clone(), Some(latest));
        Ok(RecordedOutcome::Picture { file, stamp })
    }

    /// Adds a sample to the list of a feed.
    pub(super) fn note(&mut self, feed: &Feed, sample: &RecordedSample) -> Result<(), NotWritten> {
        let folder = self.feed_folder(feed)?;
        self.append(&folder, sample)
    }

    /// The folder of a feed, which is created with the first line of its list.
    fn feed_folder(&mut self, feed: &Feed) -> Result<PathBuf, NotWritten> {
        let name = format!("{}-{}", feed.key.channel_id, feed.key.pipeline);
        let path = self.path.join(&name);
        if !self.feeds.contains_key(&feed.key) {
            written(&path, fs::create_dir(&path))?;
            let header = Header { feed: name, interval_s: self.interval.as_secs() };
            self.append(&path, &FirstLine { header, channel_name: &feed.channel.name })?;
            self.feeds.insert(feed.key.clone(), None);
        }
        Ok(path)
    }

    /// Adds a line to the list in the folder of a feed.
    fn append(&mut self, feed: &Path, line: &impl Serialize) -> Result<(), NotWritten> {
        let path = feed.join(SAMPLES_FILE);
        let mut text = written(&path, serde_json::to_vec(line).map_err(io::Error::from))?;
        text.push(b'\n');
        self.take(text.len())?;
        let file = File::options().create(true).append(true).open(&path);
        written(&path, file.and_then(|mut file| file.write_all(&text)))
    }

    /// Takes so many bytes of those that may be written.
    fn take(&mut self, bytes: usize) -> Result<(), NotWritten> {
        let bytes = bytes as u64;
        self.left = self.left.checked_sub(bytes).ok_or(NotWritten::Full)?;
        self.bytes += bytes;
        Ok(())
    }
}

fn written<T>(path: &Path, result: io::Result<T>) -> Result<T, NotWritten> {
    result
        .map_err(|source| NotWritten::Failed(RecordError::Write { path: path.to_owned(), source }))
}
