//! The scoring against made-up courses, and the whole of `replay` over the stills that are in the repository.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::{Arguments, Format, Played, ReplayError, Run, Sequence, RaisedIncident, Tally, run, score};
use crate::judge::{Fault, Thresholds};

fn stills() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills")
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Times so short that every labelled fault is due.
fn quick() -> Thresholds {
    let four = seconds(4);
    Thresholds {
        frozen_after: seconds(8),
        black_after: four,
        bars_after: four,
        flat_after: four,
        clear_after: four,
        ..Thresholds::default()
    }
}

fn replayed(format: Format, thresholds: &Thresholds) -> (String, Tally) {
    let mut out = Vec::new();
    let arguments = Arguments { folder: stills(), step: None, format };
    let tally = run(&arguments, thresholds, &mut out, |_, _| {}).expect("replays");
    (String::from_utf8(out).expect("text"), tally)
}

#[test]
fn every_fault_in_the_repositorys_stills_is_raised_and_nothing_else() {
    for thresholds in [Thresholds::default(), quick()] {
        let (report, tally) = replayed(Format::Text, &thresholds);
        assert_eq!(tally, Tally::default(), "{report}");
    }
}

#[test]
fn progress_counts_every_still() {
    let mut seen = Vec::new();
    let arguments = Arguments { folder: stills().join("flat-noise"), step: None, format: Format::Text };
    run(&arguments, &Thresholds::default(), &mut Vec::new(), |done, total| seen.push((done, total)))
        .expect("replays");
    assert_eq!(seen, [(1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6)]);
}

#[test]
fn json_has_the_shape_that_others_score_by() {
    let (report, _) = replayed(Format::Json, &quick());
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["missed"], &report["false_alarms"]), (&0.into(), &0.into()));
    let sequences = report["sequences"].as_array().expect("sequences");
    let black = sequences.iter().find(|sequence| sequence["name"] == "black-clock").expect("black-clock");
    let expected = serde_json::json!({
        "name": "black-clock",
        "step_s": 2,
        "conditions": vec!["black"; 6],
        "incidents": [{"condition": "black", "set_s": 4, "clear_s": null}],
        "missed": [],
        "false_alarms": [],
    });
    assert_eq!(*black, expected);
    let cleared =
        sequences.iter().find(|sequence| sequence["name"] == "freeze-and-back").expect("freeze-and-back");
    assert!(cleared["incidents"][0]["clear_s"].is_u64());
}

#[test]
fn a_folder_of_stills_without_labels_is_replayed_with_the_step_that_is_asked_for() {
    let arguments =
        Arguments { folder: stills().join("black-clock"), step: Some(seconds(5)), format: Format::Text };
    let mut out = Vec::new();
    let tally = run(&arguments, &Thresholds::default(), &mut out, |_, _| {}).expect("replays");
    let report = String::from_utf8(out).expect("text");
    assert_eq!(tally, Tally::default());
    assert!(report.contains("KKKKKK  [black since 0s, raised 10s, open]"), "{report}");
    assert!(!report.contains("| label |"), "nothing is labelled: {report}");
}

#[test]
fn a_folder_that_holds_no_stills_says_so() {
    let arguments = Arguments {
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        step: None,
        format: Format::Text,
    };
    let error = run(&arguments, &Thresholds::default(), &mut Vec::new(), |_, _| {}).expect_err("no stills");
    assert!(matches!(error, ReplayError::Empty { .. }), "{error}");
    assert!(error.to_string().contains("holds neither a manifest.json nor any"), "{error}");
}

/// Twenty stills 2 s apart: moving, then `label` from still 5 on for `count` stills, then moving.
fn labelled(label: &str, count: usize, short_black: bool) -> Sequence {
    let run = |first, count, label: &str| Run { first, count, label: label.to_owned() };
    Sequence {
        name: "made-up".to_owned(),
        step: seconds(2),
        stills: vec![None; 20],
        runs: vec![run(0, 5, "moving"), run(5, count, label), run(5 + count, 15 - count, "moving")],
        short_black,
    }
}

fn raised(fault: Fault, set: u64, clear: Option<u64>) -> Played {
    let incident =
        RaisedIncident { fault, since: seconds(10), set: seconds(set), clear: clear.map(seconds), evidence: None };
    Played { incidents: vec![incident], ..Played::default() }
}

#[track_caller]
fn assert_tally(sequence: &Sequence, played: &Played, missed: usize, false_alarms: usize) {
    assert_eq!(score(sequence, played, &quick()).tally(), Tally { missed, false_alarms });
}

#[test]
fn a_fault_is_due_from_its_set_time_on_and_may_be_raised_one_still_late() {
    assert_tally(&labelled("frozen", 5, false), &Played::default(), 1, 0);
    assert_tally(&labelled("frozen", 4, false), &Played::default(), 0, 0);
    assert_tally(&labelled("frozen", 5, false), &raised(Fault::Frozen, 18, None), 0, 0);
    assert_tally(&labelled("frozen", 5, false), &raised(Fault::Frozen, 20, None), 0, 0);
    assert_tally(&labelled("frozen", 5, false), &raised(Fault::Frozen, 22, None), 1, 1);
}

#[test]
fn an_incident_of_another_condition_is_both_a_miss_and_a_false_alarm() {
    assert_tally(&labelled("black", 6, false), &raised(Fault::Frozen, 18, None), 1, 1);
}

#[test]
fn short_black_and_moving_allow_no_incident() {
    assert_tally(&labelled("black", 6, true), &raised(Fault::Black, 16, Some(24)), 0, 1);
    assert_tally(&labelled("moving", 6, false), &raised(Fault::Frozen, 18, None), 0, 1);
}

#[test]
fn a_slate_may_be_frozen_or_nothing_and_never_flat() {
    for label in ["slate", "test_pattern", "frozen_background"] {
        assert_tally(&labelled(label, 8, false), &Played::default(), 0, 0);
        assert_tally(&labelled(label, 8, false), &raised(Fault::Frozen, 18, None), 0, 0);
        assert_tally(&labelled(label, 8, false), &raised(Fault::Flat, 18, None), 0, 1);
    }
}

#[test]
fn an_expected_fault_is_never_due() {
    let thresholds = Thresholds { expected: vec![Fault::Bars], ..quick() };
    assert_eq!(score(&labelled("bars", 8, false), &Played::default(), &thresholds).tally(), Tally::default());
}
