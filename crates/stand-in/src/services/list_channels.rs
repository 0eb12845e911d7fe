//! MediaLive's ListChannels: from the query string to a page of channels as JSON.
//!
//! Shapes and limits: <https://docs.aws.amazon.com/medialive/latest/apireference/channels.html>. A
//! summary has no encoder settings, so it does not show whether thumbnails are enabled.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{
    channel::{Channel, Link},
    channel_registry::ChannelRegistry,
    date_format::DateFormat,
    page_token,
};
use crate::{
    faults::fault::FaultKind,
    wire::{query_string::parameter, response::ServiceError},
};

/// Region and account of the channels' ARNs.
const ARN_PREFIX: &str = "arn:aws:medialive:eu-west-1:111122223333:channel:";
/// Expiration of the channel engine, since 1970: 2027-07-18T12:04:24Z.
pub(crate) const ENGINE_EXPIRATION: Duration = Duration::from_secs(1_815_912_264);

/// The parameters of a call.
#[derive(Debug)]
pub(crate) struct Request {
    max_results: Option<usize>,
    next_token: Option<String>,
}

fn bad_request(message: &str) -> ServiceError {
    ServiceError::new(400, "BadRequestException", message)
}

/// Reads the query string.
pub(crate) fn read(query: &str) -> Result<Request, ServiceError> {
    let mut max_results = None;
    if let Some(text) = parameter(query, "maxResults") {
        match text.parse() {
            Ok(number) if number > 0 => max_results = Some(number),
            _ => return Err(bad_request("maxResults is not a positive number")),
        }
    }
    Ok(Request { max_results, next_token: parameter(query, "nextToken") })
}

/// What a page depends on besides the request.
pub(crate) struct PageOptions<'a> {
    /// Most channels on a page.
    pub(crate) size: usize,
    /// The largest `maxResults` that is not refused.
    pub(crate) largest: usize,
    pub(crate) date_format: DateFormat,
    pub(crate) fault: Option<&'a FaultKind>,
}

/// A page as JSON, and the number of channels on it.
pub(crate) fn respond(
    request: &Request,
    channels: &ChannelRegistry,
    options: &PageOptions<'_>,
) -> Result<(String, usize), ServiceError> {
    let mut after = match &request.next_token {
        Some(token) => {
            page_token::decode(token).ok_or_else(|| bad_request("nextToken is invalid"))?
        }
        None => 0,
    };
    if options.fault == Some(&FaultKind::RepeatChannels) {
        after = after.saturating_sub(1);
    }
    if request.max_results.is_some_and(|most| most > options.largest) {
        return Err(bad_request("maxResults is larger than a page may be"));
    }
    let size = request.max_results.map_or(options.size, |most| most.min(options.size));
    let (page, mut next) = channels.page(after, size);
    if options.fault == Some(&FaultKind::RepeatToken) {
        next = Some(after);
    }
    let summaries: Vec<Value> =
        page.iter().map(|channel| summary(channel, &options.date_format)).collect();
    let mut body = json!({ "channels": summaries });
    if let Some(next) = next {
        body["nextToken"] = json!(page_token::encode(next));
    }
    Ok((body.to_string(), page.len()))
}

fn summary(channel: &Channel, date_format: &DateFormat) -> Value {
    let date_format = channel.date_format.as_ref().unwrap_or(date_format);
    let date = date_format.write(SystemTime::UNIX_EPOCH + ENGINE_EXPIRATION);
    let running_by_default = if channel.state.has_pictures() { channel.pipelines } else { 0 };
    let mut summary = json!({
        "arn": arn(&channel.id),
        "id": channel.id,
        "name": channel.name,
        "state": channel.state.wire_name(),
        "channelClass": if channel.pipelines == 2 { "STANDARD" } else { "SINGLE_PIPELINE" },
        "pipelinesRunningCount": channel.running_pipelines.unwrap_or(running_by_default),
        "tags": channel.tags,
        "inputAttachments": [{ "inputId": format!("9{}", channel.id), "inputAttachmentName": "source" }],
        "inputSpecification": { "codec": "AVC", "maximumBitrate": "MAX_20_MBPS", "resolution": "HD" },
        "channelEngineVersion": { "name": "MediaLive 2.0", "expirationDate": date },
        "usedChannelEngineVersions": [{ "name": "MediaLive 2.0", "expirationDate": date }],
        "maintenance": {
            "maintenanceDay": "SUNDAY", "maintenanceStartTime": "02:00",
            "maintenanceScheduledDate": date, "maintenanceDeadline": date,
        },
        "destinations": [], "egressEndpoints": [], "logLevel": "DISABLED",
        "roleArn": "arn:aws:iam::111122223333:role/MediaLiveAccessRole",
    });
    if let Some(link) = &channel.link {
        summary["linkedChannelSettings"] = linked_channel_settings(link);
    }
    summary
}

/// The ARN of the channel with this ID.
pub(crate) fn arn(id: &str) -> String {
    format!("{ARN_PREFIX}{id}")
}

fn linked_channel_settings(link: &Link) -> Value {
    match link {
        Link::Follows(primary) => json!({ "followerChannelSettings": {
            "linkedChannelType": "FOLLOWING_CHANNEL", "primaryChannelArn": arn(primary),
        } }),
        Link::LeadsTo(follower) => json!({ "primaryChannelSettings": {
            "linkedChannelType": "PRIMARY_CHANNEL", "followingChannelArns": [arn(follower)],
        } }),
    }
}
