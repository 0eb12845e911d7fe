//! A channel as a script describes it.

use std::collections::BTreeMap;

use super::{
    channel_detail::{ActiveInput, ChannelAlert, ChannelDetail, InputSwitch},
    date_format::DateFormat,
};
use crate::pictures::{
    playout::TimeStamp,
    scene::{Programme, Scene},
};

/// The channel states of MediaLive's model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the service's own words")]
pub enum ChannelState {
    Creating,
    CreateFailed,
    Idle,
    Starting,
    Running,
    Recovering,
    Stopping,
    Deleting,
    Deleted,
    Updating,
    UpdateFailed,
}

impl ChannelState {
    /// The value of `state` in ListChannels.
    pub(crate) fn wire_name(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::CreateFailed => "CREATE_FAILED",
            Self::Idle => "IDLE",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Recovering => "RECOVERING",
            Self::Stopping => "STOPPING",
            Self::Deleting => "DELETING",
            Self::Deleted => "DELETED",
            Self::Updating => "UPDATING",
            Self::UpdateFailed => "UPDATE_FAILED",
        }
    }

    /// Whether thumbnails can be requested. What a starting channel serves is up to its script.
    pub(crate) fn has_pictures(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Recovering | Self::Updating)
    }
}

/// A channel of the script.
#[derive(Clone, Debug)]
pub struct Channel {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: ChannelState,
    /// 1 or 2.
    pub(crate) pipelines: u8,
    pub(crate) running_pipelines: Option<u8>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) programmes: [Programme; 2],
    pub(crate) time_stamps: [TimeStamp; 2],
    pub(crate) date_format: Option<DateFormat>,
    pub(crate) link: Option<Link>,
    pub(crate) detail: ChannelDetail,
}

/// A channel's part in a pair of linked channels, with the other channel's ID.
#[derive(Clone, Debug)]
pub(crate) enum Link {
    /// The channel that this one follows.
    Follows(String),
    /// The channel that follows this one.
    LeadsTo(String),
}

impl Channel {
    /// A running `SINGLE_PIPELINE` channel called "channel `id`" that shows [`Scene::Moving`].
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            name: format!("channel {id}"),
            id,
            state: ChannelState::Running,
            pipelines: 1,
            running_pipelines: None,
            tags: BTreeMap::new(),
            programmes: [Scene::Moving.into(), Scene::Moving.into()],
            time_stamps: [TimeStamp::Fresh; 2],
            date_format: None,
            link: None,
            detail: ChannelDetail::default(),
        }
    }

    /// The name: any Unicode text, as in the console.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Channel class `STANDARD`: two pipelines.
    pub fn standard(mut self) -> Self {
        self.pipelines = 2;
        self
    }

    /// Channel class `SINGLE_PIPELINE`.
    pub fn single_pipeline(mut self) -> Self {
        self.pipelines = 1;
        self
    }

    /// The initial state.
    pub fn state(mut self, state: ChannelState) -> Self {
        self.state = state;
        self
    }

    /// The value of `pipelinesRunningCount`. By default all pipelines in a state with pictures, and
    /// 0 in the others.
    pub fn running_pipelines(mut self, count: u8) -> Self {
        self.running_pipelines = Some(count);
        self
    }

    /// Adds a tag.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    /// What all pipelines show.
    pub fn shows(mut self, programme: impl Into<Programme>) -> Self {
        let programme = programme.into();
        self.programmes = [programme.clone(), programme];
        self
    }

    /// What one pipeline, 0 or 1, shows.
    pub fn pipeline(mut self, pipeline: u8, programme: impl Into<Programme>) -> Self {
        self.programmes[usize::from(pipeline)] = programme.into();
        self
    }

    /// The thumbnails' time stamps on all pipelines.
    pub fn time_stamp(mut self, time_stamp: TimeStamp) -> Self {
        self.time_stamps = [time_stamp; 2];
        self
    }

    /// The thumbnails' time stamps on one pipeline, 0 or 1.
    pub fn pipeline_time_stamp(mut self, pipeline: u8, time_stamp: TimeStamp) -> Self {
        self.time_stamps[usize::from(pipeline)] = time_stamp;
        self
    }

    /// Links the channel to the one with this ID, whose pipeline locking it follows. Give the other
    /// channel [`Channel::followed_by`].
    pub fn follows(mut self, primary: impl Into<String>) -> Self {
        self.link = Some(Link::Follows(primary.into()));
        self
    }

    /// Links the channel to the one with this ID, which follows it.
    pub fn followed_by(mut self, follower: impl Into<String>) -> Self {
        self.link = Some(Link::LeadsTo(follower.into()));
        self
    }

    /// The input attachment that a pipeline, 0 or 1, uses. `source` by default.
    pub fn input(mut self, pipeline: u8, attachment: impl Into<String>) -> Self {
        let input = ActiveInput { attachment: attachment.into(), switched_by: None };
        self.detail.inputs[usize::from(pipeline)] = Some(input);
        self
    }

    /// Adds an action to the schedule. One without a time is in effect on all pipelines.
    pub fn scheduled(mut self, action: InputSwitch) -> Self {
        if action.at.is_none() {
            let (attachment, switched_by) = (action.to.clone(), Some(action.name.clone()));
            let input = Some(ActiveInput { attachment, switched_by });
            self.detail.inputs = [input.clone(), input];
        }
        self.detail.schedule.push(action);
        self
    }

    /// Adds an alert.
    pub fn alert(mut self, alert: ChannelAlert) -> Self {
        self.detail.alerts.push(alert);
        self
    }

    /// Adds an output group that is CMAF Ingest.
    pub fn cmaf_ingest(mut self, output_group: impl Into<String>) -> Self {
        self.detail.cmaf_groups.push(output_group.into());
        self
    }

    /// How this channel's dates are written. By default as
    /// [`Builder::date_format`](crate::Builder::date_format) says.
    pub fn date_format(mut self, format: DateFormat) -> Self {
        self.date_format = Some(format);
        self
    }
}
