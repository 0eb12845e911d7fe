//! The channels that exist, in the order in which they were created.

use std::{
    collections::{BTreeMap, HashMap},
    time::SystemTime,
};

use super::channel::Channel;
use crate::{
    pictures::{
        playout::{Frame, Pace, Playout},
        still::fingerprint,
    },
    wire::api::Feed,
};

/// A channel that exists, with the playout of each pipeline.
#[derive(Debug)]
pub(crate) struct RegisteredChannel {
    pub(crate) channel: Channel,
    playouts: [Playout; 2],
}

impl RegisteredChannel {
    fn new(channel: Channel) -> Self {
        let playout = |pipeline: u8| {
            let index = usize::from(pipeline);
            let seed = fingerprint(Feed::new(&*channel.id, pipeline).to_string().as_bytes());
            Playout::new(channel.programmes[index].clone(), channel.time_stamps[index], seed)
        };
        Self { playouts: [playout(0), playout(1)], channel }
    }

    /// What a pipeline shows at this time.
    pub(crate) fn frame(&mut self, pipeline: u8, pace: Pace, now: SystemTime) -> Frame {
        self.playouts[usize::from(pipeline)].frame(pace, now)
    }
}

/// All channels. Each has a sequence number, counted from 1, by which ListChannels pages through
/// them.
#[derive(Debug, Default)]
pub(crate) struct ChannelRegistry {
    by_sequence: BTreeMap<u64, RegisteredChannel>,
    sequence_of: HashMap<String, u64>,
    last_sequence: u64,
}

impl ChannelRegistry {
    /// Adds a channel, or replaces the one with its ID, which keeps its place in the order.
    pub(crate) fn add(&mut self, channel: Channel) {
        let sequence = *self.sequence_of.entry(channel.id.clone()).or_insert_with(|| {
            self.last_sequence += 1;
            self.last_sequence
        });
        self.by_sequence.insert(sequence, RegisteredChannel::new(channel));
    }

    /// Deletes a channel, if it exists.
    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(sequence) = self.sequence_of.remove(id) {
            self.by_sequence.remove(&sequence);
        }
    }

    /// Changes a channel. Panics if it does not exist: the script is wrong.
    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut Channel)) {
        change(&mut self.scripted(id).channel);
    }

    /// Changes the playout of one pipeline. Panics if the channel does not exist: the script is
    /// wrong.
    pub(crate) fn change_playout(
        &mut self,
        id: &str,
        pipeline: u8,
        change: impl FnOnce(&mut Playout),
    ) {
        change(&mut self.scripted(id).playouts[usize::from(pipeline)]);
    }

    fn scripted(&mut self, id: &str) -> &mut RegisteredChannel {
        self.get(id).unwrap_or_else(|| panic!("the script has no channel {id}"))
    }

    /// The channel with this ID.
    pub(crate) fn get(&mut self, id: &str) -> Option<&mut RegisteredChannel> {
        self.by_sequence.get_mut(self.sequence_of.get(id)?)
    }

    /// Up to `size` channels after a sequence number, and the number after which the next page
    /// starts, if there is one.
    pub(crate) fn page(&self, after: u64, size: usize) -> (Vec<&Channel>, Option<u64>) {
        let mut rest = self.by_sequence.range(after + 1..);
        let (mut channels, mut last) = (Vec::new(), None);
        for (sequence, registered) in rest.by_ref().take(size) {
            channels.push(&registered.channel);
            last = Some(*sequence);
        }
        (channels, if rest.next().is_some() { last } else { None })
    }
}
