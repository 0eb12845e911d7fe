//! Splits events into requests. Pure; loses and reorders nothing.

use super::event::Event;

/// The largest number of entries in one PutEvents request
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>).
pub const MAX_ENTRIES: usize = 10;

/// The largest request, in bytes of its entries. The service takes 1 MB, and took 256 KB before.
pub const MAX_BYTES: usize = 256_000;

/// The events of each request, in as few requests as the two limits allow.
pub fn batches(events: &[Event]) -> impl Iterator<Item = &[Event]> {
    let mut rest = events;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = rest
            .iter()
            .take(MAX_ENTRIES)
            .take_while(|event| {
                bytes += event.bytes();
                bytes <= MAX_BYTES
            })
            .count();
        // An event that is too large for any request is sent alone, so that only that one is
        // rejected.
        let (batch, later) = rest.split_at(fits.max(1).min(rest.len()));
        rest = later;
        (!batch.is_empty()).then_some(batch)
    })
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use proptest::prelude::*;

    use super::*;
    use crate::announce::event::ALERT;

    fn event(number: usize, length: usize) -> Event {
        Event {
            time: SystemTime::UNIX_EPOCH,
            detail_type: ALERT,
            resources: vec![number.to_string()],
            detail: "x".repeat(length),
        }
    }

    #[test]
    fn ten_events_are_one_request_and_one_more_is_two() {
        let events: Vec<_> = (0..11).map(|number| event(number, 1_000)).collect();
        assert_eq!(batches(&events[..10]).map(<[_]>::len).collect::<Vec<_>>(), [10]);
        assert_eq!(batches(&events).map(<[_]>::len).collect::<Vec<_>>(), [10, 1]);
        assert_eq!(batches(&[]).count(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn batching_loses_reorders_and_overfills_nothing(lengths in prop::collection::vec(1_usize..200_000, 0..60)) {
            let events: Vec<_> =
                lengths.iter().enumerate().map(|(number, &length)| event(number, length)).collect();
            let requests: Vec<_> = batches(&events).collect();
            prop_assert_eq!(requests.concat(), events.clone());
            for batch in requests {
                prop_assert!(!batch.is_empty() && batch.len() <= MAX_ENTRIES);
                prop_assert!(batch.iter().map(Event::bytes).sum::<usize>() <= MAX_BYTES);
            }
        }
    }
}
