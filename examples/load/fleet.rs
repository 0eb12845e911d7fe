//! The fleet under load: a stand-in for AWS with the given number of running feeds.
//!
//! All feeds share some pictures, so that the stand-in has nothing to draw, encode or analyse while
//! the monitor is measured beside it. Each picture differs from the feed's last one and from those
//! of the feeds sampled before and after: a processor that decodes the same bytes repeatedly
//! predicts its branches and is half as fast again as with a real fleet.

use std::time::Duration;

use aws_stand_in::{Api, Builder, Channel, Pace, Programme, Scene, Span, StandIn, load_pictures};

/// Pictures in a programme.
const PICTURES: usize = 32;

/// Channels on a page of ListChannels, as the monitor requests them.
pub(crate) const PAGE_SIZE: usize = 100;

/// The APIs that are counted, with their titles in the table.
pub(crate) const APIS: [(Api, &str); 5] = [
    (Api::ListChannels, "list"),
    (Api::DescribeThumbnails, "thumbnail"),
    (Api::DetectLabels, "labels"),
    (Api::PutMetricData, "put"),
    (Api::GetMetricData, "get"),
];

/// A stand-in with this many feeds and this latency of every API.
pub(crate) fn stand_in(feeds: usize, latency: Duration) -> StandIn {
    script(&programmes(), feeds, latency).counters_only().start()
}

/// The script of such a stand-in, whose feeds show these programmes in turn.
pub(crate) fn script(programmes: &[Programme], feeds: usize, latency: Duration) -> Builder {
    let channel = |feed: usize| {
        Channel::new(channel_id(feed)).shows(programmes[feed % programmes.len()].clone())
    };
    let mut script = StandIn::builder()
        .channels((0..feeds).map(channel))
        .pace(Pace::PerRequest)
        .page_size(PAGE_SIZE);
    for (api, _) in APIS {
        script = script.latency(api, latency);
    }
    script
}

/// The channel ID of a feed. Every channel has one pipeline.
pub(crate) fn channel_id(feed: usize) -> String {
    format!("{}", 1_000_000 + feed)
}

/// Programmes of the same pictures, each starting with another one.
pub(crate) fn programmes() -> Vec<Programme> {
    let scene = |number| Scene::raw(load_pictures::baseline(number));
    let mut scenes: Vec<_> = (0..).take(PICTURES).map(scene).collect();
    let mut programmes = Vec::new();
    for _ in 0..PICTURES {
        scenes.rotate_left(1);
        let mut programme = Programme::of(scenes[0].clone(), Span::Stills(1));
        for scene in &scenes[1..] {
            programme = programme.then(scene.clone(), Span::Stills(1));
        }
        programmes.push(programme.looping());
    }
    programmes
}
