//! Continues from what another process published of a feed.

use std::{
    mem,
    time::{Duration, SystemTime},
};

use source_detection::{
    Fault, FeedState, Thresholds,
    judge::{BRIEF, SampleTime},
};

use super::{History, Memory};
use crate::{
    feed::ChannelState,
    monitor::sample::Sample,
    restore::{Lasting, PublishedState, Restored},
};

impl History {
    /// Continues from what another process published of a feed, if that is news: later than this
    /// process's own samples and than the latest start of the channel. What could not be read
    /// before is news later, unless it contradicts an incident that was raised meanwhile.
    pub(in crate::monitor) fn restore(
        &mut self,
        sample: &Sample,
        restored: &Restored,
        slot: SystemTime,
    ) {
        let feed = &sample.feed;
        // A channel that starts has no durations to continue, but may have an incident to end.
        let has_fault = matches!(restored, Restored::State(published)
            if published.past.iter().any(|(_, lasting)| lasting.is_some()));
        if feed.channel.state == ChannelState::Starting && !has_fault {
            return;
        }
        let memory = self.feeds.entry(feed.key.clone()).or_insert_with(|| Memory::new(slot));
        let published = match restored {
            Restored::Unreadable => {
                memory.unreadable_since.get_or_insert(slot);
                return;
            }
            Restored::NoDatapoints => {
                memory.unreadable_since = None;
                return;
            }
            // Rather a source that is called lost than one whose loss is put down to a setting.
            Restored::NotRead => {
                memory.state = mem::take(&mut memory.state).with_thumbnail_before(true);
                return;
            }
            Restored::State(published) => published,
        };
        for (slot, lasting) in &published.past {
            if let Some((fault, _)) = lasting {
                memory.recent_faults.add(*fault, *slot);
            }
        }
        let was_unreadable = memory.unreadable_since.take().is_some();
        let is_own = memory.sampled.is_some_and(|sampled| sampled >= published.slot);
        let is_late = was_unreadable && published.fault.is_some();
        let is_news = !is_own || is_late && memory.state.incident().is_none();
        if !is_news || memory.not_before.is_some_and(|slot| slot > published.slot) {
            return;
        }
        memory.state = continued(published, memory.not_before, (sample, slot));
    }
}

/// The state that the other process left, which is assumed to have sampled at the same distance
/// from its slots.
fn continued(
    published: &PublishedState,
    not_before: Option<SystemTime>,
    (sample, slot): (&Sample, SystemTime),
) -> FeedState {
    let thresholds = &sample.feed.thresholds;
    let phase = sample.taken.duration_since(slot).unwrap_or_default();
    let time_of = |slot| SampleTime { taken: slot + phase, slot };
    let state = match published.fault {
        None => FeedState::new(),
        Some((fault, lasted)) => {
            FeedState::restored(fault, lasted, time_of(published.slot), thresholds)
        }
    };
    let mut state = state.with_thumbnail_before(published.had_thumbnail);
    let pause = slot.duration_since(published.slot).unwrap_or_default();
    // A fault that is expected now was not when it was published.
    let at_that_time = Thresholds { expected: Vec::new(), ..Thresholds::clone(thresholds) };
    if pause <= thresholds.longest_gap
        && let Some(incident) =
            open_incident(&faults(published, not_before, thresholds), &at_that_time)
    {
        let OpenIncident { fault, since, absent_since } = incident;
        let (since, absent_since) = (time_of(since), absent_since.map(time_of));
        state = state.with_open_incident(fault, since, absent_since, time_of(published.slot));
    }
    if let Some(end) = published.grace_until {
        state = state.with_grace_until(time_of(end));
    }
    state
}

/// An incident that the other process had open after its latest sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OpenIncident {
    fault: Fault,
    /// The slot in which it began.
    since: SystemTime,
    /// The first slot without its fault, if the latest one is without it.
    absent_since: Option<SystemTime>,
}

impl OpenIncident {
    /// Whether this is the run of the fault that `incident` began with.
    fn continues(&self, incident: &Self) -> bool {
        self.fault == incident.fault && self.since <= incident.since
    }
}

/// The faults of a feed after the latest start, and after `not_before`, oldest first. The first
/// sample of a fault is published as 0, like one without a fault: a later duration that reaches
/// back to it says which it was.
fn faults(
    published: &PublishedState,
    not_before: Option<SystemTime>,
    thresholds: &Thresholds,
) -> Vec<(SystemTime, Lasting)> {
    let started = published.grace_until.and_then(|end| end.checked_sub(thresholds.start_grace));
    let started = started.max(not_before);
    let past = published.past.iter().copied();
    let past = past.filter(|(slot, _)| started.is_none_or(|started| *slot > started));
    let mut faults: Vec<_> = past.collect();
    let mut run = None;
    for (slot, lasting) in faults.iter_mut().rev() {
        if let Some((fault, lasted)) = *lasting {
            run = slot.checked_sub(lasted).map(|since| (fault, since));
        } else if let Some((fault, since)) = run
            && *slot >= since
        {
            *lasting = Some((fault, slot.duration_since(since).unwrap_or_default()));
        }
    }
    faults
}

/// The incident that is open after these faults, by the rules of the judge: it begins at the set
/// time, outlasts a fault that is about to replace it and a missing picture, and ends when the feed
/// has been without any fault for the clear time.
///
/// The slot before another fault begins does not count for that: it may have been a first sample of
/// the incident's own fault, which would then still be open. Its end is rather announced twice.
fn open_incident(
    faults: &[(SystemTime, Lasting)],
    thresholds: &Thresholds,
) -> Option<OpenIncident> {
    let mut open: Option<OpenIncident> = None;
    let mut previous = None;
    for (index, &(slot, lasting)) in faults.iter().enumerate() {
        let next = faults.get(index + 1).and_then(|(_, lasting)| *lasting);
        let begins_next = |incident: &OpenIncident| {
            next.is_some_and(|(fault, lasted)| fault != incident.fault && lasted.is_zero())
        };
        let elapsed = |since| slot.duration_since(since).unwrap_or_default();
        let is_after_gap =
            previous.replace(slot).is_some_and(|slot| elapsed(slot) > thresholds.longest_gap);
        open = match (open, lasting) {
            (Some(incident), None) => {
                let absent_since = incident.absent_since.unwrap_or(slot);
                let has_ended = is_after_gap
                    || !begins_next(&incident)
                        && thresholds.is_reached(thresholds.clear_after, elapsed(absent_since));
                let absent_since = Some(absent_since);
                if has_ended { None } else { Some(OpenIncident { absent_since, ..incident }) }
            }
            (None, None) => None,
            (open, Some((fault, lasted))) => {
                let run = OpenIncident { fault, since: slot - lasted, absent_since: None };
                let outlasts_gap = |incident: &OpenIncident| {
                    run.continues(incident)
                        || fault == Fault::NoPicture && incident.fault != Fault::NoPicture
                };
                let open = open.filter(|incident| !is_after_gap || outlasts_gap(incident));
                after_fault(open, run, (slot, lasted), thresholds)
            }
        };
    }
    open
}

/// The open incident after a sample that showed a fault.
fn after_fault(
    open: Option<OpenIncident>,
    run: OpenIncident,
    (slot, lasted): (SystemTime, Duration),
    thresholds: &Thresholds,
) -> Option<OpenIncident> {
    let set_time = thresholds.set_time(run.fault);
    let is_due = lasted > BRIEF && set_time.is_some_and(|set| thresholds.is_reached(set, lasted));
    match open {
        // A freeze on another picture is another fault.
        Some(incident)
            if run.continues(&incident)
                || run.fault == incident.fault && run.fault != Fault::Frozen =>
        {
            Some(OpenIncident { absent_since: None, ..incident })
        }
        _ if is_due => Some(run),
        Some(incident) if run.fault != Fault::NoPicture => {
            Some(OpenIncident { absent_since: incident.absent_since.or(Some(slot)), ..incident })
        }
        open => open,
    }
}
