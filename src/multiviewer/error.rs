//! Why a view failed, under names that never change: alarms and log filters rely on them.

use thiserror::Error;

use super::request::NotAWidget;
use crate::{aws::CallError, lambda::FunctionError};

/// A view that could show nothing. A feed that can't be shown never causes one; its tile gives the
/// reason.
#[derive(Debug, Error)]
pub enum ViewError {
    /// The event is not a widget's. `errorType` is `EventRefused`.
    #[error(transparent)]
    Event(#[from] NotAWidget),
    /// The channels could not be listed. `errorType` is `DiscoveryFailed`.
    #[error("failed to find out which channels run, so there is nothing to show: {0}")]
    Discovery(#[source] CallError),
}

impl FunctionError for ViewError {
    fn error_type(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventRefused",
            Self::Discovery(_) => "DiscoveryFailed",
        }
    }
}
