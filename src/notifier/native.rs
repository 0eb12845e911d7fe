//! GetMetricData: MediaLive's own metrics of a few channels in the last minutes.
//!
//! Names, dimensions and meanings:
//! <https://docs.aws.amazon.com/medialive/latest/ug/monitoring-eml-metrics.html>.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::{
    Client,
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};

use super::facts::NativeMetrics;
use crate::aws::{CallError, Service};

/// The namespace of MediaLive's metrics.
const NAMESPACE: &str = "AWS/MediaLive";

/// How far back to read.
const LOOK_BACK: Duration = Duration::from_mins(5);

/// The period of the datapoints, in seconds. MediaLive publishes one each second; a fault is some
/// 10 s old when it is raised.
const PERIOD: i32 = 10;

/// The largest number of queries, which is the largest that a call takes
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>).
const MAX_QUERIES: usize = 500;

/// The largest number of pages that are read.
const MAX_PAGES: usize = 5;

/// A pipeline whose metrics are read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PipelineId {
    /// The id of the channel.
    pub(super) channel: String,
    /// `0` or `1`.
    pub(super) pipeline: String,
}

/// What a series is read for.
#[derive(Clone, Copy, Debug)]
enum Reading {
    FrameRate,
    Fill,
    InputLoss,
    FreezeScore,
    BlackScore,
}

impl Reading {
    /// Readings of the pipeline itself, and of each of its CMAF Ingest output groups.
    const PIPELINE: [Self; 3] = [Self::FrameRate, Self::Fill, Self::InputLoss];
    const GROUP: [Self; 2] = [Self::FreezeScore, Self::BlackScore];

    const fn metric(self) -> (&'static str, &'static str) {
        match self {
            Self::FrameRate => ("InputVideoFrameRate", "Maximum"),
            Self::Fill => ("FillMsec", "Maximum"),
            Self::InputLoss => ("InputLossSeconds", "Sum"),
            Self::FreezeScore => ("MqcsFreezeFrameDetected", "Minimum"),
            Self::BlackScore => ("MqcsBlackFrameDetected", "Minimum"),
        }
    }
}

/// The metrics of these pipelines, whose channels have these CMAF Ingest output groups. A metric
/// without datapoints is `None`.
pub(super) async fn native_metrics(
    service: &Service<Client>,
    pipelines: &[(PipelineId, Vec<String>)],
    now: SystemTime,
) -> Result<BTreeMap<PipelineId, NativeMetrics>, CallError> {
    let mut series = Vec::new();
    for (pipeline, groups) in pipelines {
        series.extend(Reading::PIPELINE.map(|reading| (pipeline, None, reading)));
        for group in groups {
            series.extend(Reading::GROUP.map(|reading| (pipeline, Some(group.as_str()), reading)));
        }
    }
    series.truncate(MAX_QUERIES);
    let queries: Vec<_> = (0..).zip(&series).map(|(number, one)| query(number, *one)).collect();
    let points = read(service, &queries, now).await?;
    let mut metrics: BTreeMap<_, NativeMetrics> = pipelines
        .iter()
        .map(|(pipeline, _)| (pipeline.clone(), NativeMetrics::default()))
        .collect();
    for ((pipeline, _, reading), points) in series.into_iter().zip(points) {
        if let Some(metrics) = metrics.get_mut(pipeline) {
            add(metrics, reading, &points);
        }
    }
    Ok(metrics)
}

/// Adds what a series says.
fn add(metrics: &mut NativeMetrics, reading: Reading, points: &[(DateTime, f64)]) {
    let latest = points.iter().max_by_key(|(time, _)| *time).map(|(_, value)| *value);
    let lowest = points.iter().map(|(_, value)| *value).min_by(f64::total_cmp);
    let worst = |known: Option<f64>| match (known, lowest) {
        (Some(known), Some(lowest)) => Some(known.min(lowest)),
        (known, lowest) => known.or(lowest),
    };
    match reading {
        Reading::FrameRate => metrics.frame_rate = latest,
        Reading::Fill => metrics.fill_milliseconds = latest,
        Reading::InputLoss if points.is_empty() => {}
        Reading::InputLoss => {
            metrics.input_loss_seconds = Some(points.iter().map(|(_, value)| value).sum());
        }
        Reading::FreezeScore => metrics.freeze_score = worst(metrics.freeze_score),
        Reading::BlackScore => metrics.black_score = worst(metrics.black_score),
    }
}

fn query(
    number: usize,
    (pipeline, group, reading): (&PipelineId, Option<&str>, Reading),
) -> MetricDataQuery {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    let mut dimensions =
        vec![dimension("ChannelId", &pipeline.channel), dimension("Pipeline", &pipeline.pipeline)];
    dimensions.extend(group.map(|group| dimension("OutputGroupName", group)));
    let (name, statistic) = reading.metric();
    let metric =
        Metric::builder().namespace(NAMESPACE).metric_name(name).set_dimensions(Some(dimensions));
    let stat = MetricStat::builder().metric(metric.build()).period(PERIOD).stat(statistic).build();
    MetricDataQuery::builder().id(format!("q{number}")).metric_stat(stat).return_data(true).build()
}

/// The datapoints of these queries, in their order.
async fn read(
    service: &Service<Client>,
    queries: &[MetricDataQuery],
    now: SystemTime,
) -> Result<Vec<Vec<(DateTime, f64)>>, CallError> {
    let mut points = vec![Vec::new(); queries.len()];
    let mut token = None;
    for _ in 0..MAX_PAGES {
        let request = |client: &Client| {
            client
                .get_metric_data()
                .set_metric_data_queries(Some(queries.to_vec()))
                .start_time(DateTime::from(now - LOOK_BACK))
                .end_time(DateTime::from(now + Duration::from_secs(1)))
                .set_next_token(token.clone())
                .send()
        };
        let page = service.call(request).await?;
        for result in page.metric_data_results.unwrap_or_default() {
            let number = result.id().and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
            if let Some(points) = number.and_then(|number| points.get_mut(number)) {
                let values = result.values().iter().copied();
                let new = result.timestamps().iter().copied().zip(values);
                points.extend(new.filter(|(_, value)| value.is_finite()));
            }
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    Ok(points)
}
