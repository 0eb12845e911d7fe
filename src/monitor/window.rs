//! The window of a round: until when feeds are sampled and until when datapoints are published.
//! Pure.

use std::time::Duration;

use tokio::time::Instant;

/// The share of a round that is kept for publishing: an eighth. PutMetricData for 1,000 feeds takes
/// six requests in two batches of four, some 0.3 s at 100 ms each, of a round of 10 s.
const PUBLISHING_SHARE: u32 = 8;

/// When the parts of a round have to be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Samples that are not complete by then are skipped.
    pub(super) sample_by: Instant,
    /// Datapoints that are not published by then wait for the next round.
    pub(super) publish_by: Instant,
}

impl Window {
    /// The window of a round that starts at `start`: one interval, cut short by the end of the
    /// tick.
    #[must_use]
    pub(super) fn new(start: Instant, interval: Duration, tick_end: Instant) -> Self {
        let publish_by = (start + interval).min(tick_end);
        let length = publish_by.saturating_duration_since(start);
        Self { sample_by: publish_by - length / PUBLISHING_SHARE, publish_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eighth_of_a_round_is_for_publishing() {
        let start = Instant::now();
        let (interval, late) = (Duration::from_secs(8), start + Duration::from_mins(1));
        let window = Window::new(start, interval, late);
        assert_eq!(
            (window.sample_by, window.publish_by),
            (start + Duration::from_secs(7), start + interval)
        );
    }

    #[test]
    fn the_end_of_the_tick_cuts_a_round_short() {
        let start = Instant::now();
        let window = Window::new(start, Duration::from_secs(8), start + Duration::from_secs(4));
        assert_eq!(window.publish_by, start + Duration::from_secs(4));
        assert_eq!(window.sample_by, start + Duration::from_millis(3_500));
    }

    #[test]
    fn a_round_after_the_end_of_the_tick_has_no_time() {
        let end = Instant::now();
        let window = Window::new(end + Duration::from_secs(1), Duration::from_secs(8), end);
        assert_eq!(window, Window { sample_by: end, publish_by: end });
    }
}
