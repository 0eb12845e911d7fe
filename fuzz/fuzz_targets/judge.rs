//! Any sequence of samples: times that jump, time stamps of any year, thresholds of any length,
//! pictures of any cells.
#![no_main]

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use checks::MAX_MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;
use source_detection::{
    Fault, FeedState, Observation, Picture, Thresholds, Verdict,
    judge::{BRIEF, KnownStills},
    picture::{
        colour::Flat,
        grid::{CELLS, Grid},
        tone::Tone,
    },
};

/// The first second of the year 10000, from which on `capture` drops time stamps.
const END_OF_STAMPS: u64 = 253_402_300_800;

/// The most samples of a sequence.
const MAX_SAMPLES: usize = 200;

#[derive(Arbitrary, Debug)]
struct Sequence {
    thresholds: Seconds,
    /// An earlier process's fault: which, how long it had lasted, and when that was known.
    restored: Option<(u8, u64, u64)>,
    samples: Vec<Sample>,
}

/// Thresholds, in seconds.
#[derive(Arbitrary, Debug)]
struct Seconds {
    set: [u32; 7],
    background: Option<u32>,
    clear: u32,
    grace: u32,
    expected: Vec<u8>,
    gap: u32,
}

#[derive(Arbitrary, Debug)]
struct Sample {
    /// Seconds after the sample before it; below zero if the clock was put back.
    after: i32,
    starting: bool,
    outcome: Outcome,
}

#[derive(Arbitrary, Debug)]
enum Outcome {
    Picture {
        base: u8,
        cells: Vec<(u16, u8)>,
        dark: u8,
        spread: u8,
        bars: u8,
        flat: Option<(u8, u8)>,
        taken: Option<u64>,
    },
    NoPicture,
    Unreadable,
    Unknown,
}

fuzz_target!(|sequence: Sequence| {
    let thresholds = thresholds(&sequence.thresholds);
    let mut time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut feed = match sequence.restored {
        Some((fault, lasted, at)) => {
            let at = stamp(at).unwrap_or(time);
            FeedState::restored(nth_fault(fault), Duration::from_secs(lasted), at, &thresholds)
        }
        None => FeedState::new(),
    };
    let mut open = feed.incident().map(|incident| incident.fault);
    for sample in sequence.samples.into_iter().take(MAX_SAMPLES) {
        let step = Duration::from_secs(u64::from(sample.after.unsigned_abs()));
        let next = if sample.after < 0 { time.checked_sub(step) } else { time.checked_add(step) };
        time = next.unwrap_or(time);
        if sample.starting {
            feed.starting(time, &thresholds);
        }
        let verdict = feed.observe(time, observation(sample.outcome), &thresholds);
        check_incidents(&verdict, &mut open, &thresholds);
        // Logs contain the evidence in words.
        let evidence = verdict.incident.and_then(|incident| incident.evidence);
        assert!(evidence.is_none_or(|evidence| evidence.to_string().len() <= MAX_MESSAGE_BYTES));
        assert!(!(verdict.is_healthy() && verdict.is_unknown()));
        assert!(Fault::ALL.iter().filter(|&&fault| !verdict.lasted(fault).is_zero()).count() <= 1);
    }
});

/// Each incident opens once and ends once; `open` is the fault of the open one.
fn check_incidents(verdict: &Verdict, open: &mut Option<Fault>, thresholds: &Thresholds) {
    if let Some(event) = &verdict.cleared {
        assert_eq!(open.take(), Some(event.incident.fault));
    }
    if let Some(event) = &verdict.raised {
        assert_eq!(open.replace(event.incident.fault), None);
        assert!(event.lasted > BRIEF);
        assert!(!thresholds.expects(event.incident.fault));
    }
    assert_eq!(verdict.incident.map(|incident| incident.fault), *open);
}

fn nth_fault(index: u8) -> Fault {
    Fault::ALL[usize::from(index) % Fault::ALL.len()]
}

fn thresholds(of: &Seconds) -> Thresholds {
    let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
    Thresholds {
        frozen_after: seconds(of.set[0]),
        black_after: seconds(of.set[1]),
        bars_after: seconds(of.set[2]),
        flat_after: seconds(of.set[3]),
        no_picture_after: seconds(of.set[4]),
        frozen_background_after: of.background.map(seconds),
        dead_background_after: seconds(of.set[5]),
        repeating_after: seconds(of.set[6]),
        partial_after: of.background.map(seconds),
        slate_after: of.background.map(seconds),
        mismatch_after: of.background.map(seconds),
        clear_after: seconds(of.clear),
        start_grace: seconds(of.grace),
        expected: of.expected.iter().map(|&fault| nth_fault(fault)).collect(),
        known_stills: KnownStills::default(),
        longest_gap: seconds(of.gap),
        // The gap is three sampling intervals.
        jitter: Thresholds::jitter_for(seconds(of.gap) / 3),
    }
}

/// A time stamp of any year that `capture` accepts.
fn stamp(seconds: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds % END_OF_STAMPS))
}

fn observation(outcome: Outcome) -> Observation {
    match outcome {
        Outcome::Picture { base, cells: changed, dark, spread, bars, flat, taken } => {
            let mut cells = [base; CELLS];
            for (index, level) in changed {
                cells[usize::from(index) % CELLS] = level;
            }
            let share = |byte: u8| f32::from(byte) / 255.0;
            let picture = Picture {
                size: (480, 270),
                hash: 0,
                grid: Grid::new(cells),
                tone: Tone { dark: share(dark), spread, median: base },
                bars_run: bars,
                flat: flat.map(|(like, drawn)| Flat {
                    share: share(like),
                    drawn: share(drawn),
                    colour: [base; 3],
                }),
            };
            Observation::Picture { picture, taken: taken.and_then(stamp) }
        }
        Outcome::NoPicture => Observation::NoPicture,
        Outcome::Unreadable => Observation::Unreadable,
        Outcome::Unknown => Observation::Unknown,
    }
}
