//! PutEvents: what is accepted, what is rejected as a whole, and what fails by itself in a response
//! that is a success.

use std::time::UNIX_EPOCH;

use aws_sdk_eventbridge::{
    error::{ProvideErrorMetadata, SdkError},
    operation::put_events::{PutEventsError, PutEventsOutput},
    primitives::DateTime,
    types::PutEventsRequestEntry,
};
use aws_stand_in::{Api, Fault, StandIn};
use serde_json::json;

use super::{SECOND, builder, eventbridge, now};

fn entry(detail: &str) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .source("tests")
        .detail_type("Test Event")
        .detail(detail)
        .resources("arn:aws:medialive:eu-west-1:111122223333:channel:1001")
        .time(DateTime::from(now() - SECOND))
        .build()
}

async fn put(
    aws: &StandIn,
    entries: Vec<PutEventsRequestEntry>,
) -> Result<PutEventsOutput, SdkError<PutEventsError>> {
    eventbridge(aws).put_events().set_entries(Some(entries)).send().await
}

/// The error codes of the entries of a response, `None` for one that was accepted.
fn codes(response: &PutEventsOutput) -> Vec<Option<&str>> {
    response
        .entries()
        .iter()
        .map(aws_sdk_eventbridge::types::PutEventsResultEntry::error_code)
        .collect()
}

#[tokio::test]
async fn an_event_is_logged_as_it_was_sent() {
    let aws = builder().start();
    let sent = now() - SECOND;
    let response = put(&aws, vec![entry(r#"{"name": "Süd"}"#), entry("{}")]).await.unwrap();
    assert_eq!((response.failed_entry_count(), codes(&response)), (0, vec![None, None]));
    assert!(response.entries()[0].event_id().is_some());
    let events = aws.events();
    assert_eq!((events.len(), aws.event_count()), (2, 2));
    assert_eq!((&*events[0].source, &*events[0].detail_type), ("tests", "Test Event"));
    assert_eq!(events[0].detail, json!({"name": "Süd"}));
    assert_eq!(events[0].resources, ["arn:aws:medialive:eu-west-1:111122223333:channel:1001"]);
    assert!(events[0].time >= sent && events[0].time > UNIX_EPOCH);
    // Time, source, detail-type, detail and ARN.
    assert_eq!(events[0].bytes, 14 + 5 + 10 + 16 + 53);
    assert_eq!(aws.calls(Api::PutEvents)[0].items, 2);
    assert_eq!(aws.operations(), ["events:PutEvents".to_owned()].into());
}

#[tokio::test]
async fn a_call_has_one_to_ten_entries_and_a_megabyte_at_most() {
    let aws = builder().start();
    let rejected = async |entries: Vec<PutEventsRequestEntry>| {
        let error = put(&aws, entries).await.unwrap_err().into_service_error();
        assert_eq!(error.code(), Some("ValidationException"));
    };
    assert_eq!(codes(&put(&aws, vec![entry("{}"); 10]).await.unwrap()).len(), 10);
    rejected(vec![entry("{}"); 11]).await;
    rejected(Vec::new()).await;
    let large = entry(&json!({"text": "x".repeat(600_000)}).to_string());
    assert!(put(&aws, vec![large.clone()]).await.is_ok());
    rejected(vec![large; 2]).await;
    assert_eq!(aws.event_count(), 11);
}

#[tokio::test]
async fn an_invalid_entry_fails_alone_in_a_response_that_is_a_success() {
    let aws = builder().start();
    let mut foreign = entry("{}");
    foreign.source = Some("aws.medialive".to_owned());
    let mut long = entry("{}");
    long.detail_type = Some("x".repeat(129));
    let mut elsewhere = entry("{}");
    elsewhere.event_bus_name = Some("other".to_owned());
    let mut nameless = entry("{}");
    nameless.source = None;
    let entries =
        vec![entry("{}"), foreign, long, elsewhere, nameless, entry("[]"), entry("{"), entry("{}")];
    let response = put(&aws, entries).await.unwrap();
    let expected = [
        None,
        Some("NotAuthorizedForSourceException"),
        Some("InvalidArgument"),
        Some("InvalidArgument"),
        Some("InvalidArgument"),
        Some("MalformedDetail"),
        Some("MalformedDetail"),
        None,
    ];
    assert_eq!((response.failed_entry_count(), codes(&response)), (6, expected.to_vec()));
    assert_eq!(aws.event_count(), 2);
}

#[tokio::test]
async fn the_faults_of_put_events_are_the_services_errors() {
    let aws = builder().start();
    let on = || Fault::on(Api::PutEvents);
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        put(&aws, vec![entry("{}")]).await.unwrap_err().into_service_error()
    };
    assert_eq!(error(on().throttle()).await.code(), Some("ThrottlingException"));
    assert!(error(on().server_error(500)).await.is_internal_exception());
    assert_eq!(error(on().denied()).await.code(), Some("AccessDeniedException"));
    assert_eq!(error(on().expired()).await.code(), Some("ExpiredTokenException"));
    assert_eq!(error(on().validation()).await.code(), Some("ValidationException"));
    assert_eq!(aws.event_count(), 0);
    aws.clear_faults();
    aws.fault(on().fail_entries(1..3, "InternalFailure").times(1));
    let response = put(&aws, vec![entry("{}"); 4]).await.unwrap();
    let failed = Some("InternalFailure");
    assert_eq!(codes(&response), [None, failed, failed, None]);
    assert_eq!((response.failed_entry_count(), aws.event_count()), (2, 2));
}
