//! Fetches the thumbnails of one page until a deadline, the most important feeds first, and no more
//! than the response has room for. A failing thumbnail never affects the others. The SDK's types
//! end here.

use std::{collections::VecDeque, time::Duration};

use aws_sdk_medialive::Client;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::warn;

use super::picture::Picture;
use crate::{
    aws::Service,
    capture::{self, EncodedThumbnail},
    feed::FeedKey,
    lambda::Clock,
};

/// Concurrent calls: at 40 a second, enough for responses that take 400 ms.
const CONCURRENT_CALLS: usize = 16;

/// Concurrent calls before the first response, which says how large thumbnails are.
const FIRST_CALLS: usize = 4;

/// Wait at most this long for the first response. Calls that hang must not delay the others.
const FIRST_RESPONSE: Duration = Duration::from_millis(500);

/// The base64 of a thumbnail of 60 KB, larger than usual, until the size of one is known.
const ASSUMED_BYTES: usize = 80 * 1024;

/// The thumbnails of one page.
pub(super) struct Fetch<'a> {
    /// DescribeThumbnails.
    pub(super) service: &'a Service<Client>,
    /// The clock of the view.
    pub(super) clock: &'a Clock,
    /// A thumbnail that is not complete then is not reached.
    pub(super) deadline: Instant,
    /// The room for base64 in the response.
    pub(super) room: usize,
}

impl Fetch<'_> {
    /// The pictures of these feeds, in their order. `by_importance` has the index of each feed, the
    /// most important first: a thumbnail is only fetched if there is room for it beside those of
    /// more important feeds, as far as sizes are known.
    pub(super) async fn pictures(
        &self,
        feeds: &[FeedKey],
        by_importance: &[usize],
    ) -> Vec<Picture> {
        let mut pictures = vec![Picture::NoRoom; feeds.len()];
        let mut waiting: VecDeque<usize> = by_importance.iter().copied().collect();
        let mut calls = FuturesUnordered::new();
        let (mut used, mut largest, mut concurrent) = (0, None, FIRST_CALLS);
        loop {
            while let Some(&index) = waiting.front() {
                let expected = (calls.len() + 1) * largest.unwrap_or(ASSUMED_BYTES);
                if calls.len() >= concurrent || used + expected > self.room {
                    break;
                }
                waiting.pop_front();
                calls.push(async move { (index, self.picture(&feeds[index]).await) });
            }
            // In the order of completion, so that a call that hangs delays no other.
            let next = if concurrent == FIRST_CALLS {
                timeout(FIRST_RESPONSE, calls.next()).await
            } else {
                Ok(calls.next().await)
            };
            concurrent = CONCURRENT_CALLS;
            let Ok(next) = next else { continue };
            let Some((index, picture)) = next else { break };
            if picture.bytes() > 0 {
                used += picture.bytes();
                largest = largest.max(Some(picture.bytes()));
            }
            pictures[index] = picture;
        }
        pictures
    }

    async fn picture(&self, feed: &FeedKey) -> Picture {
        if Instant::now() >= self.deadline {
            return Picture::NotReached;
        }
        match timeout_at(self.deadline, capture::fetch(self.service, feed)).await {
            Ok(Ok(Some(EncodedThumbnail { base64, stamp }))) => {
                Picture::served(base64, stamp, self.clock.now())
            }
            Ok(Ok(None)) => Picture::NotServed,
            Ok(Err(error)) => {
                warn!(
                    channel = &*feed.channel_id,
                    pipeline = feed.pipeline.as_str(),
                    cause = error.kind.name(),
                    %error,
                    "no picture"
                );
                Picture::Failed(error.kind)
            }
            Err(_) => Picture::NotReached,
        }
    }
}
