//! What is kept and taken over the course of incidents, and the budget.

use std::{fs, path::Path, time::Duration};

use proptest::prelude::*;
use source_detection::{FeedState, Observation, Picture, Thresholds};

use super::*;
use crate::feed::Pipeline;

const START: SystemTime = SystemTime::UNIX_EPOCH;

/// A feed whose samples are ten seconds apart, its judge and its album.
struct Watched {
    feed: FeedKey,
    state: FeedState,
    album: Album,
    samples: u64,
}

impl Watched {
    fn new(budget: usize) -> Self {
        let feed = FeedKey::new("1001", Pipeline::Zero);
        Self { feed, state: FeedState::new(), album: Album::new(budget), samples: 0 }
    }

    /// Samples a still of the labelled set; the JPEG is replaced by the number of the sample.
    fn sample(&mut self, still: &str) -> Verdict {
        let stills = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/detection/tests/stills");
        let picture = Picture::decode(&fs::read(stills.join(still)).unwrap()).unwrap();
        let taken = START + Duration::from_secs(10 * self.samples);
        self.album.add(&self.feed, taken, Some(taken), jpeg(self.samples));
        self.observe(Observation::Picture { picture, taken: Some(taken) })
    }

    fn observe(&mut self, observation: Observation) -> Verdict {
        let at = START + Duration::from_secs(10 * self.samples);
        let verdict = self.state.observe(at, observation, &Thresholds::default());
        self.album.judge(&self.feed, &verdict, |time| time);
        self.samples += 1;
        verdict
    }

    /// What waits: the key without the channel, and the number of the sample.
    fn waiting(&mut self) -> Vec<(String, u8)> {
        let waiting = self.album.take_waiting();
        waiting.iter().map(|one| (short(&one.name), one.jpeg[0])).collect()
    }
}

fn jpeg(sample: u64) -> Bytes {
    vec![u8::try_from(sample).unwrap(); 100].into()
}

fn short(name: &PictureName) -> String {
    let key = name.to_string();
    key.trim_start_matches("1001/19700101T").replace("-pipeline-0", "")
}

fn expected(pictures: &[(&str, u8)]) -> Vec<(String, u8)> {
    pictures.iter().map(|&(name, sample)| (name.to_owned(), sample)).collect()
}

/// Stills that differ.
const ALIVE: [&str; 2] = ["pattern/000.jpg", "slate/000.jpg"];

#[test]
fn an_incident_has_the_last_picture_before_the_first_with_it_and_the_last() {
    let mut watched = Watched::new(usize::MAX);
    for sample in 0..3 {
        watched.sample(ALIVE[sample % 2]);
    }
    for _ in 3..6 {
        watched.sample("black-clock/000.jpg");
    }
    let raised = [("000030Z-black/1-before.jpg", 2), ("000030Z-black/2-first.jpg", 3)];
    assert_eq!(watched.waiting(), expected(&raised));
    for sample in 6..9 {
        watched.sample(ALIVE[sample % 2]);
    }
    assert_eq!(watched.waiting(), expected(&[("000030Z-black/3-last-after-30s.jpg", 5)]));
}

#[test]
fn the_first_picture_of_a_freeze_is_the_one_that_the_others_equal() {
    let mut watched = Watched::new(usize::MAX);
    watched.sample(ALIVE[0]);
    for _ in 1..5 {
        watched.sample(ALIVE[1]);
    }
    let raised = [("000010Z-frozen/1-before.jpg", 0), ("000010Z-frozen/2-first.jpg", 1)];
    assert_eq!(watched.waiting(), expected(&raised));
}

#[test]
fn a_source_without_a_picture_has_the_last_one_before() {
    let mut watched = Watched::new(usize::MAX);
    for sample in 0..3 {
        watched.sample(ALIVE[sample % 2]);
    }
    for _ in 0..7 {
        watched.observe(Observation::NoPicture);
    }
    assert_eq!(watched.waiting(), expected(&[("000030Z-no_picture/1-before.jpg", 2)]));
}

#[test]
fn a_fault_that_replaces_another_has_its_own_pictures() {
    let mut watched = Watched::new(usize::MAX);
    watched.sample(ALIVE[0]);
    for _ in 1..4 {
        watched.sample("black-clock/000.jpg");
    }
    watched.waiting();
    for _ in 4..8 {
        watched.sample(ALIVE[1]);
    }
    let pictures = [
        ("000010Z-black/3-last-after-30s.jpg", 3),
        ("000040Z-frozen/1-before.jpg", 3),
        ("000040Z-frozen/2-first.jpg", 4),
    ];
    assert_eq!(watched.waiting(), expected(&pictures));
}

#[test]
fn an_incident_that_ends_without_a_sample_has_its_last_picture() {
    let mut watched = Watched::new(usize::MAX);
    watched.sample(ALIVE[0]);
    let mut verdict = watched.sample("black-clock/000.jpg");
    for _ in 2..6 {
        verdict = watched.sample("black-clock/000.jpg");
    }
    watched.waiting();
    let incident = verdict.incident.unwrap();
    let ended = IncidentEvent { incident, lasted: Duration::from_secs(40) };
    watched.album.end(&watched.feed, &ended);
    assert_eq!(watched.waiting(), expected(&[("000010Z-black/3-last-after-40s.jpg", 5)]));
    assert_eq!(watched.album.bytes(), 0);
}

#[test]
fn a_feed_keeps_two_pictures_while_nothing_is_wrong_and_three_in_an_incident() {
    let mut watched = Watched::new(usize::MAX);
    // A source that returns to the same pictures would be repeating.
    for (name, stills) in [("moving-zoom", 6), ("moving-soft-pan", 9), ("moving-snow", 5)] {
        for still in 0..stills {
            watched.sample(&format!("{name}/{still:03}.jpg"));
            assert!(watched.album.bytes() <= 200, "{}", watched.album.bytes());
        }
    }
    for _ in 0..20 {
        watched.sample("black-clock/000.jpg");
        watched.waiting();
        assert!(watched.album.bytes() <= 400, "{}", watched.album.bytes());
    }
    assert!(watched.album.bytes() <= 300, "{}", watched.album.bytes());
}

#[test]
fn the_same_thumbnail_again_is_kept_once() {
    let mut album = Album::new(usize::MAX);
    let feed = FeedKey::new("1001", Pipeline::Zero);
    for _ in 0..3 {
        album.add(&feed, START, Some(START), jpeg(1));
    }
    assert_eq!(album.bytes(), 100);
}

#[test]
fn the_oldest_pictures_give_way() {
    let mut album = Album::new(250);
    let feeds = [0, 1, 2].map(|feed| FeedKey::new(&feed.to_string(), Pipeline::Zero));
    for feed in &feeds {
        album.add(feed, START, None, jpeg(1));
    }
    let left = feeds.map(|feed| album.feeds[&feed].kept.len());
    assert_eq!(left, [0, 1, 1]);
    album.retain(|feed| &*feed.channel_id == "2");
    assert_eq!((album.bytes(), album.by_number.len()), (100, 1));
}

#[test]
fn a_picture_that_exceeds_the_budget_is_not_kept() {
    let mut album = Album::new(99);
    album.add(&FeedKey::new("1001", Pipeline::Zero), START, None, jpeg(1));
    assert_eq!(album.bytes(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever happens, what is kept is counted right and within the budget.
    #[test]
    fn the_budget_holds(
        budget in 0_usize..2_000,
        steps in prop::collection::vec((0_u64..4, 1_usize..300, any::<bool>()), 0..200),
    ) {
        let mut album = Album::new(budget);
        for (number, (feed, size, moves)) in steps.into_iter().enumerate() {
            let feed = FeedKey::new(&feed.to_string(), Pipeline::Zero);
            album.add(&feed, START + Duration::from_secs(number as u64), None, vec![0; size].into());
            if moves {
                let incident = IncidentName::new(&feed, START, Fault::Black).unwrap();
                let name = PictureName { incident, moment: Moment::First };
                album.put_waiting(WaitingPicture { name, jpeg: vec![0; size].into(), failures: 0 });
            }
            let kept = album.feeds.values().flat_map(|pictures| &pictures.kept);
            let (count, bytes) = kept.fold((0, 0), |(count, bytes), one| (count + 1, bytes + one.jpeg.len()));
            let waiting: usize = album.waiting.iter().map(|one| one.jpeg.len()).sum();
            prop_assert_eq!(album.by_number.len(), count);
            prop_assert_eq!(album.bytes(), bytes + waiting);
            prop_assert!(album.bytes() <= budget && waiting <= budget / 2);
        }
    }
}
