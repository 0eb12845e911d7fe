//! The parts of a sample that need no network: the cost of each.
//!
//! `luma alone` is a decoder that makes pixels, as the load driver's baseline uses it. `picture`
//! makes none for a baseline JPEG: it reads grid and tone from the JPEG's coefficients. A
//! `progressive picture` is decoded to pixels.
#![allow(missing_docs, reason = "criterion's macros define public functions")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails ends the run")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_stand_in::load_pictures;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use medialive_source_monitor::{
    datapoint::Datapoint,
    feed::{FeedKey, Pipeline},
    metric::Metric,
    publish::{batch, emf, encode},
};
use source_detection::{
    FeedState, Observation, Picture, Thresholds,
    judge::{KnownStill, KnownStills, StillName},
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Datapoints of a full request.
const DATAPOINTS: usize = 1_000;

fn decode(criterion: &mut Criterion) {
    let jpeg = load_pictures::baseline(0);
    criterion.bench_function("luma alone", |bench| {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
        bench.iter(|| {
            JpegDecoder::new_with_options(ZCursor::new(black_box(&jpeg)), options).decode().unwrap()
        });
    });
    let progressive = load_pictures::progressive(0);
    for (name, jpeg) in [("picture", &jpeg), ("progressive picture", &progressive)] {
        criterion
            .bench_function(name, |bench| bench.iter(|| Picture::decode(black_box(jpeg)).unwrap()));
    }
}

fn judge(criterion: &mut Criterion) {
    let picture = |number| Picture::decode(&load_pictures::baseline(number)).unwrap();
    let pictures: Vec<_> = (0..4).map(picture).collect();
    let thresholds = Thresholds::default();
    for (name, distinct) in [("judge moving", 4), ("judge frozen", 1)] {
        let (mut state, mut sample) = (FeedState::new(), 0_usize);
        criterion.bench_function(name, |bench| {
            let mut next = || {
                sample += 1;
                let at = SystemTime::UNIX_EPOCH + Duration::from_secs(10 * sample as u64);
                let picture = pictures[sample % distinct].clone();
                (at, Observation::Picture { picture, taken: Some(at) })
            };
            bench.iter_batched(
                &mut next,
                |(at, observation)| state.observe(at, observation, &thresholds),
                BatchSize::PerIteration,
            );
        });
    }
}

/// A picture that shows none, and one that shows one, of 100 known stills.
fn known_stills(criterion: &mut Criterion) {
    let picture = |number| Picture::decode(&load_pictures::baseline(number)).unwrap();
    let still = |number: u32| {
        let name = StillName::new(&number.to_string()).unwrap();
        KnownStill::new(name, &picture(number)).unwrap()
    };
    let known = KnownStills::new([(1..=100).map(still).collect::<Arc<[_]>>()]);
    for (name, number) in [("none of 100 known stills", 0), ("one of 100 known stills", 50)] {
        let grid = picture(number).grid;
        criterion.bench_function(name, |bench| bench.iter(|| known.find(black_box(&grid))));
    }
}

fn publish(criterion: &mut Criterion) {
    let points: Vec<_> = (0..DATAPOINTS).map(datapoint).collect();
    criterion.bench_function("1,000 datapoints: batches", |bench| {
        bench.iter(|| batch::batches(black_box(&points)).count());
    });
    criterion.bench_function("1,000 datapoints: encode", |bench| {
        bench.iter(|| points.iter().map(encode::encode).collect::<Vec<_>>());
    });
    criterion.bench_function("1,000 datapoints: embedded metric format", |bench| {
        bench.iter(|| emf::lines("EmlRekognitionWatcher", black_box(&points)));
    });
}

/// One of five metrics of each feed, as the monitor publishes them.
fn datapoint(number: usize) -> Datapoint {
    const METRICS: [Metric; 5] = [
        Metric::ImageProperties,
        Metric::FrozenSeconds,
        Metric::BlackSeconds,
        Metric::BarsSeconds,
        Metric::NoPictureSeconds,
    ];
    Datapoint {
        metric: METRICS[number % METRICS.len()],
        feed: Some(FeedKey::new(&(1_000_000 + number / METRICS.len()).to_string(), Pipeline::Zero)),
        slot: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_010),
        value: 0.0,
    }
}

criterion_group!(benches, decode, judge, known_stills, publish);
criterion_main!(benches);
