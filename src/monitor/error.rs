//! Why a tick failed, under names that never change: alarms and log filters rely on them.

use thiserror::Error;

use super::trigger::RejectedEvent;
use crate::{aws::CallError, lambda::FunctionError};

/// A tick that produced nothing. A failing feed never is one; that is data.
#[derive(Debug, Error)]
pub enum TickError {
    /// The event is not a schedule's. `errorType` is `EventRefused`.
    #[error(transparent)]
    Event(#[from] RejectedEvent),
    /// No round of the tick had a list of channels. `errorType` is `DiscoveryFailed`.
    #[error("failed to list the channels in {rounds} of {rounds} rounds: {source}")]
    Discovery {
        /// How many rounds tried.
        rounds: usize,
        /// Why the last one failed.
        source: CallError,
    },
    /// CloudWatch took no datapoint of the tick; they are in the log in embedded metric format.
    /// `errorType` is `PublishFailed`.
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

impl FunctionError for TickError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventRefused",
            Self::Discovery { .. } => "DiscoveryFailed",
            Self::Publish { .. } => "PublishFailed",
        }
    }
}
