//! The channels of the last list, which a round samples while ListChannels runs.
//!
//! A list of 1,000 channels takes seconds, because an account may call ListChannels only a few
//! times a second. Samples don't wait for it: the channels of a minute ago are nearly always those
//! of now, and the new list decides which samples count.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use tracing::warn;

use crate::{aws::CallError, feed::Channel};

/// How long a list that can't be refreshed is used.
const MAX_AGE: Duration = Duration::from_mins(5);

/// The last list of a process.
#[derive(Debug, Default)]
pub(super) struct ChannelCache {
    fetched_at: Option<SystemTime>,
    channels: Vec<Arc<Channel>>,
}

impl ChannelCache {
    /// The channels of the last list, if it is recent enough.
    pub(super) fn channels(&self, now: SystemTime) -> Option<Vec<Arc<Channel>>> {
        let age = now.duration_since(self.fetched_at?).unwrap_or_default();
        if age >= MAX_AGE {
            return None;
        }
        Some(self.channels.clone())
    }

    /// Whether the last list has this channel.
    pub(super) fn lists(&self, id: &str) -> bool {
        self.channels.iter().any(|channel| channel.id == id)
    }

    /// Stores a new list and returns its channels; if listing failed, returns those of the last
    /// list.
    ///
    /// # Errors
    /// Why listing failed, if there is no recent list either.
    pub(super) fn refresh(
        &mut self,
        now: SystemTime,
        listed: Result<Vec<Channel>, CallError>,
    ) -> Result<Vec<Arc<Channel>>, CallError> {
        match (listed, self.channels(now)) {
            (Ok(channels), _) => {
                self.fetched_at = Some(now);
                self.channels = channels.into_iter().map(Arc::new).collect();
                Ok(self.channels.clone())
            }
            (Err(error), Some(channels)) => {
                warn!(%error, "failed to list the channels: the last list is used");
                Ok(channels)
            }
            (Err(error), None) => {
                warn!(%error, "failed to list the channels: nothing is watched in this round");
                Err(error)
            }
        }
    }
}
