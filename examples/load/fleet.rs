//! The fleet under load: a stand-in of AWS with as many running feeds as were asked for.
//!
//! All feeds share a few pictures, each different from the one before, so that the stand-in has nothing to draw, encode or
//! rate while the monitor is measured beside it.

use std::time::Duration;

use crate::standin::{Api, Channel, Pace, Programme, Scene, Span, StandIn};

/// Of a thumbnail of MediaLive.
const SIZE: (u16, u16) = (480, 270);

/// Gives about 25 kB for these pictures, the middle of what MediaLive serves.
const JPEG_QUALITY: u8 = 85;

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
    let aws = StandIn::builder()
        .channels((0..feeds).map(channel))
        .pace(Pace::PerRequest)
        .page_size(PAGE)
        .light();
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

/// Soft shapes with a texture over them, elsewhere in each picture.
fn picture(number: u32) -> Vec<u8> {
    let (width, height) = SIZE;
    let mut rgb = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    let mut grain = 0x9e37_79b9_u32.wrapping_add(number);
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let shape = ((x + 97 * number) / 3 + y / 2) ^ ((x / 40 + 3 * number) * (y / 30 + 1) * 11);
            for channel in 0..3 {
                let level = 40 + (shape * (channel + 2) / 2) % 160 + (grain >> 29);
                rgb.push(u8::try_from(level).unwrap_or(u8::MAX));
            }
        }
    }
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, JPEG_QUALITY)
        .encode(&rgb, width, height, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    jpeg
}
