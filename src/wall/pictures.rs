//! Fetches the thumbnails of one page, until the time is over. A feed that has none says why; none costs another.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::{Duration, SystemTime},
};

use aws_sdk_medialive::Client;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use crate::{
    calls::{Api, Cause},
    capture,
    feed::FeedKey,
};

/// Calls under way at once: at 40 a second, enough for answers that take 400 ms.
const CONCURRENT: usize = 16;

/// What there is to see of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    /// A thumbnail.
    Jpeg {
        /// Base64 of what begins as a JPEG does: nothing but letters, digits, `+`, `/` and `=`.
        base64: String,
        /// How old it was when it came, where MediaLive says when it was made.
        age: Option<Duration>,
    },
    /// MediaLive has no thumbnail of the feed.
    NotServed,
    /// What came as a thumbnail is not a JPEG.
    NotAJpeg,
    /// The call gave nothing.
    Failed(Cause),
    /// The time was over before its turn came.
    NotReached,
    /// There was one, and those before it fill the answer already.
    NoRoom,
}

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
            Ok(encoded) => picture(encoded, now + start.elapsed()),
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

fn picture(encoded: capture::Encoded, now: SystemTime) -> Picture {
    if !is_jpeg(&encoded.base64) {
        return Picture::NotAJpeg;
    }
    // A stamp ahead of this clock is one that was made just now.
    let age = encoded.stamp.map(|stamp| now.duration_since(stamp).unwrap_or_default());
    Picture::Jpeg { base64: encoded.base64, age }
}

/// Whether this is base64, all of it, of something that begins with the three bytes of every JPEG. It becomes part of an
/// attribute as it stands, so nothing else may be in it.
fn is_jpeg(base64: &str) -> bool {
    /// FF D8 FF: start of image, and the first byte of the next marker.
    const START: &str = "/9j/";
    let letters = base64.trim_end_matches('=');
    base64.starts_with(START)
        && base64.len() - letters.len() <= 2
        && base64.len().is_multiple_of(4)
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_jpeg_in_plain_base64_is_one() {
        let jpeg = |rest: &[u8]| STANDARD.encode([&[0xFF, 0xD8, 0xFF], rest].concat());
        for rest in [&[][..], &[1], &[1, 2], &[1, 2, 3]] {
            assert!(is_jpeg(&jpeg(rest)));
        }
        assert!(!is_jpeg(&STANDARD.encode(b"<svg onload=alert(1)>")));
        assert!(!is_jpeg("/9j/\" onerror=\"alert(1)=="));
        assert!(!is_jpeg("/9j/AAA"));
        assert!(!is_jpeg("/9j/===="));
        assert!(!is_jpeg(""));
    }

    #[test]
    fn a_stamp_ahead_of_the_clock_has_no_age() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_mins(1);
        let encoded = |stamp| capture::Encoded { base64: "/9j/".to_owned(), stamp };
        let aged = |age| Picture::Jpeg { base64: "/9j/".to_owned(), age };
        assert_eq!(
            picture(encoded(Some(now - Duration::from_secs(3))), now),
            aged(Some(Duration::from_secs(3)))
        );
        assert_eq!(picture(encoded(Some(now + Duration::from_secs(3))), now), aged(Some(Duration::ZERO)));
        assert_eq!(picture(encoded(None), now), aged(None));
    }

    proptest! {
        #[test]
        fn what_passes_for_a_jpeg_is_base64_that_decodes(text in "(/9j/)?[A-Za-z0-9+/=<>\"' ]{0,40}") {
            if is_jpeg(&text) {
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
            }
        }
    }
}
