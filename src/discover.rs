//! Stage 1: asks MediaLive which channels there are. Gives channels that are starting or running; the SDK's types end here.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_medialive::{
    Client,
    operation::list_channels::ListChannelsError,
    types::{ChannelClass, ChannelState, ChannelSummary},
};
use tokio::time::{Instant, timeout_at};

use crate::{
    calls::{Api, ApiName, CallError, none_expected},
    feed::{Channel, Class, State},
};

/// ListChannels calls a second. MediaLive's general quota is 5, not adjustable and shared with everybody else in the
/// account (<https://docs.aws.amazon.com/medialive/latest/ug/limits-api.html>).
pub const LIST_CHANNELS_TPS: u32 = 4;

/// Channels asked for in one page. More would be fewer calls, but the service's own bound is not documented.
const PAGE_SIZE: i32 = 100;

/// No account has as many pages: a list that goes on beyond this is broken.
const MOST_PAGES: usize = 1_000;

/// All channels that are starting or running, each once, in the order of their identifiers.
///
/// # Errors
/// When a page can't be had until `until`: half a list would take the missing channels for stopped.
pub async fn discover(client: &Client, api: &Api, until: Instant) -> Result<Vec<Channel>, CallError> {
    timeout_at(until, pages(client, api))
        .await
        .unwrap_or_else(|_| Err(CallError::out_of_time(ApiName::ListChannels)))
}

async fn pages(client: &Client, api: &Api) -> Result<Vec<Channel>, CallError> {
    let mut channels = BTreeMap::new();
    let mut tokens = BTreeSet::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = api
            .call(none_expected::<ListChannelsError>, || {
                client.list_channels().max_results(PAGE_SIZE).set_next_token(token.clone()).send()
            })
            .await
            .map_err(|error| CallError::new(ApiName::ListChannels, error))?;
        let watched = page.channels.unwrap_or_default().into_iter().filter_map(watched);
        channels.extend(watched.map(|channel| (channel.id.clone(), channel)));
        match page.next_token.filter(|token| !token.is_empty()) {
            None => return Ok(channels.into_values().collect()),
            Some(next) if tokens.insert(next.clone()) => token = Some(next),
            Some(_) => {
                return Err(CallError::unreadable(
                    ApiName::ListChannels,
                    "the pages of the list go round in a circle",
                ));
            }
        }
    }
    Err(CallError::unreadable(ApiName::ListChannels, "the list of channels has no end"))
}

/// The channel behind a summary, if it is one to watch.
fn watched(summary: ChannelSummary) -> Option<Channel> {
    let state = match summary.state? {
        ChannelState::Starting => State::Starting,
        ChannelState::Running => State::Running,
        _ => return None,
    };
    let class = match summary.channel_class {
        Some(ChannelClass::SinglePipeline) => Class::SinglePipeline,
        // MediaLive makes a standard channel where nobody chose.
        _ => Class::Standard,
    };
    Some(Channel {
        id: summary.id.filter(|id| !id.is_empty())?,
        name: summary.name.unwrap_or_default(),
        state,
        class,
        pipelines_running: summary.pipelines_running_count.and_then(|count| usize::try_from(count).ok()),
        tags: summary.tags.unwrap_or_default().into_iter().collect(),
    })
}
