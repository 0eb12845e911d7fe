//! Faults to survive: what is published, what is counted, and that nothing learnt is lost.

use std::time::{Duration, SystemTime};

use medialive_source_monitor::calls::Cause;

use crate::{
    rig::{Rig, running},
    standin::{Api, Channel, Fault, Pace, Scene, Stamp, StandIn, odd},
};

#[tokio::test]
async fn pages_that_go_round_in_a_circle_end() {
    let aws = StandIn::builder()
        .channels(running(5))
        .page_size(2)
        .fault(Fault::on(Api::ListChannels).token_for_ever())
        .start();
    let error = Rig::new(&aws, 1, &[]).try_tick(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.error_type(), "DiscoveryFailed");
    assert!(aws.count(Api::ListChannels) < 10);
}

#[tokio::test]
async fn a_channel_that_two_pages_name_is_watched_once() {
    let aws = StandIn::builder()
        .channels(running(5))
        .page_size(2)
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).repeats_channels())
        .start();
    let report = Rig::new(&aws, 1, &[]).tick().await;
    assert_eq!(report.feeds, 5);
}

#[tokio::test]
async fn a_list_that_cannot_be_renewed_is_used_again() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).server_error(500).after_call(1))
        .start();
    let report = Rig::new(&aws, 3, &[]).tick().await;
    assert_eq!((report.rounds, report.samples), (3, 3));
    assert_eq!(aws.fleet("ApiErrors").iter().map(|datum| datum.value).collect::<Vec<_>>(), [0.0, 2.0, 2.0]);
}

#[tokio::test]
async fn a_list_that_never_comes_costs_no_look_at_the_channels_of_the_last_one() {
    let aws = StandIn::builder()
        .channels(running(4))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::ListChannels).hang().after_call(1))
        .start();
    let report = Rig::new(&aws, 3, &[]).tick().await;
    assert_eq!((report.rounds, report.samples, report.skipped), (3, 12, 0));
    assert_eq!(aws.fleet("WatchedFeeds").len(), 3);
}

#[tokio::test]
async fn answers_that_make_no_sense_are_failed_samples() {
    let (thumbnail, on) = (Api::DescribeThumbnails, Fault::on);
    let faults = [
        on(thumbnail).channel("1001").truncated(),
        on(thumbnail).channel("1002").broken_body(),
        on(thumbnail).channel("1003").wrong_content_type(),
        on(thumbnail).channel("1004").oversized(8_000_000),
        on(thumbnail).channel("1005").drip(),
        on(Api::DetectLabels).channel("1006").hollow(),
        on(Api::DetectLabels).channel("1007").broken_body(),
    ];
    let mut aws = StandIn::builder().channels(running(8)).pace(Pace::PerRequest);
    for fault in faults {
        aws = aws.fault(fault);
    }
    let aws = aws.start();
    let report = Rig::new(&aws, 1, &[]).tick().await;
    let failed: usize = report.failures.values().sum();
    assert_eq!(report.skipped, 0);
    assert!(failed >= 6, "{:?}", report.failures);
    assert_eq!(report.failures[&Cause::TimedOut], 1, "{:?}", report.failures);
    assert_eq!(aws.values_of("1008", 0, "FrozenSeconds"), [0.0]);
    assert_eq!(aws.fleet("FailedSamples")[0].value, failed as f64);
}

#[tokio::test]
async fn pictures_of_odd_sizes_and_kinds_are_read_or_refused_and_never_fatal() {
    let pictures = [
        (odd::sized(1, 1), false),
        (odd::claiming(20_000, 20_000), false),
        (odd::cut_short(), false),
        (b"GIF89a, not a JPEG at all".to_vec(), false),
        (odd::greyscale(), true),
        (odd::progressive(), true),
        (odd::sized(960, 540), true),
    ];
    let channels = pictures
        .iter()
        .zip(1001..)
        .map(|((jpeg, _), id)| Channel::new(id.to_string()).shows(Scene::raw(jpeg.clone())));
    let aws = StandIn::builder().channels(channels).pace(Pace::PerRequest).start();
    let report = Rig::new(&aws, 1, &[("REKOGNITION_INTERVAL", "0")]).tick().await;
    assert_eq!(report.failures, [(Cause::UnreadablePicture, 4)].into());
    assert_eq!(report.samples, 3);
    for ((_, readable), id) in pictures.iter().zip(1001..) {
        assert_eq!(
            aws.values_of(&id.to_string(), 0, "FrozenSeconds").len(),
            usize::from(*readable),
            "channel {id}"
        );
    }
}

#[tokio::test]
async fn a_stamp_that_stands_still_is_a_picture_that_nobody_has() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").stamp(Stamp::Stale))
        .channel(Channel::new("1002").stamp(Stamp::Missing))
        .channel(Channel::new("1003").stamp(Stamp::Future(Duration::from_secs(3600))))
        .channel(Channel::new("1004").stamp(Stamp::Past(Duration::from_secs(3600))))
        .pace(Pace::PerRequest)
        .start();
    let settings = [("NO_PICTURE_AFTER", "8")];
    let report = Rig::new(&aws, 7, &settings).tick().await;
    let open: Vec<_> = report.incidents.iter().map(|open| (open.channel.as_str(), open.condition)).collect();
    assert_eq!(open, [("1001", "no_picture")]);
}

#[tokio::test]
async fn rekognition_denied_for_good_leaves_the_pixels() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").shows(Scene::Black))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::DetectLabels).denied())
        .start();
    let report = Rig::new(&aws, 3, &[("BLACK_AFTER", "4")]).tick().await;
    assert_eq!(report.failures, [(Cause::Denied, 3)].into());
    assert_eq!(report.incidents[0].condition, "black");
    assert!(aws.values_of("1001", 0, "ImageProperties").is_empty());
}

#[tokio::test]
async fn an_answer_that_was_lost_is_sent_again_and_changes_nothing() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).lose_answer().times(1))
        .start();
    let mut rig = Rig::new(&aws, 2, &[]);
    rig.tick().await;
    let watched = aws.fleet("WatchedFeeds");
    assert_eq!(watched.len(), 3, "the first datapoint twice, the second once");
    assert_eq!((watched[0].timestamp, watched[0].value), (watched[1].timestamp, watched[1].value));
    assert!(rig.spilled().is_empty());
}

#[tokio::test]
async fn data_that_cloudwatch_will_never_take_goes_to_the_log_at_once() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .pace(Pace::PerRequest)
        .fault(Fault::on(Api::PutMetricData).validation().times(1))
        .start();
    let mut rig = Rig::new(&aws, 2, &[]);
    let report = rig.tick().await;
    assert_eq!(aws.fleet("WatchedFeeds").len(), 1);
    assert_eq!(rig.spilled().len(), 2);
    assert!(report.spilled > 0 && report.published > 0);
}

#[tokio::test]
async fn a_channel_deleted_in_the_middle_of_a_round_is_no_picture_and_then_gone() {
    let aws = StandIn::builder().channels(running(4)).pace(Pace::PerRequest).start();
    aws.on_call(Api::DescribeThumbnails, 1, |world| world.remove_channel("1004"));
    let report = Rig::new(&aws, 2, &[]).tick().await;
    assert_eq!((report.no_picture, report.samples, report.feeds), (1, 6, 3));
}

#[tokio::test]
async fn a_service_that_is_not_there_at_all_fails_the_tick_in_time() {
    let endpoint = StandIn::builder().start();
    let mut rig = Rig::new(&endpoint, 1, &[]);
    drop(endpoint);
    let start = SystemTime::now();
    let error = rig.try_tick(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(error.error_type(), "DiscoveryFailed");
    assert!(start.elapsed().unwrap() < Duration::from_secs(30));
    assert_eq!(rig.spilled().len(), 1, "what is known of the calls is in the log");
}
