//! Stage 2: fetches the thumbnail of a feed. Base64 and the service's time stamp end here.

use std::time::SystemTime;

use aws_sdk_medialive::{
    Client, operation::describe_thumbnails::DescribeThumbnailsError, primitives::DateTime,
};
use aws_smithy_types::base64;

use crate::{
    calls::{Api, ApiName, CallError},
    feed::FeedKey,
};

/// The only kind that MediaLive makes: the input that is on air.
const CURRENT_ACTIVE: &str = "CURRENT_ACTIVE";

/// The JPEG that MediaLive made of a feed's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// The picture, undecoded.
    pub jpeg: Vec<u8>,
    /// When MediaLive made it, where it says so.
    pub stamp: Option<SystemTime>,
}

/// What a feed served. `None` is an answer: MediaLive has no picture of it (thumbnails are switched off, the channel
/// has just started, the pipeline is down). It says so in three ways: an empty list, 404 and 400.
pub type Served = Option<Thumbnail>;

/// A thumbnail as it came: the picture still in base64, unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encoded {
    /// The picture as MediaLive wrote it down.
    pub(crate) base64: String,
    /// When MediaLive made it, where it says so.
    pub(crate) stamp: Option<SystemTime>,
}

/// The thumbnail of a feed as it is now.
///
/// # Errors
/// When MediaLive gave no answer, or one that can't be read.
pub async fn capture(client: &Client, api: &Api, feed: &FeedKey) -> Result<Served, CallError> {
    let Some(Encoded { base64, stamp }) = fetch(client, api, feed).await? else { return Ok(None) };
    // The SDK's own decoder: with vector instructions, a fifth of the time of the usual one.
    let jpeg =
        base64::decode(base64).map_err(|error| CallError::unreadable(ApiName::DescribeThumbnails, error))?;
    Ok(Some(Thumbnail { jpeg, stamp }))
}

/// The same, for whoever passes the picture on without looking into it.
pub(crate) async fn fetch(client: &Client, api: &Api, feed: &FeedKey) -> Result<Option<Encoded>, CallError> {
    let answer = api
        .call(says_no_picture, || {
            client
                .describe_thumbnails()
                .channel_id(&*feed.channel_id)
                .pipeline_id(feed.pipeline.as_str())
                .thumbnail_type(CURRENT_ACTIVE)
                .send()
        })
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error.as_service_error().is_some_and(says_no_picture) => return Ok(None),
        Err(error) => return Err(CallError::new(ApiName::DescribeThumbnails, error)),
    };
    let newest = answer
        .thumbnail_details
        .unwrap_or_default()
        .into_iter()
        .filter(|detail| detail.pipeline_id.as_deref().is_none_or(|id| id == feed.pipeline.as_str()))
        .flat_map(|detail| detail.thumbnails.unwrap_or_default())
        .filter(|thumbnail| thumbnail.body.as_ref().is_some_and(|body| !body.is_empty()))
        .max_by_key(|thumbnail| thumbnail.time_stamp);
    let Some(thumbnail) = newest else { return Ok(None) };
    let base64 = thumbnail.body.unwrap_or_default();
    let stamp = thumbnail.time_stamp.and_then(readable);
    Ok(Some(Encoded { base64, stamp }))
}

/// The stamp as a time. One from before 1970 or from a year of five digits is none: no log could write it down.
fn readable(stamp: DateTime) -> Option<SystemTime> {
    /// The first second of the year 10000.
    const END: i64 = 253_402_300_800;
    (0..END).contains(&stamp.secs()).then(|| SystemTime::try_from(stamp).ok()).flatten()
}

/// 404 is documented to mean that the channel has no thumbnails; 400 comes for a channel that isn't running.
fn says_no_picture(error: &DescribeThumbnailsError) -> bool {
    error.is_not_found_exception() || error.is_bad_request_exception()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_that_no_log_could_write_down_is_none() {
        let (first, last) = (0, 253_402_300_799);
        for seconds in [i64::MIN, first - 1, last + 1, i64::MAX] {
            assert_eq!(readable(DateTime::from_secs(seconds)), None, "{seconds}");
        }
        for seconds in [first, last] {
            let stamp = readable(DateTime::from_secs(seconds)).unwrap();
            assert!(!humantime::format_rfc3339_seconds(stamp).to_string().is_empty());
        }
    }
}
