//! Why a view gave nothing at all, under names that never change.

use lambda_runtime::Diagnostic;
use thiserror::Error;

use super::request::NotAWidget;
use crate::calls::CallError;

/// A view that was worthless. A feed that can't be shown never is: its tile says why.
#[derive(Debug, Error)]
pub enum WallError {
    /// The event is not a widget's. `errorType` is `EventRefused`.
    #[error(transparent)]
    Event(#[from] NotAWidget),
    /// MediaLive did not tell which channels there are. `errorType` is `DiscoveryFailed`.
    #[error("failed to find out which channels run, so there is nothing to show: {0}")]
    Discovery(#[source] CallError),
}

impl WallError {
    /// The stable name of the kind of failure.
    #[must_use]
    pub const fn error_type(&self) -> &'static str {
        match self {
            Self::Event(_) => "EventRefused",
            Self::Discovery(_) => "DiscoveryFailed",
        }
    }
}

impl From<WallError> for Diagnostic {
    fn from(error: WallError) -> Self {
        Self { error_type: error.error_type().to_owned(), error_message: error.to_string() }
    }
}
