//! Why an invocation failed, under names that never change: alarms and log filters rely on them.

use lambda_runtime::Diagnostic;
use thiserror::Error;

use crate::{calls::CallError, trigger::Refused};

/// A tick that was worthless. One bad feed never is; that is data.
#[derive(Debug, Error)]
pub enum TickError {
    /// The event is not a schedule's. `errorType` is `EventRefused`.
    #[error(transparent)]
    Event(#[from] Refused),
    /// No round of the tick learnt which channels there are. `errorType` is `DiscoveryFailed`.
    #[error("failed to find out which channels run, in {rounds} of {rounds} rounds: {source}")]
    Discovery {
        /// How many rounds tried.
        rounds: usize,
        /// Why the last one failed.
        source: CallError,
    },
    /// CloudWatch took nothing of what the tick learnt; it is in the log, in embedded metric format. `errorType` is `PublishFailed`.
    #[error(
        "failed to publish any datapoint; {spilled} are in the log in embedded metric format instead: {source}"
    )]
    Publish {
        /// How many datapoints went to the log.
        spilled: usize,
        /// Why the last request failed.
        source: CallError,
    },
}

impl TickError {
    /// The stable name of the kind of failure.
    #[must_use]
    pub const fn error_type(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventRefused",
            Self::Discovery { .. } => "DiscoveryFailed",
            Self::Publish { .. } => "PublishFailed",
        }
    }
}

impl From<TickError> for Diagnostic {
    fn from(error: TickError) -> Self {
        Self { error_type: error.error_type().to_owned(), error_message: error.to_string() }
    }
}
