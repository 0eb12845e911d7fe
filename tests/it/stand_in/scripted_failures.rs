//! Scripted faults, quotas and the call log.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_medialive::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_stand_in::{Api, Channel, Fault, Quota, Scene};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    SECOND, builder, cloudwatch, datum, detect_labels, medialive, now, put, thumbnail,
    thumbnail_error, try_thumbnail,
};

#[tokio::test]
async fn the_faults_of_describe_thumbnails_are_the_modelled_errors() {
    let aws = builder().channel(Channel::new("1")).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        thumbnail_error(&aws, "1", "0").await.into_service_error()
    };
    assert!(error(on().throttle()).await.is_too_many_requests_exception());
    assert!(error(on().server_error(500)).await.is_internal_server_error_exception());
    assert!(error(on().server_error(502)).await.is_bad_gateway_exception());
    assert!(error(on().server_error(504)).await.is_gateway_timeout_exception());
    assert!(error(on().forbidden()).await.is_forbidden_exception());
    assert!(error(on().not_found()).await.is_not_found_exception());
    assert!(error(on().validation()).await.is_bad_request_exception());
    assert_eq!(error(on().denied()).await.code(), Some("AccessDeniedException"));
    assert_eq!(error(on().expired()).await.code(), Some("ExpiredTokenException"));
    assert_eq!(error(on().server_error(503)).await.code(), Some("ServiceUnavailable"));
    let statuses: Vec<_> =
        aws.calls(Api::DescribeThumbnails).iter().map(|call| call.status.unwrap()).collect();
    assert_eq!(statuses, [429, 500, 502, 504, 403, 404, 400, 403, 403, 503]);
}

#[tokio::test]
async fn a_response_can_be_damaged_and_still_be_a_success() {
    let aws = builder().channel(Channel::new("1").shows(Scene::FrozenIdentical)).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let with = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        try_thumbnail(&aws, "1", "0").await.unwrap()
    };
    assert!(with(on().empty_body()).await.is_none());
    assert!(with(on().empty_object()).await.is_none());
    assert!(with(on().wrong_content_type()).await.is_some());
    let padded = with(on().oversized(9_000_000)).await.unwrap().jpeg;
    let broken = with(on().broken_jpeg()).await.unwrap().jpeg;
    let error = detect_labels(&aws, broken).await.unwrap_err().into_service_error();
    assert!(error.is_invalid_image_format_exception());
    aws.clear_faults();
    assert_eq!(padded, thumbnail(&aws, "1").await.jpeg);
    aws.fault(on().broken_base64());
    let call = medialive(&aws)
        .describe_thumbnails()
        .channel_id("1")
        .pipeline_id("0")
        .thumbnail_type("CURRENT_ACTIVE");
    let response = call.send().await.unwrap();
    assert!(
        STANDARD.decode(response.thumbnail_details()[0].thumbnails()[0].body().unwrap()).is_err()
    );
}

#[tokio::test]
async fn a_response_can_be_unparsable_incomplete_or_replaced_by_a_reset() {
    let aws = builder().channel(Channel::new("1")).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        thumbnail_error(&aws, "1", "0").await
    };
    let unparsable = error(on().broken_body()).await;
    assert!(
        matches!(unparsable, SdkError::ServiceError(_) | SdkError::ResponseError(_)),
        "{unparsable:?}"
    );
    let incomplete = error(on().truncated()).await;
    assert!(
        matches!(incomplete, SdkError::ResponseError(_) | SdkError::DispatchFailure(_)),
        "{incomplete:?}"
    );
    let reset = error(on().reset()).await;
    let message = DisplayErrorContext(&reset).to_string();
    assert!(
        matches!(reset, SdkError::DispatchFailure(_)) && message.contains("reset"),
        "{message}"
    );

    aws.fault(Fault::on(Api::GetMetricData).broken_body());
    let call = cloudwatch(&aws)
        .get_metric_data()
        .start_time(DateTime::from(now() - SECOND))
        .end_time(DateTime::from(now()));
    assert!(call.set_metric_data_queries(Some(vec![])).send().await.is_err());
}

#[tokio::test]
async fn datapoints_are_stored_although_the_response_is_lost_or_damaged() {
    let aws = builder().start();
    aws.fault(Fault::on(Api::PutMetricData).lose_response().times(1));
    aws.fault(Fault::on(Api::PutMetricData).broken_body().after_calls(1));
    let lost = put(&aws, vec![datum("1", "M", now(), 1.0)]).await;
    assert!(matches!(lost, Err(SdkError::DispatchFailure(_))));
    assert_eq!(aws.data_count(), 1);
    let _ = put(&aws, vec![datum("1", "M", now(), 2.0)]).await;
    assert_eq!(aws.data_count(), 2);
}

#[tokio::test]
async fn a_response_that_hangs_or_drips_outlasts_the_callers_timeout() {
    let aws = builder().channel(Channel::new("1")).start();
    for fault in
        [Fault::on(Api::DescribeThumbnails).hang(), Fault::on(Api::DescribeThumbnails).drip()]
    {
        aws.clear_faults();
        aws.fault(fault);
        let timeout = Duration::from_millis(300);
        assert!(tokio::time::timeout(timeout, try_thumbnail(&aws, "1", "0")).await.is_err());
    }
    let deadline = Instant::now() + 2 * SECOND;
    while aws.in_flight(Api::DescribeThumbnails) > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(aws.in_flight(Api::DescribeThumbnails), 0, "the caller's disconnect ends the call");
    assert_eq!(aws.calls(Api::DescribeThumbnails)[0].status, None);
}

#[tokio::test]
async fn a_fault_applies_only_to_its_calls_and_its_feed() {
    let aws = builder()
        .channels(["1", "2"].map(|id| Channel::new(id).standard()))
        .fault(Fault::on(Api::DescribeThumbnails).channel("1").pipeline(0).throttle().calls(1..3))
        .fault(Fault::on(Api::DetectLabels).channel("2").denied())
        .start();
    let mut succeeded = Vec::new();
    for _ in 0..4 {
        assert!(try_thumbnail(&aws, "1", "1").await.is_ok());
        assert!(try_thumbnail(&aws, "2", "0").await.is_ok());
        succeeded.push(try_thumbnail(&aws, "1", "0").await.is_ok());
    }
    assert_eq!(succeeded, [true, false, false, true]);
    assert!(detect_labels(&aws, thumbnail(&aws, "1").await.jpeg).await.is_ok());
    assert!(
        detect_labels(&aws, thumbnail(&aws, "2").await.jpeg).await.is_err(),
        "a picture identifies its feed"
    );
    let throttled = aws.all_calls().iter().filter(|call| call.fault == Some("throttle")).count();
    assert_eq!(throttled, 2);
}

#[tokio::test]
async fn calls_beyond_a_quota_are_throttled() {
    let aws = builder().quota(Api::ListChannels, Quota { per_second: 5.0, burst: 3.0 }).start();
    let client = medialive(&aws);
    let mut admitted = 0;
    for _ in 0..10 {
        match client.list_channels().send().await {
            Ok(_) => admitted += 1,
            Err(error) => assert!(error.into_service_error().is_too_many_requests_exception()),
        }
    }
    assert!((3..10).contains(&admitted), "{admitted}");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(client.list_channels().send().await.is_ok());
}

#[tokio::test]
async fn the_call_log_has_time_feed_and_concurrency_of_each_call() {
    let latency = Duration::from_millis(150);
    let ids: Vec<String> = (0..8).map(|id| id.to_string()).collect();
    let aws = builder()
        .channels(ids.iter().map(|id| Channel::new(id.as_str())))
        .latency(Api::DescribeThumbnails, latency)
        .start();
    let start = Instant::now();
    let client = medialive(&aws);
    let calls = ids.iter().map(|id| {
        client
            .describe_thumbnails()
            .channel_id(id)
            .pipeline_id("0")
            .thumbnail_type("CURRENT_ACTIVE")
            .send()
    });
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    assert!(start.elapsed() >= latency);
    assert_eq!(aws.max_in_flight(Api::DescribeThumbnails), 8);
    assert!(aws.wait_for(Api::DescribeThumbnails, 8, SECOND).await);
    let calls = aws.calls(Api::DescribeThumbnails);
    let feeds: BTreeSet<_> =
        calls.iter().map(|call| call.feed.clone().unwrap().to_string()).collect();
    assert_eq!(feeds, ids.iter().map(|id| format!("{id}/0")).collect());
    assert!(calls.iter().all(|call| call.status == Some(200) && call.at >= start));
    let _ = medialive(&aws).describe_input().input_id("1").send().await.unwrap_err();
    let operations: Vec<_> = aws.operations().into_iter().collect();
    assert_eq!(operations, ["GET /prod/inputs/1", "medialive:DescribeThumbnails"]);
    aws.reset_call_log();
    assert_eq!((aws.count(Api::DescribeThumbnails), aws.operations().len()), (0, 0));
}

#[tokio::test]
async fn a_call_log_of_counters_keeps_no_entries() {
    let aws = builder().channel(Channel::new("1")).counters_only().start();
    let jpeg = thumbnail(&aws, "1").await.jpeg;
    detect_labels(&aws, jpeg).await.unwrap();
    put(&aws, vec![datum("1", "M", now(), 1.0)]).await.unwrap();
    assert!(
        aws.all_calls().is_empty()
            && aws.data().is_empty()
            && aws.thumbnails_served("1", 0).is_empty()
    );
    assert_eq!((aws.data_count(), aws.count(Api::DetectLabels), aws.operations().len()), (1, 1, 3));
}

#[tokio::test]
async fn dropping_a_stand_in_frees_its_port() {
    let aws =
        builder().channel(Channel::new("1")).fault(Fault::on(Api::ListChannels).hang()).start();
    let (port, client) = (aws.port(), medialive(&aws));
    let hanging = tokio::spawn(async move { client.list_channels().send().await });
    assert!(aws.wait_for(Api::ListChannels, 1, 5 * SECOND).await);
    assert!(builder().port(port).try_start().is_err());
    drop(aws);
    assert!(hanging.await.unwrap().is_err());
    assert_eq!(builder().port(port).start().port(), port);
}
