//! DescribeChannel, DescribeSchedule and ListAlerts.

use std::time::{Duration, UNIX_EPOCH};

use aws_stand_in::{Channel, ChannelAlert, DateFormat, InputSwitch, StandIn};

use super::{builder, medialive};

#[tokio::test]
async fn a_channel_has_inputs_output_groups_and_dates() {
    let channel = Channel::new("1001").standard().input(1, "backup").cmaf_ingest("cmaf");
    let aws = builder().channel(channel).start();
    let described = medialive(&aws).describe_channel().channel_id("1001").send().await.unwrap();
    let inputs: Vec<_> = described
        .pipeline_details()
        .iter()
        .map(|one| (one.pipeline_id().unwrap(), one.active_input_attachment_name().unwrap()))
        .collect();
    assert_eq!(inputs, [("0", "source"), ("1", "backup")]);
    let groups = described.encoder_settings().unwrap().output_groups();
    let cmaf: Vec<_> = groups
        .iter()
        .map(|one| one.output_group_settings().unwrap().cmaf_ingest_group_settings().is_some())
        .collect();
    assert_eq!(cmaf, [false, true]);
    let missing = medialive(&aws).describe_channel().channel_id("7").send().await.unwrap_err();
    assert!(missing.into_service_error().is_not_found_exception());
}

#[tokio::test]
async fn a_schedule_has_pages_and_times() {
    let at = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut channel = Channel::new("1001");
    for number in 0..150 {
        channel = channel.scheduled(InputSwitch::at(format!("switch {number}"), "backup", at));
    }
    channel = channel.scheduled(InputSwitch::immediate("now", "slate"));
    let aws = builder().channel(channel).start();
    let client = medialive(&aws);
    let first = client.describe_schedule().channel_id("1001").send().await.unwrap();
    let token = first.next_token().unwrap();
    let second =
        client.describe_schedule().channel_id("1001").next_token(token).send().await.unwrap();
    let actions = [first.schedule_actions(), second.schedule_actions()].concat();
    assert_eq!((actions.len(), second.next_token()), (151, None));
    let start = actions[0].schedule_action_start_settings().unwrap();
    let fixed = start.fixed_mode_schedule_action_start_settings().unwrap();
    assert_eq!(fixed.time(), Some("2027-01-15T08:00:00.000Z"));
    let described = client.describe_channel().channel_id("1001").send().await.unwrap();
    let pipeline = &described.pipeline_details()[0];
    assert_eq!(pipeline.active_input_switch_action_name(), Some("now"));
    assert_eq!(pipeline.active_input_attachment_name(), Some("slate"));
}

fn with_alerts(format: DateFormat) -> StandIn {
    let channel = Channel::new("1001")
        .alert(ChannelAlert::set("Video Not Detected", "no video", 1))
        .alert(ChannelAlert::set("Old", "", 0).cleared());
    builder().date_format(format).channel(channel).start()
}

#[tokio::test]
async fn alerts_are_filtered_by_their_state() {
    let aws = with_alerts(DateFormat::Zoned);
    let call = medialive(&aws).list_alerts().channel_id("1001");
    let active = call.clone().state_filter("SET").send().await.unwrap();
    let [alert] = active.alerts() else { panic!("{active:?}") };
    assert_eq!(
        (alert.alert_type(), alert.message()),
        (Some("Video Not Detected"), Some("no video"))
    );
    assert_eq!(alert.pipeline_id(), Some("1"));
    assert_eq!(call.send().await.unwrap().alerts().len(), 2);
}

#[tokio::test]
async fn the_sdk_cannot_read_alerts_whose_dates_have_no_zone() {
    let aws = with_alerts(DateFormat::NoZone);
    assert!(medialive(&aws).list_alerts().channel_id("1001").send().await.is_err());
}
