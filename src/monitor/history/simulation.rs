//! The memories of two processes against a source whose whole course is known: they take turns or
//! run at the same time, samples fail, the channel restarts, and tags change.
//!
//! The expectations follow from the course alone, by rules that know nothing of the judge's state.

mod announcements;
mod reading_back;

use std::{
    fs,
    path::Path,
    sync::{Arc, LazyLock},
};

use proptest::{collection::vec, prelude::*};
use source_detection::{
    Fault, Picture, Thresholds,
    picture::grid::{COLUMNS, Grid},
};

use reading_back::{published_by, read_back};

use super::*;
use crate::{
    analyse::Analysis,
    aws::{ApiName, CallError},
    datapoint::Datapoint,
    feed::{Channel, ChannelClass, Pipeline, Tags},
};

/// Seconds from slot to slot.
const INTERVAL: u64 = 10;

/// How many slots a course has: twenty minutes.
const SLOTS: usize = 120;

/// What the monitor reads back, in slots.
const LOOK_BACK: usize = 30;

/// Pictures unlike each other: a living source shows another one in each slot.
static ALIVE: LazyLock<Vec<Picture>> = LazyLock::new(|| {
    let names = [
        "moving-zoom",
        "moving-soft-pan",
        "moving-small",
        "moving-night",
        "moving-credits",
        "moving-held",
        "moving-snow",
        "pattern",
        "slate",
        "frozen-noise",
        "frozen-starved",
        "frozen-clock",
        "frozen-to-frozen",
    ];
    let stills: Vec<_> = names.iter().map(|name| still(name)).collect();
    (0..SLOTS).map(|slot| shifted(&stills[slot % names.len()], slot / names.len())).collect()
});

/// A picture whose columns were moved to the left, those at the edge to the right: a living source
/// does not show the same picture twice.
fn shifted(picture: &Picture, times: usize) -> Picture {
    let mut cells = *picture.grid.cells();
    for row in cells.chunks_exact_mut(COLUMNS) {
        row.rotate_left(7 * times);
    }
    Picture { grid: Grid::new(cells), ..picture.clone() }
}

static BLACK: LazyLock<Picture> = LazyLock::new(|| still("black-clock"));

fn still(name: &str) -> Picture {
    let stills = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/detection/tests/stills");
    Picture::decode(&fs::read(stills.join(name).join("000.jpg")).unwrap()).unwrap()
}

/// What the source does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Programme {
    Alive,
    Black,
    NoPicture,
}

impl Programme {
    fn fault(self) -> Option<Fault> {
        match self {
            Self::Alive => None,
            Self::Black => Some(Fault::Black),
            Self::NoPicture => Some(Fault::NoPicture),
        }
    }
}

/// How the channel is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listing {
    Running,
    Starting,
    /// Stopped, or a tag excludes it.
    Absent,
    /// A tag says that black is intended.
    BlackExpected,
}

/// Which processes get ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    First,
    Second,
    Both,
}

/// What happens in one slot.
#[derive(Clone, Copy, Debug)]
struct Step {
    programme: Programme,
    listing: Listing,
    turn: Turn,
    /// Whether the sample of each process fails.
    fails: [bool; 2],
}

impl Step {
    fn is_active(self, process: usize) -> bool {
        self.turn == Turn::Both || self.turn == [Turn::First, Turn::Second][process]
    }

    /// Whether the process learns what the source shows.
    fn is_known(self, process: usize) -> bool {
        self.is_active(process) && !self.fails[process] && self.listing != Listing::Absent
    }
}

/// Each of these for as many slots, one after another; the last one lasts to the end.
fn spread<T: Copy>(parts: &[(T, usize)]) -> Vec<T> {
    let last = parts.last().expect("at least one part").0;
    let slots = parts.iter().flat_map(|&(part, slots)| std::iter::repeat_n(part, slots));
    slots.chain(std::iter::repeat(last)).take(SLOTS).collect()
}

fn course() -> impl Strategy<Value = Vec<Step>> {
    let programme = prop_oneof![
        3 => Just(Programme::Alive),
        3 => Just(Programme::Black),
        1 => Just(Programme::NoPicture),
    ];
    let listing = prop_oneof![
        6 => (Just(Listing::Running), 20..60_usize),
        1 => (Just(Listing::Starting), 1..6_usize),
        1 => (Just(Listing::Absent), 4..10_usize),
        1 => (Just(Listing::BlackExpected), 4..20_usize),
    ];
    // A tick lasts a minute.
    let turn = prop_oneof![2 => Just(Turn::First), 2 => Just(Turn::Second), 1 => Just(Turn::Both)];
    let fails = (prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(<[bool; 2]>::from);
    (
        vec((programme, 1..30_usize), 4..12),
        vec(listing, 2..6),
        vec(turn.prop_map(|turn| (turn, 6)), SLOTS / 6),
        vec(fails, SLOTS),
    )
        .prop_map(|(programme, listing, turn, fails)| {
            let (programme, listing, turn) = (spread(&programme), spread(&listing), spread(&turn));
            (0..SLOTS)
                .map(|slot| Step {
                    programme: programme[slot],
                    listing: listing[slot],
                    turn: turn[slot],
                    fails: fails[slot],
                })
                .collect()
        })
}

fn time(slot: usize) -> SystemTime {
    let slot = u64::try_from(slot).expect("small");
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + slot * INTERVAL)
}

fn thresholds(step: Step) -> Thresholds {
    let interval = Duration::from_secs(INTERVAL);
    let expects_black = step.listing == Listing::BlackExpected;
    Thresholds {
        longest_gap: Thresholds::gap_for(interval),
        jitter: Thresholds::jitter_for(interval),
        expected: expects_black.then_some(Fault::Black).into_iter().collect(),
        ..Thresholds::default()
    }
}

fn sample(step: Step, slot: usize, process: usize) -> Sample {
    let channel = Channel {
        id: "1001".to_owned(),
        name: String::new(),
        state: match step.listing {
            Listing::Starting => ChannelState::Starting,
            _ => ChannelState::Running,
        },
        class: ChannelClass::SinglePipeline,
        pipelines_running: None,
        arn: String::new(),
        linked: Vec::new(),
        maintenance: None,
        tags: Tags::new(),
    };
    let thresholds = thresholds(step);
    let key = FeedKey::new("1001", Pipeline::Zero);
    let feed = Feed { key, channel: Arc::new(channel), thresholds: Arc::new(thresholds) };
    // The second process is slower.
    let taken = time(slot) + Duration::from_millis([300, 900][process]);
    let picture = |picture: &Picture| Outcome::Picture {
        stamp: Some(taken),
        analysis: Analysis { picture: picture.clone(), rating: Rating::NotDue },
    };
    let outcome = match step.programme {
        _ if step.fails[process] => {
            Outcome::Failed(CallError::out_of_time(ApiName::DescribeThumbnails).into())
        }
        // A channel that starts has no thumbnails yet.
        _ if step.listing == Listing::Starting => Outcome::NoPicture,
        Programme::NoPicture => Outcome::NoPicture,
        Programme::Black => picture(&BLACK),
        Programme::Alive => picture(&ALIVE[slot % ALIVE.len()]),
    };
    Sample { feed, taken, outcome }
}

/// The durations that one sample published, by fault.
type Durations = [(Fault, Duration); 2];

fn durations(verdict: &Verdict) -> Durations {
    [Fault::Black, Fault::NoPicture].map(|fault| (fault, verdict.lasted_in_slots(fault)))
}

/// The verdicts of both processes, for each slot.
fn run(course: &[Step]) -> Vec<[Option<Verdict>; 2]> {
    run_and(course, |_, _| {})
}

/// The verdicts of both processes, for each slot. `unwatched` gets the incidents that ended because
/// the channel is absent, each with its slot.
fn run_and(
    course: &[Step],
    unwatched: impl FnMut(usize, EndedUnwatched),
) -> Vec<[Option<Verdict>; 2]> {
    play(course, unwatched).0
}

/// The verdicts of both processes, for each slot, and what both published.
fn play(
    course: &[Step],
    mut unwatched: impl FnMut(usize, EndedUnwatched),
) -> (Vec<[Option<Verdict>; 2]>, Vec<Datapoint>) {
    let mut processes = [History::default(), History::default()];
    let mut published = Vec::new();
    let mut verdicts = Vec::new();
    for (slot, &step) in course.iter().enumerate() {
        let mut of_slot = [None, None];
        for (process, history) in processes.iter_mut().enumerate() {
            if !step.is_active(process) {
                continue;
            }
            let sample = sample(step, slot, process);
            let plan = history.plan(vec![sample.feed.clone()], time(slot), RekognitionUse::Never);
            if step.listing == Listing::Absent {
                // The cached list still has the channel, so what is missing was asked for.
                let restored = read_back(&published, slot);
                let interval = Duration::from_secs(INTERVAL);
                let is_followed = |_: &FeedKey, sampled| {
                    !plan.unrestored.is_empty()
                        && restored.shows_another_process(sampled, time(slot), interval)
                };
                let ended = history.reset_unwatched(&[], time(slot), |_| true, is_followed);
                for ended in ended {
                    unwatched(slot, ended);
                }
                continue;
            }
            if !plan.unrestored.is_empty() {
                history.restore(&sample, &read_back(&published, slot), time(slot));
            }
            of_slot[process] = Some(history.record(time(slot), sample, Duration::ZERO));
        }
        published.extend(of_slot.iter().flatten().flat_map(|one| published_by(one, slot)));
        verdicts.push(of_slot.map(|assessment| Some(assessment?.verdict)));
    }
    (verdicts, published)
}

/// The latest slot before `slot` for which `holds`.
fn latest(course: &[Step], slot: usize, holds: impl Fn(Step) -> bool) -> Option<usize> {
    (0..slot).rev().find(|slot| holds(course[*slot]))
}

/// Whether `holds` in each of the `count` slots up to and including this one.
fn throughout(course: &[Step], slot: usize, count: usize, holds: impl Fn(Step) -> bool) -> bool {
    slot + 1 >= count && course[slot + 1 - count..=slot].iter().all(|step| holds(*step))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_incident_is_of_a_fault_that_was_there_since_the_latest_start(course in course()) {
        for (slot, verdicts) in run(&course).iter().enumerate() {
            for incident in verdicts.iter().flatten().filter_map(|verdict| verdict.incident) {
                let seen = latest(&course, slot + 1, |step| step.programme.fault() == Some(incident.fault));
                let reset = latest(&course, slot + 1, |step| {
                    matches!(step.listing, Listing::Starting | Listing::Absent)
                        || step.listing == Listing::BlackExpected && incident.fault == Fault::Black
                });
                // Without a picture, a process can't know what it missed while it had no ticks.
                let blind = latest(&course, slot + 1, |step| step.programme == Programme::NoPicture);
                prop_assert!(
                    seen.max(blind) > reset,
                    "{:?} in slot {}: seen {:?}, reset {:?}", incident, slot, seen, reset
                );
            }
        }
    }

    #[test]
    fn a_fault_that_lasts_is_raised_by_whichever_process_watches(course in course()) {
        for (slot, verdicts) in run(&course).iter().enumerate() {
            for (process, verdict) in verdicts.iter().enumerate() {
                // The grace of a minute, the set time of ten seconds, and the distance of samples.
                let is_black = |step: Step| {
                    step.programme == Programme::Black && step.listing == Listing::Running
                };
                let is_sampled = |step: Step| step.is_known(process);
                if !throughout(&course, slot, 10, is_black) || !throughout(&course, slot, 3, is_sampled) {
                    continue;
                }
                let verdict = verdict.as_ref().expect("active");
                prop_assert!(verdict.is_in(Fault::Black), "slot {}, process {}", slot, process);
            }
        }
    }

    #[test]
    fn every_incident_ends(course in course()) {
        for (slot, verdicts) in run(&course).iter().enumerate() {
            for (process, verdict) in verdicts.iter().enumerate() {
                let is_alive = |step: Step| {
                    step.programme == Programme::Alive && step.listing == Listing::Running && step.is_known(process)
                };
                if throughout(&course, slot, 6, is_alive) {
                    let verdict = verdict.as_ref().expect("active");
                    prop_assert!(verdict.is_healthy(), "slot {}, process {}", slot, process);
                }
            }
        }
    }

    #[test]
    fn both_processes_publish_the_same_durations(course in course()) {
        for (slot, verdicts) in run(&course).iter().enumerate() {
            let [Some(first), Some(second)] = verdicts else { continue };
            let step = course[slot];
            // Both have watched the fault begin. Otherwise, one might not know what had been behind
            // a missing picture, which is not published.
            let together = |step: Step| step.is_known(0) && step.is_known(1);
            let is_running = |step: Step| step.listing == Listing::Running;
            let watched = latest(&course, slot + 1, |step| !together(step) || !is_running(step));
            let began = latest(&course, slot + 1, |other| other.programme != step.programme);
            let before = began.map_or(Programme::NoPicture, |slot| course[slot].programme);
            let watched_it_begin = began > watched && before == Programme::Alive;
            if step.programme != Programme::Alive && watched_it_begin {
                prop_assert_eq!(durations(first), durations(second), "slot {}", slot);
            }
        }
    }
}

#[test]
fn a_black_feed_that_most_rounds_do_not_reach_is_raised_at_its_third_sample_at_the_latest() {
    for distance in 1..=20 {
        let step = |slot: usize| Step {
            programme: Programme::Black,
            listing: Listing::Running,
            turn: Turn::First,
            fails: [!slot.is_multiple_of(distance); 2],
        };
        let course: Vec<_> = (0..SLOTS).map(step).collect();
        let verdicts = run(&course);
        let raised = verdicts
            .iter()
            .position(|[first, _]| first.as_ref().is_some_and(|verdict| verdict.raised.is_some()));
        assert!(raised.is_some_and(|slot| slot <= 2 * distance), "{distance}: {raised:?}");
        let healthy =
            (0..SLOTS).filter(|slot| verdicts[*slot][0].as_ref().is_some_and(Verdict::is_healthy));
        assert!(
            healthy.into_iter().all(|slot| slot.is_multiple_of(distance)),
            "without a recent sample"
        );
    }
}
