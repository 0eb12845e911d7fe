//! Pictures of which a part is frozen while the rest is alive, and living ones that look alike.

use super::{
    pictures::{at, draw, every, grey, inside, noise, scene, show},
    seconds,
};
use crate::{
    judge::{Condition, Edge, Evidence, Fault, FeedState, Thresholds, Verdict},
    picture::Picture,
};

/// A part of the picture, as a function of x and y.
type Area = fn(f32, f32) -> bool;

const LOWER_HALF: Area = |_, y| y >= 135.0;

/// A picture that is frozen in one part, with some noise, and shows another scene in each frame in
/// the rest.
fn half(frozen: Area, frame: u16) -> Picture {
    draw(|x, y| {
        let moved = if frozen(x, y) { 5_000.0 } else { 77.0 * f32::from(frame) };
        grey(scene(x + moved, y) + noise(x, y, frame, 4.0))
    })
}

fn tagged() -> Thresholds {
    Thresholds { partial_after: Some(seconds(60)), ..Thresholds::default() }
}

fn judge(pictures: impl IntoIterator<Item = Picture>) -> Vec<Verdict> {
    show(&mut FeedState::new(), &tagged(), every(10, 0), pictures)
}

#[test]
fn a_frozen_half_is_partial_after_four_more_samples_and_raised_where_it_is_set() {
    let areas: [(Area, Edge, u8); 4] = [
        (LOWER_HALF, Edge::Bottom, 50),
        (|_, y| y < 108.0, Edge::Top, 40),
        (|x, _| x < 360.0, Edge::Left, 75),
        (|x, _| x >= 300.0, Edge::Right, 37),
    ];
    for (frozen, edge, percent) in areas {
        let verdicts = judge((0..8).map(|frame| half(frozen, frame)));
        assert_eq!(verdicts[3].condition, Condition::Moving);
        assert_eq!(verdicts[4].condition, Condition::Partial);
        assert_eq!(verdicts[4].lasted(Fault::Partial), seconds(40));
        let event = verdicts[6].raised.expect("raised");
        assert_eq!((event.incident.fault, event.lasted), (Fault::Partial, seconds(60)));
        let Some(Evidence::FrozenPart(part)) = event.incident.evidence else { panic!("{event:?}") };
        assert_eq!((part.edge, part.lasted), (edge, seconds(60)));
        assert!(percent - part.percent <= 2, "{part}");
        let expected =
            format!("the {edge} {} % have not changed for 60 s, the rest is alive", part.percent);
        assert_eq!(part.to_string(), expected);
    }
}

#[test]
fn it_is_not_raised_by_default() {
    let pictures = (0..70).map(|frame| half(LOWER_HALF, frame));
    let verdicts = show(&mut FeedState::new(), &Thresholds::default(), every(10, 0), pictures);
    assert!(verdicts.iter().all(Verdict::is_healthy));
    assert_eq!(verdicts[69].lasted(Fault::Partial), seconds(690));
}

#[test]
fn samples_in_which_little_moves_do_not_interrupt_it() {
    // Every third picture is the one before it, except for a small part.
    let frames = (0..20_u16).map(|frame| (frame, if frame % 3 == 2 { frame - 1 } else { frame }));
    let pictures = frames.map(|(frame, shown)| {
        draw(|x, y| {
            let is_mark = inside(x, y, [40.0, 40.0, 60.0, 24.0]) && frame != shown;
            let moved = if LOWER_HALF(x, y) { 5_000.0 } else { 77.0 * f32::from(shown) };
            grey(if is_mark { 235.0 } else { scene(x + moved, y) })
        })
    });
    let verdicts = judge(pictures);
    assert!(verdicts[4..].iter().all(|verdict| verdict.condition == Condition::Partial));
    assert!(verdicts[6..].iter().all(|verdict| verdict.is_in(Fault::Partial)));
}

#[test]
fn a_half_that_comes_back_to_life_ends_it() {
    let alive = (8..12).map(|frame| half(|_, _| false, frame));
    let verdicts = judge((0..8).map(|frame| half(LOWER_HALF, frame)).chain(alive));
    assert!(verdicts[7].is_in(Fault::Partial));
    let conditions: Vec<_> = verdicts[8..].iter().map(|verdict| verdict.condition).collect();
    assert_eq!(conditions, [Condition::Moving; 4]);
    assert_eq!(verdicts[9].cleared.expect("cleared").lasted, seconds(80));
}

#[test]
fn a_new_process_and_a_sampling_gap_keep_the_incident() {
    let mut restored = FeedState::restored(Fault::Partial, seconds(300), at(0), &tagged());
    let pictures = (1..8).map(|frame| half(LOWER_HALF, frame));
    let verdicts = show(&mut restored, &tagged(), every(10, 10), pictures);
    assert_eq!(verdicts[0].condition, Condition::Moving, "one picture does not show it");
    assert!(verdicts.iter().all(|verdict| verdict.is_in(Fault::Partial)));
    assert!(verdicts[1..].iter().all(|verdict| verdict.condition == Condition::Partial));

    let pictures = (20..24).map(|frame| half(LOWER_HALF, frame));
    let verdicts = show(&mut restored, &tagged(), every(10, 200), pictures);
    assert!(verdicts.iter().all(|verdict| verdict.is_in(Fault::Partial)));
}

#[test]
fn a_new_process_ends_the_incident_of_a_half_that_is_alive() {
    let mut restored = FeedState::restored(Fault::Partial, seconds(300), at(0), &tagged());
    let pictures = (1..4).map(|frame| half(|_, _| false, frame));
    let verdicts = show(&mut restored, &tagged(), every(10, 10), pictures);
    assert!(verdicts[1].cleared.is_some());
}

#[test]
fn a_frozen_half_beside_one_that_freezes_too_is_frozen() {
    let pictures = (0..12).map(|frame: u16| half(LOWER_HALF, frame.min(6)));
    let verdicts = judge(pictures);
    assert_eq!(verdicts[11].condition, Condition::Frozen);
    assert!(verdicts[11].is_in(Fault::Frozen));
}

#[test]
fn a_fixed_camera_before_a_wall_is_not_partial() {
    // People of several heights walk before it, in the whole lower half.
    let people = |frame: u16| {
        draw(|x, y| {
            let person = |number: u16| {
                let (step, height) =
                    (f32::from(frame * (number % 4 + 2) * 9), 8.0 * f32::from(number % 6));
                let left = (step + 60.0 * f32::from(number)) % 480.0;
                inside(x, y, [left, 140.0 + height, 36.0, 140.0])
            };
            let level =
                (0..8).find(|&number| person(number)).map(|number| 30.0 * f32::from(number));
            grey(level.unwrap_or_else(|| scene(x, y)) + noise(x, y, frame, 4.0))
        })
    };
    let verdicts = judge((0..60).map(people));
    assert!(verdicts.iter().all(|verdict| verdict.condition != Condition::Partial));
}

#[test]
fn the_bars_of_a_narrow_picture_are_not_partial() {
    let verdicts = judge((0..12).map(|frame| half(|x, _| !(165.0..315.0).contains(&x), frame)));
    assert!(verdicts.iter().all(|verdict| verdict.condition != Condition::Partial));
}

#[test]
fn a_part_that_drifts_slowly_is_not_frozen() {
    // Clouds: no cell changes by more than 8 levels while they are watched.
    let sky = |frame: u16| {
        let level = |x: f32, y: f32| 200.0 + 20.0 * ((x + y) / 60.0).sin();
        draw(|x, y| {
            let is_sky = y < 135.0;
            let moved = f32::from(frame) * if is_sky { 1.0 } else { 77.0 };
            grey(if is_sky { level(x + moved, y) } else { scene(x + moved, y) })
        })
    };
    let verdicts = judge((0..20).map(sky));
    assert!(verdicts.iter().all(|verdict| verdict.condition == Condition::Moving));
}
