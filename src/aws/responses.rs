//! Reads the responses of DescribeThumbnails and ListChannels instead of the SDK, and of them only
//! the fields that the monitor uses.
//!
//! The SDK's generated code fails as a whole on one date that it can't parse, and MediaLive sends
//! such dates: thumbnails' stamps without a zone
//! (<https://github.com/aws/aws-sdk-js-v3/issues/5095>) and unreadable dates in channel
//! descriptions (<https://github.com/aws/aws-sdk-js-v3/issues/6782>). With the first form no feed
//! would ever be sampled.
//!
//! Why the deserialiser is replaced and the body is not repaired before the SDK reads it:
//!
//! - **Robustness.** A field that isn't named here can't cost a response, whatever it holds. A
//!   repair would have to know each date.
//! - **CPU.** The body is parsed once, and a thumbnail's base64 is copied once, as the SDK does;
//!   the rest of a channel's description (up to 80 KB) is skipped instead of built.
//! - **Simplicity.** The SDK's output types stay, so that no caller knows of this; signing,
//!   time-outs and errors stay the SDK's.
//!
//! Only successful responses are read here: error responses carry no dates, and the SDK knows their
//! codes.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_medialive::{
    operation::{describe_thumbnails::DescribeThumbnailsOutput, list_channels::ListChannelsOutput},
    types::{
        ChannelClass, ChannelState, ChannelSummary, MaintenanceStatus, Thumbnail, ThumbnailDetail,
    },
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeDeserializationInterceptorContextMut, Error, Output, OutputOrError},
        },
        orchestrator::{HttpResponse, Metadata, OrchestratorError},
        runtime_components::RuntimeComponents,
        ser_de::{DeserializeResponse, SharedResponseDeserializer},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use serde::Deserialize;
use serde_json::{Value, error::Category, value::RawValue};

use super::{channel_responses, linked_channels::linked, timestamp::timestamp};

/// Puts [`Reader`] in the place of the SDK's deserialiser, for successful responses of these
/// operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct LenientDeserializer;

impl Intercept for LenientDeserializer {
    fn name(&self) -> &'static str {
        "LenientDeserializer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if !context.response().status().is_success() {
            return Ok(());
        }
        let reader = match config.load::<Metadata>().map(Metadata::name) {
            Some("DescribeThumbnails") => Reader(thumbnails),
            Some("ListChannels") => Reader(channels),
            Some("DescribeChannel") => Reader(channel_responses::channel),
            Some("DescribeSchedule") => Reader(channel_responses::schedule),
            Some("ListAlerts") => Reader(channel_responses::alerts),
            _ => return Ok(()),
        };
        config.interceptor_state().store_put(SharedResponseDeserializer::new(reader));
        Ok(())
    }
}

/// Reads a body that has arrived whole into the SDK's output of one operation.
#[derive(Clone, Copy, Debug)]
struct Reader(fn(&[u8]) -> Result<Output, serde_json::Error>);

impl DeserializeResponse for Reader {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _: &ConfigBag,
    ) -> OutputOrError {
        let body = match response.body().bytes() {
            // The SDK reads an empty body as an empty object.
            Some([]) | None => b"{}",
            Some(body) => body,
        };
        (self.0)(body)
            .map_err(|error| OrchestratorError::<Error>::response(Unreadable::from(error).into()))
    }
}

/// A body that isn't the JSON that it should be. It names no content: a picture has no place in a
/// log.
#[derive(Debug, thiserror::Error)]
#[error("the body {what}, at line {line} column {column}")]
struct Unreadable {
    what: &'static str,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        let what = match error.classify() {
            Category::Syntax => "is not JSON",
            Category::Eof => "is JSON that ends too early",
            Category::Data | Category::Io => "is JSON of another shape",
        };
        Self { what, line: error.line(), column: error.column() }
    }
}

/// A response of DescribeThumbnails. Each value is kept as it is written, so that none can fail the
/// whole.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThumbnailsBody<'a> {
    #[serde(borrow)]
    thumbnail_details: Option<Vec<Option<DetailBody<'a>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailBody<'a> {
    #[serde(borrow)]
    pipeline_id: Option<&'a RawValue>,
    #[serde(borrow)]
    thumbnails: Option<Vec<Option<ThumbnailBody<'a>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThumbnailBody<'a> {
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    time_stamp: Option<&'a RawValue>,
}

fn thumbnails(body: &[u8]) -> Result<Output, serde_json::Error> {
    let read: ThumbnailsBody<'_> = serde_json::from_slice(body)?;
    let details = read.thumbnail_details.unwrap_or_default().into_iter().flatten().map(|detail| {
        let thumbnails =
            detail.thumbnails.unwrap_or_default().into_iter().flatten().map(|thumbnail| {
                Thumbnail::builder()
                    .set_body(thumbnail.body.and_then(text))
                    .set_time_stamp(thumbnail.time_stamp.and_then(timestamp))
                    .build()
            });
        ThumbnailDetail::builder()
            .set_pipeline_id(detail.pipeline_id.and_then(text))
            .set_thumbnails(Some(thumbnails.collect()))
            .build()
    });
    Ok(Output::erase(
        DescribeThumbnailsOutput::builder().set_thumbnail_details(Some(details.collect())).build(),
    ))
}

/// A page of ListChannels, likewise.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelsBody<'a> {
    #[serde(borrow)]
    channels: Option<Vec<Option<SummaryBody<'a>>>>,
    #[serde(borrow)]
    next_token: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SummaryBody<'a> {
    #[serde(borrow)]
    arn: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    #[serde(borrow)]
    channel_class: Option<&'a RawValue>,
    #[serde(borrow)]
    pipelines_running_count: Option<&'a RawValue>,
    #[serde(borrow)]
    linked_channel_settings: Option<&'a RawValue>,
    #[serde(borrow)]
    maintenance: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
}

fn channels(body: &[u8]) -> Result<Output, serde_json::Error> {
    let read: ChannelsBody<'_> = serde_json::from_slice(body)?;
    let channels = read.channels.unwrap_or_default().into_iter().flatten().map(|channel| {
        ChannelSummary::builder()
            .set_arn(channel.arn.and_then(text))
            .set_id(channel.id.and_then(text))
            .set_name(channel.name.and_then(text))
            .set_state(channel.state.and_then(text).map(|state| ChannelState::from(state.as_str())))
            .set_channel_class(
                channel
                    .channel_class
                    .and_then(text)
                    .map(|class| ChannelClass::from(class.as_str())),
            )
            .set_pipelines_running_count(
                channel.pipelines_running_count.and_then(text).and_then(|count| count.parse().ok()),
            )
            .set_linked_channel_settings(channel.linked_channel_settings.and_then(linked))
            .set_maintenance(channel.maintenance.map(maintenance))
            .set_tags(channel.tags.and_then(tags))
            .build()
    });
    Ok(Output::erase(
        ListChannelsOutput::builder()
            .set_channels(Some(channels.collect()))
            .set_next_token(read.next_token.and_then(text))
            .build(),
    ))
}

/// When a channel is going to be maintained, whatever else its maintenance says.
fn maintenance(value: &RawValue) -> MaintenanceStatus {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        #[serde(borrow)]
        maintenance_scheduled_date: Option<&'a RawValue>,
    }
    let body: Body<'_> = serde_json::from_str(value.get()).unwrap_or_default();
    let date = body.maintenance_scheduled_date.and_then(text);
    MaintenanceStatus::builder().set_maintenance_scheduled_date(date).build()
}

/// The text of a string, or a number as it is written; `None` for every other kind of value.
pub(super) fn text(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes() {
        // A thumbnail's base64, which needs no second look: what has no backslash holds no escape.
        [b'"', plain @ .., b'"'] if memchr::memchr(b'\\', plain).is_none() => {
            Some(json[1..json.len() - 1].to_owned())
        }
        [b'"', ..] => serde_json::from_str(json).ok(),
        [b'-' | b'0'..=b'9', ..] => Some(json.to_owned()),
        _ => None,
    }
}

/// Tags whose values are strings.
fn tags(value: &RawValue) -> Option<HashMap<String, String>> {
    let tags: BTreeMap<String, Value> = serde_json::from_str(value.get()).ok()?;
    let strings = tags.into_iter().filter_map(|(key, value)| match value {
        Value::String(value) => Some((key, value)),
        _ => None,
    });
    Some(strings.collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read_thumbnails(body: &Value) -> DescribeThumbnailsOutput {
        let output = thumbnails(body.to_string().as_bytes()).expect("thumbnails are read");
        output.downcast().expect("the operation's output")
    }

    fn read_channels(body: &Value) -> ListChannelsOutput {
        let output = channels(body.to_string().as_bytes()).expect("channels are read");
        output.downcast().expect("the operation's output")
    }

    /// A response with this value wherever MediaLive's model has a date, and in fields that the
    /// model doesn't know.
    fn thumbnails_dated(date: &Value) -> Value {
        json!({"thumbnailDetails": [{"pipelineId": "0", "madeAt": date, "thumbnails": [
            {"body": "/9j/", "contentType": "image/jpeg", "thumbnailType": "CURRENT_ACTIVE", "timeStamp": date, "expires": date}
        ]}], "time": date})
    }

    fn channels_dated(date: &Value) -> Value {
        let channel = |id: &str| {
            json!({
                "id": id, "name": "News", "state": "RUNNING", "channelClass": "STANDARD", "pipelinesRunningCount": 2,
                "tags": {"env": "prod"}, "created": date,
                "linkedChannelSettings": date,
                "channelEngineVersion": {"name": "1", "expirationDate": date},
                "usedChannelEngineVersions": [{"name": "1", "expirationDate": date}, date],
                "maintenance": {"maintenanceDay": "MONDAY", "maintenanceScheduledDate": date, "maintenanceDeadline": date},
            })
        };
        json!({"channels": [channel("1001"), channel("1002")], "nextToken": "more", "time": date})
    }

    #[track_caller]
    fn assert_costs_nothing(date: &Value) {
        let thumbnails = read_thumbnails(&thumbnails_dated(date));
        let detail = &thumbnails.thumbnail_details()[0];
        assert_eq!(
            (detail.pipeline_id(), detail.thumbnails()[0].body()),
            (Some("0"), Some("/9j/"))
        );
        let channels = read_channels(&channels_dated(date));
        assert_eq!(channels.next_token(), Some("more"));
        let ids: Vec<_> = channels.channels().iter().filter_map(ChannelSummary::id).collect();
        assert_eq!(ids, ["1001", "1002"]);
        let first = &channels.channels()[0];
        assert_eq!((first.name(), first.state()), (Some("News"), Some(&ChannelState::Running)));
        assert_eq!(first.channel_class(), Some(&ChannelClass::Standard));
        assert_eq!(first.pipelines_running_count(), Some(2));
        assert_eq!(first.tags().unwrap()["env"], "prod");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.]{0,12}[Z+0-9:-]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,8}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_date_costs_the_picture_or_the_list(date in any_json()) {
            assert_costs_nothing(&date);
        }
    }

    #[test]
    fn a_stamp_without_a_zone_is_utc() {
        let read = read_thumbnails(&thumbnails_dated(&json!("2023-07-18T12:04:24")));
        let stamp = read.thumbnail_details()[0].thumbnails()[0].time_stamp();
        assert_eq!(stamp.map(aws_smithy_types::DateTime::secs), Some(1_689_681_864));
    }

    #[test]
    fn base64_with_escaped_slashes_is_the_same_base64() {
        let body = br#"{"thumbnailDetails":[{"pipelineId":0,"thumbnails":[{"body":"\/9j\/"}, null]}, null]}"#;
        let read: DescribeThumbnailsOutput = thumbnails(body).unwrap().downcast().unwrap();
        let detail = &read.thumbnail_details()[0];
        assert_eq!(
            (detail.pipeline_id(), detail.thumbnails()[0].body()),
            (Some("0"), Some("/9j/"))
        );
    }

    #[test]
    fn a_number_that_no_float_can_hold_costs_nothing() {
        let body = br#"{"channels":[{"id":"1001","state":"RUNNING","pipelinesRunningCount":1e999,"created":-1e999}]}"#;
        let read: ListChannelsOutput = channels(body).unwrap().downcast().unwrap();
        assert_eq!(
            (read.channels()[0].id(), read.channels()[0].pipelines_running_count()),
            (Some("1001"), None)
        );
    }

    #[test]
    fn a_tag_whose_value_is_no_string_costs_that_tag() {
        let body = json!({"channels": [{"id": "1001", "tags": {"env": "prod", "since": 1, "until": null}}]});
        let tags = read_channels(&body).channels()[0].tags().cloned().unwrap();
        assert_eq!(tags, [("env".to_owned(), "prod".to_owned())].into());
    }

    #[test]
    fn an_unreadable_body_is_described_without_its_content() {
        let described = |body: &[u8]| Unreadable::from(thumbnails(body).unwrap_err()).to_string();
        assert_eq!(described(b"<html>"), "the body is not JSON, at line 1 column 1");
        assert_eq!(
            described(b"{\"thumb"),
            "the body is JSON that ends too early, at line 1 column 7"
        );
        assert_eq!(
            described(br#"{"thumbnailDetails":"secret"}"#),
            "the body is JSON of another shape, at line 1 column 28"
        );
    }
}
