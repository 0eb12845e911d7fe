//! The two feeds of a channel that should carry the same programme: which they are, and what they
//! show by comparison.
//!
//! A pair is judged like a feed, with a [`FeedKey`] of its own, [`Pipeline::Both`]: its sample is
//! the comparison of what the two feeds show in a round.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use source_detection::{
    Fault, Thresholds, Verdict,
    judge::{Comparison, Pair, SampleTime, Shown, Sketch},
};

use super::sample::{Outcome, Sample};
use crate::feed::{ChannelClass, Feed, FeedKey, Pipeline};

/// A pair of feeds.
#[derive(Clone, Debug)]
pub(super) struct PairedFeeds {
    /// The pair as it is judged.
    pub(super) feed: Feed,
    /// The two feeds.
    of: [FeedKey; 2],
}

/// What the feeds of pairs show in a round.
#[derive(Debug, Default)]
pub(super) struct Looks(HashMap<FeedKey, Look>);

/// What a feed shows in a round.
#[derive(Debug)]
struct Look {
    taken: SystemTime,
    /// `None` without a picture that is to be compared.
    shown: Option<Shown>,
    has_incident: bool,
}

/// The comparisons of all pairs.
#[derive(Debug, Default)]
pub(super) struct Pairs(HashMap<FeedKey, Pair>);

/// The pairs among these feeds: both pipelines of a standard channel, and the only pipelines of two
/// channels that are linked, under the id of the first one.
pub(super) fn pairs(feeds: &[Feed]) -> Vec<PairedFeeds> {
    let by_key: HashMap<_, _> = feeds.iter().map(|feed| (&feed.key, feed)).collect();
    let first_pipelines = feeds.iter().filter(|feed| feed.key.pipeline == Pipeline::Zero);
    let of_feed = |feed: &&Feed| {
        let Feed { key, channel, .. } = *feed;
        let other = match channel.class {
            ChannelClass::Standard => FeedKey { pipeline: Pipeline::One, ..key.clone() },
            ChannelClass::SinglePipeline => {
                let later = channel.linked.iter().filter(|id| id.as_str() > &*key.channel_id);
                FeedKey::new(later.min()?, Pipeline::Zero)
            }
        };
        Some(PairedFeeds::new(feed, by_key.get(&other)?))
    };
    first_pipelines.filter_map(|feed| of_feed(&feed)).collect()
}

impl PairedFeeds {
    /// A pair of which each channel can say that it is not to be compared.
    fn new(one: &Feed, other: &Feed) -> Self {
        let key = FeedKey { pipeline: Pipeline::Both, ..one.key.clone() };
        let never = other.thresholds.mismatch_after.is_none();
        let thresholds = if never { without_mismatch(one) } else { Arc::clone(&one.thresholds) };
        let feed = Feed { key, channel: Arc::clone(&one.channel), thresholds };
        Self { feed, of: [one.key.clone(), other.key.clone()] }
    }
}

fn without_mismatch(feed: &Feed) -> Arc<Thresholds> {
    Arc::new(Thresholds { mismatch_after: None, ..Thresholds::clone(&feed.thresholds) })
}

impl Looks {
    /// The picture of a sample, if its feed may be one of a pair. `at` is the time of the sample on
    /// the time line of the faults.
    pub(super) fn shown(sample: &Sample, at: SampleTime) -> Option<Shown> {
        let channel = &sample.feed.channel;
        let is_paired = channel.class == ChannelClass::Standard || !channel.linked.is_empty();
        match &sample.outcome {
            Outcome::Picture { stamp, analysis } if is_paired => {
                Some(Shown { at, stamp: *stamp, sketch: Sketch::of(&analysis.picture.grid) })
            }
            _ => None,
        }
    }

    /// Adds what a feed shows, and the verdict about it. A fault that becomes an incident of the
    /// feed is no difference of programmes.
    pub(super) fn add(
        &mut self,
        feed: &Feed,
        taken: SystemTime,
        shown: Option<Shown>,
        verdict: &Verdict,
    ) {
        let fault = verdict.condition.fault();
        let is_faulty = fault.is_some_and(|fault| feed.thresholds.set_time(fault).is_some());
        let has_incident = verdict.incident.is_some();
        let shown = shown.filter(|_| !is_faulty && !has_incident);
        self.0.insert(feed.key.clone(), Look { taken, shown, has_incident });
    }
}

impl Pairs {
    /// The sample of a pair; `None` if one of its feeds was not part of the round. A pair that may
    /// differ is not compared. An incident of one of the feeds ends that of the pair.
    pub(super) fn compare(
        &mut self,
        pair: PairedFeeds,
        looks: &Looks,
        at: impl Fn(SystemTime) -> SampleTime,
    ) -> Option<Sample> {
        let PairedFeeds { mut feed, of: [one, other] } = pair;
        let (one, other) = (looks.0.get(&one)?, looks.0.get(&other)?);
        let taken = one.taken.max(other.taken);
        let comparison = if feed.thresholds.set_time(Fault::Mismatch).is_none() {
            Comparison::Unknown
        } else {
            let state = self.0.entry(feed.key.clone()).or_default();
            state.compare(at(taken), [one.shown.clone(), other.shown.clone()])
        };
        if one.has_incident || other.has_incident {
            feed.thresholds = without_mismatch(&feed);
        }
        Some(Sample { feed, taken, outcome: Outcome::Compared(comparison) })
    }

    /// Forgets the pairs that are not watched any more.
    pub(super) fn retain(&mut self, is_watched: impl Fn(&FeedKey) -> bool) {
        self.0.retain(|pair, _| is_watched(pair));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::{Channel, feeds};

    fn channel(id: &str, class: ChannelClass, linked: &[&str]) -> Vec<Feed> {
        let linked = linked.iter().map(|&id| id.to_owned()).collect();
        let channel = Channel { class, linked, ..Channel::named(id, "") };
        feeds(Arc::new(channel), Thresholds::default()).collect()
    }

    fn of(feeds: &[Vec<Feed>]) -> Vec<String> {
        let pairs = pairs(&feeds.concat());
        let named = pairs.iter().map(|pair| {
            let [one, other] = &pair.of;
            format!("{}: {one}, {other}", pair.feed.key)
        });
        named.collect()
    }

    #[test]
    fn the_pipelines_of_a_standard_channel_and_two_linked_channels_are_pairs() {
        let single = ChannelClass::SinglePipeline;
        let feeds = [
            channel("1", ChannelClass::Standard, &[]),
            channel("2", single, &["3"]),
            channel("3", single, &["2"]),
            channel("4", single, &[]),
            // The other one is not watched, or by another shard.
            channel("5", single, &["6"]),
        ];
        let expected = [
            "channel 1: channel 1 pipeline 0, channel 1 pipeline 1",
            "channel 2: channel 2 pipeline 0, channel 3 pipeline 0",
        ];
        assert_eq!(of(&feeds), expected);
    }

    #[test]
    fn a_tag_on_either_of_two_linked_channels_keeps_them_from_being_compared() {
        let single = ChannelClass::SinglePipeline;
        let (one, mut other) = (channel("2", single, &["3"]), channel("3", single, &["2"]));
        other[0].thresholds = without_mismatch(&other[0]);
        let pair = &pairs(&[one, other].concat())[0];
        assert_eq!(pair.feed.thresholds.mismatch_after, None);
    }
}
