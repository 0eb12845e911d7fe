//! Known stills: recognised despite encoding, scaling and a clock, and confused with nothing else.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use jpeg_encoder::{ColorType, Encoder};

use super::{
    pictures::{at, bars, draw, every, grey, inside, quick, scene, show},
    seconds, still,
};
use crate::{
    judge::{
        Condition, Evidence, Fault, FeedState, KnownStill, KnownStills, StillName, Thresholds,
        TooPlain, Verdict,
    },
    picture::Picture,
};

fn name(name: &str) -> StillName {
    StillName::new(name).expect("is a name")
}

fn known(stills: &[(&str, &Picture)]) -> KnownStills {
    let stills = stills.iter().map(|(id, still)| KnownStill::new(name(id), still).expect("usable"));
    KnownStills::new([stills.collect::<Arc<[_]>>()])
}

/// A JPEG of this quality and size of a picture that `draw` draws in 480x270.
fn encoded(quality: u8, size: (u16, u16), draw: impl Fn(f32, f32) -> f32) -> Picture {
    let (width, height) = size;
    let mut pixels = Vec::new();
    // Each pixel is the mean of nine places, as after scaling.
    let places = [-1.0, 0.0, 1.0];
    for y in 0..height {
        for x in 0..width {
            let mut sum = 0.0;
            for (dx, dy) in places.iter().flat_map(|dx| places.map(|dy| (dx, dy))) {
                let x = (f32::from(x) + 0.5 + dx / 3.0) * 480.0 / f32::from(width);
                let y = (f32::from(y) + 0.5 + dy / 3.0) * 270.0 / f32::from(height);
                sum += draw(x, y);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a byte")]
            pixels.push((sum / 9.0) as u8);
        }
    }
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, quality)
        .encode(&pixels, width, height, ColorType::Luma)
        .expect("encodes");
    Picture::decode(&jpeg).expect("decodes")
}

/// A slate of 480x270: two lines of bold letters before a soft background, and the time of day.
fn slate(text: u32, time: u32) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let is_letter = (inside(x, y, [60.0, 90.0, 300.0, 28.0])
            || inside(x, y, [60.0, 130.0, 200.0, 28.0]))
            && is_stroke(text, x - 60.0, y - 90.0);
        let is_digit = inside(x, y, [350.0, 230.0, 96.0, 16.0])
            && is_stroke(time, (x - 350.0) * 1.6, (y - 230.0) * 1.6);
        if is_letter || is_digit { 235.0 } else { 40.0 + x / 8.0 + y / 6.0 }
    }
}

/// Whether a place is on a stroke of a text: letters 20 wide, each with strokes of its own.
fn is_stroke(text: u32, x: f32, y: f32) -> bool {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    let (letter, across, down) = ((x / 20.0) as u32, x % 20.0, y % 40.0);
    let strokes = (text + 1).wrapping_mul(2_654_435_761).rotate_left(letter * 5) ^ (letter * 77);
    across < 15.0
        && ((strokes & 1 == 1 && across < 5.0)
            || (strokes & 2 == 2 && across > 10.0)
            || (strokes & 4 == 4 && down < 5.0)
            || (strokes & 8 == 8 && (10.0..15.0).contains(&down))
            || (strokes & 16 == 16 && (20.0..25.0).contains(&down)))
}

const SIZE: (u16, u16) = (480, 270);

#[test]
fn a_slate_is_recognised_at_any_quality_and_size_with_another_time_on_its_clock() {
    let sizes = [SIZE, (320, 180), (640, 360), (720, 576), (1280, 720)];
    let qualities = [15, 30, 50, 75, 95];
    let mut thumbnails = Vec::new();
    for (time, quality) in qualities.into_iter().enumerate() {
        for size in sizes {
            let time = u32::try_from(time).expect("is small");
            thumbnails.push(((quality, size), encoded(quality, size, slate(1, time))));
        }
    }
    for (which, still) in &thumbnails {
        let known = known(&[("closed", still), ("other", &encoded(80, SIZE, slate(2, 9)))]);
        for (of, thumbnail) in &thumbnails {
            assert_eq!(known.find(&thumbnail.grid), Some(name("closed")), "{which:?} {of:?}");
        }
    }
}

#[test]
fn another_text_on_the_same_background_is_another_picture() {
    let known = known(&[("closed", &encoded(80, SIZE, slate(1, 0)))]);
    for text in (0..20).filter(|text| *text != 1) {
        assert_eq!(known.find(&encoded(80, SIZE, slate(text, 0)).grid), None, "text {text}");
    }
    let background = draw(|x, y| grey(40.0 + x / 8.0 + y / 6.0));
    assert_eq!(known.find(&background.grid), None);
}

#[test]
fn a_text_on_black_is_not_found_in_black_or_in_another_text() {
    let card = |text| {
        draw(move |x, y| {
            let is_line = inside(x, y, [180.0, 120.0, 140.0, 28.0]);
            grey(if is_line && is_stroke(text, x - 180.0, y - 120.0) { 230.0 } else { 2.0 })
        })
    };
    let known = known(&[("back-at-eight", &card(3))]);
    assert_eq!(known.find(&card(3).grid), Some(name("back-at-eight")));
    for other in [super::black(0), card(4), card(5), card(6)] {
        assert_eq!(known.find(&other.grid), None);
    }
}

#[test]
fn a_plain_picture_cannot_be_a_known_still() {
    let logo = draw(|x, y| grey(if inside(x, y, [420.0, 20.0, 36.0, 24.0]) { 200.0 } else { 2.0 }));
    let plain = [super::black(0), draw(|_, _| [0.0, 0.0, 190.0]), draw(|x, _| grey(x / 4.0)), logo];
    for picture in plain {
        let error = KnownStill::new(name("plain"), &picture).expect_err("is refused");
        assert!(error.edges < 40, "{error}");
    }
    let message = TooPlain { edges: 14 }.to_string();
    assert!(message.ends_with("14 of its 3600 cells have an edge, and at least 45 are needed"));
}

fn times_of_day(count: u32) -> impl Iterator<Item = Picture> {
    (0..count).map(|time| encoded(70, SIZE, slate(1, time)))
}

fn with_slate(slate_after: Option<u64>) -> Thresholds {
    let known_stills = known(&[("closed", &encoded(95, (1280, 720), slate(1, 99)))]);
    Thresholds { known_stills, slate_after: slate_after.map(seconds), ..Thresholds::default() }
}

#[test]
fn a_slate_is_healthy_whatever_it_looks_like_and_however_long_it_lasts() {
    let verdicts = show(&mut FeedState::new(), &with_slate(None), every(30, 0), times_of_day(100));
    assert!(verdicts.iter().all(|one| one.condition == Condition::Slate && one.is_healthy()));
    assert_eq!(verdicts[99].lasted(Fault::Slate), seconds(2_970));
    assert_eq!(verdicts[99].lasted(Fault::Frozen), seconds(0));
    // A still that looks like colour bars, too: the operator's word counts.
    let line_up = draw(|x, _| bars(x));
    let thresholds = Thresholds { known_stills: known(&[("line-up", &line_up)]), ..quick() };
    let verdicts = show(&mut FeedState::new(), &thresholds, every(2, 0), vec![line_up; 10]);
    assert!(verdicts.iter().all(|one| one.condition == Condition::Slate && one.is_healthy()));
}

#[test]
fn a_slate_is_raised_where_it_has_a_set_time_and_names_the_still() {
    let live = (0..3_u16).map(|frame| draw(|x, y| grey(scene(x + 50.0 * f32::from(frame), y))));
    let pictures: Vec<_> = live.chain(times_of_day(8)).collect();
    let verdicts = show(&mut FeedState::new(), &with_slate(Some(60)), every(10, 0), pictures);
    let event = verdicts.iter().find_map(|verdict| verdict.raised).expect("raised");
    assert_eq!((event.incident.fault, event.incident.since), (Fault::Slate, at(30)));
    assert_eq!(event.lasted, seconds(60));
    let evidence = event.incident.evidence.expect("has evidence");
    assert_eq!(evidence, Evidence::Slate(name("closed")));
    assert_eq!(evidence.to_string(), "the known still closed");
    assert!(verdicts[..9].iter().all(Verdict::is_healthy));
}

#[test]
fn one_live_picture_like_a_known_still_is_no_slate() {
    let live = |frame: u16| {
        let is_bright = |x: f32, y: f32| scene(x + 50.0 * f32::from(frame), y) > 130.0;
        draw(|x, y| grey(if is_bright(x, y) { 220.0 } else { 40.0 }))
    };
    let known_stills = known(&[("studio", &live(3))]);
    let thresholds = Thresholds { known_stills, ..Thresholds::default() };
    let verdicts = show(&mut FeedState::new(), &thresholds, every(10, 0), (0..6).map(live));
    assert!(verdicts.iter().all(|verdict| verdict.condition == Condition::Moving));
}

#[test]
fn a_slate_that_follows_another_continues_it() {
    let slates = [1, 1, 2, 2].map(|text| encoded(80, SIZE, slate(text, 0)));
    let known_stills = known(&[("one", &slates[0]), ("two", &slates[2])]);
    let thresholds = Thresholds { known_stills, ..Thresholds::default() };
    let verdicts = show(&mut FeedState::new(), &thresholds, every(10, 0), slates);
    let lasted = verdicts.iter().map(|verdict| verdict.lasted(Fault::Slate).as_secs());
    assert_eq!(lasted.collect::<Vec<_>>(), [0, 10, 20, 30]);
}

#[test]
fn an_incident_ends_when_its_picture_is_declared_known() {
    for slate_after in [None, Some(3_600)] {
        let (mut feed, still) = (FeedState::new(), encoded(80, SIZE, slate(1, 0)));
        let before = show(&mut feed, &Thresholds::default(), every(10, 0), vec![still.clone(); 5]);
        assert!(before[4].is_in(Fault::Frozen));
        let thresholds = Thresholds {
            known_stills: known(&[("ours", &still)]),
            slate_after: slate_after.map(seconds),
            ..Thresholds::default()
        };
        let after = show(&mut feed, &thresholds, every(10, 50), vec![still; 3]);
        assert_eq!(after[1].cleared.expect("cleared").incident.fault, Fault::Frozen);
        assert!(after[2].is_healthy());
    }
}

#[test]
fn a_restored_slate_continues_if_the_first_sample_shows_it() {
    let thresholds = with_slate(Some(300));
    let restored = || FeedState::restored(Fault::Slate, seconds(600), at(0), &thresholds);
    let same = show(&mut restored(), &thresholds, every(10, 10), times_of_day(1));
    assert!(same[0].is_in(Fault::Slate) && same[0].lasted(Fault::Slate) == seconds(610));
    let live = show(&mut restored(), &thresholds, every(10, 10), (0..2).map(still));
    assert_eq!(live[0].condition, Condition::Moving);
}

/// Sequences of the repository's set that have a picture in common, with and without noise, a clock
/// or a small mover.
const SAME_PICTURE: [&[&str]; 3] = [
    &["freeze-and-back", "moving-zoom", "short-black"],
    &["freeze-and-back", "frozen-starved", "frozen-to-frozen", "moving-small"],
    &["frozen-clock", "frozen-noise", "frozen-to-frozen"],
];

#[test]
fn no_still_of_a_sequence_is_found_in_a_sequence_of_other_pictures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills");
    let mut sequences = Vec::new();
    for sequence in fs::read_dir(folder).expect("is a folder") {
        let sequence = sequence.expect("is read").path();
        let Ok(files) = fs::read_dir(&sequence) else { continue };
        let stills = files.map(|file| fs::read(file.expect("is read").path()).expect("is read"));
        let stills = stills.map(|jpeg| Picture::decode(&jpeg).expect("decodes"));
        let sequence = sequence.file_name().expect("has a name").to_string_lossy().into_owned();
        sequences.push((sequence, stills.collect::<Vec<_>>()));
    }
    assert_eq!(sequences.len(), 20);
    let mut found = BTreeSet::new();
    for (one, stills) in &sequences {
        let usable = stills.iter().filter_map(|still| KnownStill::new(name(one), still).ok());
        let known = KnownStills::new([usable.collect::<Arc<[_]>>()]);
        let others = sequences.iter().filter(|(other, _)| other > one);
        for (other, stills) in others {
            if stills.iter().any(|still| known.find(&still.grid).is_some()) {
                found.insert((one.as_str(), other.as_str()));
            }
        }
    }
    let same = SAME_PICTURE.iter().flat_map(|group| {
        group.iter().flat_map(|one| group.iter().map(move |other| (*one, *other)))
    });
    assert_eq!(found, same.filter(|(one, other)| one < other).collect());
}
