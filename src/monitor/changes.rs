//! Collects what a round changed: incidents that began or ended, and those that are open. Pure.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, SystemTime},
};

use source_detection::{
    Verdict,
    judge::{Incident, IncidentEvent},
};

use super::{history::EndedUnwatched, sample::Outcome, trigger::Trigger, withheld::Withheld};
use crate::{
    announce::alert::{Alert, Cleared, EndReason, Redundancy, RoundAlerts},
    feed::{Channel, ChannelState, Feed, FeedKey, Pipeline},
};

/// The changes of a round.
#[derive(Debug, Default)]
pub(super) struct Changes {
    raised: Vec<Alert>,
    cleared: Vec<Cleared>,
    /// Open after the round, in whichever round they began.
    open: Vec<Alert>,
    /// Pipelines that are down.
    down: HashSet<FeedKey>,
}

impl Changes {
    /// Notes a pipeline that is down.
    pub(super) fn add_outcome(&mut self, feed: &Feed, outcome: &Outcome) {
        if matches!(outcome, Outcome::PipelineDown) {
            self.down.insert(feed.key.clone());
        }
    }

    /// Adds what a sample, taken at `taken`, changed.
    pub(super) fn add_verdict(&mut self, feed: &Feed, taken: SystemTime, verdict: &Verdict) {
        let alert = |incident: Incident, lasted| {
            let due = due(feed, &incident);
            Alert { due, ..alert(&feed.key, &feed.channel, incident, lasted) }
        };
        if let Some(IncidentEvent { incident, lasted }) = verdict.cleared {
            let reason = if self.replaces(feed) {
                EndReason::Replaced
            } else {
                end_reason(feed, verdict, &incident, lasted)
            };
            self.cleared.push(Cleared { alert: alert(incident, lasted), reason });
        }
        if let Some(IncidentEvent { incident, lasted }) = verdict.raised {
            self.raised.push(alert(incident, lasted));
        }
        if let Some(incident) = verdict.incident {
            let lasted = taken.duration_since(incident.since).unwrap_or_default();
            self.open.push(alert(incident, lasted));
        }
    }

    /// Whether an incident of one pipeline replaces that of both.
    fn replaces(&self, feed: &Feed) -> bool {
        let is_one = |alert: &Alert| alert.channel.id == feed.channel.id;
        feed.key.pipeline == Pipeline::Both && self.open.iter().any(is_one)
    }

    /// Adds the incident of a feed that is no longer watched. `listed` says whether its channel is
    /// still in the list.
    pub(super) fn add_unwatched(&mut self, ended: EndedUnwatched, listed: bool) {
        let EndedUnwatched { feed, channel, event } = ended;
        let reason = if listed { EndReason::ChannelExcluded } else { EndReason::ChannelStopped };
        let mut alert = alert(&feed, &channel, event.incident, event.lasted);
        alert.redundancy = Redundancy::NotWatched;
        self.cleared.push(Cleared { alert, reason });
    }

    /// What to announce; `None` if nothing changed. `is_listed` says whether a channel is in the
    /// list.
    pub(super) fn into_alerts(
        self,
        withheld: &mut Withheld,
        (slot, trigger): (SystemTime, Trigger),
        is_listed: impl Fn(&str) -> bool,
    ) -> Option<RoundAlerts> {
        let Self { mut raised, mut cleared, mut open, down } = self;
        withheld.apply(slot, &mut raised, &mut cleared, &mut open);
        if raised.is_empty() && cleared.is_empty() {
            return None;
        }
        let mut affected = down;
        affected.extend(open.iter().map(|alert| alert.feed.clone()));
        let ended = cleared.iter_mut().map(|cleared| &mut cleared.alert);
        for alert in raised.iter_mut().chain(&mut open).chain(ended) {
            if alert.redundancy != Redundancy::NotWatched {
                alert.redundancy = redundancy(alert, &affected, &is_listed);
            }
        }
        let new: HashSet<_> = raised.iter().map(|alert| &alert.feed).collect();
        open.retain(|alert| !new.contains(&alert.feed));
        Some(RoundAlerts { slot, shard: (trigger.shard, trigger.of), raised, cleared, open })
    }
}

/// An alert whose redundancy is not known yet.
fn alert(feed: &FeedKey, channel: &Arc<Channel>, incident: Incident, lasted: Duration) -> Alert {
    Alert {
        feed: feed.clone(),
        channel: Arc::clone(channel),
        incident,
        lasted,
        redundancy: Redundancy::Full,
        due: incident.since,
        muted: false,
    }
}

/// When an incident had lasted for its set time.
fn due(feed: &Feed, incident: &Incident) -> SystemTime {
    let (thresholds, fault) = (&feed.thresholds, incident.fault);
    let set_time = thresholds.set_time(fault).or_else(|| thresholds.shortest_set_time(fault));
    incident.since + set_time.unwrap_or_default()
}

/// What is left of a feed's channel. A pipeline that could not be sampled counts as unaffected: it
/// is not known to be faulty. A linked channel that does not run is no second pipeline.
fn redundancy(
    alert: &Alert,
    affected: &HashSet<FeedKey>,
    is_listed: impl Fn(&str) -> bool,
) -> Redundancy {
    let Alert { feed, channel, .. } = alert;
    let own = channel.class.pipelines().iter();
    let own = own.map(|&pipeline| FeedKey { channel_id: Arc::clone(&feed.channel_id), pipeline });
    let linked = channel.linked.iter().filter(|id| is_listed(id));
    let linked = linked.map(|id| FeedKey::new(id, Pipeline::Zero));
    let (mut faulty, mut sound) = (0, 0);
    for pipeline in own.chain(linked) {
        if affected.contains(&pipeline) {
            faulty += 1;
        } else {
            sound += 1;
        }
    }
    match (faulty, sound) {
        (0, _) => Redundancy::Full,
        (_, 0) => Redundancy::OffAir,
        _ => Redundancy::Lost,
    }
}

/// Why an incident ended with this verdict.
fn end_reason(feed: &Feed, verdict: &Verdict, ended: &Incident, lasted: Duration) -> EndReason {
    let thresholds = &feed.thresholds;
    let set_time = thresholds.shortest_set_time(ended.fault);
    let is_allowed = set_time.is_some_and(|set| thresholds.is_reached(set, lasted));
    if feed.channel.state == ChannelState::Starting {
        EndReason::ChannelRestarted
    } else if !is_allowed {
        EndReason::NotAllowed
    } else if verdict.raised.is_some() {
        EndReason::Replaced
    } else if verdict.condition.fault() == Some(ended.fault) {
        // The sample shows the fault, so it is not what ended the incident.
        EndReason::NotFollowed
    } else {
        EndReason::Recovered
    }
}
