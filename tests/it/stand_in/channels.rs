//! ListChannels: pages, fields and its own errors.

use aws_sdk_medialive::types::{ChannelClass, ChannelState};

use super::{builder, medialive};
use aws_stand_in::{Api, Channel, Fault, State};

#[tokio::test]
async fn channels_come_in_pages_with_all_that_a_list_holds() {
    let aws = builder()
        .channel(
            Channel::new("1001")
                .name("Nachrichten Ü 📺")
                .standard()
                .tag("source-monitor", "off")
                .state(State::Starting),
        )
        .channels((2000..2050).map(|id| Channel::new(id.to_string())))
        .start();
    let pages: Result<Vec<_>, _> = medialive(&aws).list_channels().into_paginator().send().collect().await;
    let pages = pages.unwrap();
    assert_eq!(pages.iter().map(|page| page.channels().len()).collect::<Vec<_>>(), [20, 20, 11]);
    assert_eq!(pages[2].next_token(), None);
    let first = &pages[0].channels()[0];
    assert_eq!(first.id(), Some("1001"));
    assert_eq!(first.name(), Some("Nachrichten Ü 📺"));
    assert_eq!(first.arn(), Some("arn:aws:medialive:eu-central-1:111122223333:channel:1001"));
    assert_eq!(first.state(), Some(&ChannelState::Starting));
    assert_eq!(first.channel_class(), Some(&ChannelClass::Standard));
    assert_eq!(first.pipelines_running_count(), Some(2));
    assert_eq!(first.tags().unwrap()["source-monitor"], "off");
    assert_eq!(pages[0].channels()[1].channel_class(), Some(&ChannelClass::SinglePipeline));

    let small = medialive(&aws).list_channels().max_results(7).send().await.unwrap();
    assert_eq!(small.channels().len(), 7);
    assert_eq!(
        aws.calls(Api::ListChannels).iter().map(|call| call.items).collect::<Vec<_>>(),
        [20, 20, 11, 7]
    );
}

#[tokio::test]
async fn a_channel_deleted_between_two_pages_moves_no_other() {
    let aws = builder().channels((0..5).map(|id| Channel::new(id.to_string()))).page_size(2).start();
    aws.on_call(Api::ListChannels, 2, |world| {
        world.remove_channel("1");
        world.remove_channel("2");
        world.add_channel(Channel::new("9"));
    });
    let pages: Result<Vec<_>, _> =
        medialive(&aws).list_channels().into_paginator().items().send().collect().await;
    let ids: Vec<_> = pages.unwrap().iter().map(|channel| channel.id().unwrap().to_owned()).collect();
    assert_eq!(ids, ["0", "1", "3", "4", "9"]);
}

#[tokio::test]
async fn a_list_may_repeat_channels_or_name_the_same_page_for_ever() {
    let aws = builder().channels((0..5).map(|id| Channel::new(id.to_string()))).page_size(2).start();
    aws.fault(Fault::on(Api::ListChannels).repeats_channels());
    let pages: Result<Vec<_>, _> =
        medialive(&aws).list_channels().into_paginator().items().send().collect().await;
    let ids: Vec<_> = pages.unwrap().iter().map(|channel| channel.id().unwrap().to_owned()).collect();
    assert_eq!(ids, ["0", "1", "1", "2", "2", "3", "3", "4"]);

    aws.clear_faults();
    aws.fault(Fault::on(Api::ListChannels).token_for_ever());
    let first = medialive(&aws).list_channels().send().await.unwrap();
    let second =
        medialive(&aws).list_channels().next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!(first.next_token(), second.next_token());
    assert_eq!(second.channels().len(), 2);
}

#[tokio::test]
async fn every_error_of_list_channels_arrives_as_the_modelled_one() {
    let aws = builder().start();
    let meet = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        medialive(&aws).list_channels().send().await.unwrap_err().into_service_error()
    };
    assert!(meet(Fault::on(Api::ListChannels).throttle()).await.is_too_many_requests_exception());
    assert!(meet(Fault::on(Api::ListChannels).server_error(500)).await.is_internal_server_error_exception());
    assert!(meet(Fault::on(Api::ListChannels).forbidden()).await.is_forbidden_exception());
    aws.clear_faults();
    let bad = medialive(&aws).list_channels().next_token("nonsense").send().await.unwrap_err();
    assert!(bad.into_service_error().is_bad_request_exception());
    let bad = medialive(&aws).list_channels().max_results(0).send().await.unwrap_err();
    assert!(bad.into_service_error().is_bad_request_exception());
}
