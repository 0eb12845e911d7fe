//! PutMetricData, GetMetricData and `ListMetrics`: what is stored, what is rejected, and what is
//! returned.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::{
    error::{DisplayErrorContext, ProvideErrorMetadata},
    operation::get_metric_data::GetMetricDataOutput,
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, ScanBy},
};
use aws_stand_in::{Api, Fault, StandIn};

use super::{SECOND, builder, cloudwatch, datum, now, put};

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_datapoint_is_logged_as_it_was_sent() {
    let aws = builder().start();
    let at = now() - SECOND + Duration::from_millis(250);
    put(&aws, vec![datum("1001", "ImageProperties", at, 12.345_678_9)]).await.unwrap();
    let fleet = MetricDatum::builder()
        .metric_name("WatchedFeeds")
        .timestamp(DateTime::from(at))
        .value(40.0)
        .build();
    put(&aws, vec![fleet]).await.unwrap();

    let data = aws.data_of("1001", 0, "ImageProperties");
    assert_eq!(data.len(), 1);
    assert_eq!(
        (data[0].value, data[0].timestamp, &*data[0].namespace),
        (12.345_678_9, at, "Tests")
    );
    assert_eq!(
        (data[0].unit.as_deref(), data[0].storage_resolution, data[0].call),
        (Some("None"), Some(1), 1)
    );
    let fleet = aws.fleet("WatchedFeeds");
    assert_eq!(
        (fleet[0].value, fleet[0].unit.as_deref(), fleet[0].storage_resolution),
        (40.0, None, None)
    );
    assert_eq!(aws.data_count(), 2);
    assert!(aws.calls(Api::PutMetricData).iter().all(|call| !call.gzipped && call.items == 1));
}

#[tokio::test]
async fn a_thousand_datapoints_arrive_gzipped_in_one_call() {
    let aws = builder().start();
    let at = now();
    let data = |count: u32| {
        (0..count).map(|n| datum("1", &format!("M{}", n % 7), at, f64::from(n))).collect()
    };
    put(&aws, data(1_000)).await.unwrap();
    let call = &aws.calls(Api::PutMetricData)[0];
    assert!(call.gzipped && call.request_bytes < 100_000, "{call:?}");
    assert_eq!(call.items, 1_000);
    let values: Vec<f64> = aws.data().iter().map(|datum| datum.value).collect();
    assert_eq!(values, (0..1_000).map(f64::from).collect::<Vec<_>>());
    let error = put(&aws, data(1_001)).await.unwrap_err().into_service_error();
    assert!(error.is_invalid_parameter_value_exception());
    assert_eq!(aws.data_count(), 1_000, "all or none");
}

#[tokio::test]
async fn cloudwatch_rejects_what_the_service_rejects() {
    let aws = builder().start();
    let (at, day) = (now(), Duration::from_hours(24));
    let error =
        async |datum: MetricDatum| put(&aws, vec![datum]).await.unwrap_err().into_service_error();
    assert!(error(datum("Kanäle", "M", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(error(datum(" ", "M", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(error(datum("1", "M", at, f64::NAN)).await.is_invalid_parameter_value_exception());
    assert!(error(datum("1", "M", at, f64::INFINITY)).await.is_invalid_parameter_value_exception());
    assert!(
        error(datum("1", "M", at - 15 * day, 1.0)).await.is_invalid_parameter_value_exception()
    );
    assert!(error(datum("1", "M", at + day, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(error(datum("1", "", at, 1.0)).await.is_invalid_parameter_value_exception());
    let without_value = MetricDatum::builder().metric_name("M").build();
    assert!(error(without_value).await.is_missing_required_parameter_exception());
    let huge =
        (0..900).map(|n| datum(&format!("{n:01000}"), &format!("{n:0250}"), at, 1.0)).collect();
    let error = put(&aws, huge).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 413);
    assert_eq!(aws.data_count(), 0);
}

#[tokio::test]
async fn the_faults_of_put_metric_data_are_the_modelled_errors() {
    let aws = builder().start();
    let on = || Fault::on(Api::PutMetricData);
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        put(&aws, vec![datum("1", "M", now(), 1.0)]).await.unwrap_err().into_service_error()
    };
    assert_eq!(error(on().throttle()).await.code(), Some("Throttling"));
    assert!(error(on().server_error(500)).await.is_internal_service_fault());
    assert_eq!(error(on().server_error(503)).await.code(), Some("ServiceUnavailable"));
    assert_eq!(error(on().denied()).await.code(), Some("AccessDenied"));
    assert_eq!(error(on().expired()).await.code(), Some("ExpiredToken"));
    assert!(error(on().validation()).await.is_invalid_parameter_value_exception());
    assert_eq!(aws.data_count(), 0);
}

/// A query for one statistic of `FrozenSeconds` of pipeline 0.
fn query(id: usize, channel: &str, period: i32, statistic: &str) -> MetricDataQuery {
    let metric = Metric::builder()
        .namespace("Tests")
        .metric_name("FrozenSeconds")
        .dimensions(Dimension::builder().name("ChannelId").value(channel).build())
        .dimensions(Dimension::builder().name("Pipeline").value("0").build())
        .build();
    let stat = MetricStat::builder().metric(metric).period(period).stat(statistic).build();
    MetricDataQuery::builder().id(format!("q{id}")).metric_stat(stat).build()
}

/// All pages of the maximum for each of these channels.
async fn maxima(
    aws: &StandIn,
    channels: &[&str],
    period: i32,
    (start, end): (SystemTime, SystemTime),
) -> Vec<GetMetricDataOutput> {
    let queries =
        channels.iter().enumerate().map(|(n, channel)| query(n, channel, period, "Maximum"));
    let pages = cloudwatch(aws)
        .get_metric_data()
        .set_metric_data_queries(Some(queries.collect()))
        .start_time(DateTime::from(start))
        .end_time(DateTime::from(end))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await;
    pages.unwrap_or_else(|error| panic!("{}", DisplayErrorContext(error)))
}

/// A whole minute about ten minutes ago.
fn ten_minutes_ago() -> SystemTime {
    let minutes = now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60;
    UNIX_EPOCH + MINUTE * u32::try_from(minutes).unwrap() - 10 * MINUTE
}

/// A stand-in with values of channel 1 every 10 s for two minutes, and one value of channel 2 as
/// history.
async fn with_data(at: SystemTime) -> StandIn {
    let dimensions = [("ChannelId", "2"), ("Pipeline", "0")];
    let metric = aws_stand_in::Metric::new("Tests", "FrozenSeconds", &dimensions);
    let aws = builder().history(metric, at, 3_600.0).start();
    let data =
        (0..12).map(|n| datum("1", "FrozenSeconds", at + n * 10 * SECOND, f64::from(n * 10)));
    put(&aws, data.collect()).await.unwrap();
    aws
}

#[tokio::test]
async fn what_was_put_is_returned_by_period() {
    let at = ten_minutes_ago();
    let aws = with_data(at).await;
    let window = (at - MINUTE, at + 5 * MINUTE);
    let page = &maxima(&aws, &["1", "2", "3"], 60, window).await[0];
    let results = page.metric_data_results();
    assert_eq!(
        results.iter().map(|result| result.id().unwrap()).collect::<Vec<_>>(),
        ["q0", "q1", "q2"]
    );
    assert_eq!(results[0].values(), [50.0, 110.0]);
    assert_eq!(results[0].timestamps(), [DateTime::from(at), DateTime::from(at + MINUTE)]);
    assert_eq!(results[1].values(), [3_600.0]);
    assert!(results[2].values().is_empty());
    assert_eq!(results[0].status_code().unwrap().as_str(), "Complete");
    assert_eq!(page.next_token(), None);

    let listed = cloudwatch(&aws).list_metrics().namespace("Tests").send().await.unwrap();
    assert_eq!(listed.metrics().len(), 2);
    aws.clear_metrics();
    assert!(maxima(&aws, &["2"], 60, window).await[0].metric_data_results()[0].values().is_empty());
}

#[tokio::test]
async fn results_are_returned_in_pages() {
    let at = ten_minutes_ago();
    let aws = with_data(at).await;
    aws.set_datapoints_per_page(5);
    let pages = maxima(&aws, &["1", "2"], 10, (at - MINUTE, at + 5 * MINUTE)).await;
    assert_eq!(pages.len(), 3);
    let values_of = |id: &str| -> Vec<f64> {
        let results = pages.iter().flat_map(GetMetricDataOutput::metric_data_results);
        results
            .filter(|result| result.id() == Some(id))
            .flat_map(|result| result.values().to_vec())
            .collect()
    };
    assert_eq!(values_of("q0"), (0..12).map(|n| f64::from(n * 10)).collect::<Vec<_>>());
    assert_eq!(values_of("q1"), [3_600.0]);
}

#[tokio::test]
async fn a_fine_period_long_ago_returns_no_values() {
    let long_ago = now() - Duration::from_hours(24);
    let aws = with_data(long_ago).await;
    let pages = maxima(&aws, &["1"], 10, (long_ago, long_ago + 5 * MINUTE)).await;
    assert!(pages[0].metric_data_results()[0].values().is_empty(), "kept for three hours only");
}

#[tokio::test]
async fn more_than_500_queries_are_rejected() {
    let aws = builder().start();
    let call = async |count: usize| {
        let queries = (0..count).map(|n| query(n, "1", 60, "Sum")).collect();
        let call = cloudwatch(&aws).get_metric_data().set_metric_data_queries(Some(queries));
        call.start_time(DateTime::from(now() - SECOND)).end_time(DateTime::from(now())).send().await
    };
    assert_eq!(call(500).await.unwrap().metric_data_results().len(), 500);
    assert_eq!(call(501).await.unwrap_err().into_service_error().code(), Some("ValidationError"));
    assert_eq!(aws.calls(Api::GetMetricData)[0].items, 500);
    aws.fault(Fault::on(Api::GetMetricData).denied());
    assert_eq!(call(1).await.unwrap_err().into_service_error().code(), Some("AccessDenied"));
}
