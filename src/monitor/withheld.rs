//! Incidents that are not announced while their channels are muted. Pure.
//!
//! What still lasts when the mute ends is announced then, once. What ended before was never
//! announced, so its end isn't either.

use std::{collections::HashSet, time::SystemTime};

use crate::{
    announce::alert::{Alert, Cleared},
    feed::FeedKey,
    tags::Notice,
};

/// The feeds whose open incidents have not been announced.
#[derive(Debug, Default)]
pub(super) struct Withheld(HashSet<FeedKey>);

impl Withheld {
    /// Removes what a mute withholds from the changes of a round at this time, and adds what it has
    /// withheld until now. `open` has all open incidents.
    pub(super) fn apply(
        &mut self,
        now: SystemTime,
        raised: &mut Vec<Alert>,
        cleared: &mut Vec<Cleared>,
        open: &mut [Alert],
    ) {
        cleared.retain(|cleared| !self.has_withheld(&cleared.alert, now));
        for alert in open {
            let mute = Notice::of(&alert.channel.tags).mute;
            alert.muted = mute.covers(now);
            let is_new = raised.iter().any(|new| new.feed == alert.feed);
            // An incident that another process raised, while the channel was muted as it still is.
            let is_restored = alert.incident.evidence.is_none() && mute.covers(alert.due);
            if alert.muted && (is_new || is_restored) {
                self.0.insert(alert.feed.clone());
            } else if !alert.muted && self.0.remove(&alert.feed) && !is_new {
                raised.push(alert.clone());
            }
        }
        raised.retain(|alert| !self.0.contains(&alert.feed));
    }

    /// Whether the beginning of an incident that has ended was withheld.
    fn has_withheld(&mut self, ended: &Alert, now: SystemTime) -> bool {
        let mute = Notice::of(&ended.channel.tags).mute;
        let is_restored = ended.incident.evidence.is_none();
        let was_never_announced = is_restored && mute.covers(ended.due) && mute.covers(now);
        self.0.remove(&ended.feed) || was_never_announced
    }
}
