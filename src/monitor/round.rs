//! A round's looks, and beside them the question how long feeds that this process is new to have been faulty.
//!
//! The past is needed only when the samples are judged, so it has as long as the looks take, and holds up none of them.

use std::{
    collections::HashMap,
    pin::pin,
    time::{Duration, SystemTime},
};

use futures_util::StreamExt;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::Monitor;
use crate::{
    calls::{ApiName, CallError},
    feed::{Feed, FeedKey},
    resume::{Asking, Lasted, resume},
    round::{self, Sample},
};

/// How long CloudWatch has to tell the past if the looks are over sooner. Pictures matter more.
const PAST_WITHIN: Duration = Duration::from_secs(2);

/// What a round's looks gave.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) samples: Vec<Sample>,
    /// How long feeds had been faulty when an earlier process looked.
    pub(super) past: HashMap<FeedKey, Lasted>,
}

impl Monitor {
    /// Looks at these feeds until `until`.
    pub(super) async fn look(&self, feeds: Vec<Feed>, slot: SystemTime, until: Instant) -> Looks {
        let behind = feeds.iter().filter(|feed| self.history.is_behind(feed, slot));
        let behind: Vec<_> = behind.map(|feed| feed.key.clone()).collect();
        let asking = Asking {
            client: &self.clients.cloudwatch,
            api: &self.apis.resume,
            namespace: &self.settings.namespace,
            metrics: &self.settings.fault_metrics(),
            interval: self.settings.interval,
            now: slot,
        };
        let mut answers = pin!(resume(&asking, &behind));
        let looks =
            round::looks(feeds, &self.clients, &self.apis, &self.settings, &self.history, slot, until);
        let mut looks = pin!(looks);
        let (mut samples, mut past, mut failure) = (None, HashMap::new(), None);
        let patience = until.min(Instant::now() + PAST_WITHIN);
        loop {
            tokio::select! {
                // What has come counts, however late it is.
                biased;
                answer = answers.next() => match answer {
                    Some(Ok(found)) => past.extend(found),
                    Some(Err(error)) => failure = Some(error),
                    None => break,
                },
                looked = &mut looks, if samples.is_none() => samples = Some(looked),
                () = sleep_until(patience), if samples.is_some() => {
                    failure = Some(CallError::out_of_time(ApiName::GetMetricData));
                    break;
                }
            }
        }
        if let Some(error) = failure {
            warn!(
                %error,
                feeds = behind.len(),
                "failed to ask CloudWatch for how long feeds have been faulty: durations that it didn't tell start from zero"
            );
        }
        let samples = match samples {
            Some(samples) => samples,
            None => looks.await,
        };
        Looks { samples, past }
    }
}
