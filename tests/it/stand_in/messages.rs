//! Publish: what is accepted, what is rejected, and the service's errors.

use aws_sdk_sns::{
    error::{ProvideErrorMetadata, SdkError},
    operation::publish::{PublishError, PublishOutput},
};
use aws_stand_in::{Api, Fault, StandIn};

use super::{builder, sns};

const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";

async fn publish(
    aws: &StandIn,
    subject: Option<&str>,
    text: &str,
) -> Result<PublishOutput, SdkError<PublishError>> {
    let subject = subject.map(str::to_owned);
    sns(aws).publish().topic_arn(TOPIC).set_subject(subject).message(text).send().await
}

#[tokio::test]
async fn a_message_is_logged_as_it_was_sent() {
    let aws = builder().start();
    let text = "Süd & \"Nord\" + 100 %\n\u{202e}= ?";
    let response = publish(&aws, Some("OFF AIR: a"), text).await.unwrap();
    assert!(response.message_id().is_some());
    publish(&aws, None, "plain").await.unwrap();
    let messages = aws.messages();
    let received: Vec<_> =
        messages.iter().map(|one| (one.subject.as_deref(), &*one.text)).collect();
    assert_eq!(received, [(Some("OFF AIR: a"), text), (None, "plain")]);
    assert_eq!(aws.messages_to(TOPIC).len(), 2);
    assert_eq!(aws.messages_to("arn:aws:sns:eu-west-1:111122223333:other").len(), 0);
    assert_eq!(aws.operations(), ["sns:Publish".to_owned()].into());
}

#[tokio::test]
async fn a_subject_and_a_message_have_limits() {
    let aws = builder().start();
    let is_rejected = async |subject: Option<&str>, text: &str| {
        let error = publish(&aws, subject, text).await.unwrap_err().into_service_error();
        error.is_invalid_parameter_exception()
    };
    assert!(is_rejected(Some(&"x".repeat(100)), "text").await);
    assert!(is_rejected(Some("a\nb"), "text").await);
    assert!(is_rejected(Some("Süd"), "text").await);
    assert!(is_rejected(Some(" a"), "text").await);
    assert!(is_rejected(None, &"x".repeat(256 * 1024 + 1)).await);
    let no_text = sns(&aws).publish().topic_arn(TOPIC).message("").send().await;
    assert!(no_text.unwrap_err().into_service_error().is_invalid_parameter_exception());
    let no_topic = sns(&aws).publish().topic_arn("alarms").message("text").send().await;
    assert!(no_topic.unwrap_err().into_service_error().is_invalid_parameter_exception());
    publish(&aws, Some(&"x".repeat(99)), &"x".repeat(256 * 1024)).await.unwrap();
    assert_eq!(aws.messages().len(), 1);
}

#[tokio::test]
async fn the_faults_of_publish_are_the_services_errors() {
    let aws = builder().start();
    let on = || Fault::on(Api::Publish);
    let error = async |fault: Fault| {
        aws.clear_faults();
        aws.fault(fault);
        publish(&aws, None, "text").await.unwrap_err().into_service_error()
    };
    assert_eq!(error(on().throttle()).await.code(), Some("Throttled"));
    assert!(error(on().server_error(500)).await.is_internal_error_exception());
    assert!(error(on().denied()).await.is_authorization_error_exception());
    assert_eq!(error(on().expired()).await.code(), Some("ExpiredToken"));
    assert!(error(on().validation()).await.is_invalid_parameter_exception());
    assert_eq!(aws.messages().len(), 0);
    aws.clear_faults();
    aws.fault(on().lose_response());
    assert!(publish(&aws, None, "text").await.is_err());
    assert_eq!(aws.messages().len(), 1, "it was delivered");
}
