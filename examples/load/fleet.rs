//! The fleet under load: a stand-in of AWS with as many running feeds as were asked for.
//!
//! All feeds share a few pictures, each different from the one before, so that the stand-in has nothing to draw, encode or
//! rate while the monitor is measured beside it.

use std::time::Duration;

use crate::{
    picture::picture,
    standin::{Api, Channel, Pace, Programme, Scene, Span, StandIn},
};

/// Pictures in the programme.
const PICTURES: u32 = 4;

/// Channels on a page, as the monitor asks for them.
pub(crate) const PAGE: usize = 100;

/// The APIs that are counted.
pub(crate) const APIS: [(Api, &str); 5] = [
    (Api::ListChannels, "list"),
    (Api::DescribeThumbnails, "thumbnail"),
    (Api::DetectLabels, "labels"),
    (Api::PutMetricData, "put"),
    (Api::GetMetricData, "get"),
];

/// A stand-in with so many feeds, whose APIs take so long.
pub(crate) fn stand_in(feeds: usize, latency: Duration) -> StandIn {
    let programme = programme();
    let channel = |feed| Channel::new(channel_id(feed)).shows(programme.clone());
    let aws =
        StandIn::builder().channels((0..feeds).map(channel)).pace(Pace::PerRequest).page_size(PAGE).light();
    APIS.iter().fold(aws, |aws, &(api, _)| aws.latency(api, latency)).start()
}

/// The identifier of the channel of this feed: channels have one pipeline each here.
pub(crate) fn channel_id(feed: usize) -> String {
    format!("{}", 1_000_000 + feed)
}

/// A live programme that is cheap to serve.
fn programme() -> Programme {
    let scene = |number| Scene::raw(picture(number));
    (1..PICTURES)
        .fold(Programme::of(scene(0), Span::Stills(1)), |programme, number| {
            programme.then(scene(number), Span::Stills(1))
        })
        .looping()
}
