//! The channels as MediaLive listed them last: what a round begins with while a new list is on its way.
//!
//! A list of a thousand channels takes seconds, because ListChannels may be called five times a second in an account. Pictures don't
//! wait for it: the channels of a minute ago are nearly always those of now, and the new list decides about the rest.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use tracing::warn;

use crate::{calls::CallError, feed::Channel};

/// A list of channels that can't be renewed is used for this long.
const GOOD_FOR: Duration = Duration::from_mins(5);

/// The last list of a process, and when it came.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    came: Option<SystemTime>,
    channels: Vec<Arc<Channel>>,
}

impl Roster {
    /// The channels of the last list, if it is good still.
    pub(crate) fn channels(&self, now: SystemTime) -> Option<Vec<Arc<Channel>>> {
        let age = now.duration_since(self.came?).unwrap_or_default();
        (age < GOOD_FOR).then(|| self.channels.clone())
    }

    /// The channels as they are, or as they last were where MediaLive can't tell.
    pub(crate) fn renew(
        &mut self,
        now: SystemTime,
        listed: Result<Vec<Channel>, CallError>,
    ) -> Result<Vec<Arc<Channel>>, CallError> {
        match (listed, self.channels(now)) {
            (Ok(channels), _) => {
                self.came = Some(now);
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
