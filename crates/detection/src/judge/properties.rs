//! Rules that hold for every course of looks.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::prelude::*;

use super::test_pictures::{at, bars, draw, grey, inside, scene};
use super::{Condition, Fault, Thresholds, Observation, Verdict, FeedState};
use crate::picture::Picture;

/// Two scenes, one of them behind a box, black, bars and one colour.
static PICTURES: LazyLock<Vec<Picture>> = LazyLock::new(|| {
    let boxed = |x: f32, y: f32| if inside(x, y, 380.0, 16.0, 70.0, 20.0) { 250.0 } else { scene(x, y) };
    vec![
        draw(|x, y| grey(scene(x, y))),
        draw(|x, y| grey(boxed(x, y))),
        draw(|x, y| grey(scene(y, x))),
        draw(|_, _| grey(1.0)),
        draw(|x, _| bars(x)),
        draw(|_, _| [20.0, 60.0, 160.0]),
    ]
});

/// One look, and the time since the one before it.
#[derive(Clone, Debug)]
struct Look {
    after: u64,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// Which picture; whether its time stamp is new, old or missing.
    Picture(usize, Stamp),
    NoPicture,
    Unreadable,
    Unknown,
}

#[derive(Clone, Copy, Debug)]
enum Stamp {
    New,
    Old,
    Missing,
}

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let stamp = prop_oneof![6 => Just(Stamp::New), 2 => Just(Stamp::Old), 1 => Just(Stamp::Missing)];
    let what = prop_oneof![
        8 => (0..6_usize, stamp).prop_map(|(picture, stamp)| What::Picture(picture, stamp)),
        1 => Just(What::NoPicture),
        1 => Just(What::Unreadable),
        1 => Just(What::Unknown),
    ];
    // Few changes, so that faults last.
    let stretch = (what, vec(prop_oneof![9 => 0..12_u64, 1 => 0..200_u64], 1..7));
    vec(stretch, 1..7).prop_map(|stretches| {
        stretches
            .into_iter()
            .flat_map(|(what, times)| times.into_iter().map(move |after| Look { after, what }))
            .collect()
    })
}

fn thresholds() -> impl Strategy<Value = Thresholds> {
    (vec(0..40_u64, 7), vec(0..6_usize, 0..2), any::<bool>()).prop_map(|(times, expected, background)| {
        let time = |index: usize| Duration::from_secs(times[index]);
        Thresholds {
            frozen_after: time(0),
            black_after: time(1),
            bars_after: time(2),
            flat_after: time(3),
            no_picture_after: time(4),
            frozen_background_after: background.then(|| time(5)),
            clear_after: time(6),
            expected: expected.into_iter().map(|fault| Fault::ALL[fault]).collect(),
            ..Thresholds::default()
        }
    })
}

/// The time and the verdict of each look.
fn watch(looks: &[Look], thresholds: &Thresholds) -> Vec<(SystemTime, Verdict)> {
    let (mut watch, mut time, mut stamp) = (FeedState::new(), at(0), at(0));
    looks
        .iter()
        .map(|look| {
            time += Duration::from_secs(look.after);
            let observation = match look.what {
                What::Picture(picture, fresh) => {
                    if matches!(fresh, Stamp::New) {
                        stamp += Duration::from_millis(1 + look.after);
                    }
                    let taken = (!matches!(fresh, Stamp::Missing)).then_some(stamp);
                    Observation::Picture { picture: PICTURES[picture].clone(), taken }
                }
                What::NoPicture => Observation::NoPicture,
                What::Unreadable => Observation::Unreadable,
                What::Unknown => Observation::Unknown,
            };
            (time, watch.observe(time, observation, thresholds))
        })
        .collect()
}

fn first_raised(verdicts: &[(SystemTime, Verdict)], fault: Fault) -> Option<SystemTime> {
    let raised = |verdict: &Verdict| verdict.raised.is_some_and(|change| change.incident.fault == fault);
    verdicts.iter().find(|(_, verdict)| raised(verdict)).map(|(time, _)| *time)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn judging_is_total_and_an_incident_is_raised_once_and_cleared_once(looks in looks(), thresholds in thresholds()) {
        let mut open = None;
        for (_, verdict) in watch(&looks, &thresholds) {
            if let Some(change) = verdict.cleared {
                prop_assert_eq!(open.take(), Some(change.incident.fault));
            }
            if let Some(change) = verdict.raised {
                prop_assert_eq!(open.replace(change.incident.fault), None);
                prop_assert!(change.lasted > super::BRIEF);
            }
            prop_assert_eq!(verdict.incident.map(|incident| incident.fault), open);
            prop_assert!(!(verdict.is_healthy() && verdict.is_unknown()));
        }
    }

    #[test]
    fn a_duration_never_falls_while_its_condition_lasts(looks in looks(), thresholds in thresholds()) {
        let mut before: Option<(SystemTime, Verdict)> = None;
        for (time, verdict) in watch(&looks, &thresholds) {
            if verdict.is_unknown() {
                if let Some((_, known)) = &before {
                    prop_assert!(Fault::ALL.iter().all(|&fault| known.lasted(fault) == verdict.lasted(fault)));
                }
                continue;
            }
            if let Some((earlier, known)) = &before
                && known.condition == verdict.condition
                && time.duration_since(*earlier).unwrap_or_default() <= thresholds.longest_gap
                && let Some(fault) = verdict.condition.fault()
            {
                prop_assert!(verdict.lasted(fault) >= known.lasted(fault), "{:?} after {:?}", verdict, known);
            }
            before = Some((time, verdict));
        }
    }

    #[test]
    fn a_longer_set_time_never_raises_earlier(looks in looks(), thresholds in thresholds(), which in 0..6_usize, more in 1..30_u64) {
        let fault = Fault::ALL[which];
        let more = Duration::from_secs(more);
        let mut longer = thresholds.clone();
        match fault {
            Fault::NoPicture => longer.no_picture_after += more,
            Fault::Bars => longer.bars_after += more,
            Fault::Black => longer.black_after += more,
            Fault::Flat => longer.flat_after += more,
            Fault::Frozen => longer.frozen_after += more,
            Fault::FrozenBackground => longer.frozen_background_after = longer.frozen_background_after.map(|set| set + more),
        }
        let late = first_raised(&watch(&looks, &longer), fault);
        let early = first_raised(&watch(&looks, &thresholds), fault);
        prop_assert!(late.is_none() || early.is_some_and(|early| Some(early) <= late), "{early:?} {late:?}");
    }

    #[test]
    fn looks_that_see_nothing_change_no_other_verdict(looks in looks(), thresholds in thresholds()) {
        let is_blind = |look: &Look| matches!(look.what, What::Unknown | What::Unreadable);
        let mut waited = 0;
        let mut without = Vec::new();
        for look in &looks {
            waited += look.after;
            if !is_blind(look) {
                without.push(Look { after: std::mem::take(&mut waited), ..look.clone() });
            }
        }
        let seen: Vec<Verdict> = watch(&looks, &thresholds).into_iter().map(|(_, verdict)| verdict).filter(|verdict| !verdict.is_unknown()).collect();
        let conditions = |verdicts: &[Verdict]| verdicts.iter().map(|verdict| (verdict.condition, verdict.raised.map(|change| change.lasted))).collect::<Vec<_>>();
        let alone: Vec<Verdict> = watch(&without, &thresholds).into_iter().map(|(_, verdict)| verdict).collect();
        prop_assert_eq!(conditions(&seen), conditions(&alone));
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
