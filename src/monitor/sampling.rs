//! A round: one look at every feed. The only place that knows concurrency.
//!
//! A bad feed costs nobody else: its outcome is data, and the others go on.

use std::{collections::HashMap, time::SystemTime};

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};

use crate::{
    analyse::{self, Analysed, Rated},
    calls::{Api, CallError, Counts},
    capture,
    clients::Clients,
    feed::{Feed, FeedKey},
    history::History,
    settings::{RekognitionUse, Settings},
};

/// The remote APIs of a process, each with its pace and its counts.
#[derive(Debug)]
pub struct Apis {
    /// ListChannels.
    pub channels: Api,
    /// DescribeThumbnails.
    pub thumbnails: Api,
    /// DetectLabels.
    pub quality: Api,
    /// PutMetricData.
    pub publish: Api,
    /// GetMetricData.
    pub resume: Api,
}

impl Apis {
    /// What all APIs counted together.
    #[must_use]
    pub fn counts(&self) -> Counts {
        [&self.channels, &self.thumbnails, &self.quality, &self.publish, &self.resume]
            .into_iter()
            .fold(Counts::default(), |sum, api| sum + api.counts())
    }
}

/// What a round found of one feed.
#[derive(Debug)]
pub struct Sample {
    /// The feed.
    pub feed: Feed,
    /// What was found.
    pub outcome: Outcome,
}

/// How a look at a feed ended.
#[derive(Debug)]
pub enum Outcome {
    /// There was a thumbnail.
    Seen {
        /// When MediaLive made it, where it says so.
        stamp: Option<SystemTime>,
        /// What is in it.
        analysed: Analysed,
    },
    /// MediaLive has no thumbnail of it.
    NoPicture,
    /// The same, and the channel runs on one of its two pipelines while the other one has a picture: this one is down,
    /// which says nothing about the source.
    NotRunning,
    /// The thumbnail could not be had.
    Failed(CallError),
    /// The slot was over before its turn came.
    Skipped,
}

impl Outcome {
    /// The outcome in a word or two, for logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Seen { .. } => "seen",
            Self::NoPicture => "no picture",
            Self::NotRunning => "pipeline not running",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Why the sample failed, if it did. A sample that has the picture and lacks the quality numbers that were due failed too.
    #[must_use]
    pub fn failure(&self) -> Option<&CallError> {
        match self {
            Self::Failed(error)
            | Self::Seen { analysed: Analysed { rated: Rated::Failed(error), .. }, .. } => Some(error),
            _ => None,
        }
    }
}

/// Looks at all feeds until `until`, as many at once as the settings allow, those first that were not seen for longest.
/// Gives one sample a feed, in the order in which they came.
pub async fn looks(
    feeds: Vec<Feed>,
    clients: &Clients,
    apis: &Apis,
    settings: &Settings,
    history: &History,
    slot: SystemTime,
    until: Instant,
) -> Vec<Sample> {
    let mut feeds = feeds;
    // Where a round is cut short, the next one begins with those that it cost a picture, then a rating.
    feeds.sort_by_key(|feed| (history.last_look(&feed.key), history.last_asked(&feed.key)));
    let looks = feeds.into_iter().map(|feed| async move {
        let outcome = look(&feed.key, clients, apis, settings, history, slot, until).await;
        Sample { feed, outcome }
    });
    // All of one thread: analysing a picture takes less than a millisecond, waiting for it a hundred.
    stream::iter(looks).buffer_unordered(settings.concurrent_feeds).collect().await
}

/// Shares these feeds out: the samples of those that were looked at, each with its feed as it is now, and the feeds that nobody has
/// looked at yet. Samples of any other feed are gone.
#[must_use]
pub fn matched(feeds: Vec<Feed>, samples: Vec<Sample>) -> (Vec<Sample>, Vec<Feed>) {
    let mut outcomes: HashMap<_, _> =
        samples.into_iter().map(|sample| (sample.feed.key, sample.outcome)).collect();
    let (mut looked_at, mut others) = (Vec::with_capacity(feeds.len()), Vec::new());
    for feed in feeds {
        match outcomes.remove(&feed.key) {
            Some(outcome) => looked_at.push(Sample { feed, outcome }),
            None => others.push(feed),
        }
    }
    (looked_at, others)
}

/// The samples of a whole round, in the order of the feeds' keys.
#[must_use]
pub fn settled(mut samples: Vec<Sample>) -> Vec<Sample> {
    samples.sort_by(|one, other| one.feed.key.cmp(&other.feed.key));
    tell_pipelines_that_are_down(&mut samples);
    samples
}

/// MediaLive says how many pipelines of a channel run, and the pictures say which.
fn tell_pipelines_that_are_down(samples: &mut [Sample]) {
    for pair in samples.chunk_by_mut(|one, other| one.feed.key.channel_id == other.feed.key.channel_id) {
        let [one, other] = pair else { continue };
        if !one.feed.channel.runs_on_one_of_two() {
            continue;
        }
        match (&mut one.outcome, &mut other.outcome) {
            (down @ Outcome::NoPicture, Outcome::Seen { .. })
            | (Outcome::Seen { .. }, down @ Outcome::NoPicture) => {
                *down = Outcome::NotRunning;
            }
            _ => {}
        }
    }
}

async fn look(
    feed: &FeedKey,
    clients: &Clients,
    apis: &Apis,
    settings: &Settings,
    history: &History,
    slot: SystemTime,
    until: Instant,
) -> Outcome {
    if Instant::now() >= until {
        return Outcome::Skipped;
    }
    let capturing = capture::capture(&clients.thumbnails, &apis.thumbnails, feed);
    let thumbnail = match timeout_at(until, capturing).await {
        Err(_) => return Outcome::Skipped,
        Ok(Err(error)) => return Outcome::Failed(error),
        Ok(Ok(None)) => return Outcome::NoPicture,
        Ok(Ok(Some(thumbnail))) => thumbnail,
    };
    let stamp = thumbnail.stamp;
    let asking = analyse::Asking {
        client: &clients.rekognition,
        api: &apis.quality,
        due: is_due(settings.rekognition, history, feed, slot),
        last_rated: history.last_rated(feed),
        until,
    };
    match analyse::analyse(thumbnail.jpeg, asking).await {
        Ok(analysed) => Outcome::Seen { stamp, analysed },
        Err(unreadable) => Outcome::Failed(CallError::unreadable_picture(unreadable)),
    }
}

fn is_due(rekognition: RekognitionUse, history: &History, feed: &FeedKey, slot: SystemTime) -> bool {
    match rekognition {
        RekognitionUse::Never => false,
        RekognitionUse::EverySample => true,
        RekognitionUse::Interval(interval) => history
            .last_asked(feed)
            .is_none_or(|asked| slot.duration_since(asked).is_ok_and(|since| since >= interval)),
    }
}
