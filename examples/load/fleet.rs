//! The fleet under load: a stand-in of AWS with as many running feeds as were asked for.
//!
//! All feeds share some pictures, so that the stand-in has nothing to draw, encode or rate while the monitor is measured beside it. Each
//! picture is unlike the feed's last one, and unlike those of the feeds around it: a processor that decodes the same bytes again and
//! again foretells every branch, and is half as fast again as it is on a real fleet.

use std::time::Duration;

use crate::{
    picture::picture,
    standin::{Api, Channel, Pace, Programme, Scene, Span, StandIn},
};

/// Pictures in a programme.
const PICTURES: usize = 32;

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
    let programmes = programmes();
    let channel = |feed| Channel::new(channel_id(feed)).shows(programmes[feed % PICTURES].clone());
    let aws =
        StandIn::builder().channels((0..feeds).map(channel)).pace(Pace::PerRequest).page_size(PAGE).light();
    APIS.iter().fold(aws, |aws, &(api, _)| aws.latency(api, latency)).start()
}

/// The identifier of the channel of this feed: channels have one pipeline each here.
pub(crate) fn channel_id(feed: usize) -> String {
    format!("{}", 1_000_000 + feed)
}

/// Live programmes that are cheap to serve: the same pictures, each programme with another one first.
fn programmes() -> Vec<Programme> {
    let mut scenes: Vec<_> = (0..).take(PICTURES).map(|number| Scene::raw(picture(number))).collect();
    let programme = |_| {
        scenes.rotate_left(1);
        let mut scenes = scenes.iter().cloned();
        let first = Programme::of(scenes.next().unwrap(), Span::Stills(1));
        scenes.fold(first, |programme, scene| programme.then(scene, Span::Stills(1))).looping()
    };
    (0..PICTURES).map(programme).collect()
}
