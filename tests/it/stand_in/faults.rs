//! Scripted faults, quotas, and the journal.

use std::time::{Duration, Instant};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_medialive::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{
    SECOND, builder, cloudwatch, datum, error_of_thumbnail, look, medialive, now, put, thumbnail,
    try_thumbnail,
};
use aws_stand_in::{Api, Channel, Fault, Quota, Scene};

#[tokio::test]
async fn every_error_of_describe_thumbnails_arrives_as_the_modelled_one() {
    let aws = builder().channel(Channel::new("1")).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        error_of_thumbnail(&aws, "1").await.into_service_error()
    };
    assert!(meet(on().throttle()).await.is_too_many_requests_exception());
    assert!(meet(on().server_error(500)).await.is_internal_server_error_exception());
    assert!(meet(on().server_error(502)).await.is_bad_gateway_exception());
    assert!(meet(on().server_error(504)).await.is_gateway_timeout_exception());
    assert!(meet(on().forbidden()).await.is_forbidden_exception());
    assert!(meet(on().not_found()).await.is_not_found_exception());
    assert!(meet(on().validation()).await.is_bad_request_exception());
    assert_eq!(meet(on().denied()).await.code(), Some("AccessDeniedException"));
    assert_eq!(meet(on().expired()).await.code(), Some("ExpiredTokenException"));
    assert_eq!(meet(on().server_error(503)).await.code(), Some("ServiceUnavailable"));
    let statuses: Vec<_> =
        aws.calls(Api::DescribeThumbnails).iter().map(|call| call.status.unwrap()).collect();
    assert_eq!(statuses, [429, 500, 502, 504, 403, 404, 400, 403, 403, 503]);
}

#[tokio::test]
async fn answers_can_be_broken_in_every_way() {
    let aws = builder().channel(Channel::new("1").shows(Scene::FrozenIdentical)).start();
    let on = || Fault::on(Api::DescribeThumbnails);
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        try_thumbnail(&aws, "1", "0").await
    };
    assert!(meet(on().empty()).await.unwrap().is_none());
    assert!(meet(on().hollow()).await.unwrap().is_none());
    assert!(meet(on().wrong_content_type()).await.unwrap().is_some());
    assert_eq!(
        meet(on().oversized(9_000_000)).await.unwrap().unwrap().jpeg.len(),
        thumbnail(&aws, "1").await.jpeg.len()
    );
    let jpeg = meet(on().broken_jpeg()).await.unwrap().unwrap().jpeg;
    assert!(look(&aws, jpeg).await.unwrap_err().into_service_error().is_invalid_image_format_exception());
    let error = meet(on().broken_body()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, SdkError::ServiceError(_) | SdkError::ResponseError(_)), "{error:?}");
    let error = meet(on().truncated()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, SdkError::ResponseError(_) | SdkError::DispatchFailure(_)), "{error:?}");
    let error = meet(on().reset()).await.map(|_| ()).unwrap_err();
    let told = DisplayErrorContext(&error).to_string();
    assert!(matches!(error, SdkError::DispatchFailure(_)) && told.contains("reset"), "{told}");
    aws.clear_faults();
    aws.fault(on().broken_base64());
    let call = medialive(&aws)
        .describe_thumbnails()
        .channel_id("1")
        .pipeline_id("0")
        .thumbnail_type("CURRENT_ACTIVE");
    let answer = call.send().await.unwrap();
    assert!(STANDARD.decode(answer.thumbnail_details()[0].thumbnails()[0].body().unwrap()).is_err());

    aws.fault(Fault::on(Api::PutMetricData).lose_answer().times(1));
    aws.fault(Fault::on(Api::PutMetricData).broken_body().after_call(1));
    assert!(matches!(put(&aws, vec![datum("1", "M", now(), 1.0)]).await, Err(SdkError::DispatchFailure(_))));
    assert_eq!(aws.data_count(), 1, "the work was done, the caller cannot know");
    let _ = put(&aws, vec![datum("1", "M", now(), 2.0)]).await;
    assert_eq!(aws.data_count(), 2);
    aws.fault(Fault::on(Api::GetMetricData).broken_body());
    let ask = cloudwatch(&aws)
        .get_metric_data()
        .start_time(DateTime::from(now() - SECOND))
        .end_time(DateTime::from(now()));
    assert!(ask.set_metric_data_queries(Some(vec![])).send().await.is_err());
}

#[tokio::test]
async fn an_answer_that_hangs_or_drips_ends_with_the_callers_patience() {
    let aws = builder().channel(Channel::new("1")).start();
    for fault in [Fault::on(Api::DescribeThumbnails).hang(), Fault::on(Api::DescribeThumbnails).drip()] {
        aws.clear_faults();
        aws.fault(fault);
        let patience = Duration::from_millis(300);
        assert!(tokio::time::timeout(patience, try_thumbnail(&aws, "1", "0")).await.is_err());
    }
    let end = Instant::now() + Duration::from_secs(2);
    while aws.in_flight(Api::DescribeThumbnails) > 0 && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(aws.in_flight(Api::DescribeThumbnails), 0, "a caller that goes away is noticed");
    assert_eq!(aws.calls(Api::DescribeThumbnails)[0].status, None);
}

#[tokio::test]
async fn a_fault_strikes_only_the_calls_and_feeds_it_names() {
    let aws = builder()
        .channels(["1", "2"].map(|id| Channel::new(id).standard()))
        .fault(Fault::on(Api::DescribeThumbnails).channel("1").pipeline(0).throttle().calls(1..3))
        .fault(Fault::on(Api::DetectLabels).channel("2").denied())
        .start();
    let mut went_well = Vec::new();
    for _ in 0..4 {
        assert!(try_thumbnail(&aws, "1", "1").await.is_ok());
        assert!(try_thumbnail(&aws, "2", "0").await.is_ok());
        went_well.push(try_thumbnail(&aws, "1", "0").await.is_ok());
    }
    assert_eq!(went_well, [true, false, false, true]);
    assert!(look(&aws, thumbnail(&aws, "1").await.jpeg).await.is_ok());
    assert!(look(&aws, thumbnail(&aws, "2").await.jpeg).await.is_err(), "a picture says whose it is");
    let troubles = aws.all_calls().iter().filter(|call| call.trouble == Some("throttle")).count();
    assert_eq!(troubles, 2);
}

#[tokio::test]
async fn quotas_throttle_what_goes_beyond_them() {
    let aws = builder().quota(Api::ListChannels, Quota { per_second: 5.0, burst: 3.0 }).start();
    let client = medialive(&aws);
    let mut granted = 0;
    for _ in 0..10 {
        match client.list_channels().send().await {
            Ok(_) => granted += 1,
            Err(error) => assert!(error.into_service_error().is_too_many_requests_exception()),
        }
    }
    assert!((3..10).contains(&granted), "{granted}");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(client.list_channels().send().await.is_ok());
}

#[tokio::test]
async fn the_journal_knows_who_called_when_and_how_many_at_once() {
    let latency = Duration::from_millis(150);
    let aws = builder()
        .channels((0..8).map(|id| Channel::new(id.to_string())))
        .latency(Api::DescribeThumbnails, latency)
        .start();
    let begin = Instant::now();
    let ids: Vec<String> = (0..8).map(|id| id.to_string()).collect();
    let client = medialive(&aws);
    let all = ids.iter().map(|id| {
        client.describe_thumbnails().channel_id(id).pipeline_id("0").thumbnail_type("CURRENT_ACTIVE").send()
    });
    assert!(futures_util::future::join_all(all).await.iter().all(Result::is_ok));
    assert!(begin.elapsed() >= latency);
    assert_eq!(aws.max_in_flight(Api::DescribeThumbnails), 8);
    assert!(aws.wait_for(Api::DescribeThumbnails, 8, SECOND).await);
    let calls = aws.calls(Api::DescribeThumbnails);
    let mut feeds: Vec<_> = calls.iter().map(|call| call.feed.clone().unwrap().to_string()).collect();
    feeds.sort();
    assert_eq!(feeds, ids.iter().map(|id| format!("{id}/0")).collect::<Vec<_>>());
    assert!(calls.iter().all(|call| call.status == Some(200) && call.at >= begin));
    let _ = medialive(&aws).describe_channel().channel_id("1").send().await.unwrap_err();
    let operations: Vec<_> = aws.operations().into_iter().collect();
    assert_eq!(operations, ["GET /prod/channels/1", "medialive:DescribeThumbnails"]);
    aws.reset_journal();
    assert_eq!((aws.count(Api::DescribeThumbnails), aws.operations().len()), (0, 0));
}

#[tokio::test]
async fn a_light_journal_only_counts() {
    let aws = builder().channel(Channel::new("1")).light().start();
    let jpeg = thumbnail(&aws, "1").await.jpeg;
    look(&aws, jpeg).await.unwrap();
    put(&aws, vec![datum("1", "M", now(), 1.0)]).await.unwrap();
    assert!(aws.all_calls().is_empty() && aws.data().is_empty() && aws.thumbnails_served("1", 0).is_empty());
    assert_eq!((aws.data_count(), aws.count(Api::DetectLabels), aws.operations().len()), (1, 1, 3));
}

#[tokio::test]
async fn dropping_it_frees_the_port() {
    let aws = builder().channel(Channel::new("1")).fault(Fault::on(Api::ListChannels).hang()).start();
    let (port, client) = (aws.port(), medialive(&aws));
    let hanging = tokio::spawn(async move { client.list_channels().send().await });
    assert!(aws.wait_for(Api::ListChannels, 1, 5 * SECOND).await);
    assert!(builder().port(port).try_start().is_err());
    drop(aws);
    assert!(hanging.await.unwrap().is_err());
    assert_eq!(builder().port(port).start().port(), port);
}
