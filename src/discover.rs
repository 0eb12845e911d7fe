//! Stage 1: lists the channels that start, run, recover or are updated. The SDK's types end here.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};

use aws_sdk_medialive::{
    Client,
    types::{
        ChannelClass as SdkClass, ChannelState as SdkState, ChannelSummary,
        DescribeLinkedChannelSettings,
    },
};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use crate::{
    aws::{ApiName, CallError, ErrorKind, Service},
    feed::{Channel, ChannelClass, ChannelState},
};

/// Channels requested in one page. More would be fewer calls, but the service's own limit is not
/// documented.
const PAGE_SIZE: i32 = 100;

/// No account has this many pages: a list that continues beyond is broken.
const MAX_PAGES: usize = 1_000;

/// How many channels a page should have. If the service refuses our size, it decides from then on.
#[derive(Debug, Default)]
pub struct PageSize {
    is_refused: AtomicBool,
}

/// All channels that are watched, each once, in the order of their identifiers.
///
/// # Errors
/// Fails if any page is missing by `deadline`: a partial list would make its missing channels look
/// stopped.
pub async fn discover(
    list_channels: &Service<Client>,
    page_size: &PageSize,
    deadline: Instant,
) -> Result<Vec<Channel>, CallError> {
    discover_pages(list_channels, page_size, deadline, |_| ()).await
}

/// All channels that are watched, like [`discover`], for a caller that has work for each page while
/// the next one is on its way. `on_page` may receive a channel more than once.
///
/// # Errors
/// Fails like [`discover`], whatever `on_page` has received.
pub async fn discover_pages(
    list_channels: &Service<Client>,
    page_size: &PageSize,
    deadline: Instant,
    mut on_page: impl FnMut(&[Channel]),
) -> Result<Vec<Channel>, CallError> {
    match timeout_at(deadline, list(list_channels, page_size, &mut on_page)).await {
        Ok(channels) => channels,
        Err(_) => Err(CallError::out_of_time(ApiName::ListChannels)),
    }
}

async fn list(
    list_channels: &Service<Client>,
    page_size: &PageSize,
    on_page: &mut impl FnMut(&[Channel]),
) -> Result<Vec<Channel>, CallError> {
    if !page_size.is_refused.load(Ordering::Relaxed) {
        match all_pages(list_channels, Some(PAGE_SIZE), on_page).await {
            Err(error) if error.kind == ErrorKind::Refused => {
                warn!(%error, "the page size is refused: the service's own is used");
            }
            listed => return listed,
        }
    }
    let listed = all_pages(list_channels, None, on_page).await;
    if listed.is_ok() {
        page_size.is_refused.store(true, Ordering::Relaxed);
    }
    listed
}

async fn all_pages(
    list_channels: &Service<Client>,
    page_size: Option<i32>,
    on_page: &mut impl FnMut(&[Channel]),
) -> Result<Vec<Channel>, CallError> {
    let mut channels = BTreeMap::new();
    let mut tokens = BTreeSet::new();
    let mut token: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let page = list_channels
            .call(|client| {
                let page = client.list_channels().set_max_results(page_size);
                page.set_next_token(token.clone()).send()
            })
            .await?;
        let listed: Vec<_> =
            page.channels.unwrap_or_default().into_iter().filter_map(watched).collect();
        on_page(&listed);
        channels.extend(listed.into_iter().map(|channel| (channel.id.clone(), channel)));
        match page.next_token.filter(|token| !token.is_empty()) {
            None => return Ok(channels.into_values().collect()),
            Some(next) if tokens.insert(next.clone()) => token = Some(next),
            Some(_) => {
                return Err(broken("a page of the list names an earlier page as its next one"));
            }
        }
    }
    Err(broken("the list of channels doesn't end"))
}

fn broken(why: &'static str) -> CallError {
    CallError::unreadable(ApiName::ListChannels, why)
}

/// The channel of a summary, if it is watched. In all other states it has no source on air:
/// MediaLive creates, stops or deletes it, or it is idle.
fn watched(summary: ChannelSummary) -> Option<Channel> {
    let state = match summary.state? {
        SdkState::Starting => ChannelState::Starting,
        SdkState::Running => ChannelState::Running,
        SdkState::Recovering => ChannelState::Recovering,
        SdkState::Updating => ChannelState::Updating,
        _ => return None,
    };
    let class = match summary.channel_class {
        Some(SdkClass::SinglePipeline) => ChannelClass::SinglePipeline,
        // MediaLive defaults to STANDARD when no class is given.
        _ => ChannelClass::Standard,
    };
    Some(Channel {
        id: summary.id.filter(|id| !id.is_empty())?,
        name: summary.name.unwrap_or_default(),
        state,
        class,
        pipelines_running: summary
            .pipelines_running_count
            .and_then(|count| usize::try_from(count).ok()),
        arn: summary.arn.unwrap_or_default(),
        linked: summary.linked_channel_settings.as_ref().map(linked).unwrap_or_default(),
        maintenance: summary.maintenance.and_then(|one| one.maintenance_scheduled_date),
        tags: summary.tags.unwrap_or_default().into_iter().collect(),
    })
}

/// The identifiers of the channels that a channel follows, or that follow it.
fn linked(settings: &DescribeLinkedChannelSettings) -> Vec<String> {
    let mut arns = Vec::new();
    if let Some(follower) = settings.follower_channel_settings() {
        arns.extend(follower.primary_channel_arn());
    }
    if let Some(primary) = settings.primary_channel_settings() {
        arns.extend(primary.following_channel_arns().iter().map(String::as_str));
    }
    // The last part of a channel's ARN is its identifier.
    arns.into_iter().filter_map(|arn| arn.rsplit(':').next()).map(str::to_owned).collect()
}
