//! SNS's Publish: from a form-encoded request of the Query protocol to a [`Message`], with the
//! service's own validation.
//!
//! Limits: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>. Subjects are validated by
//! the stricter of the two rules that it has documented. There are no subscribers: the call log
//! keeps what arrived.

use std::time::{Instant, SystemTime};

use crate::wire::{query_string::decode, response::ServiceError};

/// Longest subject, in characters: fewer than 100.
const MAX_SUBJECT: usize = 99;
/// Largest message, in bytes.
const MAX_MESSAGE: usize = 256 * 1024;

/// One message as Publish received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `TopicArn`.
    pub topic: String,
    /// `Subject`.
    pub subject: Option<String>,
    /// `Message`.
    pub text: String,
    /// Time of arrival.
    pub time: SystemTime,
    /// When it arrived.
    pub at: Instant,
}

fn invalid(what: &str) -> ServiceError {
    ServiceError::new(400, "InvalidParameter", format!("Invalid parameter: {what}"))
}

/// Reads the body of a request.
pub(crate) fn read(body: &[u8]) -> Result<Message, ServiceError> {
    let text = std::str::from_utf8(body).map_err(|_| invalid("the body is not a form"))?;
    let parameter = |name: &str| {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        values.next().map(|value| decode(&value.replace('+', " ")))
    };
    if parameter("Action").as_deref() != Some("Publish") {
        return Err(ServiceError::new(400, "InvalidAction", "The stand-in knows Publish only"));
    }
    let topic = parameter("TopicArn").unwrap_or_default();
    if !topic.starts_with("arn:") || topic.split(':').count() != 6 {
        return Err(invalid("TopicArn"));
    }
    let message = parameter("Message").unwrap_or_default();
    if message.is_empty() {
        return Err(invalid("Empty message"));
    }
    if message.len() > MAX_MESSAGE {
        return Err(invalid("Message too long"));
    }
    let subject = parameter("Subject");
    if subject.as_ref().is_some_and(|subject| !is_subject(subject)) {
        return Err(invalid("Subject"));
    }
    Ok(Message { topic, subject, text: message, time: SystemTime::now(), at: Instant::now() })
}

/// ASCII that begins with a letter, a digit or a punctuation mark, without line breaks or control
/// characters.
fn is_subject(text: &str) -> bool {
    (1..=MAX_SUBJECT).contains(&text.len())
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.starts_with(' ')
}

/// The response to a message that was accepted.
pub(crate) fn respond(call: u64) -> String {
    format!(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
         <MessageId>00000000-0000-4000-a000-{call:012}</MessageId></PublishResult>\
         <ResponseMetadata><RequestId>00000000-0000-4000-8000-{call:012}</RequestId></ResponseMetadata>\
         </PublishResponse>"
    )
}
