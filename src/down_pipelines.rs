//! Which pipelines are down. Pure.
//!
//! ListChannels reports how many pipelines run but not which: if one of two has a thumbnail, the
//! other is the one that is down. Its missing thumbnail says nothing about its source.

use std::{collections::HashMap, sync::Arc};

use crate::feed::{Feed, FeedKey, Pipeline};

/// Whether a sample found a thumbnail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A thumbnail.
    Thumbnail,
    /// MediaLive has none.
    NoThumbnail,
    /// The sample failed.
    Nothing,
}

/// The pipeline that is down of each channel that runs on one of two.
#[derive(Debug, Default)]
pub struct DownPipelines(HashMap<Arc<str>, Pipeline>);

impl DownPipelines {
    /// Whether the pipeline of this feed is down.
    #[must_use]
    pub fn contains(&self, feed: &FeedKey) -> bool {
        self.0.get(&feed.channel_id) == Some(&feed.pipeline)
    }

    /// Takes up what samples of both pipelines of a channel found. A failed one changes nothing, so
    /// that it doesn't turn the other pipeline into a source without a picture.
    pub fn update(&mut self, pipelines: [(&Feed, Found); 2]) {
        let [(one, one_found), (other, other_found)] = pipelines;
        let channel_id = Arc::clone(&one.key.channel_id);
        if !one.channel.may_run_on_one_of_two() {
            self.0.remove(&channel_id);
            return;
        }
        match (one_found, other_found) {
            (Found::NoThumbnail, Found::Thumbnail) => {
                self.0.insert(channel_id, one.key.pipeline);
            }
            (Found::Thumbnail, Found::NoThumbnail) => {
                self.0.insert(channel_id, other.key.pipeline);
            }
            // Both deliver, whatever the list says.
            (Found::Thumbnail, Found::Thumbnail) => {
                self.0.remove(&channel_id);
            }
            _ => {}
        }
    }
}
