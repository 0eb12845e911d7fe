//! Fetches the thumbnails of one page until a deadline. A failing thumbnail never affects the
//! others. The SDK's types end here.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use aws_sdk_medialive::Client;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::picture::Picture;
use crate::{
    aws::Service,
    capture::{self, EncodedThumbnail},
    feed::FeedKey,
    lambda::{Clock, MAX_RESPONSE_BYTES},
};

/// Concurrent calls: at 40 a second, enough for responses that take 400 ms.
const CONCURRENT_CALLS: usize = 16;

/// Base64 that is kept for a page. No page can hold more, because the response carries base64 as it
/// is, and a function's memory is small.
const MAX_BASE64_BYTES: usize = MAX_RESPONSE_BYTES;

/// The pictures of these feeds, in their order. A thumbnail that is not complete at `deadline` is
/// not reached.
pub(super) async fn fetch(
    feeds: &[FeedKey],
    service: &Service<Client>,
    clock: &Clock,
    deadline: Instant,
) -> Vec<Picture> {
    let kept_bytes = &AtomicUsize::new(0);
    let fetches = feeds.iter().enumerate().map(|(index, feed)| async move {
        let picture = match fetch_one(feed, service, deadline).await {
            Ok(EncodedThumbnail { base64, .. })
                if kept_bytes.load(Relaxed) + base64.len() > MAX_BASE64_BYTES =>
            {
                Picture::NoRoom
            }
            Ok(EncodedThumbnail { base64, stamp }) => Picture::served(base64, stamp, clock.now()),
            Err(picture) => picture,
        };
        if let Picture::Jpeg { base64, .. } = &picture {
            kept_bytes.fetch_add(base64.len(), Relaxed);
        }
        (index, picture)
    });
    // In the order of completion, so that a call that hangs delays no other.
    let mut pictures: Vec<_> =
        stream::iter(fetches).buffer_unordered(CONCURRENT_CALLS).collect().await;
    pictures.sort_unstable_by_key(|(index, _)| *index);
    pictures.into_iter().map(|(_, picture)| picture).collect()
}

/// The thumbnail of a feed, or the picture that says why there is none.
async fn fetch_one(
    feed: &FeedKey,
    service: &Service<Client>,
    deadline: Instant,
) -> Result<EncodedThumbnail, Picture> {
    if Instant::now() >= deadline {
        return Err(Picture::NotReached);
    }
    match timeout_at(deadline, capture::fetch(service, feed)).await {
        Ok(Ok(Some(thumbnail))) => Ok(thumbnail),
        Ok(Ok(None)) => Err(Picture::NotServed),
        Ok(Err(error)) => {
            warn!(
                channel = &*feed.channel_id,
                pipeline = feed.pipeline.as_str(),
                cause = error.kind.name(),
                %error,
                "no picture"
            );
            Err(Picture::Failed(error.kind))
        }
        Err(_) => Err(Picture::NotReached),
    }
}
