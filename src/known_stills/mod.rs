//! Known stills: pictures that operators have declared known, as JPEGs in the bucket. A source that
//! shows one is reported as `slate`.
//!
//! ```text
//! bucket ─► list, when it is due ─► objects that have changed ─► library ─► thresholds of a channel
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `key` | the object key of a known still |
//! | `read` | lists the bucket and reads what has changed |
//!
//! The library is bounded: [`MAX_STILLS`] of 3.8 KB each. What cannot be used is reported once, by
//! its key, and costs no other still. If the bucket cannot be read, what was read before is used.

mod key;
mod read;

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    sync::Arc,
    time::Duration,
};

use source_detection::{
    Unreadable,
    judge::{KnownStill, KnownStills, StillName, TooPlain},
};
use thiserror::Error;
use tokio::time::Instant;
use tracing::{info, warn};

pub use key::PREFIX;
pub use read::Reading;

use crate::feed::Feed;

/// The most known stills, of all channels together.
pub const MAX_STILLS: usize = 200;

/// The largest JPEG of a known still, in bytes: what the bucket's client reads.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// How often the bucket is listed. At $0.005 for 1,000 lists
/// (<https://aws.amazon.com/s3/pricing/>, us-east-1), that is $0.11 a month.
const LIST_EVERY: Duration = Duration::from_mins(2);

/// How soon after a failure it is listed again, while nothing could be read yet.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// Why an object is not used as a known still.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unusable {
    /// The key is not that of a known still.
    #[error(
        "its key is neither {PREFIX}NAME.jpg nor {PREFIX}CHANNEL_ID/NAME.jpg; a name has {}",
        StillName::ACCEPTS
    )]
    Key,
    /// The object is too large.
    #[error("it has {0} bytes, more than {MAX_BYTES}")]
    Bytes(u64),
    /// It is not a JPEG that can be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It has nothing to be recognised by.
    #[error(transparent)]
    TooPlain(#[from] TooPlain),
}

/// What is known of an object.
#[derive(Clone, Debug)]
struct Entry {
    /// Its entity tag: another one means other content.
    etag: String,
    /// The channel that may show it; `None` for all.
    channel: Option<String>,
    still: Result<KnownStill, Unusable>,
}

/// The objects by key.
type Entries = BTreeMap<String, Entry>;

/// The known stills of all channels.
#[derive(Debug, Default)]
pub struct Library {
    entries: Entries,
    of_all: Option<Arc<[KnownStill]>>,
    of_channel: HashMap<String, Arc<[KnownStill]>>,
    /// When the bucket is listed next; `None` for at once.
    due: Option<Instant>,
    has_been_read: bool,
    /// How many objects exceed [`MAX_STILLS`].
    surplus: usize,
}

impl Library {
    /// The known stills that this channel may show, its own first.
    #[must_use]
    pub fn of(&self, channel_id: &str) -> KnownStills {
        let own = self.of_channel.get(channel_id).cloned();
        KnownStills::new(own.into_iter().chain(self.of_all.clone()))
    }

    /// Gives these feeds the known stills of their channels.
    pub fn add_to<'a>(&self, feeds: impl Iterator<Item = &'a mut Feed>) {
        if self.entries.is_empty() {
            return;
        }
        for feed in feeds {
            let known_stills = self.of(&feed.channel.id);
            Arc::make_mut(&mut feed.thresholds).known_stills = known_stills;
        }
    }

    /// Takes over what was read. What has changed is logged.
    pub fn update(&mut self, reading: Reading, now: Instant) {
        let Reading { entries, surplus, is_complete, failure } = reading;
        if let Some(error) = &failure {
            let stills = self.entries.len();
            warn!(%error, stills, "failed to read the known stills: those that were read before are used");
        }
        self.has_been_read |= failure.is_none();
        self.due = match (&failure, is_complete) {
            (None, false) => None,
            (Some(_), _) if !self.has_been_read => Some(now + RETRY_AFTER),
            _ => Some(now + LIST_EVERY),
        };
        if mem::replace(&mut self.surplus, surplus) != surplus && surplus > 0 {
            warn!(
                surplus,
                most = MAX_STILLS,
                "too many known stills: those with the last keys are not used"
            );
        }
        let before = mem::replace(&mut self.entries, entries);
        self.log_changes(&before);
        self.group();
    }

    fn log_changes(&self, before: &Entries) {
        let is_new = |(key, entry): &(&String, &Entry)| {
            before.get(*key).is_none_or(|known| known.etag != entry.etag)
        };
        for (key, entry) in self.entries.iter().filter(is_new) {
            match &entry.still {
                Ok(_) => info!(key, "a still is known"),
                Err(reason) => warn!(key, %reason, "a known still can't be used"),
            }
        }
        for key in before.keys().filter(|key| !self.entries.contains_key(*key)) {
            info!(key, "a still is no longer known");
        }
    }

    /// Groups the stills by channel.
    fn group(&mut self) {
        let (mut of_all, mut of_channel) = (Vec::new(), HashMap::<_, Vec<_>>::new());
        for entry in self.entries.values() {
            let Ok(still) = &entry.still else { continue };
            match &entry.channel {
                Some(channel) => of_channel.entry(channel.clone()).or_default().push(still.clone()),
                None => of_all.push(still.clone()),
            }
        }
        self.of_all = (!of_all.is_empty()).then(|| of_all.into());
        self.of_channel =
            of_channel.into_iter().map(|(channel, stills)| (channel, stills.into())).collect();
    }
}
