//! Set and clear times, gaps, what cannot be seen, and a fresh process.

use std::time::Duration;

use super::test_pictures::{at, bars, draw, fresh, grey, noise, quick, scene, show};
use super::{Condition, Fault, Thresholds, Observation, FeedState};
use crate::picture::Picture;

fn still(frame: u16) -> Picture {
    draw(|x, y| grey(scene(x, y) + noise(x, y, frame, 4.0)))
}

fn moving(frame: u16) -> Picture {
    draw(|x, y| grey(scene(x + 77.0 * f32::from(frame), y)))
}

fn black(_: u16) -> Picture {
    draw(|_, _| grey(2.0))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_freeze_is_raised_at_its_set_time_counted_from_its_first_picture() {
    let verdicts = show(&mut FeedState::new(), &Thresholds::default(), 0, 10, (0..6).map(still));
    let raised: Vec<bool> = verdicts.iter().map(|verdict| verdict.raised.is_some()).collect();
    assert_eq!(raised, [false, false, false, true, false, false]);
    let change = verdicts[3].raised.expect("raised");
    assert_eq!((change.incident.since, change.lasted), (at(0), seconds(30)));
    assert_eq!(verdicts[5].lasted(Fault::Frozen), seconds(50));
}

#[test]
fn an_incident_clears_after_its_clear_time_and_says_how_long_it_lasted() {
    let (mut watch, thresholds) = (FeedState::new(), quick());
    show(&mut watch, &thresholds, 0, 2, (0..4).map(black));
    let after = show(&mut watch, &thresholds, 8, 2, (1..5).map(moving));
    let cleared: Vec<bool> = after.iter().map(|verdict| verdict.cleared.is_some()).collect();
    assert_eq!(cleared, [false, false, true, false]);
    assert_eq!(after[2].cleared.expect("cleared").lasted, seconds(8));
    assert!(!after[1].is_healthy() && after[2].is_healthy());
    assert_eq!(after[0].lasted(Fault::Black), Duration::ZERO, "it no longer lasts");
}

#[test]
fn a_fault_that_comes_back_within_the_clear_time_keeps_its_incident() {
    let (mut watch, thresholds) = (FeedState::new(), quick());
    show(&mut watch, &thresholds, 0, 2, (0..4).map(black));
    show(&mut watch, &thresholds, 8, 2, [moving(1)]);
    let back = show(&mut watch, &thresholds, 10, 2, (0..4).map(black));
    assert!(back.iter().all(|verdict| verdict.raised.is_none() && verdict.cleared.is_none()));
    assert_eq!(back[3].incident.expect("open").since, at(0));
}

#[test]
fn a_frozen_picture_that_gives_way_to_another_is_a_second_incident() {
    let other = |frame| draw(|x, y| grey(scene(y * 1.3, x) + noise(x, y, frame, 4.0)));
    let (mut watch, thresholds) = (FeedState::new(), quick());
    show(&mut watch, &thresholds, 0, 2, (0..6).map(still));
    let after = show(&mut watch, &thresholds, 12, 2, (0..6).map(other));
    assert!(after[2].cleared.is_some());
    assert_eq!(after[4].raised.expect("raised").incident.since, at(12));
}

#[test]
fn a_flash_in_a_frozen_picture_does_not_end_its_incident() {
    let (mut watch, thresholds) = (FeedState::new(), quick());
    show(&mut watch, &thresholds, 0, 2, (0..6).map(still));
    let after = show(&mut watch, &thresholds, 12, 2, [moving(3), still(7), still(8)]);
    assert!(after.iter().all(|verdict| verdict.cleared.is_none() && verdict.is_in(Fault::Frozen)));
    assert_eq!(after[2].lasted(Fault::Frozen), seconds(16));
}

#[test]
fn one_fault_takes_over_from_another_without_a_healthy_look_between() {
    let (mut watch, thresholds) = (FeedState::new(), Thresholds { no_picture_after: seconds(20), ..quick() });
    show(&mut watch, &thresholds, 0, 2, (0..6).map(still));
    let verdicts: Vec<_> = (6..17).map(|look| watch.observe(at(look * 2), Observation::NoPicture, &thresholds)).collect();
    assert!(verdicts.iter().all(|verdict| !verdict.is_healthy()));
    let last = verdicts.last().expect("looks");
    assert_eq!(last.cleared.expect("frozen ended").incident.fault, Fault::Frozen);
    assert_eq!(last.raised.expect("no picture began").incident.fault, Fault::NoPicture);
}

#[test]
fn an_unknown_look_neither_ages_nor_clears_and_its_time_counts_once_the_fault_is_seen_again() {
    let (mut watch, thresholds) = (FeedState::new(), quick());
    show(&mut watch, &thresholds, 0, 2, (0..2).map(black));
    for look in [4, 6] {
        let blind = watch.observe(at(look), Observation::Unknown, &thresholds);
        assert!(blind.is_unknown() && !blind.is_healthy() && blind.raised.is_none());
        assert_eq!(blind.lasted(Fault::Black), seconds(2));
    }
    let seen = watch.observe(at(8), fresh(black(0), 8), &thresholds);
    assert_eq!(seen.raised.expect("raised").lasted, seconds(8));
    assert!(
        watch.observe(at(10), Observation::Unreadable, &thresholds).is_in(Fault::Black),
        "an incident stays open meanwhile"
    );
}

#[test]
fn after_a_long_gap_a_fault_counts_from_zero() {
    let (mut watch, thresholds) = (FeedState::new(), quick());
    show(&mut watch, &thresholds, 0, 2, (0..3).map(still));
    let after = show(&mut watch, &thresholds, 300, 2, (0..3).map(still));
    assert_eq!(after[0].condition, Condition::Moving, "one picture proves no freeze");
    assert_eq!(after[2].lasted(Fault::Frozen), seconds(4));
}

#[test]
fn an_open_incident_goes_on_after_a_gap_if_the_first_look_agrees() {
    for picture in [still, black] {
        let (mut watch, thresholds) = (FeedState::new(), quick());
        show(&mut watch, &thresholds, 0, 2, (0..6).map(picture));
        let after = show(&mut watch, &thresholds, 300, 2, (0..3).map(picture));
        assert!(
            after.iter().all(|verdict| !verdict.is_healthy()
                && verdict.cleared.is_none()
                && verdict.raised.is_none())
        );
        let fault = after[0].incident.expect("open").fault;
        assert_eq!(after[0].lasted(fault), seconds(300));
    }
}

#[test]
fn a_fresh_process_takes_a_frozen_feed_to_be_frozen_until_a_second_picture_says_otherwise() {
    let thresholds = Thresholds::default();
    let resumed = || FeedState::restored(Fault::Frozen, seconds(3600), at(0), &thresholds);

    let frozen = show(&mut resumed(), &thresholds, 20, 10, (0..3).map(still));
    assert_eq!(frozen[0].lasted(Fault::Frozen), seconds(3620));
    assert_eq!(frozen[2].lasted(Fault::Frozen), seconds(3640));
    assert!(frozen.iter().all(|verdict| verdict.raised.is_none() && !verdict.is_healthy()));

    let alive = show(&mut resumed(), &thresholds, 20, 10, (1..4).map(moving));
    assert_eq!(alive[1].condition, Condition::Moving);
    assert_eq!(alive[2].cleared.expect("cleared").incident.fault, Fault::Frozen);
}

#[test]
fn a_fresh_process_goes_on_with_black_and_drops_it_if_the_first_look_disagrees() {
    let thresholds = Thresholds::default();
    let resumed = || FeedState::restored(Fault::Black, seconds(40), at(0), &thresholds);
    assert_eq!(show(&mut resumed(), &thresholds, 10, 10, [black(0)])[0].lasted(Fault::Black), seconds(50));
    let alive = show(&mut resumed(), &thresholds, 10, 10, (1..3).map(moving));
    assert_eq!(alive[0].lasted(Fault::Black), Duration::ZERO);
    assert!(alive[1].cleared.is_some());
}

#[test]
fn a_fault_short_of_its_set_time_is_resumed_without_an_incident() {
    let thresholds = Thresholds::default();
    let mut watch = FeedState::restored(Fault::Black, seconds(5), at(0), &thresholds);
    assert!(watch.incident().is_none());
    let change = show(&mut watch, &thresholds, 10, 10, [black(0)])[0].raised.expect("raised");
    assert_eq!(change.lasted, seconds(15));
}

#[test]
fn bars_that_are_expected_hide_neither_black_nor_a_freeze() {
    let thresholds = Thresholds { expected: vec![Fault::Bars], ..quick() };
    let (mut watch, lined_up) = (FeedState::new(), |_| draw(|x, _| bars(x)));
    let verdicts = show(&mut watch, &thresholds, 0, 2, (0..5).map(lined_up));
    assert!(verdicts.iter().all(|verdict| verdict.condition == Condition::Bars && verdict.is_healthy()));
    assert!(show(&mut watch, &thresholds, 10, 2, (0..3).map(black))[2].is_in(Fault::Black));
}

#[test]
fn a_thumbnail_without_a_time_stamp_is_judged_by_its_picture() {
    let mut watch = FeedState::new();
    let observations = (0..5).map(|look| (look, Observation::Picture { picture: still(0), taken: None }));
    let verdicts: Vec<_> = observations.map(|(look, observation)| watch.observe(at(look * 2), observation, &quick())).collect();
    assert!(verdicts[4].is_in(Fault::Frozen));
}

#[test]
fn looks_a_minute_apart_still_raise_and_clear() {
    let thresholds = Thresholds { longest_gap: Thresholds::gap_for(seconds(60)), ..Thresholds::default() };
    let mut watch = FeedState::new();
    let verdicts = show(&mut watch, &thresholds, 0, 60, (0..3).map(still));
    assert!(verdicts[1].raised.is_some());
    let after = show(&mut watch, &thresholds, 180, 60, (1..3).map(moving));
    assert!(after[1].cleared.is_some());
}

#[test]
fn a_stale_look_between_black_ones_does_not_start_black_anew() {
    let (mut watch, thresholds) = (FeedState::new(), Thresholds { black_after: seconds(20), ..quick() });
    // A thumbnail every 8 s, looked at every 2 s: each is stale once before the next one comes.
    let looks = (0..13).map(|look| (look * 2, look * 2 / 8 * 8));
    let verdicts: Vec<_> =
        looks.map(|(time, taken)| watch.observe(at(time), fresh(black(0), taken), &thresholds)).collect();
    assert_eq!(verdicts[3].condition, Condition::Stale);
    assert!(verdicts[12].raised.is_some_and(|change| change.lasted == seconds(24)), "{:?}", verdicts[12]);
}

#[test]
fn held_drawings_after_black_do_not_keep_its_incident_open() {
    let (mut watch, thresholds) = (FeedState::new(), Thresholds { clear_after: seconds(6), ..quick() });
    show(&mut watch, &thresholds, 0, 2, (0..4).map(black));
    let held = show(&mut watch, &thresholds, 8, 2, [1, 1, 2, 2, 3, 3].map(moving));
    assert!(held.iter().any(|verdict| verdict.cleared.is_some()));
}
