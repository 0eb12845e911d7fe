//! MediaLive's ListChannels and DescribeThumbnails: from path and query to JSON.
//!
//! Limits and shapes: <https://docs.aws.amazon.com/medialive/latest/apireference/>. Summaries hold what a list holds:
//! no encoder settings, so not whether thumbnails are enabled.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::wire::api::Feed;
use crate::services::channel::{Channel, Roster};
use crate::services::date::DateForm;
use crate::faults::fault::Trouble;
use crate::pictures::playout::{Pace, Shown, Slide};
use crate::wire::response::Refusal;
use crate::pictures::still::{Still, Stills};

/// Region and account of the ARNs.
const ARN: &str = "arn:aws:medialive:eu-central-1:111122223333:channel:";
/// When the engine that a channel runs on expires, since the epoch: 2027-07-18T12:04:24Z.
const EXPIRES: Duration = Duration::from_secs(1_815_912_264);
/// What the page tokens start with.
const TOKEN: &str = "after-";

/// What a path and its query ask for.
#[derive(Debug)]
pub(crate) enum Ask {
    Channels { most: Option<usize>, token: Option<String> },
    Thumbnail(Feed),
}

fn bad(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "BadRequestException", message)
}

/// Reads the query of ListChannels.
pub(crate) fn read_list(query: &str) -> Result<Ask, Refusal> {
    let most = parameter(query, "maxResults").map(|most| most.parse::<usize>().ok().filter(|most| *most > 0));
    if most == Some(None) {
        return Err(bad("maxResults is no positive number"));
    }
    Ok(Ask::Channels { most: most.flatten(), token: parameter(query, "nextToken") })
}

/// Reads the path and the query of DescribeThumbnails. All three parameters are required.
pub(crate) fn read_thumbnail(channel: &str, query: &str) -> Result<Ask, Refusal> {
    if parameter(query, "thumbnailType").as_deref() != Some("CURRENT_ACTIVE") {
        return Err(bad("thumbnailType must be CURRENT_ACTIVE"));
    }
    match parameter(query, "pipelineId").as_deref() {
        Some("0") => Ok(Ask::Thumbnail(Feed::new(decoded(channel), 0))),
        Some("1") => Ok(Ask::Thumbnail(Feed::new(decoded(channel), 1))),
        _ => Err(bad("pipelineId must be 0 or 1")),
    }
}

/// A page of channels, and how many it holds.
pub(crate) fn list(
    roster: &Roster,
    dates: &DateForm,
    size: usize,
    token: Option<&str>,
    trouble: Option<&Trouble>,
) -> Result<(String, usize), Refusal> {
    let refusal = || bad("nextToken is invalid");
    let age: u64 = match token {
        Some(token) => token.strip_prefix(TOKEN).and_then(|age| age.parse().ok()).ok_or_else(refusal)?,
        None => 0,
    };
    let age = if trouble == Some(&Trouble::RepeatsChannels) { age.saturating_sub(1) } else { age };
    let (page, next) = roster.page(age, size);
    let next = if trouble == Some(&Trouble::TokenForEver) { Some(age) } else { next };
    let mut answer =
        json!({ "channels": page.iter().map(|channel| summary(channel, dates)).collect::<Vec<_>>() });
    if let Some(next) = next {
        answer["nextToken"] = json!(format!("{TOKEN}{next}"));
    }
    Ok((answer.to_string(), page.len()))
}

fn summary(channel: &Channel, dates: &DateForm) -> Value {
    let date = channel.dates.as_ref().unwrap_or(dates).write(SystemTime::UNIX_EPOCH + EXPIRES);
    let healthy = if channel.state.has_pictures() { channel.pipelines } else { 0 };
    json!({
        "arn": format!("{ARN}{}", channel.id),
        "id": channel.id,
        "name": channel.name,
        "state": channel.state.word(),
        "channelClass": if channel.pipelines == 2 { "STANDARD" } else { "SINGLE_PIPELINE" },
        "pipelinesRunningCount": channel.running.unwrap_or(healthy),
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
    })
}

/// A thumbnail on its way: the answer, what is shown, and the still if there is one.
pub(crate) struct Answer {
    pub(crate) json: String,
    pub(crate) served: Option<(Shown, std::sync::Arc<Still>)>,
}

/// What a feed shows now.
pub(crate) fn look(
    roster: &mut Roster,
    feed: &Feed,
    pace: Pace,
    now: SystemTime,
) -> Result<(Shown, Option<DateForm>), Refusal> {
    let entry = roster.entry(&feed.channel).ok_or_else(|| none(feed))?;
    if !entry.channel.state.has_pictures() {
        return Err(bad(format!("Channel {} is not running", feed.channel)));
    }
    if feed.pipeline >= entry.channel.pipelines {
        return Err(none(feed));
    }
    let dates = entry.channel.dates.clone();
    Ok((entry.look(feed.pipeline, pace, now), dates))
}

fn none(feed: &Feed) -> Refusal {
    Refusal::new(404, "NotFoundException", format!("Channel {} has no thumbnails", feed.channel))
}

/// The thumbnail of what a feed shows. May draw and encode, so no lock is held here.
pub(crate) fn thumbnail(
    shown: Shown,
    dates: &DateForm,
    stills: &Stills,
    feed: &Feed,
    trouble: Option<&Trouble>,
) -> Result<Answer, Refusal> {
    let still = match &shown.slide {
        Slide::Drawn(picture) => stills.of(*picture),
        Slide::Given(still) => still.clone(),
        Slide::EmptyList => return Ok(Answer { json: r#"{"thumbnailDetails":[]}"#.into(), served: None }),
        Slide::NotFound => return Err(none(feed)),
        Slide::NotReady => return Err(bad(format!("Channel {} is not ready", feed.channel))),
    };
    let (head, tail) = still.base64(feed);
    let stamp = shown.stamp.map(|at| dates.write(at));
    let json = match trouble {
        Some(Trouble::BrokenBase64) => details(feed, "this", "is=not%base64", stamp),
        Some(Trouble::BrokenJpeg) => {
            details(feed, &STANDARD.encode(b"\xff\xd8\xff\xe0 broken, no picture"), "", stamp)
        }
        _ => details(feed, &head, tail, stamp),
    };
    Ok(Answer { json, served: Some((shown, still)) })
}

fn details(feed: &Feed, head: &str, tail: &str, stamp: Option<Value>) -> String {
    let stamp = stamp.map(|stamp| format!(r#","timeStamp":{stamp}"#));
    [
        r#"{"thumbnailDetails":[{"pipelineId":""#,
        &feed.pipeline.to_string(),
        r#"","thumbnails":[{"body":""#,
        head,
        tail,
        r#"","contentType":"image/jpeg","thumbnailType":"CURRENT_ACTIVE""#,
        stamp.as_deref().unwrap_or_default(),
        "}]}]}",
    ]
    .concat()
}

fn parameter(query: &str, key: &str) -> Option<String> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(name, _)| *name == key))
        .map(|(_, value)| decoded(value))
}

/// Percent signs decoded; what is no UTF-8 is replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
