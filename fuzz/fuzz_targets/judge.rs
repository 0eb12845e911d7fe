//! Any course of looks: times that jump, stamps from any year, set times of any length, pictures of any cells.
#![no_main]

use std::time::{Duration, SystemTime};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mounted::{
    analyse::{
        Picture,
        colour::Flat,
        grid::{CELLS, Grid},
        tone::Tone,
    },
    judge::{BRIEF, Fault, Limits, Sight, Watch},
};

#[derive(Arbitrary, Debug)]
struct Course {
    limits: Times,
    resumed: Option<(u8, u64, u64)>,
    looks: Vec<Look>,
}

/// Seconds.
#[derive(Arbitrary, Debug)]
struct Times {
    set: [u32; 5],
    background: Option<u32>,
    clear: u32,
    grace: u32,
    expected: Vec<u8>,
    gap: u32,
}

#[derive(Arbitrary, Debug)]
struct Look {
    /// Seconds after the look before; below zero where the clock was put back.
    after: i32,
    starting: bool,
    what: What,
}

#[derive(Arbitrary, Debug)]
enum What {
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

fuzz_target!(|course: Course| {
    let limits = limits(&course.limits);
    let mut time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let mut watch = match course.resumed {
        Some((fault, lasted, at)) => {
            let at = stamp(at).unwrap_or(time);
            Watch::resumed(Fault::ALL[usize::from(fault) % 6], Duration::from_secs(lasted), at, &limits)
        }
        None => Watch::new(),
    };
    let mut open = watch.incident().map(|incident| incident.fault);
    for look in course.looks.into_iter().take(200) {
        let step = Duration::from_secs(u64::from(look.after.unsigned_abs()));
        let next = if look.after < 0 { time.checked_sub(step) } else { time.checked_add(step) };
        time = next.unwrap_or(time);
        if look.starting {
            watch.starting(time, &limits);
        }
        let verdict = watch.see(time, sight(look.what), &limits);
        if let Some(change) = &verdict.cleared {
            assert_eq!(open.take(), Some(change.incident.fault));
        }
        if let Some(change) = &verdict.raised {
            assert_eq!(open.replace(change.incident.fault), None);
            assert!(change.lasted > BRIEF);
            assert!(!limits.expects(change.incident.fault));
        }
        assert_eq!(verdict.incident.map(|incident| incident.fault), open);
        // Logs tell it in words.
        let evidence = verdict.incident.and_then(|incident| incident.evidence);
        assert!(evidence.is_none_or(|evidence| evidence.to_string().len() <= mounted::MOST_SAID));
        assert!(!(verdict.is_healthy() && verdict.is_unknown()));
        assert!(Fault::ALL.iter().filter(|&&fault| !verdict.lasted(fault).is_zero()).count() <= 1);
    }
});

fn limits(times: &Times) -> Limits {
    let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
    Limits {
        frozen_after: seconds(times.set[0]),
        black_after: seconds(times.set[1]),
        bars_after: seconds(times.set[2]),
        flat_after: seconds(times.set[3]),
        no_picture_after: seconds(times.set[4]),
        frozen_background_after: times.background.map(seconds),
        clear_after: seconds(times.clear),
        start_grace: seconds(times.grace),
        expected: times.expected.iter().map(|&fault| Fault::ALL[usize::from(fault) % 6]).collect(),
        longest_gap: seconds(times.gap),
    }
}

/// A time stamp from any year that the capturing stage lets through.
fn stamp(seconds: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds % 253_402_300_800))
}

fn sight(what: What) -> Sight {
    match what {
        What::Picture { base, cells: drawn, dark, spread, bars, flat, taken } => {
            let mut cells = [base; CELLS];
            for (place, level) in drawn {
                cells[usize::from(place) % CELLS] = level;
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
            Sight::Picture { picture, taken: taken.and_then(stamp) }
        }
        What::NoPicture => Sight::NoPicture,
        What::Unreadable => Sight::Unreadable,
        What::Unknown => Sight::Unknown,
    }
}
