//! Whether the datapoints of a round may wait for those of the next one. Pure.
//!
//! CloudWatch bills each call, and one can carry several rounds. But an alarm must not wait: what
//! it evaluates is published in the round that finds it.

use crate::{
    datapoint::Datapoint,
    metric::{Metric, Scope},
};

/// What the last round counted over the fleet.
#[derive(Debug, Default)]
pub(super) struct Urgency {
    counts: Vec<(Metric, u64)>,
}

impl Urgency {
    /// Whether these datapoints tell an alarm something: a feed has a fault or a grace period, or a
    /// count of the fleet is not that of the last round. The first round of a process is urgent.
    pub(super) fn is_urgent(&mut self, points: &[Datapoint]) -> bool {
        let of_fleet = points.iter().filter(|point| point.metric.scope() == Scope::Fleet);
        let counts: Vec<_> = of_fleet.map(|point| (point.metric, point.value.to_bits())).collect();
        let is_changed = counts != self.counts;
        self.counts = counts;
        is_changed || points.iter().any(is_lasting)
    }
}

/// Whether this is the duration of something that lasts.
fn is_lasting(point: &Datapoint) -> bool {
    let ratings =
        [Metric::ImageProperties, Metric::Brightness, Metric::Sharpness, Metric::Contrast];
    point.metric.scope() != Scope::Fleet && !ratings.contains(&point.metric) && point.value > 0.0
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::feed::{FeedKey, Pipeline};

    fn of_feed(metric: Metric, value: f64) -> Datapoint {
        let feed = Some(FeedKey::new("1001", Pipeline::Zero));
        Datapoint { metric, feed, slot: SystemTime::UNIX_EPOCH, value }
    }

    fn of_fleet(metric: Metric, value: f64) -> Datapoint {
        Datapoint { metric, feed: None, slot: SystemTime::UNIX_EPOCH, value }
    }

    fn healthy() -> Vec<Datapoint> {
        vec![
            of_feed(Metric::ImageProperties, 7.0),
            of_feed(Metric::FaultSeconds, 0.0),
            of_fleet(Metric::HealthyFeeds, 1.0),
            of_fleet(Metric::UnreadableTags, 2.0),
        ]
    }

    #[test]
    fn only_a_round_like_the_last_one_without_a_fault_can_wait() {
        let mut urgency = Urgency::default();
        assert!(urgency.is_urgent(&healthy()), "the first one");
        assert!(!urgency.is_urgent(&healthy()));
        for metric in Metric::ALL {
            let mut points = healthy();
            match metric.scope() {
                Scope::Fleet => points.push(of_fleet(metric, 1.0)),
                Scope::Feed | Scope::Channel => points.push(of_feed(metric, 1.0)),
            }
            assert_eq!(urgency.is_urgent(&points), metric > Metric::Contrast, "{metric}");
            urgency.is_urgent(&healthy());
        }
        assert!(!urgency.is_urgent(&healthy()));
        assert!(urgency.is_urgent(&healthy()[..3]), "a count is missing");
    }
}
