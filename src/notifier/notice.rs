//! What the messages of one round are about: the incidents that nobody was told of yet, by channel.
//! Pure.

use std::time::SystemTime;

use super::event::{Incident, Round};

/// The changes of a round that people are told of.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// The round.
    pub round: &'a Round,
    /// Incidents that began.
    pub raised: Vec<&'a Incident>,
    /// Incidents that ended.
    pub cleared: Vec<&'a Incident>,
}

/// What happened to an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It began.
    Raised,
    /// It ended.
    Cleared,
}

/// Identifies a change of an incident.
#[must_use]
pub fn change_id(change: Change, incident: &Incident) -> String {
    let word = match change {
        Change::Raised => "raised",
        Change::Cleared => "cleared",
    };
    format!("{word} {}", incident.id())
}

/// The incidents of a channel in one list, both pipelines together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelIncidents<'a> {
    /// At least one, in the order of the pipelines.
    pub incidents: Vec<&'a Incident>,
}

impl<'a> Notice<'a> {
    /// The changes of a round that `is_news` and that are not muted.
    #[must_use]
    pub fn new(round: &'a Round, is_news: impl Fn(Change, &Incident) -> bool) -> Self {
        let of = |list: &'a [Incident], change| {
            let told = list.iter().filter(|one| !one.muted && is_news(change, one));
            told.collect()
        };
        Self {
            round,
            raised: of(&round.raised, Change::Raised),
            cleared: of(&round.cleared, Change::Cleared),
        }
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raised.is_empty() && self.cleared.is_empty()
    }

    /// How many changes there are.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.raised.len() + self.cleared.len()
    }

    /// The id of each change.
    #[must_use]
    pub fn change_ids(&self) -> Vec<String> {
        let raised = self.raised.iter().map(|one| change_id(Change::Raised, one));
        let cleared = self.cleared.iter().map(|one| change_id(Change::Cleared, one));
        raised.chain(cleared).collect()
    }

    /// The channels with incidents that began.
    #[must_use]
    pub fn raised_channels(&self) -> Vec<ChannelIncidents<'a>> {
        by_channel(&self.raised)
    }

    /// The channels with incidents that ended.
    #[must_use]
    pub fn cleared_channels(&self) -> Vec<ChannelIncidents<'a>> {
        by_channel(&self.cleared)
    }

    /// The incidents of a channel that began in an earlier round and are open.
    pub fn open_on(&self, channel_id: &str) -> impl Iterator<Item = &'a Incident> {
        self.round.open.iter().filter(move |one| one.channel_id == channel_id)
    }
}

impl ChannelIncidents<'_> {
    /// The id of the channel.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.first().channel_id
    }

    /// The first incident, which brings what concerns the whole channel.
    #[must_use]
    pub fn first(&self) -> &Incident {
        self.incidents[0]
    }

    /// When the first of the incidents began.
    #[must_use]
    pub fn began(&self) -> Option<SystemTime> {
        self.incidents.iter().filter_map(|one| one.began()).min()
    }

    /// How long the longest of the incidents has lasted, in seconds.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.incidents.iter().map(|one| one.seconds).max().unwrap_or_default()
    }
}

/// The incidents by channel, in the order in which the channels appear.
fn by_channel<'a>(incidents: &[&'a Incident]) -> Vec<ChannelIncidents<'a>> {
    let mut channels: Vec<ChannelIncidents<'a>> = Vec::new();
    let mut positions = std::collections::HashMap::new();
    for &incident in incidents {
        let position = *positions.entry(&*incident.channel_id).or_insert(channels.len());
        match channels.get_mut(position) {
            Some(channel) => channel.incidents.push(incident),
            None => channels.push(ChannelIncidents { incidents: vec![incident] }),
        }
    }
    for channel in &mut channels {
        channel.incidents.sort_by(|one, other| one.pipeline.cmp(&other.pipeline));
    }
    channels
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An incident of a channel that began at 03:12:40.
    pub(crate) fn incident(channel: &str, pipeline: &str, condition: &str) -> Incident {
        Incident {
            channel_id: channel.to_owned(),
            channel_name: format!("Name {channel}"),
            pipeline: pipeline.to_owned(),
            condition: condition.to_owned(),
            since: "2026-11-25T03:12:40Z".to_owned(),
            seconds: 30,
            redundancy: "off air".to_owned(),
            ..Incident::default()
        }
    }

    /// A round with these changes.
    pub(crate) fn round(raised: Vec<Incident>, cleared: Vec<Incident>) -> Round {
        Round {
            id: "eu-west-1/0-of-1/2026-11-25T03:13:10Z".to_owned(),
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            raised,
            cleared,
            ..Round::default()
        }
    }

    #[test]
    fn the_two_pipelines_of_a_channel_are_one_group_in_their_order() {
        let raised = [("2", "1"), ("1", "0"), ("2", "0")]
            .map(|(id, pipeline)| incident(id, pipeline, "black"));
        let round = round(raised.to_vec(), Vec::new());
        let channels = Notice::new(&round, |_, _| true).raised_channels();
        let short: Vec<_> = channels
            .iter()
            .map(|one| {
                (one.id(), one.incidents.iter().map(|one| &*one.pipeline).collect::<String>())
            })
            .collect();
        assert_eq!(short, [("2", "01".to_owned()), ("1", "0".to_owned())]);
    }

    #[test]
    fn what_is_muted_or_was_told_before_is_left_out() {
        let muted = Incident { muted: true, ..incident("1", "0", "black") };
        let round =
            round(vec![muted, incident("2", "0", "black")], vec![incident("3", "0", "black")]);
        let notice = Notice::new(&round, |change, _| change == Change::Raised);
        assert_eq!((notice.raised.len(), notice.cleared.len()), (1, 0));
        assert_eq!(notice.raised[0].channel_id, "2");
        assert!(!notice.is_empty());
        assert!(Notice::new(&round, |_, _| false).is_empty());
    }

    #[test]
    fn a_change_is_the_same_in_each_event_that_reports_it() {
        let first = Incident { alarm_id: Some("id".to_owned()), ..incident("1", "0", "black") };
        let second = Incident { seconds: 40, ..first.clone() };
        assert_eq!(change_id(Change::Raised, &first), change_id(Change::Raised, &second));
        assert_eq!(change_id(Change::Cleared, &first), "cleared id");
    }
}
