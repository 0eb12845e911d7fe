//! Lists the bucket and reads what has changed, within a deadline.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use source_detection::{Picture, judge::KnownStill};
use tokio::time::{Instant, timeout_at};

use super::{
    Entries, Entry, Library, MAX_BYTES, MAX_STILLS, Unusable,
    key::{PREFIX, StillKey},
};
use crate::aws::{ApiName, BucketOperations, CallError, ListedObject};

/// Objects read at a time.
const CONCURRENT_READS: usize = 4;

/// A round waits at most this long. Without known stills, a new process takes a slate for a freeze.
const READ_WITHIN: Duration = Duration::from_secs(2);

/// What the bucket has.
#[derive(Debug)]
pub struct Reading {
    pub(super) entries: Entries,
    pub(super) surplus: usize,
    /// Whether everything was read before the deadline.
    pub(super) is_complete: bool,
    /// Why something could not be read. What was read of it before is among the entries.
    pub(super) failure: Option<CallError>,
}

impl Library {
    /// [`Library::read`] within two seconds, and until `sample_by` at the latest.
    pub async fn read_if_due(
        &self,
        bucket: Option<&BucketOperations>,
        sample_by: Instant,
    ) -> Option<Reading> {
        let now = Instant::now();
        self.read(bucket?, now, sample_by.min(now + READ_WITHIN)).await
    }

    /// Lists the bucket if that is due, and reads what has changed; `None` if it is not due. What
    /// finds no time before the deadline is read next time.
    pub async fn read(
        &self,
        bucket: &BucketOperations,
        now: Instant,
        deadline: Instant,
    ) -> Option<Reading> {
        if self.due.is_some_and(|due| now < due) {
            return None;
        }
        Some(match list(bucket, deadline).await {
            Ok(objects) => self.read_changed(bucket, objects, deadline).await,
            Err(error) => self.unchanged(error),
        })
    }

    async fn read_changed(
        &self,
        bucket: &BucketOperations,
        objects: Vec<ListedObject>,
        deadline: Instant,
    ) -> Reading {
        let surplus = objects.len().saturating_sub(MAX_STILLS);
        let mut reading =
            Reading { entries: Entries::new(), surplus, is_complete: true, failure: None };
        let mut reads = stream::iter(objects.into_iter().take(MAX_STILLS))
            .map(|object| self.entry(bucket, object, deadline))
            .buffered(CONCURRENT_READS);
        let mut has_news = false;
        while let Some((key, entry)) = reads.next().await {
            let known = self.entries.get(&key).cloned();
            let entry = match entry {
                Some(Ok(entry)) => {
                    has_news |= known.is_none_or(|known| known.etag != entry.etag);
                    Some(entry)
                }
                Some(Err(error)) => {
                    reading.failure = Some(error);
                    known
                }
                None => {
                    reading.is_complete = false;
                    known
                }
            };
            reading.entries.extend(entry.map(|entry| (key, entry)));
        }
        if !reading.is_complete && !has_news {
            // Another attempt at once would delay the next round too.
            reading.failure.get_or_insert_with(|| CallError::out_of_time(ApiName::GetObject));
        }
        reading
    }

    /// What was read before.
    fn unchanged(&self, failure: CallError) -> Reading {
        Reading {
            entries: self.entries.clone(),
            surplus: self.surplus,
            is_complete: false,
            failure: Some(failure),
        }
    }

    /// What is known of an object, which is read if it has changed; `None` if there was no time.
    async fn entry(
        &self,
        bucket: &BucketOperations,
        object: ListedObject,
        deadline: Instant,
    ) -> (String, Option<Result<Entry, CallError>>) {
        let ListedObject { key, etag, size } = object;
        if let Some(known) = self.entries.get(&key).filter(|known| known.etag == etag) {
            return (key, Some(Ok(known.clone())));
        }
        let Some(parsed) = StillKey::parse(&key) else {
            return (key, Some(Ok(Entry { etag, channel: None, still: Err(Unusable::Key) })));
        };
        let channel = parsed.channel.clone();
        if size > MAX_BYTES {
            let still = Err(Unusable::Bytes(size));
            return (key, Some(Ok(Entry { etag, channel, still })));
        }
        if Instant::now() >= deadline {
            return (key, None);
        }
        let get = bucket.get_object.call(|bucket| bucket.clone().get(key.clone()));
        let entry = timeout_at(deadline, get).await.ok().map(|got| {
            let still = reduce(&parsed, &got?);
            Ok(Entry { etag, channel, still })
        });
        (key, entry)
    }
}

/// The objects that may be known stills. One page is enough: it has more than are used.
async fn list(
    bucket: &BucketOperations,
    deadline: Instant,
) -> Result<Vec<ListedObject>, CallError> {
    let list = bucket.list_objects.call(|bucket| bucket.clone().list(PREFIX, None));
    let Ok(page) = timeout_at(deadline, list).await else {
        return Err(CallError::out_of_time(ApiName::ListObjectsV2));
    };
    // The console makes an empty object for a folder.
    let is_folder = |object: &ListedObject| object.key.ends_with('/');
    Ok(page?.objects.into_iter().filter(|object| !is_folder(object)).collect())
}

/// Reduces a JPEG to what it is recognised by.
fn reduce(key: &StillKey, jpeg: &[u8]) -> Result<KnownStill, Unusable> {
    let picture = Picture::decode(jpeg)?;
    Ok(KnownStill::new(key.name, &picture)?)
}
