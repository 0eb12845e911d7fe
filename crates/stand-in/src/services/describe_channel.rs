//! MediaLive's DescribeChannel, DescribeSchedule and ListAlerts: from a channel's ID to its details
//! as JSON.
//!
//! Shapes: <https://docs.aws.amazon.com/medialive/latest/apireference/channels-channelid.html>,
//! `channels-channelid-schedule.html` and `channels-channelid-alerts.html` beside it.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{
    channel::Channel,
    channel_registry::ChannelRegistry,
    date_format::DateFormat,
    list_channels::{ENGINE_EXPIRATION, arn},
    page_token,
};
use crate::wire::{query_string::parameter, response::ServiceError};

/// Most actions or alerts on a page. The service does not document its number.
const PAGE_SIZE: usize = 100;
/// When the alerts were set, since 1970: 2023-07-18T12:04:24Z.
const ALERT_TIME: Duration = Duration::from_secs(1_689_681_864);

/// The parameters of a call.
#[derive(Debug)]
pub(crate) struct Request {
    channel: String,
    next_token: Option<String>,
    state_filter: Option<String>,
}

/// Reads the channel's ID, which is part of the path, and the query string.
pub(crate) fn read(channel: &str, query: &str) -> Request {
    Request {
        channel: channel.to_owned(),
        next_token: parameter(query, "nextToken"),
        state_filter: parameter(query, "stateFilter"),
    }
}

fn channel<'a>(
    request: &Request,
    channels: &'a mut ChannelRegistry,
) -> Result<&'a Channel, ServiceError> {
    let id = &request.channel;
    let missing = || ServiceError::new(404, "NotFoundException", format!("Channel {id} not found"));
    channels.get(id).map(|registered| &registered.channel).ok_or_else(missing)
}

/// The response of DescribeChannel.
pub(crate) fn describe(
    request: &Request,
    channels: &mut ChannelRegistry,
    date_format: &DateFormat,
) -> Result<String, ServiceError> {
    let channel = channel(request, channels)?;
    let date_format = channel.date_format.as_ref().unwrap_or(date_format);
    let date = date_format.write(SystemTime::UNIX_EPOCH + ENGINE_EXPIRATION);
    let running = if channel.state.has_pictures() { channel.pipelines } else { 0 };
    let pipelines: Vec<_> = (0..running).map(|number| pipeline(channel, number, &date)).collect();
    let body = json!({
        "arn": arn(&channel.id), "id": channel.id, "name": channel.name,
        "state": channel.state.wire_name(), "tags": channel.tags,
        "channelEngineVersion": { "name": "MediaLive 2.0", "expirationDate": date },
        "pipelineDetails": pipelines,
        "encoderSettings":
            { "outputGroups": output_groups(channel), "timecodeConfig": { "source": "EMBEDDED" } },
        "maintenance": { "maintenanceDay": "SUNDAY", "maintenanceScheduledDate": date },
    });
    Ok(body.to_string())
}

fn pipeline(channel: &Channel, number: u8, date: &Value) -> Value {
    let input = channel.detail.inputs[usize::from(number)].as_ref();
    let mut detail = json!({
        "pipelineId": number.to_string(),
        "activeInputAttachmentName": input.map_or("source", |input| &*input.attachment),
        "channelEngineVersion": { "name": "MediaLive 2.0", "expirationDate": date },
    });
    if let Some(action) = input.and_then(|input| input.switched_by.as_ref()) {
        detail["activeInputSwitchActionName"] = json!(action);
    }
    detail
}

/// One HLS group, and those that are CMAF Ingest.
fn output_groups(channel: &Channel) -> Vec<Value> {
    let group = |name: &str, kind: &str| json!({ "name": name, "outputGroupSettings": { kind: {} }, "outputs": [] });
    let cmaf = channel.detail.cmaf_groups.iter();
    let cmaf = cmaf.map(|name| group(name, "cmafIngestGroupSettings"));
    [group("hls", "hlsGroupSettings")].into_iter().chain(cmaf).collect()
}

/// A page of DescribeSchedule.
pub(crate) fn schedule(
    request: &Request,
    channels: &mut ChannelRegistry,
) -> Result<String, ServiceError> {
    let actions = channel(request, channels)?.detail.schedule.iter().map(|action| {
        let start = match action.at {
            Some(at) => {
                let time = humantime::format_rfc3339_millis(at).to_string();
                json!({ "fixedModeScheduleActionStartSettings": { "time": time } })
            }
            None => json!({ "immediateModeScheduleActionStartSettings": {} }),
        };
        json!({
            "actionName": action.name,
            "scheduleActionSettings":
                { "inputSwitchSettings": { "inputAttachmentNameReference": action.to } },
            "scheduleActionStartSettings": start,
        })
    });
    page(request, "scheduleActions", &actions.collect::<Vec<_>>())
}

/// A page of ListAlerts.
pub(crate) fn alerts(
    request: &Request,
    channels: &mut ChannelRegistry,
    date_format: &DateFormat,
) -> Result<String, ServiceError> {
    let channel = channel(request, channels)?;
    let date_format = channel.date_format.as_ref().unwrap_or(date_format);
    let date = date_format.write(SystemTime::UNIX_EPOCH + ALERT_TIME);
    let state = |is_cleared| if is_cleared { "CLEARED" } else { "SET" };
    let wanted = request.state_filter.as_deref();
    let alerts = channel
        .detail
        .alerts
        .iter()
        .filter(|alert| wanted.is_none_or(|wanted| wanted == state(alert.is_cleared)));
    let alerts = (1..).zip(alerts).map(|(number, alert)| {
        json!({
            "id": number.to_string(), "alertType": alert.kind, "message": alert.message,
            "pipelineId": alert.pipeline.to_string(), "state": state(alert.is_cleared),
            "setTimestamp": date,
        })
    });
    page(request, "alerts", &alerts.collect::<Vec<_>>())
}

/// A page of a list of one name.
fn page(request: &Request, name: &str, all: &[Value]) -> Result<String, ServiceError> {
    let invalid = || ServiceError::new(400, "BadRequestException", "nextToken is invalid");
    let start = match &request.next_token {
        Some(token) => page_token::decode(token).ok_or_else(invalid)?,
        None => 0,
    };
    let start = usize::try_from(start).map_err(|_| invalid())?;
    let shown: Vec<_> = all.iter().skip(start).take(PAGE_SIZE).collect();
    let end = start + shown.len();
    let mut body = json!({ name: shown });
    if end < all.len() {
        body["nextToken"] = json!(page_token::encode(end as u64));
    }
    Ok(body.to_string())
}
