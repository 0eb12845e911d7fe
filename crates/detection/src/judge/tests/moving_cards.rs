//! Cards that bounce or spin over one colour for minutes, and living things that look alike.

use super::pictures::{draw, every, grey, inside, show};
use crate::{
    judge::{Condition, Fault, FeedState, Thresholds, Verdict},
    picture::Picture,
};

/// Ten minutes and a bit, a sample every 10 s.
fn judge(picture: impl Fn(u16) -> Picture) -> Vec<Verdict> {
    let pictures = (0..64).map(picture);
    show(&mut FeedState::new(), &Thresholds::default(), every(10, 0), pictures)
}

/// Which sample raised which fault.
fn raised(verdicts: &[Verdict]) -> Option<(usize, Fault)> {
    let index = verdicts.iter().position(|verdict| verdict.raised.is_some())?;
    verdicts[index].raised.map(|event| (index, event.incident.fault))
}

/// The distance from the left or upper edge of something that bounces.
fn bounced(frame: u16, size: f32, all: f32, speed: f32) -> f32 {
    let way = (f32::from(frame) * speed) % (2.0 * (all - size));
    if way > all - size { 2.0 * (all - size) - way } else { way }
}

#[test]
fn a_card_that_bounces_over_one_colour_is_raised_after_ten_minutes_whatever_its_size() {
    for (width, height) in [(110.0, 22.0), (200.0, 100.0)] {
        let verdicts = judge(|frame| {
            let (left, top) =
                (bounced(frame, width, 480.0, 83.0), bounced(frame, height, 270.0, 47.0));
            let card = [left, top, width, height];
            draw(|x, y| grey(if inside(x, y, card) { 200.0 } else { 60.0 }))
        });
        assert_eq!(verdicts[3].condition, Condition::FrozenBackground);
        assert_eq!(raised(&verdicts), Some((60, Fault::FrozenBackground)));
    }
}

#[test]
fn a_thin_line_of_text_that_bounces_is_raised_wherever_it_falls_between_cells() {
    let verdicts = judge(|frame| {
        let (left, top) = (bounced(frame, 170.0, 480.0, 83.0), bounced(frame, 9.0, 270.0, 47.0));
        // Letters of 9 pixels, 5 apart.
        draw(|x, y| {
            let is_letter = inside(x, y, [left, top, 170.0, 9.0]) && (x - left) % 14.0 < 9.0;
            grey(if is_letter { 230.0 } else { 60.0 })
        })
    });
    assert_eq!(raised(&verdicts), Some((60, Fault::FrozenBackground)));
}

/// A bright rectangle in the middle, turned by so many radians, on a dark colour.
fn turned(angle: f32, [width, height]: [f32; 2]) -> Picture {
    let (sine, cosine) = angle.sin_cos();
    draw(|x, y| {
        let (x, y) = (x - 240.0, y - 135.0);
        let (across, down) = (x * cosine + y * sine, y * cosine - x * sine);
        let is_card = across.abs() * 2.0 <= width && down.abs() * 2.0 <= height;
        grey(if is_card { 200.0 } else { 60.0 })
    })
}

#[test]
fn a_card_that_spins_over_one_colour_is_raised_after_ten_minutes() {
    let verdicts = judge(|frame| turned(0.7 * f32::from(frame), [190.0, 60.0]));
    let raised = raised(&verdicts);
    assert!(
        matches!(raised, Some((58..=62, Fault::FrozenBackground))),
        "after the first two that differ in size: {raised:?}"
    );
}

#[test]
fn a_dancer_before_one_colour_is_not_raised() {
    let verdicts = judge(|frame| {
        let (beat, left) = (f32::from(frame), 60.0 + 5.0 * f32::from(frame));
        let (left_arm, right_arm) = (50.0 * (beat * 1.3).sin(), 50.0 * (beat * 2.1).cos());
        draw(|x, y| {
            let is_body = inside(x, y, [left, 90.0, 40.0, 120.0]);
            let is_arm = |side: f32, height: f32| {
                let (top, long) = (120.0 - height.max(0.0), height.abs() + 8.0);
                inside(x, y, [side, top, 9.0, long])
            };
            let is_dancer =
                is_body || is_arm(left - 14.0, left_arm) || is_arm(left + 46.0, right_arm);
            grey(if is_dancer { 190.0 } else { 60.0 })
        })
    });
    assert_eq!(raised(&verdicts), None);
}

#[test]
fn a_living_picture_in_a_window_on_one_colour_is_not_raised() {
    let verdicts = judge(|frame| {
        let arm = 60.0 * (f32::from(frame) * 1.7).sin();
        draw(|x, y| {
            let is_window = inside(x, y, [330.0, 30.0, 120.0, 90.0]);
            let is_arm = inside(x, y, [360.0 + arm / 3.0, 60.0, 50.0, 40.0]);
            let level = if is_arm { 220.0 } else { 110.0 + x / 8.0 };
            grey(if is_window { level } else { 60.0 })
        })
    });
    assert_eq!(raised(&verdicts), None);
}
