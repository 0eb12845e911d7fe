//! Reads the responses of DescribeChannel, DescribeSchedule and ListAlerts instead of the SDK, and
//! of them only the fields that the notifier uses.
//!
//! They have the dates that the SDK can't be trusted with, as `responses` explains: when an engine
//! version expires, and when an alert was set. Each value is kept as it is written, so that none
//! can fail the whole.

use aws_sdk_medialive::{
    operation::{
        describe_channel::DescribeChannelOutput, describe_schedule::DescribeScheduleOutput,
        list_alerts::ListAlertsOutput,
    },
    types::{
        ChannelAlert, ChannelAlertState, CmafIngestGroupSettings, EncoderSettings,
        FixedModeScheduleActionStartSettings, InputSwitchScheduleActionSettings, OutputGroup,
        OutputGroupSettings, PipelineDetail, ScheduleAction, ScheduleActionSettings,
        ScheduleActionStartSettings,
    },
};
use aws_smithy_runtime_api::client::interceptors::context::Output;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::responses::text;

/// The elements of a list that have the shape of `T`; none if the value is no list.
fn list<T: DeserializeOwned>(value: Option<&RawValue>) -> Vec<T> {
    let Some(value) = value else { return Vec::new() };
    let elements: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
    elements.into_iter().filter_map(|one| serde_json::from_str(one.get()).ok()).collect()
}

/// The value as `T`; `None` if it has another shape.
fn object<T: DeserializeOwned>(value: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(value?.get()).ok()
}

/// A text or a number.
type Text = Box<RawValue>;

fn string(value: Option<&Text>) -> Option<String> {
    text(value?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelBody<'a> {
    #[serde(borrow)]
    pipeline_details: Option<&'a RawValue>,
    #[serde(borrow)]
    encoder_settings: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PipelineBody {
    pipeline_id: Option<Text>,
    active_input_attachment_name: Option<Text>,
    active_input_switch_action_name: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncoderBody {
    output_groups: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutputGroupBody {
    name: Option<Text>,
    output_group_settings: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupSettingsBody {
    cmaf_ingest_group_settings: Option<Text>,
}

/// Which input each pipeline uses, and which output groups are CMAF Ingest.
pub(super) fn channel(body: &[u8]) -> Result<Output, serde_json::Error> {
    let read: ChannelBody<'_> = serde_json::from_slice(body)?;
    let pipelines = list(read.pipeline_details).into_iter().map(|pipeline: PipelineBody| {
        PipelineDetail::builder()
            .set_pipeline_id(string(pipeline.pipeline_id.as_ref()))
            .set_active_input_attachment_name(string(
                pipeline.active_input_attachment_name.as_ref(),
            ))
            .set_active_input_switch_action_name(string(
                pipeline.active_input_switch_action_name.as_ref(),
            ))
            .build()
    });
    let encoder: Option<EncoderBody> = object(read.encoder_settings);
    let groups = encoder.and_then(|encoder| encoder.output_groups);
    let groups = list(groups.as_deref()).into_iter().map(|group: OutputGroupBody| {
        let settings: Option<GroupSettingsBody> = object(group.output_group_settings.as_deref());
        let cmaf = settings.and_then(|settings| settings.cmaf_ingest_group_settings);
        let settings = OutputGroupSettings::builder().set_cmaf_ingest_group_settings(
            cmaf.map(|_| CmafIngestGroupSettings::builder().build()),
        );
        OutputGroup::builder()
            .set_name(string(group.name.as_ref()))
            .output_group_settings(settings.build())
            .build()
    });
    let encoder = EncoderSettings::builder().set_output_groups(Some(groups.collect())).build();
    Ok(Output::erase(
        DescribeChannelOutput::builder()
            .set_pipeline_details(Some(pipelines.collect()))
            .encoder_settings(encoder)
            .build(),
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleBody<'a> {
    #[serde(borrow)]
    schedule_actions: Option<&'a RawValue>,
    #[serde(borrow)]
    next_token: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionBody {
    action_name: Option<Text>,
    schedule_action_settings: Option<Text>,
    schedule_action_start_settings: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionSettingsBody {
    input_switch_settings: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SwitchBody {
    input_attachment_name_reference: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartBody {
    fixed_mode_schedule_action_start_settings: Option<Text>,
}

#[derive(Deserialize)]
struct FixedBody {
    time: Option<Text>,
}

/// A page of the schedule: each action's name, its time if it is fixed, and the input that it
/// switches to.
pub(super) fn schedule(body: &[u8]) -> Result<Output, serde_json::Error> {
    let read: ScheduleBody<'_> = serde_json::from_slice(body)?;
    let actions = list(read.schedule_actions).into_iter().map(|action: ActionBody| {
        ScheduleAction::builder()
            .set_action_name(string(action.action_name.as_ref()))
            .set_schedule_action_settings(action.schedule_action_settings.map(|one| settings(&one)))
            .set_schedule_action_start_settings(
                action.schedule_action_start_settings.map(|one| start(&one)),
            )
            .build()
    });
    Ok(Output::erase(
        DescribeScheduleOutput::builder()
            .set_schedule_actions(Some(actions.collect()))
            .set_next_token(read.next_token.and_then(text))
            .build(),
    ))
}

fn settings(value: &RawValue) -> ScheduleActionSettings {
    let settings: Option<ActionSettingsBody> = object(Some(value));
    let switch = settings.and_then(|settings| object(settings.input_switch_settings.as_deref()));
    let switch = switch.map(|switch: SwitchBody| {
        InputSwitchScheduleActionSettings::builder()
            .set_input_attachment_name_reference(string(
                switch.input_attachment_name_reference.as_ref(),
            ))
            .build()
    });
    ScheduleActionSettings::builder().set_input_switch_settings(switch).build()
}

fn start(value: &RawValue) -> ScheduleActionStartSettings {
    let start: Option<StartBody> = object(Some(value));
    let fixed =
        start.and_then(|start| object(start.fixed_mode_schedule_action_start_settings.as_deref()));
    let fixed = fixed.map(|fixed: FixedBody| {
        FixedModeScheduleActionStartSettings::builder()
            .set_time(string(fixed.time.as_ref()))
            .build()
    });
    ScheduleActionStartSettings::builder()
        .set_fixed_mode_schedule_action_start_settings(fixed)
        .build()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AlertsBody<'a> {
    #[serde(borrow)]
    alerts: Option<&'a RawValue>,
    #[serde(borrow)]
    next_token: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AlertBody {
    alert_type: Option<Text>,
    message: Option<Text>,
    pipeline_id: Option<Text>,
    state: Option<Text>,
}

/// A page of alerts, without their dates.
pub(super) fn alerts(body: &[u8]) -> Result<Output, serde_json::Error> {
    let read: AlertsBody<'_> = serde_json::from_slice(body)?;
    let alerts = list(read.alerts).into_iter().map(|alert: AlertBody| {
        let state = string(alert.state.as_ref());
        ChannelAlert::builder()
            .set_alert_type(string(alert.alert_type.as_ref()))
            .set_message(string(alert.message.as_ref()))
            .set_pipeline_id(string(alert.pipeline_id.as_ref()))
            .set_state(state.map(|state| ChannelAlertState::from(state.as_str())))
            .build()
    });
    Ok(Output::erase(
        ListAlertsOutput::builder()
            .set_alerts(Some(alerts.collect()))
            .set_next_token(read.next_token.and_then(text))
            .build(),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read<T: std::fmt::Debug + Send + Sync + 'static>(
        reader: fn(&[u8]) -> Result<Output, serde_json::Error>,
        body: &Value,
    ) -> T {
        reader(&serde_json::to_vec(body).unwrap()).unwrap().downcast().unwrap()
    }

    #[test]
    fn a_channels_inputs_and_its_cmaf_ingest_groups_are_read_whatever_else_it_holds() {
        for date in
            [json!("0000-00-00T00:00:00"), json!("2023-07-18T12:04:24"), Value::Null, json!([1])]
        {
            let body = json!({
                "channelEngineVersion": {"expirationDate": date}, "maintenance": date, "inputAttachments": date,
                "pipelineDetails": [date, {"pipelineId": "0", "activeInputAttachmentName": "playout",
                    "activeInputSwitchActionName": "evening", "channelEngineVersion": {"expirationDate": date}}],
                "encoderSettings": {"outputGroups": [
                    {"name": "cmaf", "outputGroupSettings": {"cmafIngestGroupSettings": {"destination": date}}},
                    date,
                    {"name": "hls", "outputGroupSettings": {"hlsGroupSettings": {}}},
                ], "timecodeConfig": date},
            });
            let channel: DescribeChannelOutput = read(super::channel, &body);
            let pipelines = channel.pipeline_details();
            let last = pipelines.last().unwrap();
            assert_eq!(last.active_input_attachment_name(), Some("playout"));
            assert_eq!(last.active_input_switch_action_name(), Some("evening"));
            let groups = channel.encoder_settings().unwrap().output_groups();
            let is_cmaf = |group: &&OutputGroup| {
                group
                    .output_group_settings()
                    .is_some_and(|one| one.cmaf_ingest_group_settings().is_some())
            };
            let cmaf: Vec<_> = groups.iter().filter(is_cmaf).map(OutputGroup::name).collect();
            assert_eq!(cmaf, [Some("cmaf")]);
        }
    }

    #[test]
    fn a_schedules_actions_are_read() {
        let body = json!({"nextToken": "more", "scheduleActions": [
            {"actionName": "evening",
             "scheduleActionSettings": {"inputSwitchSettings": {"inputAttachmentNameReference": "playout"}},
             "scheduleActionStartSettings": {"fixedModeScheduleActionStartSettings": {"time": "2026-11-25T03:12:28.000Z"}}},
            {"actionName": "pause", "scheduleActionSettings": {"pauseStateSettings": {}},
             "scheduleActionStartSettings": {"immediateModeScheduleActionStartSettings": {}}},
        ]});
        let schedule: DescribeScheduleOutput = read(super::schedule, &body);
        assert_eq!(schedule.next_token(), Some("more"));
        let [evening, pause] = schedule.schedule_actions() else { panic!() };
        let switch = evening.schedule_action_settings().unwrap().input_switch_settings().unwrap();
        assert_eq!(switch.input_attachment_name_reference(), Some("playout"));
        let start = evening.schedule_action_start_settings().unwrap();
        let fixed = start.fixed_mode_schedule_action_start_settings().unwrap();
        assert_eq!(fixed.time(), Some("2026-11-25T03:12:28.000Z"));
        let start = pause.schedule_action_start_settings().unwrap();
        assert!(start.fixed_mode_schedule_action_start_settings().is_none());
    }

    proptest! {
        #[test]
        fn no_date_costs_an_alert(date in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.]{0,12}[Z+0-9:-]{0,6}") {
            let body = json!({"alerts": [{
                "id": "1", "alertType": "Failed To Upload Thumbnail", "message": "m", "pipelineId": "0",
                "state": "SET", "setTimestamp": date, "clearedTimestamp": date,
            }]});
            let alerts: ListAlertsOutput = read(super::alerts, &body);
            let alert = &alerts.alerts()[0];
            prop_assert_eq!(alert.alert_type(), Some("Failed To Upload Thumbnail"));
            prop_assert_eq!((alert.pipeline_id(), alert.message()), (Some("0"), Some("m")));
            prop_assert_eq!(alert.state(), Some(&ChannelAlertState::Set));
        }
    }
}
