//! ListChannels: pages, fields and errors.

use aws_sdk_medialive::types::{ChannelClass, ChannelState as WireState};
use aws_stand_in::{Api, Channel, ChannelState, Fault, StandIn};

use super::{builder, medialive};

/// Channels with consecutive IDs from 0 on.
fn numbered(count: u32) -> impl Iterator<Item = Channel> {
    (0..count).map(|id| Channel::new(id.to_string()))
}

/// The IDs on all pages.
async fn ids(aws: &StandIn) -> Vec<String> {
    let channels: Result<Vec<_>, _> =
        medialive(aws).list_channels().into_paginator().items().send().collect().await;
    channels.unwrap().iter().map(|channel| channel.id().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn channels_are_listed_in_pages_with_the_fields_of_a_summary() {
    let aws = builder()
        .channel(
            Channel::new("1001")
                .name("Nachrichten Ü 📺")
                .standard()
                .tag("source-monitor", "off")
                .state(ChannelState::Starting),
        )
        .channels(numbered(50))
        .start();
    let pages: Result<Vec<_>, _> =
        medialive(&aws).list_channels().into_paginator().send().collect().await;
    let pages = pages.unwrap();
    assert_eq!(pages.iter().map(|page| page.channels().len()).collect::<Vec<_>>(), [20, 20, 11]);
    assert_eq!(pages[2].next_token(), None);
    let first = &pages[0].channels()[0];
    assert_eq!(first.id(), Some("1001"));
    assert_eq!(first.name(), Some("Nachrichten Ü 📺"));
    assert_eq!(first.arn(), Some("arn:aws:medialive:eu-west-1:111122223333:channel:1001"));
    assert_eq!(first.state(), Some(&WireState::Starting));
    assert_eq!(first.channel_class(), Some(&ChannelClass::Standard));
    assert_eq!(first.pipelines_running_count(), Some(2));
    assert_eq!(first.tags().unwrap()["source-monitor"], "off");
    assert_eq!(pages[0].channels()[1].channel_class(), Some(&ChannelClass::SinglePipeline));

    let small = medialive(&aws).list_channels().max_results(7).send().await.unwrap();
    assert_eq!(small.channels().len(), 7);
    let items: Vec<_> = aws.calls(Api::ListChannels).iter().map(|call| call.items).collect();
    assert_eq!(items, [20, 20, 11, 7]);
}

#[tokio::test]
async fn a_channel_deleted_between_two_pages_moves_no_other() {
    let aws = builder().channels(numbered(5)).page_size(2).start();
    aws.on_call(Api::ListChannels, 2, |aws| {
        aws.remove_channel("1");
        aws.remove_channel("2");
        aws.add_channel(Channel::new("9"));
    });
    assert_eq!(ids(&aws).await, ["0", "1", "3", "4", "9"]);
}

#[tokio::test]
async fn pages_can_repeat_channels() {
    let aws = builder().channels(numbered(5)).page_size(2).start();
    aws.fault(Fault::on(Api::ListChannels).repeat_channels());
    assert_eq!(ids(&aws).await, ["0", "1", "1", "2", "2", "3", "3", "4"]);
}

#[tokio::test]
async fn every_page_can_have_the_same_token() {
    let aws = builder().channels(numbered(5)).page_size(2).start();
    aws.fault(Fault::on(Api::ListChannels).repeat_token());
    let first = medialive(&aws).list_channels().send().await.unwrap();
    let token = first.next_token().unwrap();
    let second = medialive(&aws).list_channels().next_token(token).send().await.unwrap();
    assert_eq!(second.next_token(), Some(token));
    assert_eq!(second.channels().len(), 2);
}

#[tokio::test]
async fn the_faults_of_list_channels_are_the_modelled_errors() {
    let aws = builder().start();
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        medialive(&aws).list_channels().send().await.unwrap_err().into_service_error()
    };
    assert!(error(Fault::on(Api::ListChannels).throttle()).await.is_too_many_requests_exception());
    assert!(
        error(Fault::on(Api::ListChannels).server_error(500))
            .await
            .is_internal_server_error_exception()
    );
    assert!(error(Fault::on(Api::ListChannels).forbidden()).await.is_forbidden_exception());
    aws.clear_faults();
    let bad = medialive(&aws).list_channels().next_token("nonsense").send().await.unwrap_err();
    assert!(bad.into_service_error().is_bad_request_exception());
    let bad = medialive(&aws).list_channels().max_results(0).send().await.unwrap_err();
    assert!(bad.into_service_error().is_bad_request_exception());
}

#[tokio::test]
async fn linked_channels_name_each_other() {
    let aws = builder()
        .channel(Channel::new("1001").followed_by("1002"))
        .channel(Channel::new("1002").follows("1001"))
        .channel(Channel::new("1003"))
        .start();
    let response = medialive(&aws).list_channels().send().await.unwrap();
    let arn = |id: &str| format!("arn:aws:medialive:eu-west-1:111122223333:channel:{id}");
    let link = |number: usize| response.channels()[number].linked_channel_settings();
    let primary = link(0).unwrap().primary_channel_settings().unwrap();
    assert_eq!(primary.following_channel_arns(), [arn("1002")]);
    let follower = link(1).unwrap().follower_channel_settings().unwrap();
    assert_eq!(follower.primary_channel_arn(), Some(arn("1001").as_str()));
    assert_eq!(link(2), None);
}
