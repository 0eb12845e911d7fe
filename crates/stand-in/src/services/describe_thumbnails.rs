//! MediaLive's DescribeThumbnails: from path and query string to a thumbnail as JSON.
//!
//! Shapes:
//! <https://docs.aws.amazon.com/medialive/latest/apireference/channels-channelid-thumbnails.html>.

use std::{sync::Arc, time::SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{channel_registry::ChannelRegistry, date_format::DateFormat};
use crate::{
    faults::fault::FaultKind,
    pictures::{
        playout::{Content, Frame, Pace},
        still::{Still, StillCache},
    },
    wire::{
        api::Feed,
        query_string::{decode, parameter},
        response::ServiceError,
    },
};

/// The body for a feed whose thumbnails are disabled.
pub(crate) const EMPTY_LIST: &str = r#"{"thumbnailDetails":[]}"#;

fn bad_request(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "BadRequestException", message)
}

fn not_found(feed: &Feed) -> ServiceError {
    ServiceError::new(
        404,
        "NotFoundException",
        format!("Channel {} has no thumbnails", feed.channel),
    )
}

/// Reads the channel ID from the path, still encoded, and the query string. All three parameters
/// are required.
pub(crate) fn read(channel: &str, query: &str) -> Result<Feed, ServiceError> {
    if parameter(query, "thumbnailType").as_deref() != Some("CURRENT_ACTIVE") {
        return Err(bad_request("thumbnailType must be CURRENT_ACTIVE"));
    }
    match parameter(query, "pipelineId").as_deref() {
        Some("0") => Ok(Feed::new(decode(channel), 0)),
        Some("1") => Ok(Feed::new(decode(channel), 1)),
        _ => Err(bad_request("pipelineId must be 0 or 1")),
    }
}

/// What a feed shows now, and the date format of its channel if it has its own.
pub(crate) fn current_frame(
    channels: &mut ChannelRegistry,
    feed: &Feed,
    pace: Pace,
    now: SystemTime,
) -> Result<(Frame, Option<DateFormat>), ServiceError> {
    let registered = channels.get(&feed.channel).ok_or_else(|| not_found(feed))?;
    if !registered.channel.state.has_pictures() {
        return Err(bad_request(format!("Channel {} is not running", feed.channel)));
    }
    if feed.pipeline >= registered.channel.pipelines {
        return Err(not_found(feed));
    }
    let date_format = registered.channel.date_format.clone();
    Ok((registered.frame(feed.pipeline, pace, now), date_format))
}

/// The still of a frame; `None` if thumbnails are disabled. Can draw and encode, so the caller
/// holds no lock.
pub(crate) fn still(
    frame: &Frame,
    feed: &Feed,
    stills: &StillCache,
) -> Result<Option<Arc<Still>>, ServiceError> {
    match &frame.content {
        Content::Drawn(picture) => Ok(Some(stills.still(*picture))),
        Content::File(still) => Ok(Some(still.clone())),
        Content::NoThumbnail => Ok(None),
        Content::NotFound => Err(not_found(feed)),
        Content::NotReady => Err(bad_request(format!("Channel {} is not ready", feed.channel))),
    }
}

/// The body with this still. `time_stamp` is JSON; `None` leaves the field out.
pub(crate) fn body(
    feed: &Feed,
    still: &Still,
    time_stamp: Option<&str>,
    fault: Option<&FaultKind>,
) -> String {
    let (head, tail) = match fault {
        Some(FaultKind::BrokenBase64) => ("thisis=not%base64".to_owned(), ""),
        Some(FaultKind::BrokenJpeg) => {
            (STANDARD.encode(b"\xff\xd8\xff\xe0 broken, no picture"), "")
        }
        _ => still.base64(feed),
    };
    let time_stamp = time_stamp.map(|json| format!(r#","timeStamp":{json}"#));
    // Concatenated rather than serialised, so that a load test copies each picture only once.
    [
        r#"{"thumbnailDetails":[{"pipelineId":""#,
        &feed.pipeline.to_string(),
        r#"","thumbnails":[{"body":""#,
        &head,
        tail,
        r#"","contentType":"image/jpeg","thumbnailType":"CURRENT_ACTIVE""#,
        time_stamp.as_deref().unwrap_or_default(),
        "}]}]}",
    ]
    .concat()
}
