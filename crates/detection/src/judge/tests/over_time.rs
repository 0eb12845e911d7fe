//! Irregular samples, sampling gaps, changed thresholds and restarted channels: what was seen
//! before them is not news.

use std::time::Duration;

use super::{
    black, moving,
    pictures::{at, every, quick, show, taken},
    seconds, still,
};
use crate::judge::{
    Condition, Fault, FeedState, LONGEST_MEMORY, Observation, SampleTime, Thresholds,
};

#[test]
fn black_of_three_seconds_is_not_raised_however_its_samples_fall_into_slots() {
    let thresholds = Thresholds::default();
    let mut feed = FeedState::new();
    feed.observe(at(0), taken(0, moving(0)), &thresholds);
    // Sampled late in one slot and early in the next: 1.3 s apart, and two slots.
    for (milliseconds, slot) in [(18_700, 10), (20_000, 20)] {
        let time =
            SampleTime { taken: at(0) + Duration::from_millis(milliseconds), slot: at(slot) };
        let verdict = feed.observe(time, taken(slot, black(0)), &thresholds);
        assert_eq!((verdict.condition, verdict.raised), (Condition::Black, None));
    }
    let verdict = feed.observe(at(30), taken(30, moving(1)), &thresholds);
    assert!(verdict.is_healthy());
}

#[test]
fn durations_in_slots_are_the_same_whenever_in_a_slot_samples_are_taken() {
    let lasted = |offsets: [u64; 4]| {
        let mut feed = FeedState::new();
        let verdicts = (0..).zip(offsets).map(|(slot, offset)| {
            let time = SampleTime { taken: at(slot * 10 + offset), slot: at(slot * 10) };
            let verdict = feed.observe(time, taken(slot * 10, black(0)), &Thresholds::default());
            verdict.lasted_in_slots(Fault::Black).as_secs()
        });
        verdicts.collect::<Vec<_>>()
    };
    assert_eq!(lasted([0, 0, 0, 0]), [0, 10, 20, 30]);
    assert_eq!(lasted([9, 1, 4, 8]), [0, 10, 20, 30]);
}

#[test]
fn an_incident_that_becomes_expected_ends_with_the_next_sample_whatever_that_shows() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..4).map(black));
    let expected = Thresholds { expected: vec![Fault::Black], ..quick() };
    let verdict = feed.observe(at(8), Observation::Unknown, &expected);
    assert_eq!(verdict.cleared.expect("cleared").incident.fault, Fault::Black);
    assert_eq!((verdict.incident, verdict.lasted(Fault::Black)), (None, Duration::ZERO));
}

#[test]
fn an_incident_shorter_than_a_longer_set_time_ends_and_is_raised_again_at_that_time() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..4).map(black));
    let longer = Thresholds { black_after: seconds(12), ..quick() };
    let verdicts = show(&mut feed, &longer, every(2, 8), (0..3).map(black));
    assert!(verdicts[0].cleared.is_some() && verdicts[0].incident.is_none());
    let raised: Vec<_> = verdicts.iter().map(|verdict| verdict.raised.is_some()).collect();
    assert_eq!(raised, [false, false, true]);
}

#[test]
fn a_withdrawn_frozen_background_ends_its_incident() {
    let background = Thresholds { frozen_background_after: Some(seconds(4)), ..quick() };
    let mut feed = FeedState::restored(Fault::FrozenBackground, seconds(20), at(0), &background);
    assert!(feed.incident().is_some());
    let verdict = feed.observe(at(2), Observation::Unknown, &quick());
    assert_eq!((verdict.cleared.is_some(), verdict.incident), (true, None));
}

#[test]
fn a_feed_that_is_sampled_every_45_seconds_is_raised_later_but_raised() {
    for (picture, fault) in [(still as fn(u16) -> _, Fault::Frozen), (black, Fault::Black)] {
        let mut feed = FeedState::new();
        let verdicts = show(&mut feed, &Thresholds::default(), every(45, 0), (0..6).map(picture));
        let raised = verdicts.iter().position(|verdict| verdict.raised.is_some());
        assert!(raised.is_some_and(|sample| sample <= 3), "{fault}: {raised:?}");
        assert!(verdicts[5].is_in(fault));
    }
}

#[test]
fn a_feed_that_is_sampled_at_irregular_long_distances_is_raised() {
    let mut feed = FeedState::new();
    let times = [0, 40, 50, 90, 100, 140, 150, 190];
    let raised = (0..).zip(times).any(|(frame, time)| {
        let verdict = feed.observe(at(time), taken(time, still(frame)), &Thresholds::default());
        verdict.raised.is_some()
    });
    assert!(raised);
}

#[test]
fn the_first_picture_after_a_gap_ends_an_incident_that_it_contradicts() {
    for picture in [still as fn(u16) -> _, black] {
        let (mut feed, thresholds) = (FeedState::new(), quick());
        show(&mut feed, &thresholds, every(2, 0), (0..6).map(picture));
        let after = show(&mut feed, &thresholds, every(2, 200), (1..3).map(moving));
        let cleared = after[0].cleared.expect("cleared by the first picture");
        assert_eq!(cleared.lasted, seconds(10), "until it was last seen");
        assert!(after.iter().all(|verdict| verdict.incident.is_none()));
    }
}

#[test]
fn after_a_very_long_gap_an_incident_is_over_even_if_the_first_picture_agrees() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(black));
    let late = 10 + LONGEST_MEMORY.as_secs() + 1;
    let after = show(&mut feed, &thresholds, every(2, late), (0..4).map(black));
    assert!(after[0].cleared.is_some() && after[0].incident.is_none());
    assert_eq!(after[0].lasted(Fault::Black), Duration::ZERO);
    assert!(after[3].is_in(Fault::Black), "the new one counts from its own first sample");
}

#[test]
fn a_channel_that_starts_again_drops_the_incident_from_before_and_reports_its_end() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(black));
    for time in [12, 14, 16] {
        feed.starting(at(time), &thresholds);
        let verdict = feed.observe(at(time), Observation::NoPicture, &thresholds);
        assert_eq!(verdict.cleared.is_some(), time == 12, "at {time}");
        assert_eq!(verdict.incident, None);
        assert_eq!(verdict.lasted(Fault::Black), Duration::ZERO);
    }
}

#[test]
fn an_expected_absence_ends_the_incident_of_another_fault() {
    let thresholds = Thresholds { expected: vec![Fault::NoPicture], ..quick() };
    let mut feed = FeedState::new();
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(black));
    let verdicts: Vec<_> = (6..10)
        .map(|sample| feed.observe(at(sample * 2), Observation::NoPicture, &thresholds))
        .collect();
    assert!(verdicts.iter().any(|verdict| verdict.cleared.is_some()));
    assert!(verdicts[3].is_healthy());
}

#[test]
fn an_incident_that_no_picture_replaces_ended_when_the_picture_disappeared() {
    let (mut feed, thresholds) = (FeedState::new(), quick());
    show(&mut feed, &thresholds, every(2, 0), (0..6).map(black));
    let cleared = (6..40).find_map(|sample| {
        feed.observe(at(sample * 2), Observation::NoPicture, &thresholds).cleared
    });
    assert_eq!(cleared.expect("replaced").lasted, seconds(12));
}
