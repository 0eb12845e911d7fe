//! Stage 2: fetches the thumbnail of a feed. Base64 and the service's time stamp end here.

use std::time::{Duration, SystemTime};

use aws_sdk_medialive::{
    Client, operation::describe_thumbnails::DescribeThumbnailsError, primitives::DateTime,
};
use aws_smithy_types::base64;

use crate::{
    aws::{ApiName, CallError, Service},
    feed::FeedKey,
};

/// The only kind of thumbnail that MediaLive makes: of the input that is on air.
const CURRENT_ACTIVE: &str = "CURRENT_ACTIVE";

/// Thumbnails may only be made while someone asks for them: the first response after a pause is
/// then empty, or an old one. Before it counts, the feed is requested once more, after this time.
pub const SECOND_REQUEST_AFTER: Duration = Duration::from_millis(500);

/// The JPEG that MediaLive made of a feed's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// When MediaLive made it, if it has a readable time stamp.
    pub stamp: Option<SystemTime>,
}

/// A thumbnail as it was received: the JPEG in base64, unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedThumbnail {
    /// The JPEG in base64.
    pub base64: String,
    /// When MediaLive made it, if it has a readable time stamp.
    pub stamp: Option<SystemTime>,
}

/// The current thumbnail of a feed. `None` is a response: MediaLive has none (thumbnails are
/// disabled, the channel has just started, the pipeline is down). It says so in three ways: an
/// empty list, 404 and 400.
///
/// # Errors
/// When MediaLive sent no response, or one that can't be read.
pub async fn capture(
    service: &Service<Client>,
    feed: &FeedKey,
) -> Result<Option<Thumbnail>, CallError> {
    let Some(EncodedThumbnail { base64, stamp }) = fetch(service, feed).await? else {
        return Ok(None);
    };
    // The SDK's own decoder uses vector instructions and takes a fifth of the usual decoder's time.
    let jpeg = base64::decode(base64)
        .map_err(|error| CallError::unreadable(ApiName::DescribeThumbnails, error))?;
    Ok(Some(Thumbnail { jpeg, stamp }))
}

/// The current thumbnail of a feed in base64, for a caller that passes the picture on without
/// decoding it; `None` as for [`capture`].
///
/// # Errors
/// When MediaLive sent no response, or one that can't be read.
pub async fn fetch(
    service: &Service<Client>,
    feed: &FeedKey,
) -> Result<Option<EncodedThumbnail>, CallError> {
    let request = |client: &Client| {
        client
            .describe_thumbnails()
            .channel_id(&*feed.channel_id)
            .pipeline_id(feed.pipeline.as_str())
            .thumbnail_type(CURRENT_ACTIVE)
            .send()
    };
    let Some(response) = service.call_unless(means_no_picture, request).await? else {
        return Ok(None);
    };
    let latest = response
        .thumbnail_details
        .unwrap_or_default()
        .into_iter()
        .filter(|detail| {
            detail.pipeline_id.as_deref().is_none_or(|id| id == feed.pipeline.as_str())
        })
        .flat_map(|detail| detail.thumbnails.unwrap_or_default())
        .filter(|thumbnail| thumbnail.body.as_ref().is_some_and(|body| !body.is_empty()))
        .max_by_key(|thumbnail| thumbnail.time_stamp);
    let Some(thumbnail) = latest else { return Ok(None) };
    let base64 = thumbnail.body.unwrap_or_default();
    let stamp = thumbnail.time_stamp.and_then(representable);
    Ok(Some(EncodedThumbnail { base64, stamp }))
}

/// The stamp as a time; `None` before 1970 and from the year 10000 on, which no log line can
/// represent.
fn representable(stamp: DateTime) -> Option<SystemTime> {
    /// The first second of the year 10000.
    const END: i64 = 253_402_300_800;
    if !(0..END).contains(&stamp.secs()) {
        return None;
    }
    SystemTime::try_from(stamp).ok()
}

/// 404 is documented to mean that the channel has no thumbnails; MediaLive sends 400 for a channel
/// that isn't running.
fn means_no_picture(error: &DescribeThumbnailsError) -> bool {
    error.is_not_found_exception() || error.is_bad_request_exception()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_that_no_log_line_can_represent_is_none() {
        let (first, last) = (0, 253_402_300_799);
        for seconds in [i64::MIN, first - 1, last + 1, i64::MAX] {
            assert_eq!(representable(DateTime::from_secs(seconds)), None, "{seconds}");
        }
        for seconds in [first, last] {
            let stamp = representable(DateTime::from_secs(seconds)).unwrap();
            assert!(!humantime::format_rfc3339_seconds(stamp).to_string().is_empty());
        }
    }
}
