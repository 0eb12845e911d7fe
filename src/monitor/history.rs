//! What the warm process remembers of each feed: its watch, and the quality numbers of its last picture.
//!
//! Lost when Lambda ends the process. How long a fault has lasted is then in CloudWatch, and [`History::resume`] takes it up.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::{
    analyse::{Quality, Rated},
    feed::{Feed, FeedKey, State},
    judge::{Sight, Verdict, Watch},
    resume::Lasted,
    round::{Outcome, Sample},
};

/// A feed that was not listed for this long is forgotten. Longer than a channel takes to restart, short enough that
/// an account whose channels come and go stays small.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(15);

/// The memory of a process.
#[derive(Debug, Default)]
pub struct History {
    feeds: HashMap<FeedKey, Memory>,
}

/// What is remembered of one feed.
#[derive(Debug)]
struct Memory {
    listed: SystemTime,
    looked: Option<SystemTime>,
    asked: Option<SystemTime>,
    rated: Option<(u64, Quality)>,
    /// The sum of the last good sample; none after a failed one, so that a difference is always one between neighbours.
    baseline: Option<i32>,
    watch: Watch,
}

/// What a sample was worth, in the light of the ones before.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// The quality numbers, where the sample has them.
    pub quality: Option<Quality>,
    /// How far the whole sum moved since the sample before, where that one was good.
    pub difference: Option<u32>,
    /// What the source is doing, and for how long.
    pub verdict: Verdict,
}

impl History {
    /// When the feed was last looked at.
    #[must_use]
    pub fn last_look(&self, feed: &FeedKey) -> Option<SystemTime> {
        self.feeds.get(feed)?.looked
    }

    /// When Rekognition was last asked about the feed.
    #[must_use]
    pub fn last_asked(&self, feed: &FeedKey) -> Option<SystemTime> {
        self.feeds.get(feed)?.asked
    }

    /// The hash of the thumbnail that Rekognition rated last.
    #[must_use]
    pub fn last_rated(&self, feed: &FeedKey) -> Option<u64> {
        self.feeds.get(feed)?.rated.as_ref().map(|(hash, _)| *hash)
    }

    /// Whether nothing is known of the feed's recent past: the process is new, or another one has watched it meanwhile.
    #[must_use]
    pub fn is_behind(&self, feed: &Feed, slot: SystemTime) -> bool {
        let Some(memory) = self.feeds.get(&feed.key) else { return true };
        let gap = slot.duration_since(memory.listed).unwrap_or_default();
        gap > feed.limits.longest_gap
    }

    /// Takes up what an earlier process knew of a feed.
    pub fn resume(&mut self, feed: &Feed, lasted: Lasted, slot: SystemTime) {
        let Some(fault) = lasted.metric.fault() else { return };
        let duration = lasted.until.duration_since(lasted.since).unwrap_or_default();
        let memory = self.feeds.entry(feed.key.clone()).or_insert_with(|| Memory::new(slot));
        memory.watch = Watch::resumed(fault, duration, lasted.until, &feed.limits);
    }

    /// Takes in a sample.
    pub fn learn(&mut self, slot: SystemTime, sample: Sample) -> Learnt {
        let Sample { feed, outcome } = sample;
        let memory = self.feeds.entry(feed.key.clone()).or_insert_with(|| Memory::new(slot));
        // The clock was put back. Times that are still to come would hold up every verdict until it gets there.
        if memory.listed.duration_since(slot).is_ok_and(|ahead| ahead > feed.limits.longest_gap) {
            *memory = Memory::new(slot);
        }
        memory.listed = slot;
        if !matches!(outcome, Outcome::Skipped) {
            memory.looked = Some(slot);
        }
        if feed.channel.state == State::Starting {
            memory.watch.starting(slot, &feed.limits);
        }
        let (quality, difference) = memory.learn_quality(slot, &outcome);
        let verdict = memory.watch.see(slot, sight(outcome), &feed.limits);
        Learnt { quality, difference, verdict }
    }

    /// Forgets the feeds that have not been listed for a while.
    pub fn forget(&mut self, now: SystemTime) {
        self.feeds.retain(|_, memory| match now.duration_since(memory.listed) {
            Ok(gone) => gone < FORGOTTEN_AFTER,
            // The clock was put back.
            Err(_) => true,
        });
    }
}

fn sight(outcome: Outcome) -> Sight {
    match outcome {
        Outcome::Seen { stamp, analysed } => Sight::Picture { picture: analysed.picture, taken: stamp },
        Outcome::NoPicture => Sight::NoPicture,
        Outcome::NotRunning | Outcome::Failed(_) | Outcome::Skipped => Sight::Unknown,
    }
}

impl Memory {
    fn new(slot: SystemTime) -> Self {
        Self { listed: slot, looked: None, asked: None, rated: None, baseline: None, watch: Watch::new() }
    }

    /// The quality numbers of the sample, and the seed's difference.
    fn learn_quality(&mut self, slot: SystemTime, outcome: &Outcome) -> (Option<Quality>, Option<u32>) {
        let quality = match outcome {
            Outcome::Skipped => return (None, None),
            Outcome::NotRunning | Outcome::NoPicture | Outcome::Failed(_) => None,
            Outcome::Seen { analysed, .. } => match &analysed.rated {
                Rated::NotDue => return (None, None),
                Rated::Failed(_) => None,
                Rated::Same => self.rated.as_ref().map(|(_, quality)| quality.clone()),
                Rated::Now(quality) => {
                    self.rated = Some((analysed.picture.hash, quality.clone()));
                    Some(quality.clone())
                }
            },
        };
        let Some(quality) = quality else {
            self.baseline = None;
            return (None, None);
        };
        self.asked = Some(slot);
        let sum = quality.whole_sum();
        let difference = self.baseline.replace(sum).map(|before| sum.abs_diff(before));
        (Some(quality), difference)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        calls::{ApiName, CallError},
        feed::{Channel, Class, Pipeline, Tags},
        judge::{Fault, Limits},
    };

    fn feed() -> Feed {
        let channel = Channel {
            id: "1001".to_owned(),
            name: String::new(),
            state: State::Running,
            class: Class::SinglePipeline,
            pipelines_running: None,
            tags: Tags::new(),
        };
        let key = FeedKey::new("1001", Pipeline::Zero);
        Feed { key, channel: Arc::new(channel), limits: Arc::new(Limits::default()) }
    }

    /// How long the feed has been without a picture after looks at these times, all of which find none.
    fn without_picture(times: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut history = History::default();
        let looks = times.into_iter().map(|time| {
            let slot = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
            let learnt = history.learn(slot, Sample { feed: feed(), outcome: Outcome::NoPicture });
            learnt.verdict.lasted(Fault::NoPicture).as_secs()
        });
        looks.collect()
    }

    #[test]
    fn a_clock_that_was_put_back_an_hour_holds_up_no_verdict() {
        assert_eq!(without_picture([7_200, 7_210, 3_600, 3_610, 3_620]), [0, 10, 0, 10, 20]);
    }

    #[test]
    fn a_clock_that_was_put_back_a_little_loses_nothing() {
        assert_eq!(without_picture([7_200, 7_220, 7_210, 7_220, 7_230]), [0, 20, 20, 20, 30]);
    }
    proptest! {
        #[test]
        fn the_order_of_feeds_never_matters(looks in prop::collection::vec(prop::collection::vec(0_u8..3, 4), 1..12)) {
            let played = |order: [usize; 4]| {
                let mut history = History::default();
                let mut last = BTreeMap::new();
                for (round, outcomes) in (0..).zip(&looks) {
                    let slot = SystemTime::UNIX_EPOCH + Duration::from_secs(7_200 + round * 10);
                    for number in order {
                        let outcome = match outcomes[number] {
                            0 => Outcome::NoPicture,
                            1 => Outcome::Skipped,
                            _ => Outcome::Failed(CallError::out_of_time(ApiName::DescribeThumbnails)),
                        };
                        let key = FeedKey::new(&number.to_string(), Pipeline::Zero);
                        let sample = Sample { feed: Feed { key: key.clone(), ..feed() }, outcome };
                        last.insert(key, history.learn(slot, sample).verdict);
                    }
                }
                last
            };
            prop_assert_eq!(played([0, 1, 2, 3]), played([2, 0, 3, 1]));
        }
    }
}
