//! Feeds that are no longer watched: what is remembered of them is reset, and their incidents end.

use std::{collections::HashSet, mem, sync::Arc, time::SystemTime};

use source_detection::judge::IncidentEvent;

use super::{History, Memory};
use crate::feed::{Channel, Feed, FeedKey};

/// The incident of a feed that is no longer watched.
#[derive(Clone, Debug)]
pub(in crate::monitor) struct EndedUnwatched {
    pub(in crate::monitor) feed: FeedKey,
    pub(in crate::monitor) channel: Arc<Channel>,
    pub(in crate::monitor) event: IncidentEvent,
}

impl History {
    /// Resets the feeds that are no longer watched, and returns the incidents that end with that:
    /// if the feeds are watched again, what was known of them is not news. `is_ours` says whether a
    /// channel belongs to the shard whose feeds these are. `is_followed` says whether another
    /// process has followed a feed since this process's latest sample, given its slot: that process
    /// has seen the end.
    pub(in crate::monitor) fn reset_unwatched(
        &mut self,
        watched: &[Feed],
        slot: SystemTime,
        is_ours: impl Fn(&str) -> bool,
        is_followed: impl Fn(&FeedKey, SystemTime) -> bool,
    ) -> Vec<EndedUnwatched> {
        let watched: HashSet<_> = watched.iter().map(|feed| &feed.key).collect();
        let mut ended = Vec::new();
        for (key, memory) in &mut self.feeds {
            let Some(sampled) = memory.sampled else { continue };
            if !is_ours(&key.channel_id) || watched.contains(key) {
                continue;
            }
            if let (Some(event), Some(channel)) = (memory.end(), memory.channel.take())
                && !is_followed(key, sampled)
            {
                ended.push(EndedUnwatched { feed: key.clone(), channel, event });
            }
            let state = memory.state.without_samples();
            let recent_faults = mem::take(&mut memory.recent_faults);
            *memory = Memory {
                not_before: Some(slot),
                recent_faults,
                state,
                ..Memory::new(memory.listed)
            };
        }
        ended.sort_by(|one, other| one.feed.cmp(&other.feed));
        ended
    }
}
