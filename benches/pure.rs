//! The parts of a sample that need no network: what each costs alone.
//!
//! `luma alone` is a decoder that makes pixels, as the floor client uses it. `picture` needs none for most pictures: it has grid and
//! tone from the JPEG's coefficients. `progressive picture` is one that goes through the decoder.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends the run")]

#[path = "../examples/load/picture.rs"]
mod picture;

use std::{
    hint::black_box,
    time::{Duration, SystemTime},
};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use medialive_source_monitor::{
    analyse::Picture,
    feed::{FeedKey, Pipeline},
    judge::{Limits, Sight, Watch},
    metric::Metric,
    publish::{Datapoint, batch, datum, emf},
};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Datapoints of a full request.
const POINTS: usize = 1_000;

fn decode(criterion: &mut Criterion) {
    let jpeg = picture::picture(0);
    criterion.bench_function("luma alone", |bench| {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::Luma);
        bench.iter(|| {
            JpegDecoder::new_with_options(ZCursor::new(black_box(&jpeg)), options).decode().unwrap()
        });
    });
    let progressive = picture::encoded(0, true);
    for (name, jpeg) in [("picture", &jpeg), ("progressive picture", &progressive)] {
        criterion.bench_function(name, |bench| bench.iter(|| Picture::decode(black_box(jpeg)).unwrap()));
    }
}

fn judge(criterion: &mut Criterion) {
    let pictures: Vec<_> = (0..4).map(|number| Picture::decode(&picture::picture(number)).unwrap()).collect();
    for (name, shown) in [("judge moving", 4), ("judge frozen", 1)] {
        let (mut watch, limits, mut look) = (Watch::new(), Limits::default(), 0_usize);
        criterion.bench_function(name, |bench| {
            let mut next = || {
                look += 1;
                let at = SystemTime::UNIX_EPOCH + Duration::from_secs(10 * look as u64);
                (at, Sight::Picture { picture: pictures[look % shown].clone(), taken: Some(at) })
            };
            bench.iter_batched(
                &mut next,
                |(at, sight)| watch.see(at, sight, &limits),
                BatchSize::PerIteration,
            );
        });
    }
}

fn publish(criterion: &mut Criterion) {
    let points: Vec<_> = (0..POINTS).map(point).collect();
    criterion.bench_function("1,000 datapoints: batches", |bench| {
        bench.iter(|| batch::batches(black_box(&points)).count());
    });
    criterion.bench_function("1,000 datapoints: encode", |bench| {
        bench.iter(|| points.iter().map(datum::encode).collect::<Vec<_>>());
    });
    criterion.bench_function("1,000 datapoints: embedded metric format", |bench| {
        bench.iter(|| emf::lines("EmlRekognitionWatcher", black_box(&points)));
    });
}

/// Five metrics for each feed, as they are published.
fn point(number: usize) -> Datapoint {
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

criterion_group!(benches, decode, judge, publish);
criterion_main!(benches);
