//! PutMetricData and GetMetricData: what arrives, what is refused, and what can be asked for again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, ScanBy};

use super::{SECOND, builder, cloudwatch, datum, now, put};
use aws_stand_in::{Api, Fault, StandIn};

#[tokio::test]
async fn a_datapoint_is_read_as_it_was_sent() {
    let aws = builder().start();
    let at = now() - SECOND + Duration::from_millis(250);
    put(&aws, vec![datum("1001", "ImageProperties", at, 12.345_678_9)]).await.unwrap();
    let fleet =
        MetricDatum::builder().metric_name("WatchedFeeds").timestamp(DateTime::from(at)).value(40.0).build();
    put(&aws, vec![fleet]).await.unwrap();

    let data = aws.data_of("1001", 0, "ImageProperties");
    assert_eq!(data.len(), 1);
    assert_eq!((data[0].value, data[0].timestamp, &*data[0].namespace), (12.345_678_9, at, "Tests"));
    assert_eq!(
        (data[0].unit.as_deref(), data[0].storage_resolution, data[0].call),
        (Some("None"), Some(1), 1)
    );
    let fleet = aws.fleet("WatchedFeeds");
    assert_eq!((fleet[0].value, fleet[0].unit.as_deref(), fleet[0].storage_resolution), (40.0, None, None));
    assert_eq!(aws.data_count(), 2);
    assert!(aws.calls(Api::PutMetricData).iter().all(|call| !call.gzipped && call.items == 1));
}

#[tokio::test]
async fn a_thousand_data_arrive_gzipped_in_one_call() {
    let aws = builder().start();
    let at = now();
    let data =
        |count: u32| (0..count).map(|n| datum("1", &format!("M{}", n % 7), at, f64::from(n))).collect();
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
async fn cloudwatch_refuses_what_the_service_refuses() {
    let aws = builder().start();
    let (at, day) = (now(), Duration::from_hours(24));
    let meet = async |datum: MetricDatum| put(&aws, vec![datum]).await.unwrap_err().into_service_error();
    assert!(meet(datum("Kanäle", "M", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum(" ", "M", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at, f64::NAN)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at, f64::INFINITY)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at - 15 * day, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "M", at + day, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(meet(datum("1", "", at, 1.0)).await.is_invalid_parameter_value_exception());
    assert!(
        meet(MetricDatum::builder().metric_name("M").build()).await.is_missing_required_parameter_exception()
    );
    let huge = (0..900).map(|n| datum(&format!("{n:01000}"), &format!("{n:0250}"), at, 1.0)).collect();
    let error = put(&aws, huge).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 413);
    assert_eq!(aws.data_count(), 0);

    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        put(&aws, vec![datum("1", "M", at, 1.0)]).await.unwrap_err().into_service_error()
    };
    let on = || Fault::on(Api::PutMetricData);
    assert_eq!(meet(on().throttle()).await.code(), Some("Throttling"));
    assert!(meet(on().server_error(500)).await.is_internal_service_fault());
    assert_eq!(meet(on().server_error(503)).await.code(), Some("ServiceUnavailable"));
    assert_eq!(meet(on().denied()).await.code(), Some("AccessDenied"));
    assert_eq!(meet(on().expired()).await.code(), Some("ExpiredToken"));
    assert!(meet(on().validation()).await.is_invalid_parameter_value_exception());
    assert_eq!(aws.data_count(), 0);
}

/// Asks for the maximum of one metric of some channels.
async fn maxima(
    aws: &StandIn,
    channels: &[&str],
    period: i32,
    (start, end): (SystemTime, SystemTime),
) -> Vec<GetMetricDataOutput> {
    let queries = channels.iter().enumerate().map(|(n, channel)| {
        let metric = Metric::builder()
            .namespace("Tests")
            .metric_name("FrozenSeconds")
            .dimensions(Dimension::builder().name("ChannelId").value(*channel).build())
            .dimensions(Dimension::builder().name("Pipeline").value("0").build())
            .build();
        let maximum = MetricStat::builder().metric(metric).period(period).stat("Maximum").build();
        MetricDataQuery::builder().id(format!("q{n}")).metric_stat(maximum).build()
    });
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

#[tokio::test]
async fn what_was_put_can_be_asked_for_again() {
    let minute = Duration::from_mins(1);
    let at = UNIX_EPOCH
        + minute * u32::try_from(now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 60).unwrap()
        - 10 * minute;
    let dimensions = [("ChannelId", "2"), ("Pipeline", "0")];
    let aws = builder().history("Tests", "FrozenSeconds", &dimensions, at, 3_600.0).start();
    let data =
        (0..12).map(|n| datum("1", "FrozenSeconds", at + n * 10 * SECOND, f64::from(n * 10))).collect();
    put(&aws, data).await.unwrap();

    let window = (at - minute, at + 5 * minute);
    let answer = &maxima(&aws, &["1", "2", "3"], 60, window).await[0];
    let results = answer.metric_data_results();
    assert_eq!(results.iter().map(|r| r.id().unwrap()).collect::<Vec<_>>(), ["q0", "q1", "q2"]);
    assert_eq!(results[0].values(), [50.0, 110.0]);
    assert_eq!(results[0].timestamps(), [DateTime::from(at), DateTime::from(at + minute)]);
    assert_eq!(results[1].values(), [3_600.0]);
    assert!(results[2].values().is_empty());
    assert_eq!(results[0].status_code().unwrap().as_str(), "Complete");
    assert_eq!(answer.next_token(), None);

    aws.set_points_a_page(5);
    let pages = maxima(&aws, &["1", "2"], 10, window).await;
    assert_eq!(pages.len(), 3);
    let of = |id: &str| -> Vec<f64> {
        let results = pages.iter().flat_map(GetMetricDataOutput::metric_data_results);
        results.filter(|result| result.id() == Some(id)).flat_map(|result| result.values().to_vec()).collect()
    };
    assert_eq!(of("q0"), (0..12).map(|n| f64::from(n * 10)).collect::<Vec<_>>());
    assert_eq!(of("q1"), [3_600.0]);

    let listed = cloudwatch(&aws).list_metrics().namespace("Tests").send().await.unwrap();
    assert_eq!(listed.metrics().len(), 2);
    aws.forget_metrics();
    assert!(maxima(&aws, &["2"], 60, window).await[0].metric_data_results()[0].values().is_empty());
}

#[tokio::test]
async fn more_than_500_queries_are_refused() {
    let aws = builder().start();
    let query = |n: u32| {
        let metric = Metric::builder().namespace("Tests").metric_name("M").build();
        let stat = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
        MetricDataQuery::builder().id(format!("q{n}")).metric_stat(stat).build()
    };
    let ask = async |count: u32| {
        let call =
            cloudwatch(&aws).get_metric_data().set_metric_data_queries(Some((0..count).map(query).collect()));
        call.start_time(DateTime::from(now() - SECOND)).end_time(DateTime::from(now())).send().await
    };
    assert_eq!(ask(500).await.unwrap().metric_data_results().len(), 500);
    assert_eq!(ask(501).await.unwrap_err().into_service_error().code(), Some("ValidationError"));
    assert_eq!(aws.calls(Api::GetMetricData)[0].items, 500);
    let on = Fault::on(Api::GetMetricData);
    aws.fault(on.denied());
    assert_eq!(ask(1).await.unwrap_err().into_service_error().code(), Some("AccessDenied"));
}
