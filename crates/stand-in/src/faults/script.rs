//! All scripted faults, and which of them a call meets.

use std::time::Duration;

use super::fault::{Fault, FaultKind};
use crate::wire::api::{Api, Feed};

/// The faults that one call meets.
#[derive(Debug, Default)]
pub(crate) struct InjectedFault {
    /// Sum of all delays.
    pub(crate) delay: Duration,
    /// The first fault that is not a delay.
    pub(crate) kind: Option<FaultKind>,
}

/// The scripted faults in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct FaultScript(Vec<Fault>);

impl FaultScript {
    /// Appends a fault.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Removes the faults of this operation, or all.
    pub(crate) fn clear(&mut self, api: Option<Api>) {
        self.0.retain(|fault| api.is_some_and(|api| fault.api != api));
    }

    /// The faults that this call meets. Every matching fault counts the call, whether it applies or
    /// not.
    pub(crate) fn inject(&mut self, api: Api, feed: Option<&Feed>) -> InjectedFault {
        let mut injected = InjectedFault::default();
        for fault in &mut self.0 {
            if !fault.applies(api, feed) {
                continue;
            }
            match &fault.kind {
                FaultKind::Delay(by) => injected.delay += *by,
                kind if injected.kind.is_none() => injected.kind = Some(kind.clone()),
                _ => {}
            }
        }
        injected
    }
}
