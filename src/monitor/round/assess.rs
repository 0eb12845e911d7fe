//! Judges the samples of a round and turns what they lead to into datapoints and changes.

use std::{collections::HashMap, time::SystemTime};

use source_detection::judge::SampleTime;

use super::{Assessed, Round, Rounds, Sampled};
use crate::{
    feed::{ChannelState, Feed, FeedKey, Pipeline},
    monitor::{
        datapoints::{Selection, channel_point, feed_points},
        history::Assessment,
        log,
        pairs::{Looks, pairs},
        report::OpenIncident,
        sample::{Outcome, Sample},
    },
    restore::Restored,
};

impl Rounds {
    /// Judges the samples, first of the feeds and then of pairs of them.
    pub(super) fn assess(&mut self, round: Round, sampled: Sampled) -> Assessed {
        let Sampled { samples, mut restored, ended } = sampled;
        let mut assessed = Assessed { changes: self.unwatched(ended), ..Assessed::default() };
        let of_feeds = restored.keys().filter(|feed| feed.pipeline != Pipeline::Both);
        assessed.fleet.read_back = of_feeds.count();
        let (mut feeds, mut looks) = (Vec::with_capacity(samples.len()), Looks::default());
        for sample in samples {
            feeds.push(sample.feed.clone());
            let restored = restored.remove(&sample.feed.key);
            self.assess_feed(round, (sample, restored), &mut looks, &mut assessed);
        }
        self.assess_pairs(round, &feeds, (&looks, restored), &mut assessed);
        assessed
    }

    fn assess_feed(
        &mut self,
        round: Round,
        (sample, restored): (Sample, Option<Restored>),
        looks: &mut Looks,
        assessed: &mut Assessed,
    ) {
        assessed.samples.add(&sample.outcome);
        assessed.fleet.add_outcome(&sample.outcome);
        assessed.changes.add_outcome(&sample.feed, &sample.outcome);
        log::sample(&sample);
        let (feed, taken) = (sample.feed.clone(), sample.taken);
        let is_down = matches!(sample.outcome, Outcome::PipelineDown);
        let shown = Looks::shown(&sample, round.judged_at(taken));
        let assessment = self.judge(sample, restored, round);
        looks.add(&feed, taken, shown, &assessment.verdict);
        assessed.changes.add_verdict(&feed, taken, &assessment.verdict);
        let recovers = feed.channel.state == ChannelState::Recovering;
        if is_down && !(recovers && assessment.verdict.incident.is_some()) {
            // Don't count it as unknown: the pipeline is down, and MediaLive already alerts on
            // that. Only an incident that MediaLive tries to end remains open meanwhile.
            return;
        }
        assessed.fleet.add_assessment(&assessment);
        assessed.add_incident(&feed, taken, &assessment);
        let metrics = &self.settings.feed_metrics;
        let selection = Selection { metrics, zero_durations: self.settings.zero_durations };
        assessed.points.extend(feed_points(round.slot, &feed.key, &assessment, selection));
    }

    /// Compares the feeds that should carry the same programme.
    fn assess_pairs(
        &mut self,
        round: Round,
        feeds: &[Feed],
        (looks, mut restored): (&Looks, HashMap<FeedKey, Restored>),
        assessed: &mut Assessed,
    ) {
        for pair in pairs(feeds) {
            let at = |taken| round.judged_at(taken);
            let Some(sample) = self.pairs.compare(pair, looks, at) else { continue };
            let (feed, taken) = (sample.feed.clone(), sample.taken);
            let assessment = self.judge(sample, restored.remove(&feed.key), round);
            assessed.changes.add_verdict(&feed, taken, &assessment.verdict);
            assessed.fleet.mismatched += usize::from(assessment.verdict.incident.is_some());
            assessed.add_incident(&feed, taken, &assessment);
            assessed.points.extend(channel_point(round.slot, &feed.key, &assessment));
        }
    }

    /// Judges a sample on the time line of the faults, after what CloudWatch has of the feed.
    fn judge(
        &mut self,
        mut sample: Sample,
        restored: Option<Restored>,
        round: Round,
    ) -> Assessment {
        let (slot, shift) = (round.judged_slot(), round.shift);
        sample.taken = shift.to_timeline(sample.taken);
        if let Some(restored) = restored {
            let restored = restored.map_times(|time| shift.to_timeline(time));
            self.history.restore(&sample, &restored, slot);
        }
        let feed = sample.feed.key.clone();
        let mut assessment = self.history.record(slot, sample, self.settings.rating_gap());
        if let Some(mut album) = self.album() {
            album.judge(&feed, &assessment.verdict, |time| shift.to_clock(time));
        }
        assessment.verdict.map_times(|time| shift.to_clock(time));
        assessment
    }
}

impl Round {
    /// The time of a sample on the time line of the faults.
    fn judged_at(&self, taken: SystemTime) -> SampleTime {
        SampleTime { taken: self.shift.to_timeline(taken), slot: self.judged_slot() }
    }
}

impl Assessed {
    /// Logs what an assessment changed, and lists its incident.
    fn add_incident(&mut self, feed: &Feed, taken: SystemTime, assessment: &Assessment) {
        log::assessment(feed, assessment);
        if let Some(incident) = &assessment.verdict.incident {
            self.incidents.push(OpenIncident::new(feed, incident, taken));
        }
    }
}
