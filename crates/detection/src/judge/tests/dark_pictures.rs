//! Black, screens of one colour, and what only resembles them.

use super::pictures::{at, draw, every, grey, inside, noise, quick, scene, show, taken};
use crate::{
    judge::{Condition, Fault, FeedState, Verdict},
    picture::Picture,
};

/// Judges twelve pictures 2 s apart with the short times of [`quick`].
fn twelve(picture: impl Fn(u16) -> Picture) -> Vec<Verdict> {
    show(&mut FeedState::new(), &quick(), every(2, 0), (0..12).map(picture))
}

/// Which faults were raised.
fn raised(verdicts: &[Verdict]) -> Vec<Fault> {
    let events = verdicts.iter().filter_map(|verdict| verdict.raised);
    events.map(|event| event.incident.fault).collect()
}

/// A vignette of 0 to `brightest` levels.
fn vignette(x: f32, y: f32, brightest: f32) -> f32 {
    let distance = (x - 240.0).hypot(y - 135.0) / 275.0;
    brightest * (1.0 - distance * distance)
}

#[test]
fn a_screen_of_one_colour_is_flat_with_the_colours_name() {
    let screens = [
        ("blue", [0.0, 0.0, 191.0]),
        ("blue", [0.0, 0.0, 255.0]),
        ("dark blue", [0.0, 0.0, 60.0]),
        ("dark blue", [8.0, 16.0, 60.0]),
        ("dark red", [70.0, 0.0, 0.0]),
        ("dark green", [0.0, 60.0, 0.0]),
        ("green", [0.0, 135.0, 0.0]),
        ("violet", [125.0, 0.0, 125.0]),
        ("orange", [230.0, 120.0, 0.0]),
        ("grey", [80.0, 80.0, 80.0]),
    ];
    for (name, colour) in screens {
        let screen = draw(|x, y| colour.map(|level| level + noise(x, y, 1, 3.0)));
        let (mut feed, thresholds) = (FeedState::new(), quick());
        let mut sample = |time| feed.observe(at(time), taken(time, screen.clone()), &thresholds);
        let verdicts: Vec<_> = every(2, 0).take(3).map(&mut sample).collect();
        let event = verdicts[2].raised.unwrap_or_else(|| panic!("{name} {colour:?} is not raised"));
        assert_eq!(event.incident.fault, Fault::Flat, "{name} {colour:?}");
        let evidence = event.incident.evidence.expect("has evidence").to_string();
        assert!(evidence.starts_with(&format!("{name} screen: ")), "{evidence}");
    }
}

#[test]
fn a_card_that_bounces_on_a_blue_screen_is_flat() {
    let card = |frame: u16| {
        let (left, top) = (40.0 + 31.0 * f32::from(frame % 10), 30.0 + 17.0 * f32::from(frame));
        draw(move |x, y| {
            let is_letter = inside(x, y, [left, top, 72.0, 12.0]) && (x / 8.0).fract() < 0.6;
            if is_letter { [255.0; 3] } else { [5.0, 18.0, 86.0] }
        })
    };
    assert_eq!(raised(&twelve(card)), [Fault::Flat]);
}

#[test]
fn a_tint_of_black_is_black() {
    assert_eq!(raised(&twelve(|_| draw(|_, _| [12.0, 14.0, 26.0]))), [Fault::Black]);
}

#[test]
fn a_camera_with_its_cap_on_is_black() {
    let capped = |frame| draw(|x, y| grey(vignette(x, y, 12.0) + noise(x, y, frame, 3.0)));
    assert_eq!(raised(&twelve(capped)), [Fault::Black]);
}

#[test]
fn a_frozen_night_scene_as_dark_as_a_capped_camera_is_frozen() {
    let night = |frame| draw(|x, y| grey(scene(x, y) / 21.0 + noise(x, y, frame, 2.0)));
    assert!(night(0).tone.spread <= 12 && night(0).tone.dark > 0.985, "{:?}", night(0).tone);
    assert_eq!(raised(&twelve(night)), [Fault::Frozen]);
}

#[test]
fn stars_a_candle_and_a_distant_singer_on_black_are_alive() {
    let stars = |frame: u16| {
        draw(|x, y| {
            let (x, y) = ((x + 5.0 * f32::from(frame)) * 0.5, y * 0.5);
            let is_star = noise(x.floor(), y.floor(), 7, 1.0) > 0.992;
            grey(if is_star { 200.0 } else { 0.0 })
        })
    };
    let candle = |frame: u16| {
        let size = 1.0 + noise(3.0, 5.0, frame, 0.3);
        draw(move |x, y| {
            let distance = ((x - 240.0) / 9.0).hypot((y - 140.0) / 22.0) / size;
            let level = (1.4 - distance).clamp(0.0, 1.0) * 255.0;
            [level, level * 0.7, level * 0.35]
        })
    };
    let singer = |frame: u16| {
        let left = 230.0 + noise(1.0, 2.0, frame, 14.0);
        draw(move |x, y| grey(if inside(x, y, [left, 110.0, 14.0, 44.0]) { 170.0 } else { 1.0 }))
    };
    for (name, verdicts) in
        [("stars", twelve(stars)), ("a candle", twelve(candle)), ("a singer", twelve(singer))]
    {
        assert_eq!(raised(&verdicts), [], "{name}");
        assert_eq!(verdicts[0].condition, Condition::Black, "{name}: the first picture is black");
    }
}

#[test]
fn subtitles_on_black_that_change_every_four_seconds_are_alive() {
    let subtitle = |frame: u16| {
        draw(move |x, y| {
            let is_stroke = noise((x / 6.0).floor(), 1.0, frame / 2, 1.0) > 0.0;
            let is_text = inside(x, y, [170.0, 236.0, 130.0, 14.0]) && is_stroke;
            grey(if is_text { 235.0 } else { 1.0 })
        })
    };
    assert_eq!(raised(&twelve(subtitle)), []);
}

#[test]
fn black_is_raised_once_the_light_on_it_stands_still() {
    let light = |frame: u16| {
        let left = 200.0 + 9.0 * f32::from(frame.min(5));
        draw(move |x, y| grey(if inside(x, y, [left, 90.0, 16.0, 50.0]) { 200.0 } else { 0.0 }))
    };
    let verdicts = twelve(light);
    assert_eq!(raised(&verdicts), [Fault::Black]);
    // Three samples after the last movement, and 4 s later.
    assert!(verdicts[10].raised.is_some());
}
