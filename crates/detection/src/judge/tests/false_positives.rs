//! What is known to mislead detection, one test each: drawn, sent through a JPEG, decoded and
//! judged.

use std::time::Duration;

use super::pictures::{at, bars, draw, every, grey, inside, noise, quick, scene, show, taken};
use crate::{
    judge::{Condition, Fault, FeedState, Observation, Thresholds, Verdict},
    picture::Picture,
};

/// Judges ten pictures 2 s apart with the short times of [`quick`].
fn ten(picture: impl Fn(u16) -> Picture) -> Vec<Verdict> {
    show(&mut FeedState::new(), &quick(), every(2, 0), (0..10).map(picture))
}

#[track_caller]
fn assert_never_raised(verdicts: &[Verdict]) {
    let raised: Vec<_> = verdicts.iter().filter_map(|verdict| verdict.raised).collect();
    assert!(raised.is_empty(), "raised {raised:?}");
}

#[track_caller]
fn assert_all(verdicts: &[Verdict], condition: Condition) {
    let conditions: Vec<_> = verdicts.iter().map(|verdict| verdict.condition.name()).collect();
    assert!(verdicts.iter().all(|verdict| verdict.condition == condition), "{conditions:?}");
}

#[track_caller]
fn assert_raised(verdict: &Verdict, fault: Fault) {
    assert_eq!(verdict.raised.map(|event| event.incident.fault), Some(fault));
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn the_same_thumbnail_fetched_twice_changes_nothing() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    let moving = |frame: f32| draw(|x, y| grey(scene(x + 90.0 * frame, y)));
    feed.observe(at(0), taken(0, moving(0.0)), &thresholds);
    feed.observe(at(2), taken(2, moving(1.0)), &thresholds);
    let again = feed.observe(at(4), taken(2, moving(1.0)), &thresholds);
    assert_eq!(again.condition, Condition::Moving);
    assert_eq!(again.lasted(Fault::Frozen), Duration::ZERO);
}

#[test]
fn a_stuck_time_stamp_is_stale_and_not_frozen() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    let picture = draw(|x, y| grey(scene(x, y)));
    let mut sample = |time| feed.observe(at(time), taken(0, picture.clone()), &thresholds);
    let verdicts: Vec<_> = every(2, 0).take(6).map(&mut sample).collect();
    assert_eq!(verdicts[5].condition, Condition::Stale);
    assert_eq!(
        verdicts[5].lasted(Fault::NoPicture),
        seconds(10),
        "from the first sample with this stamp"
    );
    assert_eq!(verdicts[5].lasted(Fault::Frozen), Duration::ZERO);
    assert!(verdicts[5].is_in(Fault::NoPicture), "a stale thumbnail counts as no picture");
}

#[test]
fn an_input_switch_between_two_samples_restarts_the_freeze() {
    let one = |frame| draw(|x, y| grey(scene(x, y) + noise(x, y, frame, 4.0)));
    let other = |frame| draw(|x, y| grey(scene(y * 1.7, x) + noise(x, y, frame, 4.0)));
    let verdicts = ten(|frame| if frame < 4 { one(frame) } else { other(frame) });
    assert_eq!(verdicts[4].condition, Condition::Moving);
    assert_eq!(verdicts[5].lasted(Fault::Frozen), seconds(2));
}

#[test]
fn a_slate_is_frozen_unless_the_channel_expects_it() {
    let slate = |frame| {
        draw(|x, y| {
            let level = if inside(x, y, [120.0, 100.0, 240.0, 70.0]) { 220.0 } else { 60.0 };
            grey(level + noise(x, y, frame, 3.0))
        })
    };
    assert_raised(&ten(slate)[4], Fault::Frozen);

    let thresholds = Thresholds { expected: vec![Fault::Frozen], ..quick() };
    let verdicts = show(&mut FeedState::new(), &thresholds, every(2, 0), (0..10).map(slate));
    assert_never_raised(&verdicts);
    assert_eq!(verdicts[9].condition, Condition::Frozen, "the condition is reported nevertheless");
    assert_eq!(
        verdicts[9].lasted(Fault::Frozen),
        Duration::ZERO,
        "an alarm on the duration must not go off"
    );
    assert!(verdicts[9].is_healthy());
}

#[test]
fn drawings_held_for_four_seconds_are_not_raised() {
    assert_never_raised(&ten(|frame| {
        draw(|x, y| grey(scene(x + 140.0 * f32::from(frame / 3), y)))
    }));
}

#[test]
fn black_of_three_seconds_is_never_raised_even_with_a_shorter_set_time() {
    let thresholds = Thresholds { black_after: seconds(1), ..quick() };
    let picture = |frame: u16| {
        let is_black = (4..=5).contains(&frame);
        draw(|x, y| grey(if is_black { 1.0 } else { scene(x + 70.0 * f32::from(frame), y) }))
    };
    let verdicts = show(&mut FeedState::new(), &thresholds, every(2, 0), (0..10).map(picture));
    assert_eq!(verdicts[5].condition, Condition::Black);
    assert_never_raised(&verdicts);
}

#[test]
fn a_night_scene_is_neither_black_nor_frozen() {
    let night = |frame: u16| {
        draw(|x, y| grey(scene(x + 40.0 * f32::from(frame), y) / 11.0 + noise(x, y, frame, 2.0)))
    };
    let verdicts = ten(night);
    assert!(verdicts.iter().all(|verdict| verdict.condition != Condition::Black));
    assert_never_raised(&verdicts);
}

#[test]
fn end_credits_are_neither_black_nor_frozen() {
    let credits = |frame: u16| {
        draw(|x, y| {
            let line = (y + 30.0 * f32::from(frame)) / 24.0;
            let letter = (x / 9.0).floor() * 3.7 + line.floor() * 1.3;
            let is_column = (120.0..360.0).contains(&x);
            grey(if is_column && line.fract() < 0.45 && letter.sin() > -0.2 { 230.0 } else { 2.0 })
        })
    };
    assert_never_raised(&ten(credits));
}

#[test]
fn a_letterbox_hides_no_movement_and_no_freeze() {
    let letterbox = |shift: f32, frame: u16| {
        draw(move |x, y| {
            let level = scene(x + shift, y) + noise(x, y, frame, 3.0);
            grey(if inside(x, y, [0.0, 33.0, 480.0, 204.0]) { level } else { 0.0 })
        })
    };
    assert_never_raised(&ten(|frame| letterbox(25.0 * f32::from(frame), frame)));
    assert_raised(&ten(|frame| letterbox(0.0, frame))[4], Fault::Frozen);
}

#[test]
fn a_clock_over_a_frozen_picture_is_frozen_background_and_raised_only_with_a_set_time() {
    let clock = |frame: u16| {
        draw(move |x, y| {
            let is_digit = ((x / 6.0).floor() * 5.0 + f32::from(frame) * 2.3).sin() > 0.0;
            let digit = if is_digit { 240.0 } else { 10.0 };
            grey(if inside(x, y, [380.0, 16.0, 72.0, 18.0]) { digit } else { scene(x, y) })
        })
    };
    let verdicts = ten(clock);
    assert_all(&verdicts[1..], Condition::FrozenBackground);
    assert_never_raised(&verdicts);

    let with_set_time = Thresholds { frozen_background_after: Some(seconds(12)), ..quick() };
    let verdicts = show(&mut FeedState::new(), &with_set_time, every(2, 0), (0..10).map(clock));
    assert!(verdicts[5].raised.is_none());
    assert_raised(&verdicts[6], Fault::FrozenBackground);
}

#[test]
fn noise_on_black_is_still_black() {
    let verdicts = ten(|frame| draw(|x, y| grey(8.0 + noise(x, y, frame, 14.0))));
    assert_all(&verdicts, Condition::Black);
    assert_raised(&verdicts[2], Fault::Black);
}

#[test]
fn a_clock_over_black_is_still_black() {
    let clock = |frame: u16| {
        draw(move |x, y| {
            let is_digit = ((x / 5.0).floor() * 3.0 + f32::from(frame)).sin() > 0.0;
            grey(if inside(x, y, [400.0, 20.0, 48.0, 12.0]) && is_digit { 240.0 } else { 0.0 })
        })
    };
    assert_all(&ten(clock), Condition::Black);
}

#[test]
fn text_across_black_is_not_black() {
    let card = draw(|x, y| {
        let is_text = inside(x, y, [90.0, 120.0, 300.0, 30.0]) && (x / 7.0).fract() < 0.5;
        grey(if is_text { 235.0 } else { 2.0 })
    });
    assert_ne!(
        FeedState::new().observe(at(0), taken(0, card), &quick()).condition,
        Condition::Black
    );
}

#[test]
fn a_moving_element_on_bars_is_still_bars() {
    let ball = |frame: u16| {
        let left = 40.0 * f32::from(frame);
        draw(move |x, y| if inside(x, y, [left, 90.0, 34.0, 34.0]) { [255.0; 3] } else { bars(x) })
    };
    assert_all(&ten(ball), Condition::Bars);
}

#[test]
fn a_slow_pan_out_of_focus_is_not_frozen() {
    // Nothing is sharper than 150 pixels and the pan is 1.5 pixels in 2 s, so no cell changes by
    // more than 3 levels from sample to sample.
    let soft = |x: f32, y: f32| {
        150.0 + 30.0 * (x / 50.0 + y / 90.0).sin() + 20.0 * (x / 37.0 - y / 45.0).sin()
    };
    let verdicts = ten(|frame| {
        draw(|x, y| grey(soft(x + 1.5 * f32::from(frame), y) + noise(x, y, frame, 3.0)))
    });
    assert_never_raised(&verdicts);
}

#[test]
fn a_small_moving_object_before_a_fixed_camera_is_not_frozen() {
    let street = |frame: u16| {
        draw(move |x, y| {
            let is_object = inside(x, y, [60.0 + 24.0 * f32::from(frame), 150.0, 18.0, 14.0]);
            grey(if is_object { 40.0 } else { scene(x, y) } + noise(x, y, frame, 4.0))
        })
    };
    assert_never_raised(&ten(street));
}

#[test]
fn snow_is_moving() {
    let snow =
        |frame| draw(|x, y| grey(128.0 + noise((x / 3.0).floor(), (y / 3.0).floor(), frame, 90.0)));
    assert_all(&ten(snow), Condition::Moving);
}

#[test]
fn a_still_repainted_by_an_encoder_with_a_low_bit_rate_is_frozen() {
    // Each macroblock, 16x16 pixels at 1280x720, is repainted by an amount of its own at every key
    // frame.
    let pulsing = |frame: u16| {
        draw(move |x, y| {
            grey(scene(x, y) + noise((x / 6.0).floor(), (y / 6.0).floor(), frame, 5.0))
        })
    };
    assert_raised(&ten(pulsing)[4], Fault::Frozen);
}

#[test]
fn a_channel_that_has_just_started_has_its_grace() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    feed.starting(at(0), &thresholds);
    let mut sample = |time| feed.observe(at(time), Observation::NoPicture, &thresholds);
    let early: Vec<_> = every(2, 0).take(30).map(&mut sample).collect();
    assert!(early.iter().all(|verdict| verdict.lasted(Fault::NoPicture) == Duration::ZERO));
    assert_never_raised(&early);
    sample(62);
    let late = sample(64);
    assert_eq!(late.lasted(Fault::NoPicture), seconds(4), "counted from the end of the grace");
    assert_raised(&late, Fault::NoPicture);
}

#[test]
fn a_channel_that_was_running_when_first_sampled_has_no_grace() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    let sample = |time| feed.observe(at(time), Observation::NoPicture, &thresholds);
    let verdicts: Vec<_> = every(2, 0).take(4).map(sample).collect();
    assert_raised(&verdicts[2], Fault::NoPicture);
}
