//! Splits datapoints into requests. Pure; loses and reorders nothing.

use crate::datapoint::Datapoint;

/// The largest number of datapoints in one PutMetricData request
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>).
pub const MAX_POINTS: usize = 1_000;

/// The largest request in bytes (same page), less the namespace and the frame around the data.
pub const MAX_BYTES: usize = 1_000_000 - 4_096;

/// An upper bound for a datapoint's keys, numbers and dimension names on the wire (measured: 190
/// bytes).
const FIXED_BYTES: usize = 256;

/// The datapoints of each request, in as few requests as the two limits allow.
pub fn batches(points: &[Datapoint]) -> impl Iterator<Item = &[Datapoint]> {
    let mut rest = points;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = rest
            .iter()
            .take(MAX_POINTS)
            .take_while(|point| {
                bytes += size(point);
                bytes <= MAX_BYTES
            })
            .count();
        // A datapoint that is too large for any request is sent alone, so that CloudWatch rejects
        // only that one.
        let count = fits.max(1).min(rest.len());
        let (batch, later) = rest.split_at(count);
        rest = later;
        (!batch.is_empty()).then_some(batch)
    })
}

fn size(point: &Datapoint) -> usize {
    FIXED_BYTES + point.feed.as_ref().map_or(0, |feed| feed.channel_id.len())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        feed::{FeedKey, Pipeline},
        metric::Metric,
    };

    fn point(number: u64, id_length: usize) -> Datapoint {
        Datapoint {
            metric: Metric::FrozenSeconds,
            feed: Some(FeedKey::new(&"7".repeat(id_length), Pipeline::Zero)),
            slot: SystemTime::UNIX_EPOCH + Duration::from_secs(number),
            value: 1.0,
        }
    }

    #[test]
    fn a_thousand_datapoints_are_one_request() {
        let points: Vec<_> = (0..1_000).map(|number| point(number, 7)).collect();
        assert_eq!(batches(&points).map(<[_]>::len).collect::<Vec<_>>(), [1_000]);
    }

    #[test]
    fn one_more_is_two_requests() {
        let points: Vec<_> = (0..1_001).map(|number| point(number, 7)).collect();
        assert_eq!(batches(&points).map(<[_]>::len).collect::<Vec<_>>(), [1_000, 1]);
    }

    #[test]
    fn no_datapoints_are_no_request() {
        assert_eq!(batches(&[]).count(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn batching_loses_reorders_and_overfills_nothing(lengths in prop::collection::vec(1_usize..1_024, 0..3_000)) {
            let points: Vec<_> =
                lengths.iter().zip(0..).map(|(&length, number)| point(number, length)).collect();
            let requests: Vec<_> = batches(&points).collect();
            prop_assert_eq!(requests.concat(), points.clone());
            for batch in requests {
                prop_assert!(!batch.is_empty() && batch.len() <= MAX_POINTS);
                prop_assert!(batch.iter().map(size).sum::<usize>() <= MAX_BYTES);
            }
        }
    }
}
