//! Reads what else is known of the channels whose incidents began, within limits: a few channels, a
//! few seconds. What can't be read is no data; the message is sent in any case.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    time::SystemTime,
};

use aws_sdk_medialive::{Client, types};
use futures_util::{StreamExt, future::join3, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::{
    body::Facts,
    facts::{Action, ActiveAlert, ActiveInput, ChannelFacts},
    native::{PipelineId, native_metrics},
    notice::ChannelIncidents,
};
use crate::{
    aws::{ApiName, CallError, NotifierOperations, Service},
    feed::is_channel_id,
};

/// The largest number of channels that are asked about. In a storm, what is known of the first ones
/// says what it is about.
pub(super) const MAX_CHANNELS: usize = 5;

/// Channels that are asked about concurrently.
const CONCURRENT_CHANNELS: usize = 5;

/// The largest number of pages of a channel's schedule or alerts. A schedule has up to 1,500
/// actions (<https://docs.aws.amazon.com/medialive/latest/ug/limits.html>).
const MAX_PAGES: usize = 20;

/// By when the channels and their metrics are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// For MediaLive.
    pub(super) channels: Instant,
    /// For CloudWatch, which is asked afterwards.
    pub(super) metrics: Instant,
}

/// What is known of the first of these channels.
pub(super) async fn gather(
    operations: &NotifierOperations,
    channels: &[ChannelIncidents<'_>],
    deadlines: Deadlines,
    now: SystemTime,
) -> Facts {
    let asked: Vec<_> =
        channels.iter().filter(|one| is_channel_id(one.id())).take(MAX_CHANNELS).collect();
    let described: Vec<_> = stream::iter(&asked)
        .map(|channel| describe(operations, channel.id(), deadlines.channels))
        .buffered(CONCURRENT_CHANNELS)
        .collect()
        .await;
    let mut facts = Facts::new();
    let mut pipelines = Vec::new();
    for (channel, (known, groups)) in asked.into_iter().zip(described) {
        let numbers: BTreeSet<_> =
            channel.incidents.iter().map(|one| one.pipeline.clone()).collect();
        for pipeline in numbers {
            let id = PipelineId { channel: channel.id().to_owned(), pipeline };
            pipelines.push((id, groups.clone()));
        }
        facts.insert(channel.id().to_owned(), known);
    }
    if !pipelines.is_empty() {
        let metrics = native_metrics(&operations.get_metric_data, &pipelines, now);
        let metrics = in_time(ApiName::GetMetricData, "", deadlines.metrics, metrics).await;
        for (id, metrics) in metrics.into_iter().flatten() {
            if let Some(channel) = facts.get_mut(&id.channel) {
                channel.metrics.get_or_insert_default().insert(id.pipeline, metrics);
            }
        }
    }
    facts
}

/// What MediaLive knows of a channel, and its CMAF Ingest output groups.
async fn describe(
    operations: &NotifierOperations,
    id: &str,
    deadline: Instant,
) -> (ChannelFacts, Vec<String>) {
    // Boxed: a call's future is large, and there are several of each at the same time.
    let channel = Box::pin(describe_channel(&operations.describe_channel, id));
    let actions = Box::pin(schedule(&operations.describe_schedule, id));
    let alerts = Box::pin(alerts(&operations.list_alerts, id));
    let (channel, actions, alerts) = join3(
        in_time(ApiName::DescribeChannel, id, deadline, channel),
        in_time(ApiName::DescribeSchedule, id, deadline, actions),
        in_time(ApiName::ListAlerts, id, deadline, alerts),
    )
    .await;
    let (inputs, groups) = match channel {
        Some((inputs, groups)) => (Some(inputs), groups),
        None => (None, Vec::new()),
    };
    (ChannelFacts { inputs, actions, alerts, metrics: None }, groups)
}

/// The result by the deadline; without one, the log says why.
async fn in_time<T>(
    api: ApiName,
    channel: &str,
    deadline: Instant,
    call: impl Future<Output = Result<T, CallError>>,
) -> Option<T> {
    let result = timeout_at(deadline, call).await;
    match result.unwrap_or_else(|_| Err(CallError::out_of_time(api))) {
        Ok(known) => Some(known),
        Err(error) => {
            warn!(%error, channel, "failed to read what else is known: the message says so");
            None
        }
    }
}

type Inputs = BTreeMap<String, ActiveInput>;

async fn describe_channel(
    service: &Service<Client>,
    id: &str,
) -> Result<(Inputs, Vec<String>), CallError> {
    let channel = service.call(|client| client.describe_channel().channel_id(id).send()).await?;
    let input = |pipeline: &types::PipelineDetail| {
        let input = ActiveInput {
            attachment: pipeline.active_input_attachment_name.clone(),
            switched_by: pipeline.active_input_switch_action_name.clone(),
        };
        Some((pipeline.pipeline_id.clone()?, input))
    };
    let inputs = channel.pipeline_details().iter().filter_map(input).collect();
    let groups = channel.encoder_settings().map_or(&[][..], types::EncoderSettings::output_groups);
    let is_cmaf_ingest = |group: &&types::OutputGroup| {
        let settings = group.output_group_settings();
        settings.is_some_and(|one| one.cmaf_ingest_group_settings().is_some())
    };
    let groups = groups.iter().filter(is_cmaf_ingest).filter_map(|group| group.name.clone());
    Ok((inputs, groups.collect()))
}

/// The whole schedule: on a part of it, the last action could be another.
async fn schedule(service: &Service<Client>, id: &str) -> Result<Vec<Action>, CallError> {
    let (mut actions, mut token) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let request = |client: &Client| {
            client.describe_schedule().channel_id(id).set_next_token(token.clone()).send()
        };
        let page = service.call(request).await?;
        actions.extend(page.schedule_actions().iter().map(action));
        token = page.next_token;
        if token.is_none() {
            return Ok(actions);
        }
    }
    Err(CallError::unreadable(ApiName::DescribeSchedule, "its pages do not end"))
}

fn action(action: &types::ScheduleAction) -> Action {
    let start = action.schedule_action_start_settings();
    let fixed = start.and_then(|one| one.fixed_mode_schedule_action_start_settings()?.time());
    let settings = action.schedule_action_settings();
    let switch = settings.and_then(|one| one.input_switch_settings());
    Action {
        name: action.action_name().unwrap_or_default().to_owned(),
        at: fixed.and_then(|time| humantime::parse_rfc3339_weak(time).ok()),
        switches_to: switch.and_then(|one| one.input_attachment_name_reference.clone()),
    }
}

async fn alerts(service: &Service<Client>, id: &str) -> Result<Vec<ActiveAlert>, CallError> {
    let (mut alerts, mut token) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let request = |client: &Client| {
            let request = client.list_alerts().channel_id(id).state_filter("SET");
            request.set_next_token(token.clone()).send()
        };
        let page = service.call(request).await?;
        let active = |alert: &&types::ChannelAlert| {
            !matches!(alert.state(), Some(types::ChannelAlertState::Cleared))
        };
        alerts.extend(page.alerts().iter().filter(active).map(|alert| ActiveAlert {
            kind: alert.alert_type().unwrap_or_default().to_owned(),
            message: alert.message().unwrap_or_default().to_owned(),
            pipeline: alert.pipeline_id.clone(),
        }));
        token = page.next_token;
        if token.is_none() {
            return Ok(alerts);
        }
    }
    Err(CallError::unreadable(ApiName::ListAlerts, "its pages do not end"))
}
