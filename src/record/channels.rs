//! Which channels are recorded: the monitor's list, read again and again.

use std::{cell::RefCell, num::NonZeroU32, sync::Arc, time::Duration};

use aws_sdk_medialive::Client;
use source_detection::Thresholds;
use tokio::time::{Instant, sleep};

use crate::{
    aws::{ApiName, CallError, Service},
    discover::{PageSize, discover},
    feed::{Channel, Feed, feeds, is_channel_id},
    tags::{TagFilter, TagOverrides},
};

/// The list of channels is read again after this time, which is the monitor's interval.
const LIST_EVERY: Duration = Duration::from_secs(10);

/// The longest that a list may take: 100 pages.
const LIST_WITHIN: Duration = Duration::from_secs(100);

/// ListChannels calls a second: of the 5 that an account may have made, the monitor uses 4.
const LIST_CHANNELS_TPS: NonZeroU32 = NonZeroU32::MIN;

/// Reads the list of channels.
#[derive(Debug)]
pub(super) struct ChannelList {
    list_channels: Service<Client>,
    page_size: PageSize,
}

impl ChannelList {
    pub(super) fn new(client: Client) -> Self {
        Self {
            list_channels: Service::new(client, ApiName::ListChannels, LIST_CHANNELS_TPS),
            page_size: PageSize::default(),
        }
    }

    /// The channels that are on air.
    pub(super) async fn read(&self) -> Result<Vec<Channel>, CallError> {
        discover(&self.list_channels, &self.page_size, Instant::now() + LIST_WITHIN).await
    }

    /// Reads the list again and again. While it cannot be read, the earlier one holds.
    pub(super) async fn keep_reading(&self, named: &[String], feeds: &RefCell<Vec<Feed>>) {
        loop {
            sleep(LIST_EVERY).await;
            if let Ok(listed) = self.read().await {
                *feeds.borrow_mut() = selected(listed, named);
            }
        }
    }
}

/// The feeds of the channels that are named, or of all that no tag excludes. Identifiers name
/// folders, so a channel with an unusual one is left out.
pub(super) fn selected(channels: Vec<Channel>, named: &[String]) -> Vec<Feed> {
    let every = TagFilter { include: &[], exclude: &[] };
    let mut selected = Vec::new();
    for channel in channels {
        let is_selected = if named.is_empty() {
            TagOverrides::of(&channel.tags, &Thresholds::default(), every).watched
        } else {
            named.contains(&channel.id)
        };
        if is_selected && is_channel_id(&channel.id) {
            selected.extend(feeds(Arc::new(channel), Thresholds::default()));
        }
    }
    selected
}
