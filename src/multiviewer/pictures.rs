//! Fetches the thumbnails of one page, until the time is over. A feed that has none says why; none costs another.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::SystemTime,
};

use aws_sdk_medialive::Client;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::picture::Picture;
use crate::{calls::Api, capture, feed::FeedKey};

/// Calls under way at once: at 40 a second, enough for answers that take 400 ms.
const CONCURRENT: usize = 16;

/// No more base64 than this is kept: an answer has no room for more, and the memory of a function is small.
const MOST_BYTES: usize = 6_000_000;

/// Whom to ask, and until when.
#[derive(Debug)]
pub(super) struct Fetching<'a> {
    pub(super) client: &'a Client,
    pub(super) api: &'a Api,
    pub(super) over: Instant,
}

/// The pictures of these feeds, in their order. `now` was the time at `start`.
pub(super) async fn fetch(
    feeds: &[FeedKey],
    fetching: &Fetching<'_>,
    now: SystemTime,
    start: Instant,
) -> Vec<Picture> {
    let kept = &AtomicUsize::new(0);
    let fetches = feeds.iter().enumerate().map(|(place, feed)| async move {
        let picture = match fetch_one(feed, fetching).await {
            Ok(encoded) if kept.load(Relaxed) + encoded.base64.len() > MOST_BYTES => Picture::NoRoom,
            Ok(encoded) => Picture::served(encoded.base64, encoded.stamp, now + start.elapsed()),
            Err(none) => none,
        };
        if let Picture::Jpeg { base64, .. } = &picture {
            kept.fetch_add(base64.len(), Relaxed);
        }
        (place, picture)
    });
    // Whichever is ready first, so that one that hangs holds up nobody.
    let mut pictures: Vec<_> = stream::iter(fetches).buffer_unordered(CONCURRENT).collect().await;
    pictures.sort_unstable_by_key(|(place, _)| *place);
    pictures.into_iter().map(|(_, picture)| picture).collect()
}

/// The thumbnail of a feed, or what there is to see instead.
async fn fetch_one(feed: &FeedKey, fetching: &Fetching<'_>) -> Result<capture::Encoded, Picture> {
    if Instant::now() >= fetching.over {
        return Err(Picture::NotReached);
    }
    match timeout_at(fetching.over, capture::fetch(fetching.client, fetching.api, feed)).await {
        Err(_) => Err(Picture::NotReached),
        Ok(Ok(served)) => served.ok_or(Picture::NotServed),
        Ok(Err(error)) => {
            warn!(channel = &*feed.channel_id, pipeline = feed.pipeline.as_str(), cause = ?error.cause, %error, "no picture");
            Err(Picture::Failed(error.cause))
        }
    }
}
