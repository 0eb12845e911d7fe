//! The channels of the local run, and what has to exist at its end.

use std::time::{Duration, SystemTime};

use aws_stand_in::{
    Api, Builder, Channel, ChannelAlert, Event, Fault, InputSwitch, Message, Metric, Pace,
    Programme, Scene, Span, StandIn, TimeStamp,
};

use crate::arguments::Arguments;

/// Rounds of the two ticks together.
const ROUNDS: usize = 12;
/// Rounds in which the channel "Throttled" is sampled: its second to seventh calls fail.
const ROUNDS_UNTHROTTLED: usize = 6;
/// Every fault of the run must have lasted at least this long, in seconds.
const MIN_FAULT_SECONDS: f64 = 6.0;

/// One channel of the run.
pub struct ScriptedChannel {
    pub id: &'static str,
    pub name: &'static str,
    pub pipelines: u8,
    /// The duration metric of its fault, if it has one.
    pub fault_metric: Option<&'static str>,
}

pub const CHANNELS: [ScriptedChannel; 12] = [
    scripted("1001", "News", 2, None),
    scripted("1002", "Sports", 1, Some("FrozenSeconds")),
    scripted("1003", "Regional Süd", 1, Some("BlackSeconds")),
    scripted("1004", "Events", 2, Some("BarsSeconds")),
    scripted("1005", "Uplink 3", 1, Some("FlatSeconds")),
    scripted("1006", "Thumbnails off", 1, Some("NoPictureSeconds")),
    scripted("1007", "Comes and goes", 1, Some("FrozenSeconds")),
    scripted("1008", "Throttled", 1, None),
    scripted("1009", "Encoder stuck", 1, Some("NoPictureSeconds")),
    scripted("1010", "<script>alert(1)", 1, None),
    scripted("1011", "Two cards", 1, Some("RepeatingSeconds")),
    scripted("1012", "Decoder damaged", 1, Some("PartialSeconds")),
];

const fn scripted(
    id: &'static str,
    name: &'static str,
    pipelines: u8,
    fault_metric: Option<&'static str>,
) -> ScriptedChannel {
    ScriptedChannel { id, name, pipelines, fault_metric }
}

/// A running stand-in with these channels.
pub fn stand_in(arguments: &Arguments) -> StandIn {
    let mut script = script().port(arguments.port);
    if !arguments.serve {
        // One still per request, so that every run prints the same. With --serve, pictures follow
        // the wall clock.
        script = script.pace(Pace::PerRequest);
    }
    if let Some(folder) = &arguments.stills {
        let scene =
            Scene::folder(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        script = script.channel(Channel::new("1100").name("Stills").shows(scene));
    }
    script.start()
}

fn script() -> Builder {
    let comes_and_goes = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(5))
        .then(Scene::Moving, Span::Rest);
    let alternates =
        Programme::of(Scene::Slate, Span::Stills(1)).then(Scene::Frozen, Span::Stills(1)).looping();
    let freezes = Programme::of(Scene::Moving, Span::Stills(4)).then(Scene::Frozen, Span::Rest);
    let channel = |scripted: &ScriptedChannel| Channel::new(scripted.id).name(scripted.name);
    let [
        news,
        sports,
        regional,
        events,
        uplink,
        off,
        comes,
        throttled,
        stuck,
        clock,
        cards,
        damaged,
    ] = &CHANNELS;
    StandIn::builder()
        .channel(channel(news).standard().shows(Scene::Moving))
        .channel(
            channel(sports)
                .shows(freezes)
                .input(0, "playout-2")
                .scheduled(evening())
                .tag("source-monitor:runbook", "https://wiki.example/sports"),
        )
        .channel(channel(regional).shows(Scene::NoisyBlack))
        .channel(channel(events).standard().shows(Scene::Moving).pipeline(1, Scene::Bars))
        .channel(channel(uplink).shows(Scene::Flat))
        .channel(channel(off).shows(Scene::NoThumbnail).alert(no_upload()))
        .channel(channel(comes).shows(comes_and_goes))
        .channel(channel(throttled).shows(Scene::Moving))
        .channel(channel(stuck).shows(Scene::Moving).time_stamp(TimeStamp::Stale))
        .channel(
            channel(clock)
                .shows(Scene::FrozenBackground)
                .tag("source-monitor:expect", "frozen_background"),
        )
        .channel(channel(cards).shows(alternates))
        .channel(channel(damaged).shows(Scene::Partial).tag("source-monitor:partial-after", "4"))
        .fault(Fault::on(Api::DescribeThumbnails).channel(throttled.id).throttle().calls(1..7))
}

/// The switch to the input of the channel "Sports", a quarter of an hour ago.
fn evening() -> InputSwitch {
    let at = SystemTime::now() - Duration::from_mins(15);
    InputSwitch::at("evening-programme", "playout-2", at)
}

fn no_upload() -> ChannelAlert {
    ChannelAlert::set("Failed To Upload Thumbnail", "Access to the bucket was denied", 0)
}

/// MediaLive's own metrics: each input delivers, whatever it shows.
pub fn inputs_deliver(aws: &StandIn) {
    for channel in &CHANNELS {
        for pipeline in 0..channel.pipelines {
            let feed = [("ChannelId", channel.id), ("Pipeline", &*pipeline.to_string())];
            for (name, value) in [("InputVideoFrameRate", 25.0), ("FillMsec", 0.0)] {
                aws.add_history(
                    Metric::new("AWS/MediaLive", name, &feed),
                    SystemTime::now(),
                    value,
                );
            }
        }
    }
}

/// The storm: from now on all channels are black.
pub fn all_black(aws: &StandIn) {
    for channel in &CHANNELS {
        for pipeline in 0..channel.pipelines {
            aws.set_programme(channel.id, pipeline, Scene::Black);
        }
    }
}

/// The expected datapoints, events and mails that did not arrive, one line each.
pub fn missing(aws: &StandIn, mails: &[Message]) -> Vec<String> {
    let rounds = aws.fleet("WatchedFeeds").len();
    let mut missing = Vec::new();
    if rounds < ROUNDS {
        missing.push(format!("WatchedFeeds: {rounds} of {ROUNDS} rounds"));
    }
    for channel in &CHANNELS {
        let id = channel.id;
        let expected = if channel.name == "Throttled" { ROUNDS_UNTHROTTLED } else { rounds };
        for pipeline in 0..channel.pipelines {
            let samples = aws.values_of(id, pipeline, "FaultSeconds").len();
            if samples < expected {
                missing.push(format!(
                    "channel {id} pipeline {pipeline}: {samples} of {expected} samples"
                ));
            }
        }
        if let Some(metric) = channel.fault_metric
            && longest(aws, channel, metric) < MIN_FAULT_SECONDS
        {
            missing.push(format!("channel {id}: {metric} never reached {MIN_FAULT_SECONDS}"));
        }
        let is_of = |event: &Event| event.detail["channel_id"] == id;
        if channel.fault_metric.is_some() && !aws.events().iter().any(is_of) {
            missing.push(format!("channel {id}: no event"));
        }
    }
    for subject in ["OFF AIR: Sports (1002) frozen on pipeline 0", "sources down: "] {
        let is_about =
            |mail: &Message| mail.subject.as_ref().is_some_and(|one| one.contains(subject));
        if !mails.iter().any(is_about) {
            missing.push(format!("mail: {subject}"));
        }
    }
    missing
}

/// The largest value of a metric on any pipeline of a channel.
fn longest(aws: &StandIn, channel: &ScriptedChannel, metric: &str) -> f64 {
    let values =
        (0..channel.pipelines).flat_map(|pipeline| aws.values_of(channel.id, pipeline, metric));
    values.fold(0.0, f64::max)
}
