//! What only a single channel's operations return: inputs, schedule, alerts and output groups.

use std::time::SystemTime;

/// An input that a pipeline uses.
#[derive(Clone, Debug)]
pub(crate) struct ActiveInput {
    pub(crate) attachment: String,
    pub(crate) switched_by: Option<String>,
}

/// An action of a channel's schedule that switches the input.
#[derive(Clone, Debug)]
pub struct InputSwitch {
    pub(crate) name: String,
    pub(crate) at: Option<SystemTime>,
    pub(crate) to: String,
}

impl InputSwitch {
    /// An action with this name that switches to this input attachment immediately, that is, when
    /// it is added.
    pub fn immediate(name: impl Into<String>, to: impl Into<String>) -> Self {
        Self { name: name.into(), at: None, to: to.into() }
    }

    /// An action with this name that switches to this input attachment at this time.
    pub fn at(name: impl Into<String>, to: impl Into<String>, at: SystemTime) -> Self {
        Self { name: name.into(), at: Some(at), to: to.into() }
    }
}

/// An alert of MediaLive.
#[derive(Clone, Debug)]
pub struct ChannelAlert {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) pipeline: u8,
    pub(crate) is_cleared: bool,
}

impl ChannelAlert {
    /// An active alert of this type on a pipeline, 0 or 1.
    pub fn set(kind: impl Into<String>, message: impl Into<String>, pipeline: u8) -> Self {
        Self { kind: kind.into(), message: message.into(), pipeline, is_cleared: false }
    }

    /// An alert that has ended.
    pub fn cleared(mut self) -> Self {
        self.is_cleared = true;
        self
    }
}

/// The details of a channel.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChannelDetail {
    /// By pipeline; `None` for the attachment `source`.
    pub(crate) inputs: [Option<ActiveInput>; 2],
    pub(crate) schedule: Vec<InputSwitch>,
    pub(crate) alerts: Vec<ChannelAlert>,
    /// Names of output groups that are CMAF Ingest.
    pub(crate) cmaf_groups: Vec<String>,
}
