//! What the warm process remembers of each feed: the numbers of the last picture and when it was asked for.
//!
//! Lost when Lambda ends the process; nothing here is needed to be right, only to compare.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::{
    analyse::{Digest, Quality, Rated},
    feed::FeedKey,
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
    rated: Option<(Digest, Quality)>,
    /// The sum of the last good sample; none after a failed one, so that a difference is always one between neighbours.
    baseline: Option<i32>,
}

/// What a sample was worth, in the light of the ones before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learnt {
    /// The quality numbers, where the sample has them.
    pub quality: Option<Quality>,
    /// How far the whole sum moved since the sample before, where that one was good.
    pub difference: Option<u32>,
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

    /// The thumbnail that Rekognition rated last.
    #[must_use]
    pub fn last_rated(&self, feed: &FeedKey) -> Option<Digest> {
        self.feeds.get(feed)?.rated.as_ref().map(|(digest, _)| *digest)
    }

    /// Takes in a sample.
    pub fn learn(&mut self, slot: SystemTime, sample: &Sample) -> Learnt {
        let memory = self.feeds.entry(sample.feed.key.clone()).or_insert_with(|| Memory::new(slot));
        memory.listed = slot;
        if !matches!(sample.outcome, Outcome::Skipped) {
            memory.looked = Some(slot);
        }
        memory.learn_quality(slot, &sample.outcome)
    }

    /// Forgets the feeds that have not been listed for a while.
    pub fn forget(&mut self, now: SystemTime) {
        self.feeds
            .retain(|_, memory| now.duration_since(memory.listed).is_ok_and(|gone| gone < FORGOTTEN_AFTER));
    }

    /// How many feeds are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.feeds.len()
    }

    /// Whether no feed is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.feeds.is_empty()
    }
}

impl Memory {
    const fn new(slot: SystemTime) -> Self {
        Self { listed: slot, looked: None, asked: None, rated: None, baseline: None }
    }

    fn learn_quality(&mut self, slot: SystemTime, outcome: &Outcome) -> Learnt {
        let quality = match outcome {
            Outcome::Seen { analysed, .. } => match &analysed.rated {
                Rated::Now(quality) => {
                    self.rated = Some((analysed.digest, quality.clone()));
                    quality.clone()
                }
                Rated::Same => match &self.rated {
                    Some((_, quality)) => quality.clone(),
                    None => return Learnt::default(),
                },
                Rated::NotDue => return Learnt::default(),
                Rated::Failed(_) => return self.failed(),
            },
            Outcome::NoPicture | Outcome::Failed(_) => return self.failed(),
            Outcome::Skipped => return Learnt::default(),
        };
        self.asked = Some(slot);
        let sum = quality.whole_sum();
        let difference = self.baseline.replace(sum).map(|before| sum.abs_diff(before));
        Learnt { quality: Some(quality), difference }
    }

    fn failed(&mut self) -> Learnt {
        self.baseline = None;
        Learnt::default()
    }
}
