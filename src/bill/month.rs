//! A month of a feed's datapoints: in how many hours each of its metrics is billed. Pure.

use std::time::{Duration, SystemTime};

use source_detection::Fault;

use crate::{fault_durations::RecentFaults, metric::Metric};

/// The hours of a month of 30 days.
pub const HOURS: u64 = 720;

/// From one sample to the next, in seconds.
const INTERVAL: usize = 10;

/// What a source does in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It has no fault.
    Idle,
    /// It has a fault of ten minutes every day, each day another one.
    Faulty,
    /// It is black for 30 s in every five minutes.
    Flapping,
    /// It is black for the whole month.
    Dead,
}

impl Source {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Idle, Self::Faulty, Self::Flapping, Self::Dead];

    /// In a few words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "no fault",
            Self::Faulty => "ten minutes of a fault every day, each day another one",
            Self::Flapping => "black for 30 s in every five minutes",
            Self::Dead => "black for the whole month",
        }
    }

    /// The fault in the sample at this second of the month.
    fn fault(self, second: u64) -> Option<Fault> {
        let (days, of_day) = (second / 86_400, second % 86_400);
        match self {
            Self::Faulty if (43_200..43_800).contains(&of_day) => {
                let mut faults = Metric::DEFAULT.into_iter().filter_map(Metric::fault);
                let day = usize::try_from(days).unwrap_or_default();
                faults.nth(day % faults.clone().count())
            }
            Self::Flapping if second % 300 < 30 => Some(Fault::Black),
            Self::Dead => Some(Fault::Black),
            _ => None,
        }
    }
}

/// Which durations a feed publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publishing {
    /// The defaults of version 0.1.0: four durations in each slot.
    FourInEachSlot,
    /// `ZERO_DURATIONS`: those of [`Metric::DEFAULT`] and `FaultSeconds` in each slot.
    AllInEachSlot,
    /// `FaultSeconds` in each slot, and those of [`Metric::DEFAULT`] that are recent.
    Recent,
}

/// In how many hours of a month the metrics of a feed are billed, all together. Each hour in which
/// a metric receives a datapoint counts. `ImageProperties` is published in each of them if the feed
/// `is_rated`.
#[must_use]
pub fn billed_hours(source: Source, publishing: Publishing, is_rated: bool) -> u64 {
    // The latest hour in which each metric was billed.
    let mut billed_in = [None; Metric::ALL.len()];
    let mut billed = 0;
    let (mut recent, mut since) = (RecentFaults::default(), None);
    for second in (0..HOURS * 3_600).step_by(INTERVAL) {
        let (hour, slot) = (second / 3_600, SystemTime::UNIX_EPOCH + Duration::from_secs(second));
        let fault = source.fault(second);
        since = fault.map(|fault| match since {
            Some((same, since)) if same == fault => (same, since),
            _ => (fault, second),
        });
        // The first sample of a fault has a duration of 0.
        if let Some((fault, since)) = since
            && second > since
        {
            recent.add(fault, slot);
        }
        let published = recent.published_in(slot);
        let is_published = |metric: &Metric| match (publishing, metric) {
            (_, Metric::ImageProperties) => is_rated,
            (_, Metric::FaultSeconds) => publishing != Publishing::FourInEachSlot,
            (Publishing::AllInEachSlot, _) => true,
            (Publishing::FourInEachSlot, metric) => *metric != Metric::FlatSeconds,
            (Publishing::Recent, metric) => {
                metric.fault().is_some_and(|fault| published.contains(&fault))
            }
        };
        let metrics = Metric::DEFAULT.into_iter().chain([Metric::FaultSeconds]);
        for metric in metrics.filter(is_published) {
            if billed_in[metric as usize].replace(hour) != Some(hour) {
                billed += 1;
            }
        }
    }
    billed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_billed_for_what_it_publishes() {
        let hours = |publishing| Source::ALL.map(|source| billed_hours(source, publishing, true));
        assert_eq!(hours(Publishing::FourInEachSlot), [5 * HOURS; 4]);
        assert_eq!(hours(Publishing::AllInEachSlot), [7 * HOURS; 4]);
        let idle = 2 * HOURS;
        assert_eq!(hours(Publishing::Recent), [idle, idle + 30, 3 * HOURS, 3 * HOURS]);
        assert_eq!(billed_hours(Source::Idle, Publishing::Recent, false), HOURS);
    }
}
