//! CloudWatch as the simulated processes see it.

use super::*;
use crate::restore::{PublishedState, Restored};

/// What a process reads back from CloudWatch in this slot, which keeps the largest value.
pub(super) fn read_back(published: &[Vec<Published>], slot: usize) -> Restored {
    let window = slot.saturating_sub(LOOK_BACK)..slot;
    let filled: Vec<_> = window.filter(|slot| !published[*slot].is_empty()).collect();
    let Some(&latest) = filled.last() else { return Restored::NoDatapoints };
    let lasting = published[latest].iter().flat_map(|(durations, _)| durations);
    let lasting = lasting.filter(|(_, lasted)| !lasted.is_zero());
    let fault = lasting.max_by_key(|(_, lasted)| *lasted).copied();
    let rest = |slot: usize| published[slot].iter().map(|(_, rest)| *rest).max();
    let mut rests = filled.iter().rev().map(|&slot| (slot, rest(slot).unwrap_or_default()));
    let latest_rest = rests.find(|(_, rest)| !rest.is_zero());
    let grace_until = latest_rest.map(|(slot, rest)| time(slot) + rest);
    let longest = |slot: usize| {
        let all = published[slot].iter().flat_map(|(durations, _)| durations);
        all.filter(|(_, lasted)| !lasted.is_zero()).max_by_key(|(_, lasted)| *lasted).copied()
    };
    let past = filled.iter().map(|&slot| (time(slot), longest(slot))).collect();
    Restored::State(PublishedState {
        slot: time(latest),
        fault,
        past,
        grace_until,
        had_thumbnail: true,
    })
}
