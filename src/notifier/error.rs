//! Why an invocation of the notifier failed, under names that never change: alarms and log filters
//! rely on them.

use thiserror::Error;

use super::event::NotARound;
use crate::{aws::CallError, lambda::FunctionError};

/// An invocation that did not send everything. Lambda repeats it, and finally puts the event into
/// the dead-letter queue.
#[derive(Debug, Error)]
pub enum NotifyError {
    /// The event is not the monitor's about a round. `errorType` is `EventRefused`.
    #[error(transparent)]
    Event(#[from] NotARound),
    /// A message was not sent. `errorType` is `MessageNotSent`.
    #[error("{unsent} of {messages} messages about {round} were not sent: {cause}")]
    NotSent {
        /// Messages that were not sent.
        unsent: usize,
        /// Messages that there were to send.
        messages: usize,
        /// The id of the round.
        round: String,
        /// Why the first of them was not sent.
        #[source]
        cause: CallError,
    },
}

impl FunctionError for NotifyError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventRefused",
            Self::NotSent { .. } => "MessageNotSent",
        }
    }
}
