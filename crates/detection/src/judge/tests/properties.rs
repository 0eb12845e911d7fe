//! Rules that hold for every sequence of samples.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use proptest::{collection::vec, prelude::*};

use super::pictures::{at, bars, draw, grey, inside, scene};
use crate::{
    judge::{
        BRIEF, Condition, Fault, FeedState, KnownStill, KnownStills, Observation, StillName,
        Thresholds, Verdict,
    },
    picture::Picture,
};

/// A scene, the same one with a box, another scene, black, bars and flat.
static PICTURES: LazyLock<Vec<Picture>> = LazyLock::new(|| {
    let boxed =
        |x: f32, y: f32| if inside(x, y, [380.0, 16.0, 70.0, 20.0]) { 250.0 } else { scene(x, y) };
    vec![
        draw(|x, y| grey(scene(x, y))),
        draw(|x, y| grey(boxed(x, y))),
        draw(|x, y| grey(scene(y, x))),
        draw(|_, _| grey(1.0)),
        draw(|x, _| bars(x)),
        draw(|_, _| [20.0, 60.0, 160.0]),
    ]
});

/// The bars as a known still.
static KNOWN: LazyLock<KnownStills> = LazyLock::new(|| {
    let name = StillName::new("known").expect("is a name");
    KnownStills::new([[KnownStill::new(name, &PICTURES[4]).expect("is usable")].into()])
});

/// One sample.
#[derive(Clone, Debug)]
struct Sample {
    /// Seconds since the sample before it.
    after: u64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// An index into [`PICTURES`], and its time stamp.
    Picture(usize, Stamp),
    NoPicture,
    Unreadable,
    Unknown,
}

#[derive(Clone, Copy, Debug)]
enum Stamp {
    New,
    Unchanged,
    Missing,
}

/// Few runs of one kind each, so that faults last.
fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let stamp =
        prop_oneof![6 => Just(Stamp::New), 2 => Just(Stamp::Unchanged), 1 => Just(Stamp::Missing)];
    let kind = prop_oneof![
        8 => (0..6_usize, stamp).prop_map(|(picture, stamp)| Kind::Picture(picture, stamp)),
        1 => Just(Kind::NoPicture),
        1 => Just(Kind::Unreadable),
        1 => Just(Kind::Unknown),
    ];
    let times = vec(prop_oneof![9 => 0..12_u64, 1 => 0..200_u64], 1..7);
    vec((kind, times), 1..7).prop_map(|runs| {
        let mut samples = Vec::new();
        for (kind, times) in runs {
            samples.extend(times.into_iter().map(|after| Sample { after, kind }));
        }
        samples
    })
}

fn thresholds() -> impl Strategy<Value = Thresholds> {
    (vec(0..40_u64, 7), vec(0..7_usize, 0..2), any::<bool>(), any::<bool>()).prop_map(
        |(times, expected, background, has_slates)| {
            let time = |index: usize| Duration::from_secs(times[index]);
            Thresholds {
                frozen_after: time(0),
                black_after: time(1),
                bars_after: time(2),
                flat_after: time(3),
                no_picture_after: time(4),
                frozen_background_after: background.then(|| time(5)),
                slate_after: background.then(|| time(5)),
                known_stills: if has_slates { KNOWN.clone() } else { KnownStills::default() },
                clear_after: time(6),
                expected: expected.into_iter().map(|fault| Fault::ALL[fault]).collect(),
                ..Thresholds::default()
            }
        },
    )
}

/// The time and the verdict of each sample.
fn judge(samples: &[Sample], thresholds: &Thresholds) -> Vec<(SystemTime, Verdict)> {
    let (mut feed, mut time, mut latest_stamp) = (FeedState::new(), at(0), at(0));
    let mut verdicts = Vec::new();
    for sample in samples {
        time += Duration::from_secs(sample.after);
        let observation = match sample.kind {
            Kind::Picture(picture, stamp) => {
                if matches!(stamp, Stamp::New) {
                    latest_stamp += Duration::from_millis(1 + sample.after);
                }
                let taken = if matches!(stamp, Stamp::Missing) { None } else { Some(latest_stamp) };
                Observation::Picture { picture: PICTURES[picture].clone(), taken }
            }
            Kind::NoPicture => Observation::NoPicture,
            Kind::Unreadable => Observation::Unreadable,
            Kind::Unknown => Observation::Unknown,
        };
        verdicts.push((time, feed.observe(time, observation, thresholds)));
    }
    verdicts
}

fn first_raised(verdicts: &[(SystemTime, Verdict)], fault: Fault) -> Option<SystemTime> {
    let is_raised =
        |verdict: &Verdict| verdict.raised.is_some_and(|event| event.incident.fault == fault);
    verdicts.iter().find(|(_, verdict)| is_raised(verdict)).map(|(time, _)| *time)
}

/// The same thresholds with a longer set time for one fault.
fn longer(thresholds: &Thresholds, fault: Fault, more: Duration) -> Thresholds {
    let mut longer = thresholds.clone();
    match fault {
        Fault::NoPicture => longer.no_picture_after += more,
        Fault::Bars => longer.bars_after += more,
        Fault::Black => longer.black_after += more,
        Fault::Flat => longer.flat_after += more,
        Fault::Frozen => longer.frozen_after += more,
        Fault::Repeating => longer.repeating_after += more,
        Fault::Slate => longer.slate_after = longer.slate_after.map(|set| set + more),
        Fault::Partial => longer.partial_after = longer.partial_after.map(|set| set + more),
        Fault::Mismatch => longer.mismatch_after = longer.mismatch_after.map(|set| set + more),
        Fault::FrozenBackground => {
            longer.frozen_background_after = longer.frozen_background_after.map(|set| set + more);
            longer.dead_background_after += more;
        }
    }
    longer
}

/// The known verdicts, each reduced to its condition and the duration of the incident it raised.
fn outline(verdicts: Vec<(SystemTime, Verdict)>) -> Vec<(Condition, Option<Duration>)> {
    let verdicts = verdicts.into_iter().map(|(_, verdict)| verdict);
    let known = verdicts.filter(|verdict| !verdict.is_unknown());
    known.map(|verdict| (verdict.condition, verdict.raised.map(|event| event.lasted))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn judging_is_total_and_an_incident_is_raised_once_and_cleared_once(
        samples in samples(), thresholds in thresholds(),
    ) {
        let mut open = None;
        for (_, verdict) in judge(&samples, &thresholds) {
            if let Some(event) = verdict.cleared {
                prop_assert_eq!(open.take(), Some(event.incident.fault));
            }
            if let Some(event) = verdict.raised {
                prop_assert_eq!(open.replace(event.incident.fault), None);
                prop_assert!(event.lasted > BRIEF);
            }
            prop_assert_eq!(verdict.incident.map(|incident| incident.fault), open);
            prop_assert!(!(verdict.is_healthy() && verdict.is_unknown()));
        }
    }

    #[test]
    fn a_duration_never_decreases_while_its_condition_lasts(
        samples in samples(), thresholds in thresholds(),
    ) {
        let mut previous: Option<(SystemTime, Verdict)> = None;
        for (sample, (time, verdict)) in samples.iter().zip(judge(&samples, &thresholds)) {
            if verdict.is_unknown() {
                if let Some((_, known)) = &previous {
                    let durations = |verdict: &Verdict| Fault::ALL.map(|fault| verdict.lasted(fault));
                    prop_assert_eq!(durations(known), durations(&verdict));
                }
                continue;
            }
            if let Some((earlier, known)) = &previous
                && known.condition == verdict.condition
                && time.duration_since(*earlier).unwrap_or_default() <= thresholds.longest_gap
                && let Some(fault) = verdict.condition.fault()
            {
                prop_assert!(verdict.lasted(fault) >= known.lasted(fault), "{verdict:?} after {known:?}");
            }
            // The same thumbnail again shows nothing: a sampling gap reaches back beyond it.
            let is_again = matches!(sample.kind, Kind::Picture(_, Stamp::Unchanged))
                && verdict.condition != Condition::Stale;
            let shown = previous.as_ref().filter(|_| is_again).map_or(time, |(earlier, _)| *earlier);
            previous = Some((shown, verdict));
        }
    }

    #[test]
    fn a_longer_set_time_never_raises_earlier(
        samples in samples(), thresholds in thresholds(), fault in 0..Fault::ALL.len(), more in 1..30_u64,
    ) {
        let fault = Fault::ALL[fault];
        let longer = longer(&thresholds, fault, Duration::from_secs(more));
        let late = first_raised(&judge(&samples, &longer), fault);
        let early = first_raised(&judge(&samples, &thresholds), fault);
        prop_assert!(late.is_none() || early.is_some_and(|early| Some(early) <= late), "{early:?} {late:?}");
    }

    #[test]
    fn unknown_samples_change_no_other_verdict(samples in samples(), thresholds in thresholds()) {
        let mut known = Vec::new();
        let mut after = 0;
        for sample in &samples {
            after += sample.after;
            if !matches!(sample.kind, Kind::Unknown | Kind::Unreadable) {
                known.push(Sample { after: std::mem::take(&mut after), kind: sample.kind });
            }
        }
        prop_assert_eq!(outline(judge(&samples, &thresholds)), outline(judge(&known, &thresholds)));
    }
}

#[test]
fn every_fault_has_a_condition_and_a_name_of_its_own() {
    for fault in Fault::ALL {
        assert_eq!(fault.condition().fault(), Some(fault));
        assert_eq!(Fault::named(fault.name()), Some(fault));
    }
    assert_eq!(Condition::Stale.fault(), Some(Fault::NoPicture));
    assert_eq!(Fault::named("froze"), None);
}
