//! Pictures of which a part has failed, and intended layouts that look alike.

use super::{
    pictures::{draw, every, grey, inside, scene, show},
    seconds,
};
use crate::{
    judge::{Condition, Edge, Evidence, Fault, FeedState, Part, Thresholds, Verdict},
    picture::Picture,
};

/// A living picture, part of which has been painted over.
fn painted(frame: u16, paint: impl Fn(f32, f32) -> Option<[f32; 3]>) -> Picture {
    draw(|x, y| paint(x, y).unwrap_or_else(|| grey(scene(x + 77.0 * f32::from(frame), y))))
}

fn judge(paint: impl Fn(f32, f32) -> Option<[f32; 3]>) -> Vec<Verdict> {
    let thresholds = Thresholds { partial_after: Some(seconds(20)), ..Thresholds::default() };
    let pictures = (0..5).map(|frame| painted(frame, &paint));
    show(&mut FeedState::new(), &thresholds, every(10, 0), pictures)
}

#[test]
fn a_lower_part_in_one_exact_colour_is_partial_and_raised_where_it_is_set() {
    for (colour, level) in [([128.0; 3], 128), ([0.0, 135.0, 0.0], 79), ([0.0; 3], 0)] {
        let verdicts = judge(|_, y| (y >= 150.0).then_some(colour));
        assert!(verdicts.iter().all(|verdict| verdict.condition == Condition::Partial));
        let event = verdicts[2].raised.expect("raised");
        assert_eq!((event.incident.fault, event.lasted), (Fault::Partial, seconds(20)));
        let Some(Evidence::Partial(part)) = event.incident.evidence else { panic!("{event:?}") };
        assert_eq!((part.edge, part.level), (Some(Edge::Bottom), level));
        assert!((40..=44).contains(&part.percent), "{part}");
    }
    let part = Part { edge: Some(Edge::Bottom), percent: 44, level: 128 };
    let expected = "the lower 44 % are one colour (luma 128), the rest is alive";
    assert_eq!(part.to_string(), expected);
}

#[test]
fn a_missing_tile_in_a_corner_or_inside_is_partial() {
    for tile in [[0.0, 0.0, 240.0, 180.0], [240.0, 60.0, 240.0, 210.0], [90.0, 60.0, 300.0, 180.0]]
    {
        let verdicts = judge(|x, y| inside(x, y, tile).then_some([128.0; 3]));
        assert_eq!(verdicts[2].raised.map(|event| event.incident.fault), Some(Fault::Partial));
        let Some(Evidence::Partial(part)) = verdicts[2].incident.and_then(|open| open.evidence)
        else {
            panic!("{verdicts:?}")
        };
        assert!((33..=42).contains(&part.percent), "{part}");
        assert!(part.to_string().starts_with("a rectangle of "), "{part}");
    }
}

#[test]
fn a_tile_of_a_quarter_or_with_soft_sides_is_not_partial() {
    let verdicts = judge(|x, y| inside(x, y, [0.0, 0.0, 240.0, 130.0]).then_some([128.0; 3]));
    assert!(verdicts.iter().all(|verdict| verdict.condition == Condition::Moving));
    // A bright sky that gets darker towards what is below it.
    let verdicts = judge(|_, y| (y < 150.0).then(|| [255.0 - 2.5 * (y - 100.0).max(0.0) / 6.0; 3]));
    // Once it has not changed for long enough, it is a frozen part.
    assert!(verdicts[..4].iter().all(|verdict| verdict.condition == Condition::Moving));
}

#[test]
fn it_is_not_raised_by_default() {
    let pictures = (0..60).map(|frame| painted(frame, |_, y| (y >= 150.0).then_some([128.0; 3])));
    let verdicts = show(
        &mut FeedState::new(),
        &Thresholds::default(),
        every(10, 0),
        pictures.collect::<Vec<_>>(),
    );
    assert!(verdicts.iter().all(Verdict::is_healthy));
    assert_eq!(verdicts[59].lasted(Fault::Partial), seconds(590));
}

#[test]
fn letterbox_pillarbox_and_cards_are_not_partial() {
    let layouts: [fn(f32, f32) -> bool; 5] = [
        |_, y| !(60.0..210.0).contains(&y),
        |x, _| !(60.0..420.0).contains(&x),
        // A small picture in the middle of a panel.
        |x, y| !inside(x, y, [120.0, 60.0, 240.0, 150.0]),
        // A picture that was squeezed back into a corner of a wide frame.
        |x, y| !inside(x, y, [180.0, 20.0, 280.0, 160.0]),
        // A panel with something drawn on it.
        |_, y| y >= 150.0 && !(200.0..206.0).contains(&y),
    ];
    for (number, is_panel) in layouts.into_iter().enumerate() {
        let verdicts = judge(|x, y| is_panel(x, y).then_some([40.0, 60.0, 90.0]));
        let partial = verdicts.iter().any(|verdict| verdict.condition == Condition::Partial);
        assert!(!partial, "layout {number}");
    }
}

#[test]
fn a_part_beside_a_frozen_picture_is_frozen() {
    let still = painted(0, |_, y| (y >= 150.0).then_some([128.0; 3]));
    let pictures = std::iter::repeat_n(still, 5);
    let verdicts = show(&mut FeedState::new(), &Thresholds::default(), every(10, 0), pictures);
    assert!(verdicts[4].is_in(Fault::Frozen));
}
