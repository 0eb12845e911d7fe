//! Set and clear times, gaps, unknown samples and restored feeds.

mod altered_bars;
mod dark_pictures;
mod disturbed_freezes;
mod false_positives;
mod frozen_part;
mod mismatch;
mod moving_cards;
mod over_time;
mod partial;
mod pictures;
mod properties;
mod repeating;
mod simulation;
mod slates;

use std::time::Duration;

use self::pictures::{at, bars, draw, every, grey, noise, quick, scene, show, taken};
use crate::{
    judge::{Condition, Fault, FeedState, Observation, Thresholds},
    picture::Picture,
};

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
    let verdicts =
        show(&mut FeedState::new(), &Thresholds::default(), every(10, 0), (0..6).map(still));
    let raised: Vec<bool> = verdicts.iter().map(|verdict| verdict.raised.is_some()).collect();
    assert_eq!(raised, [false, false, false, true, false, false]);
    let event = verdicts[3].raised.expect("raised");
    assert_eq!((event.incident.since, event.lasted), (at(0), seconds(30)));
    assert_eq!(verdicts[5].lasted(Fault::Frozen), seconds(50));
}

#[test]
fn an_incident_clears_after_its_clear_time_and_reports_how_long_it_lasted() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..4).map(black));
    let after = show(&mut feed, &thresholds, every(2, 8), (1..5).map(moving));
    let cleared: Vec<bool> = after.iter().map(|verdict| verdict.cleared.is_some()).collect();
    assert_eq!(cleared, [false, false, true, false]);
    assert_eq!(after[2].cleared.expect("cleared").lasted, seconds(8));
    assert!(!after[1].is_healthy() && after[2].is_healthy());
    assert_eq!(after[0].lasted(Fault::Black), Duration::ZERO, "it no longer lasts");
}

#[test]
fn a_fault_that_comes_back_within_the_clear_time_keeps_its_incident() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..4).map(black));
    show(&mut feed, &thresholds, every(2, 8), [moving(1)]);
    let back = show(&mut feed, &thresholds, every(2, 10), (0..4).map(black));
    assert!(back.iter().all(|verdict| verdict.raised.is_none() && verdict.cleared.is_none()));
    assert_eq!(back[3].incident.expect("open").since, at(0));
}

#[test]
fn a_frozen_picture_replaced_by_another_is_a_second_incident() {
    let other = |frame| draw(|x, y| grey(scene(y * 1.3, x) + noise(x, y, frame, 4.0)));
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(still));
    let after = show(&mut feed, &thresholds, every(2, 12), (0..6).map(other));
    assert!(after[2].cleared.is_some());
    assert_eq!(after[4].raised.expect("raised").incident.since, at(12));
}

#[test]
fn a_flash_in_a_frozen_picture_does_not_end_its_incident() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(still));
    let after = show(&mut feed, &thresholds, every(2, 12), [moving(3), still(7), still(8)]);
    assert!(after.iter().all(|verdict| verdict.cleared.is_none() && verdict.is_in(Fault::Frozen)));
    assert_eq!(after[2].lasted(Fault::Frozen), seconds(16));
}

#[test]
fn one_fault_replaces_another_without_a_healthy_sample_between() {
    let (mut feed, thresholds) =
        (FeedState::new(), Thresholds { no_picture_after: seconds(20), ..quick() });
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(still));
    let sample = |time| feed.observe(at(time), Observation::NoPicture, &thresholds);
    let verdicts: Vec<_> = every(2, 12).take(11).map(sample).collect();
    assert!(verdicts.iter().all(|verdict| !verdict.is_healthy()));
    assert_eq!(verdicts[10].cleared.expect("frozen ended").incident.fault, Fault::Frozen);
    assert_eq!(verdicts[10].raised.expect("no picture began").incident.fault, Fault::NoPicture);
}

#[test]
fn an_unknown_sample_neither_ages_nor_clears_and_its_time_counts_once_the_fault_is_seen_again() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..2).map(black));
    for time in [4, 6] {
        let unknown = feed.observe(at(time), Observation::Unknown, &thresholds);
        assert!(unknown.is_unknown() && !unknown.is_healthy() && unknown.raised.is_none());
        assert_eq!(unknown.lasted(Fault::Black), seconds(2));
    }
    let black_again = feed.observe(at(8), taken(8, black(0)), &thresholds);
    assert_eq!(black_again.raised.expect("raised").lasted, seconds(8));
    let unreadable = feed.observe(at(10), Observation::Unreadable, &thresholds);
    assert!(unreadable.is_in(Fault::Black), "the incident stays open");
}

#[test]
fn after_a_sampling_gap_a_fault_counts_from_zero() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..3).map(still));
    let after = show(&mut feed, &thresholds, every(2, 300), (0..3).map(still));
    assert_eq!(after[0].condition, Condition::Moving, "one picture shows no freeze");
    assert_eq!(after[2].lasted(Fault::Frozen), seconds(4));
}

#[test]
fn an_open_incident_continues_after_a_gap_if_the_first_sample_agrees() {
    for picture in [still, black] {
        let (mut feed, thresholds) = (FeedState::new(), quick());
        show(&mut feed, &thresholds, every(2, 0), (0..6).map(picture));
        let after = show(&mut feed, &thresholds, every(2, 300), (0..3).map(picture));
        for verdict in &after {
            assert!(!verdict.is_healthy() && verdict.cleared.is_none() && verdict.raised.is_none());
        }
        let fault = after[0].incident.expect("open").fault;
        assert_eq!(after[0].lasted(fault), seconds(300));
    }
}

#[test]
fn a_restored_frozen_feed_is_frozen_until_a_second_picture_differs() {
    let thresholds = Thresholds::default();
    let restored = || FeedState::restored(Fault::Frozen, seconds(3600), at(0), &thresholds);

    let frozen = show(&mut restored(), &thresholds, every(10, 20), (0..3).map(still));
    assert_eq!(frozen[0].lasted(Fault::Frozen), seconds(3620));
    assert_eq!(frozen[2].lasted(Fault::Frozen), seconds(3640));
    assert!(frozen.iter().all(|verdict| verdict.raised.is_none() && !verdict.is_healthy()));

    let live = show(&mut restored(), &thresholds, every(10, 20), (1..4).map(moving));
    assert_eq!(live[1].condition, Condition::Moving);
    assert_eq!(live[2].cleared.expect("cleared").incident.fault, Fault::Frozen);
}

#[test]
fn a_restored_black_feed_stays_black_unless_the_first_sample_differs() {
    let thresholds = Thresholds::default();
    let restored = || FeedState::restored(Fault::Black, seconds(40), at(0), &thresholds);
    let still_black = show(&mut restored(), &thresholds, every(10, 10), [black(0)]);
    assert_eq!(still_black[0].lasted(Fault::Black), seconds(50));
    let live = show(&mut restored(), &thresholds, every(10, 10), (1..3).map(moving));
    assert_eq!(live[0].lasted(Fault::Black), Duration::ZERO);
    assert!(live[1].cleared.is_some());
}

#[test]
fn a_fault_short_of_its_set_time_is_restored_without_an_incident() {
    let thresholds = Thresholds::default();
    let mut feed = FeedState::restored(Fault::Black, seconds(5), at(0), &thresholds);
    assert!(feed.incident().is_none());
    let event = show(&mut feed, &thresholds, every(10, 10), [black(0)])[0].raised.expect("raised");
    assert_eq!(event.lasted, seconds(15));
}

#[test]
fn bars_that_are_expected_hide_neither_black_nor_a_freeze() {
    let thresholds = Thresholds { expected: vec![Fault::Bars], ..quick() };
    let (mut feed, line_up) = (FeedState::new(), |_| draw(|x, _| bars(x)));
    let verdicts = show(&mut feed, &thresholds, every(2, 0), (0..5).map(line_up));
    assert!(
        verdicts.iter().all(|verdict| verdict.condition == Condition::Bars && verdict.is_healthy())
    );
    assert!(show(&mut feed, &thresholds, every(2, 10), (0..3).map(black))[2].is_in(Fault::Black));
    assert!(show(&mut feed, &thresholds, every(2, 16), (0..6).map(still))[5].is_in(Fault::Frozen));
}

#[test]
fn a_thumbnail_without_a_time_stamp_is_judged_by_its_picture() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    let picture = still(0);
    let sample = |time| {
        let observation = Observation::Picture { picture: picture.clone(), taken: None };
        feed.observe(at(time), observation, &thresholds)
    };
    let verdicts: Vec<_> = every(2, 0).take(5).map(sample).collect();
    assert!(verdicts[4].is_in(Fault::Frozen));
}

#[test]
fn samples_a_minute_apart_still_raise_and_clear() {
    let thresholds =
        Thresholds { longest_gap: Thresholds::gap_for(seconds(60)), ..Thresholds::default() };
    let mut feed = FeedState::new();
    let verdicts = show(&mut feed, &thresholds, every(60, 0), (0..3).map(still));
    assert!(verdicts[1].raised.is_some());
    let after = show(&mut feed, &thresholds, every(60, 180), (1..3).map(moving));
    assert!(after[1].cleared.is_some());
}

#[test]
fn a_stale_sample_between_black_ones_does_not_restart_black() {
    let (mut feed, thresholds) =
        (FeedState::new(), Thresholds { black_after: seconds(20), ..quick() });
    // A thumbnail every 8 s, sampled every 2 s: each is stale once before the next one comes.
    let sample = |time| feed.observe(at(time), taken(time / 8 * 8, black(0)), &thresholds);
    let verdicts: Vec<_> = every(2, 0).take(13).map(sample).collect();
    assert_eq!(verdicts[3].condition, Condition::Stale);
    assert!(
        verdicts[12].raised.is_some_and(|event| event.lasted == seconds(24)),
        "{:?}",
        verdicts[12]
    );
}

#[test]
fn held_drawings_after_black_do_not_keep_its_incident_open() {
    let (mut feed, thresholds) =
        (FeedState::new(), Thresholds { clear_after: seconds(6), ..quick() });
    show(&mut feed, &thresholds, every(2, 0), (0..4).map(black));
    let held = show(&mut feed, &thresholds, every(2, 8), [1, 1, 2, 2, 3, 3].map(moving));
    assert!(held.iter().any(|verdict| verdict.cleared.is_some()));
}
