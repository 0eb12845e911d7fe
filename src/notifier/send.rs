//! Publishes messages to SNS.

use aws_sdk_sns::Client;
use tokio::time::{Instant, timeout_at};

use crate::aws::{ApiName, CallError, Service};

/// A message for a topic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// The ARN of the topic.
    pub(super) topic: &'a str,
    /// The subject of a mail.
    pub(super) subject: Option<&'a str>,
    /// The text.
    pub(super) text: &'a str,
}

/// Publishes a message by the deadline, with one more attempt if the first failure may pass. An
/// attempt whose response is lost may have been delivered: a message that arrives twice is better
/// than one that never does.
pub(super) async fn send(
    service: &Service<Client>,
    message: Message<'_>,
    deadline: Instant,
) -> Result<(), CallError> {
    let out_of_time = || CallError::out_of_time(ApiName::Publish);
    // A request that is cut off may have arrived, so none begins when the time is over.
    if Instant::now() >= deadline {
        return Err(out_of_time());
    }
    let request = |client: &Client| {
        client
            .publish()
            .topic_arn(message.topic)
            .set_subject(message.subject.map(str::to_owned))
            .message(message.text)
            .send()
    };
    let response = timeout_at(deadline, service.call(request)).await;
    response.unwrap_or_else(|_| Err(out_of_time())).map(|_| ())
}
