//! Which stills are kept of sequences with known verdicts.

use std::{fs, path::Path};

use super::*;
use crate::judge::{FeedState, Observation, Thresholds};

/// Plays stills of the repository, 2 s apart, with a set time of 8 s and a clear time of 4 s.
fn pictures(stills: &[String], budget: usize) -> Pictures {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills");
    let (frozen_after, clear_after) = (Duration::from_secs(8), Duration::from_secs(4));
    // The cuts below repeat a few stills.
    let expected = vec![Fault::Repeating];
    let thresholds = Thresholds { frozen_after, clear_after, expected, ..Thresholds::default() };
    let (mut observer, mut feed) = ((), FeedState::new());
    let mut album = Album::new(&mut observer, budget);
    for (index, still) in stills.iter().enumerate() {
        let jpeg = fs::read(folder.join(still)).expect("is readable");
        let picture = Picture::decode(&jpeg).expect("is valid");
        let time = Duration::from_secs(2 * index as u64);
        let at = SystemTime::UNIX_EPOCH + time;
        let observation = Observation::Picture { picture: picture.clone(), taken: Some(at) };
        let verdict = &feed.observe(at, observation, &thresholds);
        let picture = Some(&picture);
        album.keep(&JudgedStill { index, time, taken: at, jpeg: Some(&jpeg), picture, verdict });
    }
    album.into_pictures()
}

fn freeze() -> Vec<String> {
    (0..13).map(|still| format!("freeze-and-back/{still:03}.jpg")).collect()
}

/// Cuts to and fro for so many stills.
fn cuts(count: usize) -> Vec<String> {
    (0..count).map(|still| format!("moving-zoom/{:03}.jpg", still % 6)).collect()
}

fn marked(pictures: &Pictures) -> Vec<(usize, String)> {
    let marks = |shown: &Shown| -> Vec<_> {
        shown.marks.iter().map(|mark| (shown.index, mark.to_string())).collect()
    };
    pictures.0.values().flat_map(marks).collect()
}

#[test]
fn the_stills_around_an_incident_are_marked() {
    let expected = [
        (2, "before frozen"),
        (3, "first frozen"),
        (7, "frozen raised"),
        (8, "last frozen"),
        (9, "after frozen"),
    ];
    let expected = expected.map(|(index, mark)| (index, mark.to_owned()));
    assert_eq!(marked(&pictures(&freeze(), usize::MAX)), expected);
}

#[test]
fn a_short_sequence_is_kept_as_a_whole() {
    let pictures = pictures(&freeze(), usize::MAX);
    assert_eq!(pictures.0.keys().copied().collect::<Vec<_>>(), (0..13).collect::<Vec<_>>());
    assert!(pictures.0.values().all(|shown| shown.jpeg.is_some() && shown.facts.is_some()));
}

#[test]
fn of_a_long_sequence_every_nth_still_the_last_one_and_the_incidents_are_kept() {
    let mut stills = cuts(101);
    stills.extend(freeze());
    stills.extend(cuts(101));
    let pictures = pictures(&stills, usize::MAX);
    assert!(pictures.0.len() <= MAX_REGULAR + 6, "{} stills", pictures.0.len());
    let marked: Vec<_> = marked(&pictures).into_iter().map(|(index, _)| index).collect();
    assert_eq!(marked, [103, 104, 108, 109, 110]);
    let unmarked: Vec<_> =
        pictures.0.keys().copied().filter(|index| !marked.contains(index)).collect();
    let (last, regular) = unmarked.split_last().expect("there are some");
    assert_eq!(*last, 214);
    assert!(regular.windows(2).all(|pair| (pair[1] - pair[0]).is_multiple_of(8)), "{regular:?}");
}

#[test]
fn files_beyond_the_budget_are_dropped_and_those_of_incidents_last() {
    let all = pictures(&freeze(), usize::MAX);
    let marked_bytes: usize = all
        .0
        .values()
        .filter(|shown| !shown.marks.is_empty())
        .filter_map(|shown| shown.jpeg.as_ref())
        .map(|jpeg| jpeg.len())
        .sum();
    let some = pictures(&freeze(), marked_bytes);
    assert_eq!((some.0.len(), some.bytes()), (all.0.len(), marked_bytes));
    assert!(some.0.values().all(|shown| shown.jpeg.is_some() != shown.marks.is_empty()));
}

#[test]
fn facts_name_only_what_is_there() {
    let facts = Facts { dark: 0.021, spread: 180, bars: 0, one_colour: None, change: None };
    assert_eq!(facts.to_string(), "2 % dark, levels spread over 180");
    let facts = Facts { bars: 7, one_colour: Some(0.5), change: Some((1.25, 9)), ..facts };
    assert_eq!(
        facts.to_string(),
        "changed by 1.2 of 255, largest cell 9; 2 % dark, levels spread over 180, 50 % in one \
         colour, 7 colours in the order of bars"
    );
}
