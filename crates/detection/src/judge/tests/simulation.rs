//! The judge against a source whose whole course is known: random programmes, sampled irregularly,
//! with failed samples and a second process that takes over.
//!
//! The expectations are derived from the programme alone, by rules that know nothing of the judge's
//! state.

use std::{sync::LazyLock, time::Duration};

use proptest::{collection::vec, prelude::*};

use super::pictures::{at, bars, draw, grey, scene};
use crate::{
    judge::{BRIEF, Fault, FeedState, Incident, Observation, SampleTime, Thresholds, Verdict},
    picture::Picture,
};

/// The distance of slots, in seconds.
const INTERVAL: u64 = 10;

/// How many slots a simulation has.
const SLOTS: usize = 120;

/// A living source shows another scene in each slot, and a frozen one holds a scene of its own.
static SCENES: LazyLock<Vec<Picture>> = LazyLock::new(|| {
    let shifts = (0_u16..).take(SLOTS + MOST_FAULTS);
    shifts.map(|shift| draw(|x, y| grey(scene(x + 77.0 * f32::from(shift), y)))).collect()
});

static BLACK: LazyLock<Picture> = LazyLock::new(|| draw(|_, _| grey(2.0)));
static BARS: LazyLock<Picture> = LazyLock::new(|| draw(|x, _| bars(x)));

/// What a source does for a while.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// `None`: it is alive.
    fault: Option<Fault>,
    /// Its position in the programme.
    index: usize,
    /// Milliseconds.
    begin: u64,
    end: u64,
}

/// A source's programme, and how it is sampled.
#[derive(Clone, Debug)]
struct Course {
    /// Faults and how long they last, in seconds, each followed by a living source.
    faults: Vec<(Fault, u64)>,
    /// For each slot: milliseconds from its beginning to the sample, and whether that fails.
    samples: Vec<(u64, bool)>,
    /// The slot from which on a second process judges too.
    takeover: usize,
}

/// The most faults in a programme.
const MOST_FAULTS: usize = 4;

/// A living source between two faults lasts this long, in seconds: several samples, whatever fails.
const ALIVE: u64 = 60;

fn course() -> impl Strategy<Value = Course> {
    let fault = prop_oneof![
        Just(Fault::Black),
        Just(Fault::Bars),
        Just(Fault::Frozen),
        Just(Fault::NoPicture)
    ];
    let seconds = prop_oneof![1 => 1_u64..=3, 3 => 4_u64..=200];
    let sample = (4_000_u64..5_000, prop::bool::weighted(0.15));
    (vec((fault, seconds), 1..=MOST_FAULTS), vec(sample, SLOTS), 0..SLOTS - 20)
        .prop_map(|(faults, samples, takeover)| Course { faults, samples, takeover })
}

impl Course {
    fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part { fault: None, index: 0, begin: 0, end: ALIVE * 1_000 }];
        for (index, &(fault, seconds)) in self.faults.iter().enumerate() {
            let begin = parts.last().expect("never empty").end;
            let end = begin + seconds * 1_000;
            parts.push(Part { fault: Some(fault), index, begin, end });
            parts.push(Part { fault: None, index, begin: end, end: end + ALIVE * 1_000 });
        }
        parts
    }

    /// When each sample is taken, in milliseconds.
    fn times(&self) -> Vec<u64> {
        (0..)
            .zip(&self.samples)
            .map(|(slot, (offset, _))| slot * INTERVAL * 1_000 + offset)
            .collect()
    }

    /// What the sample in this slot shows.
    fn observation(&self, slot: usize, time: u64) -> Observation {
        if self.samples[slot].1 {
            return Observation::Unknown;
        }
        let parts = self.parts();
        let part = parts.iter().find(|part| (part.begin..part.end).contains(&time));
        let fault = part.and_then(|part| Some((part.fault?, part.index)));
        let picture = match fault {
            Some((Fault::NoPicture, _)) => return Observation::NoPicture,
            Some((Fault::Black, _)) => BLACK.clone(),
            Some((Fault::Bars, _)) => BARS.clone(),
            Some((_, index)) => SCENES[SLOTS + index].clone(),
            None => SCENES[slot].clone(),
        };
        Observation::Picture { picture, taken: Some(at(0) + Duration::from_millis(time)) }
    }
}

fn thresholds() -> Thresholds {
    let interval = Duration::from_secs(INTERVAL);
    Thresholds {
        longest_gap: Thresholds::gap_for(interval),
        jitter: Thresholds::jitter_for(interval),
        ..Thresholds::default()
    }
}

fn sample_time(slot: usize, time: u64) -> SampleTime {
    let slot = at(u64::try_from(slot).expect("small") * INTERVAL);
    SampleTime { taken: at(0) + Duration::from_millis(time), slot }
}

/// The verdicts of a process on all samples.
fn judge(course: &Course) -> Vec<Verdict> {
    let (mut feed, thresholds) = (FeedState::new(), thresholds());
    (0..)
        .zip(course.times())
        .map(|(slot, time)| {
            let observation = course.observation(slot, time);
            feed.observe(sample_time(slot, time), observation, &thresholds)
        })
        .collect()
}

/// The longest time between two known samples around this part, in milliseconds.
fn longest_distance(course: &Course, part: Part) -> u64 {
    let known = course.times().into_iter().zip(&course.samples);
    let known: Vec<_> = known.filter(|(_, (_, fails))| !fails).map(|(time, _)| time).collect();
    let overlaps = |pair: &&[u64]| pair[1] >= part.begin && pair[0] <= part.end;
    known.windows(2).filter(overlaps).map(|pair| pair[1] - pair[0]).max().unwrap_or(u64::MAX)
}

fn raised(verdicts: &[Verdict]) -> impl Iterator<Item = (usize, Incident)> {
    let raised = |(slot, verdict): (usize, &Verdict)| Some((slot, verdict.raised?.incident));
    verdicts.iter().enumerate().filter_map(raised)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_fault_longer_than_its_set_time_and_the_sampling_distance_is_raised(course in course()) {
        let (verdicts, times) = (judge(&course), course.times());
        for part in course.parts() {
            let Some(fault) = part.fault else { continue };
            let distance = longest_distance(&course, part);
            let set = thresholds().set_time(fault).expect("never expected").as_millis();
            let set = u64::try_from(set).expect("small");
            // Twice the distance: the first and the last sample of the fault may each be that late.
            if distance > 30_000 || part.end - part.begin <= set.max(3_000) + 2 * distance {
                continue;
            }
            let found = raised(&verdicts).any(|(slot, incident)| {
                incident.fault == fault && (part.begin..part.end + distance).contains(&times[slot])
            });
            prop_assert!(found, "{:?} with samples up to {} ms apart", part, distance);
        }
    }

    #[test]
    fn nothing_that_lasts_three_seconds_at_most_is_raised(course in course()) {
        let verdicts = judge(&course);
        for (_, incident) in raised(&verdicts) {
            let since = incident.since.duration_since(at(0)).expect("later").as_millis();
            let shows = |part: &Part| {
                part.fault == Some(incident.fault)
                    && (u128::from(part.begin)..u128::from(part.end)).contains(&since)
            };
            let lasted = course.parts().into_iter().find(shows).map(|part| part.end - part.begin);
            prop_assert!(lasted.is_some_and(|lasted| lasted > 3_000), "{:?}, {:?}", lasted, incident);
        }
    }

    #[test]
    fn every_incident_ends_once_and_counts_agree_with_durations(course in course()) {
        let verdicts = judge(&course);
        let mut open: Option<Incident> = None;
        for verdict in &verdicts {
            if let Some(event) = verdict.cleared {
                prop_assert_eq!(open.take().map(|one| (one.fault, one.since)), Some((event.incident.fault, event.incident.since)));
            }
            if let Some(event) = verdict.raised {
                prop_assert!(open.replace(event.incident).is_none());
                prop_assert!(event.lasted > BRIEF && event.lasted == verdict.lasted(event.incident.fault));
            }
            prop_assert_eq!(verdict.incident.is_some(), open.is_some());
            prop_assert!(!(verdict.is_healthy() && open.is_some()));
        }
        // Judged only if it could be seen: by ten samples after the programme that did not fail.
        let end = course.parts().last().expect("never empty").end;
        let mut last = course.times().into_iter().zip(&course.samples).skip(SLOTS - 10);
        if last.all(|(time, (_, failed))| time >= end && !failed) {
            prop_assert!(open.is_none(), "{:?}", open);
        }
    }

    #[test]
    fn a_second_process_publishes_what_the_first_one_would(course in course()) {
        let (verdicts, times, thresholds) = (judge(&course), course.times(), thresholds());
        let restored = &verdicts[course.takeover];
        // 0 says nothing about a fault that has just begun.
        let Some((fault, lasted)) = Fault::ALL
            .into_iter()
            .map(|fault| (fault, restored.lasted_in_slots(fault)))
            .find(|(_, lasted)| *lasted > BRIEF)
            .filter(|_| !restored.is_unknown())
        else {
            return Ok(());
        };
        let taken_over = sample_time(course.takeover, times[course.takeover]);
        let mut second = FeedState::restored(fault, lasted, taken_over, &thresholds);
        let mut latest = course.takeover;
        for slot in course.takeover + 1..times.len() {
            if times[slot] / 1_000 - times[latest] / 1_000 > 30 {
                // A sampling gap, whose limit depends on how often each of them has sampled.
                break;
            }
            // The second process takes its samples at other times of the same second.
            let second_time = times[slot] / 1_000 * 1_000 + times[slot] * 7 % 1_000;
            let observation = course.observation(slot, second_time);
            let verdict = second.observe(sample_time(slot, second_time), observation, &thresholds);
            if verdicts[slot].is_unknown() {
                continue;
            }
            latest = slot;
            if verdicts[slot].lasted_in_slots(fault) <= lasted {
                // The fault is over.
                break;
            }
            prop_assert_eq!(verdict.lasted_in_slots(fault), verdicts[slot].lasted_in_slots(fault), "in slot {}", slot);
        }
    }
}
