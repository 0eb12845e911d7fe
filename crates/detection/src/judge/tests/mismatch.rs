//! Two feeds of one programme, and of two programmes.

use std::{
    collections::HashMap,
    fs,
    time::{Duration, SystemTime},
};

use super::{
    pictures::{at, draw, grey, noise, scene},
    seconds,
};
use crate::{
    judge::{
        Comparison, Condition, Evidence, Fault, FeedState, IncidentEvent, Observation, Pair,
        SampleTime, Shown, Sketch, Thresholds,
    },
    picture::Picture,
};

/// A programme of shots, each with the second in which it begins.
struct Programme {
    cuts: Vec<f64>,
    /// The number of its first shot.
    first: u16,
}

impl Programme {
    /// Shots of the least to the most seconds, in an irregular order, for half an hour.
    fn cut_every(least: f64, most: f64, first: u16) -> Self {
        let (mut cuts, mut cut, mut share) = (Vec::new(), 0.0, 0.0_f64);
        while cut < 1_900.0 {
            cuts.push(cut);
            share = (share + 0.618_034).fract();
            cut += least + share * (most - least);
        }
        Self { cuts, first }
    }

    fn shot_at(&self, second: f64) -> u16 {
        let shots = self.cuts.partition_point(|cut| *cut <= second.max(0.0));
        self.first + u16::try_from(shots).expect("few shots")
    }
}

/// Draws shots, each once, as two encoders would deliver them.
#[derive(Default)]
struct Shots(HashMap<(u16, bool), Sketch>);

impl Shots {
    fn sketch(&mut self, shot: u16, is_second: bool) -> Sketch {
        // Half a thousand shots are as good as more.
        let shot = shot % 512;
        let drawn = self.0.entry((shot, is_second)).or_insert_with(|| {
            let (gain, strength) = if is_second { (0.9, 12.0) } else { (1.0, 2.0) };
            let place = f32::from(shot) * 613.0;
            let coarse =
                draw_small(|x, y| gain * scene(x + place, y - place) + noise(x, y, shot, strength));
            Sketch::of(&coarse.grid)
        });
        drawn.clone()
    }
}

/// A picture that is drawn at a sixth of the width and height: a cell of the grid is a pixel.
fn draw_small(level: impl Fn(f32, f32) -> f32) -> Picture {
    let pixels: Vec<u8> = (0..80 * 45)
        .flat_map(|pixel: u16| {
            let (x, y) = (f32::from(pixel % 80) * 6.0, f32::from(pixel / 80) * 6.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            [level(x, y).clamp(0.0, 255.0) as u8; 3]
        })
        .collect();
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 80)
        .encode(&pixels, 80, 45, jpeg_encoder::ColorType::Rgb)
        .expect("encodes");
    Picture::decode(&jpeg).expect("decodes")
}

/// Samples two programmes every `interval` seconds, the second one `skew` seconds late, and returns
/// the first mismatch that is raised within half an hour.
fn first_raised(
    (one, other): (&Programme, &Programme),
    (interval, skew): (u16, f64),
    shots: &mut Shots,
) -> Option<IncidentEvent> {
    let (mut pair, mut state) = (Pair::default(), FeedState::new());
    (1..1_800 / interval).find_map(|round| {
        let second = f64::from(round * interval);
        let time = SampleTime::from(at(u64::from(round * interval)));
        // A thumbnail is up to 2 s old.
        let shots = [
            shots.sketch(one.shot_at(second - 0.3), false),
            shots.sketch(other.shot_at(second - skew - 1.6), true),
        ];
        let shown = shots.map(|sketch| Some(Shown { at: time, stamp: None, sketch }));
        let comparison = Observation::Compared(pair.compare(time, shown));
        state.observe(time, comparison, &Thresholds::default()).raised
    })
}

#[test]
fn the_same_programme_with_noise_is_no_mismatch_whatever_the_skew_and_the_cuts() {
    let mut shots = Shots::default();
    for (least, most) in [(1.0, 5.0), (2.0, 3.0), (4.0, 12.0), (8.0, 40.0), (60.0, 300.0)] {
        let programme = Programme::cut_every(least, most, 0);
        for interval in [2, 5, 10] {
            for skew in [-4.0, -2.7, -1.0, 0.0, 0.7, 2.0, 3.3, 4.0] {
                let raised = first_raised((&programme, &programme), (interval, skew), &mut shots);
                assert_eq!(raised, None, "{least} to {most} s, every {interval} s, {skew} s late");
            }
        }
    }
}

#[test]
fn two_programmes_differ_after_the_set_time() {
    let mut shots = Shots::default();
    for (least, most) in [(4.0, 30.0), (20.0, 60.0), (600.0, 900.0)] {
        let (one, other) =
            (Programme::cut_every(least, most, 0), Programme::cut_every(least, most, 200));
        for interval in [2, 10] {
            let event = first_raised((&one, &other), (interval, 0.0), &mut shots).expect("raised");
            assert_eq!(event.incident.fault, Fault::Mismatch);
            assert!(event.lasted >= seconds(178) && event.lasted <= seconds(190), "{event:?}");
            assert!(event.incident.since <= at(200), "{event:?}");
            let Some(Evidence::Mismatch { closest, looks }) = event.incident.evidence else {
                panic!("{event:?}")
            };
            assert!(closest < 0.7 && looks >= 3, "{event:?}");
        }
    }
}

#[test]
fn programmes_that_cut_all_the_time_or_are_sampled_seldom_are_not_told_apart() {
    let mut shots = Shots::default();
    let fast = [0, 200].map(|first| Programme::cut_every(1.0, 5.0, first));
    assert_eq!(first_raised((&fast[0], &fast[1]), (10, 0.0), &mut shots), None);
    let slow = [0, 200].map(|first| Programme::cut_every(60.0, 90.0, first));
    assert_eq!(first_raised((&slow[0], &slow[1]), (20, 0.0), &mut shots), None);
}

/// A round at this second, in which the feeds show these shots.
fn look(pair: &mut Pair, second: u64, shown: [Option<&Sketch>; 2]) -> Comparison {
    let time = SampleTime::from(at(second));
    pair.compare(
        time,
        shown.map(|sketch| Some(Shown { at: time, stamp: None, sketch: sketch?.clone() })),
    )
}

#[test]
fn one_match_ends_a_mismatch_and_a_missing_picture_says_nothing() {
    let (mut shots, mut pair, mut state) = (Shots::default(), Pair::default(), FeedState::new());
    let sketches = [1, 2].map(|shot| shots.sketch(shot, false));
    let [one, other] = sketches.each_ref().map(Some);
    let mut observe = |second, shown| {
        let comparison = look(&mut pair, second, shown);
        let observation = Observation::Compared(comparison);
        (comparison, state.observe(at(second), observation, &Thresholds::default()))
    };
    let first: Vec<_> = (0..5).map(|round| observe(round * 10, [one, other])).collect();
    assert!(first.iter().all(|(comparison, _)| *comparison == Comparison::Unknown));
    let later: Vec<_> = (5..26).map(|round| observe(round * 10, [one, other])).collect();
    assert_eq!(later[0].1.condition, Condition::Mismatch);
    let raised: Vec<_> = (0..21).filter(|&round| later[round].1.raised.is_some()).collect();
    assert_eq!((raised, later[11].1.lasted(Fault::Mismatch)), (vec![16], seconds(130)));
    let (comparison, verdict) = observe(260, [one, None]);
    assert_eq!((comparison, verdict.condition), (Comparison::Unknown, Condition::Unknown));
    assert!(verdict.is_in(Fault::Mismatch));
    let (comparison, verdict) = observe(270, [one, one]);
    assert_eq!((comparison, verdict.lasted(Fault::Mismatch)), (Comparison::Same, Duration::ZERO));
    let cleared = observe(280, [one, one]).1.cleared.expect("cleared after the clear time");
    assert_eq!(cleared.lasted, seconds(240));
}

#[test]
fn a_thumbnail_that_is_fetched_again_is_no_shot_that_is_held() {
    let (mut shots, mut pair) = (Shots::default(), Pair::default());
    for round in 0..30_u64 {
        let time = SampleTime::from(at(round * 10));
        let shown = [1, 2].map(|shot| {
            Some(Shown { at: time, stamp: Some(at(0)), sketch: shots.sketch(shot, false) })
        });
        assert_eq!(pair.compare(time, shown), Comparison::Unknown);
    }
}

#[test]
fn black_bars_make_no_two_pictures_alike_and_dark_pictures_are_not_compared() {
    let within = |shot: f32, light: f32| {
        let inside = move |x: f32, y: f32| (96.0..384.0).contains(&x).then(|| scene(x + shot, y));
        Sketch::of(&draw(|x, y| grey(inside(x, y).map_or(0.0, |level| level * light))).grid)
    };
    let likeness = |one: Sketch, other: Sketch| one.likeness(&other);
    assert!(likeness(within(0.0, 1.0), within(900.0, 1.0)).expect("comparable") < 0.5);
    assert!(likeness(within(0.0, 1.0), within(0.0, 0.7)).expect("comparable") > 0.98);
    assert_eq!(likeness(within(0.0, 0.05), within(900.0, 0.05)), None);
    assert_eq!(likeness(within(0.0, 1.0), within(900.0, 0.0)), Some(0.0));
}

/// The sketches of a labelled sequence of the repository.
fn stills(name: &str) -> Vec<Sketch> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stills");
    let paths = (0..).map(|number| format!("{folder}/{name}/{number:03}.jpg"));
    let jpegs = paths.map_while(|path| fs::read(path).ok());
    jpegs.map(|jpeg| Sketch::of(&Picture::decode(&jpeg).expect("decodes").grid)).collect()
}

/// When two sequences that are played forth and back are found to differ.
fn difference(one: &[Sketch], other: &[Sketch], skew: usize) -> Option<SystemTime> {
    let still = |stills: &[Sketch], number: usize| {
        let place = number % (2 * stills.len() - 2);
        place.min(2 * stills.len() - 2 - place)
    };
    let mut pair = Pair::default();
    (0..300).find_map(|round| {
        let shown = [one.get(still(one, round + skew)), other.get(still(other, round))];
        match look(&mut pair, 2 * round as u64, shown) {
            Comparison::Different { since, .. } => Some(since.taken),
            _ => None,
        }
    })
}

#[test]
fn living_sequences_match_themselves_and_no_other_one() {
    let names = ["moving-small", "moving-soft-pan", "moving-zoom"];
    let sequences = names.map(stills);
    for (number, one) in sequences.iter().enumerate() {
        assert!(one.len() >= 5, "{}", names[number]);
        for skew in 0..3 {
            assert_eq!(difference(one, one, skew), None, "{}, {skew}", names[number]);
        }
        for (other, later) in sequences.iter().enumerate().skip(number + 1) {
            let since = difference(one, later, 0);
            let is_found = since.is_some_and(|since| since < at(60));
            assert!(is_found, "{} {}", names[number], names[other]);
        }
    }
}
