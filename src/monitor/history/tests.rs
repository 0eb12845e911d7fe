//! Clocks that are put back, and the order of feeds.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use source_detection::{Fault, Thresholds};

use super::*;
use crate::{
    aws::{ApiName, CallError},
    feed::{Channel, ChannelClass, Pipeline, Tags},
};

fn feed() -> Feed {
    let channel = Channel {
        id: "1001".to_owned(),
        name: String::new(),
        state: ChannelState::Running,
        class: ChannelClass::SinglePipeline,
        pipelines_running: None,
        arn: String::new(),
        linked: Vec::new(),
        maintenance: None,
        tags: Tags::new(),
    };
    let key = FeedKey::new("1001", Pipeline::Zero);
    Feed { key, channel: Arc::new(channel), thresholds: Arc::new(Thresholds::default()) }
}

/// How long the feed has been without a picture after samples at these times, none of which has
/// a picture.
fn without_picture(times: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut history = History::default();
    let samples = times.into_iter().map(|time| {
        let slot = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
        let assessment = history.record(
            slot,
            Sample { feed: feed(), taken: slot, outcome: Outcome::NoPicture },
            Duration::ZERO,
        );
        assessment.verdict.lasted(Fault::NoPicture).as_secs()
    });
    samples.collect()
}

#[test]
fn a_clock_that_was_put_back_a_little_loses_nothing() {
    assert_eq!(without_picture([7_200, 7_220, 7_210, 7_220, 7_230]), [0, 20, 20, 20, 30]);
}

proptest! {
    #[test]
    fn the_order_of_feeds_never_matters(rounds in prop::collection::vec(prop::collection::vec(0_u8..3, 4), 1..12)) {
        let played = |order: [usize; 4]| {
            let mut history = History::default();
            let mut last = BTreeMap::new();
            for (round, outcomes) in (0..).zip(&rounds) {
                let slot = SystemTime::UNIX_EPOCH + Duration::from_secs(7_200 + round * 10);
                for number in order {
                    let outcome = match outcomes[number] {
                        0 => Outcome::NoPicture,
                        1 => Outcome::Skipped,
                        _ => Outcome::Failed(CallError::out_of_time(ApiName::DescribeThumbnails).into()),
                    };
                    let key = FeedKey::new(&number.to_string(), Pipeline::Zero);
                    let sample = Sample { feed: Feed { key: key.clone(), ..feed() }, taken: slot, outcome };
                    last.insert(key, history.record(slot, sample, Duration::ZERO).verdict);
                }
            }
            last
        };
        prop_assert_eq!(played([0, 1, 2, 3]), played([2, 0, 3, 1]));
    }
}
