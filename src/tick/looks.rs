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
    resume::{Lasted, resume},
    round::{self, Sample},
    settings::Settings,
};

/// How long CloudWatch has to tell the past if the looks are over sooner. Pictures matter more.
const PAST_WITHIN: Duration = Duration::from_secs(2);

/// What a round's looks gave.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) samples: Vec<Sample>,
    /// Feeds that were faulty when an earlier process looked.
    pub(super) past: Vec<(Feed, Lasted)>,
}

impl Monitor {
    /// Looks at these feeds until `until`.
    pub(super) async fn look(&self, feeds: Vec<Feed>, slot: SystemTime, until: Instant) -> Looks {
        let behind: Vec<_> =
            feeds.iter().filter(|feed| self.history.is_behind(feed, slot)).cloned().collect();
        let keys: Vec<_> = behind.iter().map(|feed| feed.key.clone()).collect();
        let looks =
            round::looks(feeds, &self.clients, &self.apis, &self.settings, &self.history, slot, until);
        let (samples, told) = self.beside(looks, &keys, slot, until).await;
        let past = behind
            .into_iter()
            .filter_map(|feed| {
                let lasted = *told.get(&feed.key)?;
                Some((feed, lasted))
            })
            .collect();
        Looks { samples, past }
    }

    /// The samples of these looks, and what CloudWatch told meanwhile of these feeds.
    async fn beside(
        &self,
        looks: impl Future<Output = Vec<Sample>>,
        feeds: &[FeedKey],
        slot: SystemTime,
        until: Instant,
    ) -> (Vec<Sample>, HashMap<FeedKey, Lasted>) {
        let Settings { namespace, interval, feed_metrics, .. } = &self.settings;
        let metrics: Vec<_> =
            feed_metrics.iter().copied().filter(|&metric| metric.fault().is_some()).collect();
        let (client, api) = (&self.clients.cloudwatch, &self.apis.resume);
        let mut answers = pin!(resume(client, api, namespace, feeds, &metrics, *interval, slot));
        let mut looks = pin!(looks);
        let (mut samples, mut told, mut failure) = (None, HashMap::new(), None);
        let patience = until.min(Instant::now() + PAST_WITHIN);
        loop {
            tokio::select! {
                // What has come counts, however late it is.
                biased;
                answer = answers.next() => match answer {
                    Some(Ok(found)) => told.extend(found),
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
                feeds = feeds.len(),
                "failed to ask CloudWatch for how long feeds have been faulty: durations that it didn't tell start from zero"
            );
        }
        let samples = match samples {
            Some(samples) => samples,
            None => looks.await,
        };
        (samples, told)
    }
}
