//! Sources that repeat themselves, and living ones that look alike.

use std::time::Duration;

use super::{
    moving,
    pictures::{at, draw, every, grey, inside, noise, scene, show},
    seconds, still,
};
use crate::{
    judge::{
        Condition, Evidence, Fault, FeedState, SampleTime, Thresholds, Verdict,
        repeating::EarlierPictures,
    },
    picture::Picture,
};

/// A picture of a loop; the noise differs each time.
fn part(number: u16, frame: u16) -> Picture {
    draw(|x, y| grey(scene(x + 77.0 * f32::from(number), y) + noise(x, y, frame, 4.0)))
}

/// Judges a loop of so many pictures with default times, `step` seconds apart.
fn looped(pictures: u16, step: usize, samples: u16) -> Vec<Verdict> {
    let shown = (0..samples).map(|frame| part(frame % pictures, frame));
    show(&mut FeedState::new(), &Thresholds::default(), every(step, 0), shown)
}

/// The position of the verdict that raised an incident, the fault, and how long it had lasted.
fn raised(verdicts: &[Verdict]) -> Vec<(usize, Fault, Duration)> {
    let events = verdicts.iter().enumerate();
    let events = events.filter_map(|(index, verdict)| Some((index, verdict.raised?)));
    events.map(|(index, event)| (index, event.incident.fault, event.lasted)).collect()
}

#[test]
fn two_alternating_pictures_are_raised_after_the_time_of_a_freeze() {
    let verdicts = looped(2, 2, 18);
    assert_eq!(raised(&verdicts), [(15, Fault::Repeating, seconds(30))]);
    let evidence = verdicts[15].incident.and_then(|incident| incident.evidence);
    assert_eq!(evidence, Some(Evidence::Repeating { period: seconds(4), pictures: 2 }));
    assert_eq!(raised(&looped(2, 10, 8)), [(5, Fault::Repeating, seconds(50))]);
}

#[test]
fn a_loop_is_raised_after_five_minutes() {
    for pictures in [3, 7] {
        let verdicts = looped(pictures, 10, 33);
        assert_eq!(raised(&verdicts), [(30, Fault::Repeating, seconds(300))], "{pictures}");
    }
    let verdicts = looped(15, 2, 160);
    let repeats = |verdict: &Verdict| verdict.condition == Condition::Repeating;
    assert_eq!(verdicts.iter().position(repeats), Some(31), "after two returns to one picture");
    assert_eq!(raised(&verdicts), [(150, Fault::Repeating, seconds(300))]);
}

#[test]
fn a_clip_that_starts_again_every_30_seconds_is_raised_however_its_samples_are_jittered() {
    // A thumbnail every 2 s; a sample at any time of the first second and a bit of every 10 s.
    let thumbnail = |sample: u16| sample * 5 + u16::from(sample * 7 % 5 > 2);
    let shown = (0..70).map(|sample| part(thumbnail(sample) % 15, sample));
    let verdicts = show(&mut FeedState::new(), &Thresholds::default(), every(10, 0), shown);
    let [(_, fault, lasted)] = raised(&verdicts)[..] else { panic!("{:?}", raised(&verdicts)) };
    assert!(fault == Fault::Repeating && lasted <= seconds(330), "{lasted:?}");
    assert!(verdicts[69].is_in(Fault::Repeating), "it stays open");
}

#[test]
fn a_programme_that_goes_on_ends_a_repetition() {
    let (mut feed, thresholds) = (FeedState::new(), Thresholds::default());
    show(&mut feed, &thresholds, every(2, 0), (0..20).map(|frame| part(frame % 2, frame)));
    let after = show(&mut feed, &thresholds, every(2, 40), (10..20).map(moving));
    let cleared = after.iter().position(|verdict| verdict.cleared.is_some());
    assert_eq!(cleared, Some(6), "two new pictures end it, 10 s later it is cleared");
    assert!(after[9].is_healthy());
}

#[test]
fn a_camera_that_returns_to_an_empty_room_does_not_repeat_itself() {
    let verdicts = show(
        &mut FeedState::new(),
        &Thresholds::default(),
        every(10, 0),
        (0..60)
            .map(|frame: u16| if frame.is_multiple_of(2) { part(0, frame) } else { moving(frame) }),
    );
    assert!(verdicts.iter().all(|verdict| verdict.condition == Condition::Moving));
}

#[test]
fn cuts_between_two_fixed_cameras_with_something_small_alive_do_not_repeat_themselves() {
    let camera = |number: u16, frame: u16| {
        let left = 20.0 + 11.0 * f32::from(frame % 37);
        draw(|x, y| {
            let level = scene(x + 250.0 * f32::from(number), y) + noise(x, y, frame, 4.0);
            grey(if inside(x, y, [left, 130.0, 18.0, 24.0]) { 235.0 } else { level })
        })
    };
    let shown = (0..60).map(|frame| camera(frame % 2, frame));
    let verdicts = show(&mut FeedState::new(), &Thresholds::default(), every(10, 0), shown);
    assert_eq!(raised(&verdicts), []);
}

#[test]
fn a_slow_pan_there_and_back_is_no_alternation() {
    let pan = |frame: u16| {
        let x0 = f32::from(frame.abs_diff(15));
        draw(|x, y| grey(scene(x + 4.0 * x0, y)))
    };
    let verdicts =
        show(&mut FeedState::new(), &Thresholds::default(), every(2, 0), (0..31).map(pan));
    assert_eq!(raised(&verdicts), []);
}

#[test]
fn a_frozen_picture_within_a_loop_is_frozen_and_does_not_end_its_incident() {
    let (mut feed, thresholds) = (FeedState::new(), Thresholds::default());
    // Each picture is shown for three samples.
    let shown = (0..120).map(|frame| part(frame / 3 % 4, frame));
    let verdicts = show(&mut feed, &thresholds, every(10, 0), shown);
    assert!(verdicts.iter().any(|verdict| verdict.condition == Condition::Frozen));
    let [(index, Fault::Repeating, _)] = raised(&verdicts)[..] else {
        panic!("{:?}", raised(&verdicts))
    };
    assert!(verdicts[index..].iter().all(|verdict| verdict.is_in(Fault::Repeating)));
}

#[test]
fn a_restored_repetition_continues_and_ends_if_nothing_returns() {
    let thresholds = Thresholds::default();
    let restored = || FeedState::restored(Fault::Repeating, seconds(400), at(0), &thresholds);
    let looped = (1..20).map(|frame| part(frame % 5, frame));
    let verdicts = show(&mut restored(), &thresholds, every(10, 10), looped);
    assert!(verdicts.iter().all(|verdict| verdict.is_in(Fault::Repeating)));
    assert_eq!(verdicts[18].lasted(Fault::Repeating), seconds(590));
    assert_eq!(raised(&verdicts), []);

    let verdicts = show(&mut restored(), &thresholds, every(10, 10), (1..20).map(moving));
    let cleared = verdicts.iter().position(|verdict| verdict.cleared.is_some());
    assert_eq!(cleared, Some(13), "twelve cuts to new pictures, and the clear time");
}

#[test]
fn a_repetition_that_is_expected_is_never_raised() {
    let thresholds = Thresholds { expected: vec![Fault::Repeating], ..Thresholds::default() };
    let shown = (0..60).map(|frame| part(frame % 3, frame));
    let verdicts = show(&mut FeedState::new(), &thresholds, every(10, 0), shown);
    assert_eq!(raised(&verdicts), []);
    assert_eq!(verdicts[59].condition, Condition::Repeating);
    assert_eq!(verdicts[59].lasted(Fault::Repeating), Duration::ZERO);
}

#[test]
fn at_most_16_kb_are_kept_and_less_of_a_source_that_does_not_repeat_itself() {
    let grids: Vec<_> = (0..100).map(|frame| moving(frame).grid).collect();
    let mut earlier = EarlierPictures::default();
    let times = || every(2, 0).map(|time| SampleTime::from(at(time)));
    for (time, grid) in times().zip(&grids) {
        earlier.add(time, grid);
        assert!(earlier.allocated() <= 4_500, "{}", earlier.allocated());
    }
    // A loop of more pictures than are kept while none returns.
    for (time, number) in times().zip((0..20).chain(0..20).chain(0..60)) {
        earlier.add(time, &grids[number]);
        assert!(earlier.allocated() <= 16_000, "{}", earlier.allocated());
    }
    assert!(earlier.allocated() <= 4_500, "{} after the last new pictures", earlier.allocated());
}

/// A frozen picture with something drawn into it.
fn behind(frame: u16, level: impl Fn(f32, f32) -> Option<f32>) -> Picture {
    draw(|x, y| grey(level(x, y).unwrap_or_else(|| scene(x, y) + noise(x, y, frame, 4.0))))
}

#[test]
fn a_freeze_behind_a_clock_is_raised_after_ten_minutes() {
    let clock = |frame: u16| {
        behind(frame, |x, y| {
            let digit = inside(x, y, [420.0, 12.0, 6.0 + f32::from(frame % 5) * 6.0, 12.0]);
            digit.then_some(if frame.is_multiple_of(2) { 235.0 } else { 16.0 })
        })
    };
    let mut feed = FeedState::new();
    let verdicts = show(&mut feed, &Thresholds::default(), every(10, 0), (0..63).map(clock));
    assert_eq!(verdicts[1].condition, Condition::FrozenBackground);
    assert_eq!(raised(&verdicts), [(60, Fault::FrozenBackground, seconds(600))]);
}

#[test]
fn a_fixed_camera_with_a_small_mover_is_not_raised() {
    let walker = |frame: u16| {
        let left = 20.0 + 5.0 * f32::from(frame.abs_diff(40));
        behind(frame, |x, y| inside(x, y, [left, 130.0, 12.0, 18.0]).then_some(220.0))
    };
    let mut feed = FeedState::new();
    let verdicts = show(&mut feed, &Thresholds::default(), every(10, 0), (0..90).map(walker));
    assert!(verdicts[1..].iter().all(|verdict| verdict.condition == Condition::FrozenBackground));
    assert_eq!(raised(&verdicts), []);
}

#[test]
fn a_speaker_beside_a_slide_is_not_raised() {
    let speaker = |frame: u16| {
        behind(frame, |x, y| {
            let arm = 8.0 * f32::from(frame * 7 % 9);
            let is_body = inside(x, y, [380.0, 150.0 + arm / 2.0, 60.0, 30.0]);
            is_body.then(|| 60.0 + arm + y / 4.0)
        })
    };
    let mut feed = FeedState::new();
    let verdicts = show(&mut feed, &Thresholds::default(), every(10, 0), (0..90).map(speaker));
    assert_eq!(raised(&verdicts), []);
}

#[test]
fn the_tag_raises_whatever_moves_and_expecting_raises_nothing() {
    let walker = |frame: u16| {
        let left = 20.0 + 5.0 * f32::from(frame);
        behind(frame, |x, y| inside(x, y, [left, 130.0, 12.0, 18.0]).then_some(220.0))
    };
    let tagged = Thresholds { frozen_background_after: Some(seconds(60)), ..Thresholds::default() };
    let verdicts = show(&mut FeedState::new(), &tagged, every(10, 0), (0..10).map(walker));
    assert_eq!(raised(&verdicts), [(6, Fault::FrozenBackground, seconds(60))]);

    let expected = Thresholds { expected: vec![Fault::FrozenBackground], ..Thresholds::default() };
    let clock = |frame: u16| {
        behind(frame, |x, y| {
            let level = if frame.is_multiple_of(2) { 235.0 } else { 16.0 };
            inside(x, y, [420.0, 12.0, 18.0, 12.0]).then_some(level)
        })
    };
    let verdicts = show(&mut FeedState::new(), &expected, every(10, 0), (0..70).map(clock));
    assert_eq!(raised(&verdicts), []);
}

#[test]
fn a_still_picture_is_frozen_and_neither_repeating_nor_a_dead_background() {
    let mut feed = FeedState::new();
    let verdicts = show(&mut feed, &Thresholds::default(), every(10, 0), (0..70).map(still));
    assert_eq!(raised(&verdicts), [(3, Fault::Frozen, seconds(30))]);
}
