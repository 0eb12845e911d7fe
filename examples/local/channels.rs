//! The channels of the newcomer's run, and what must have been said of each at its end.

use crate::{
    arguments::Arguments,
    standin::{Api, Channel, Fault, Pace, Programme, Scene, Span, Stamp, StandIn},
};

/// One channel of the run: its identifier, its name, the pipelines it has, and the duration that must have grown.
pub struct Cast {
    pub id: &'static str,
    pub name: &'static str,
    pub pipelines: u8,
    /// The metric that tells of its fault, if it has one.
    pub tells: Option<&'static str>,
}

pub const CAST: [Cast; 10] = [
    cast("1001", "News", 2, None),
    cast("1002", "Sports", 1, Some("FrozenSeconds")),
    cast("1003", "Regional Süd", 1, Some("BlackSeconds")),
    cast("1004", "Events", 2, Some("BarsSeconds")),
    cast("1005", "Uplink 3", 1, Some("FlatSeconds")),
    cast("1006", "Thumbnails off", 1, Some("NoPictureSeconds")),
    cast("1007", "Comes and goes", 1, Some("FrozenSeconds")),
    cast("1008", "Throttled", 1, None),
    cast("1009", "Encoder stuck", 1, Some("NoPictureSeconds")),
    cast("1010", "<script>alert(1)", 1, None),
];

const fn cast(id: &'static str, name: &'static str, pipelines: u8, tells: Option<&'static str>) -> Cast {
    Cast { id, name, pipelines, tells }
}

/// The stand-in with these channels on air.
pub fn stand_in(arguments: &Arguments) -> StandIn {
    let comes_and_goes = Programme::of(Scene::Moving, Span::Stills(2))
        .then(Scene::Frozen, Span::Stills(5))
        .then(Scene::Moving, Span::Rest);
    let channel = |cast: &Cast| Channel::new(cast.id).name(cast.name);
    let [news, sports, regional, events, uplink, off, comes, throttled, stuck, clock] = &CAST;
    let mut aws = StandIn::builder()
        .port(arguments.port)
        .channel(channel(news).standard().shows(Scene::Moving))
        .channel(channel(sports).shows(Scene::Frozen))
        .channel(channel(regional).shows(Scene::NoisyBlack))
        .channel(channel(events).standard().shows(Scene::Moving).pipeline(1, Scene::Bars))
        .channel(channel(uplink).shows(Scene::Flat))
        .channel(channel(off).shows(Scene::None))
        .channel(channel(comes).shows(comes_and_goes))
        .channel(channel(throttled).shows(Scene::Moving))
        .channel(channel(stuck).shows(Scene::Moving).stamp(Stamp::Stale))
        .channel(
            channel(clock).shows(Scene::FrozenBackground).tag("source-monitor:expect", "frozen_background"),
        )
        .fault(Fault::on(Api::DescribeThumbnails).channel(throttled.id).throttle().calls(1..7));
    if !arguments.serve {
        // A still a look, so that every run shows the same; served, the pictures change with the time of day.
        aws = aws.pace(Pace::PerRequest);
    }
    if let Some(folder) = &arguments.stills {
        let scene = Scene::folder(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        aws = aws.channel(Channel::new("1011").name("Stills").shows(scene));
    }
    aws.start()
}

/// What should have arrived and has not.
pub fn missing(aws: &StandIn) -> Vec<String> {
    let rounds = aws.fleet("WatchedFeeds").len();
    let mut missing = Vec::new();
    if rounds < 12 {
        missing.push(format!("WatchedFeeds: {rounds} of 12 rounds"));
    }
    for cast in &CAST {
        for pipeline in 0..cast.pipelines {
            let seen = aws.values_of(cast.id, pipeline, "FrozenSeconds").len();
            // Throttled looks are not seen; all others are.
            let expected = if cast.name == "Throttled" { 6 } else { rounds };
            if seen < expected {
                missing.push(format!("channel {} pipeline {pipeline}: {seen} of {expected} looks", cast.id));
            }
        }
        let longest = |metric| {
            (0..cast.pipelines)
                .flat_map(|pipeline| aws.values_of(cast.id, pipeline, metric))
                .fold(0.0, f64::max)
        };
        if let Some(metric) = cast.tells.filter(|&metric| longest(metric) < 6.0) {
            missing.push(format!("channel {}: {metric} never reached 6", cast.id));
        }
    }
    missing
}
