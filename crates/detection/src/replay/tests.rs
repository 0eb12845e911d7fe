//! Scores of made-up sequences, and `replay` as a whole over the stills in the repository.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

use super::{
    Arguments, Format, JudgedStill, LabelledRun, Observer, Played, RaisedIncident, ReplayError,
    Sequence, Stills, Tally, manifest::accepted, run, score,
};
use crate::judge::{Fault, Thresholds};

mod recordings;

/// Counts the stills and stops after so many.
#[derive(Default)]
struct Counter {
    judged: Vec<(String, usize)>,
    stop_after: Option<usize>,
}

impl Observer for Counter {
    fn judged(&mut self, sequence: &Sequence, still: &JudgedStill<'_>) {
        self.judged.push((sequence.name.clone(), still.index));
    }

    fn is_stopped(&self) -> bool {
        self.stop_after.is_some_and(|most| self.judged.len() >= most)
    }
}

fn stills() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills")
}

fn of(input: PathBuf) -> Arguments {
    Arguments { inputs: vec![input.into()], ..Arguments::default() }
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

fn replay(arguments: &Arguments, thresholds: &Thresholds) -> Result<(String, Tally), ReplayError> {
    let mut out = Vec::new();
    let tally = run(arguments, thresholds, &mut out, &mut Counter::default())?;
    Ok((String::from_utf8(out).expect("text"), tally))
}

fn replay_all(format: Format, thresholds: &Thresholds) -> (String, Tally) {
    replay(&Arguments { format, ..of(stills()) }, thresholds).expect("replays")
}

#[test]
fn every_fault_in_the_repositorys_stills_is_raised_and_nothing_else() {
    for thresholds in [Thresholds::default(), quick()] {
        let (report, tally) = replay_all(Format::Text, &thresholds);
        assert_eq!(tally, Tally::default(), "{report}");
    }
}

#[test]
fn the_observer_sees_every_still_in_order() {
    let mut counter = Counter::default();
    let arguments = of(stills().join("flat-noise"));
    run(&arguments, &Thresholds::default(), &mut Vec::new(), &mut counter).expect("replays");
    let expected: Vec<_> = (0..6).map(|index| ("flat-noise".to_owned(), index)).collect();
    assert_eq!(counter.judged, expected);
}

#[test]
fn a_replay_that_is_stopped_reports_what_it_has_judged() {
    let report = |input: PathBuf| {
        let mut counter = Counter { stop_after: Some(4), ..Counter::default() };
        let (arguments, mut out) = (Arguments { format: Format::Json, ..of(input) }, Vec::new());
        run(&arguments, &Thresholds::default(), &mut out, &mut counter).expect("replays");
        let report: Value = serde_json::from_slice(&out).expect("JSON");
        report["sequences"].as_array().expect("sequences").clone()
    };
    let unlabelled = report(stills().join("black-clock"));
    assert_eq!(unlabelled[0]["conditions"], serde_json::json!(vec!["black"; 4]));
    // An unfinished labelled sequence would have missed what is in its rest.
    assert_eq!(report(stills()), Vec::<Value>::new());
}

#[test]
fn json_has_its_public_fields() {
    let (report, _) = replay_all(Format::Json, &quick());
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["missed"], &report["false_alarms"]), (&0.into(), &0.into()));
    let sequences = report["sequences"].as_array().expect("sequences");
    let named =
        |name: &str| sequences.iter().find(|sequence| sequence["name"] == name).expect("exists");
    let expected = serde_json::json!({
        "name": "black-clock",
        "step_s": 2,
        "conditions": vec!["black"; 6],
        "incidents": [{"condition": "black", "set_s": 4, "clear_s": null}],
        "missed": [],
        "false_alarms": [],
        "incomplete": null,
    });
    assert_eq!(*named("black-clock"), expected);
    assert!(named("freeze-and-back")["incidents"][0]["clear_s"].is_u64());
}

#[test]
fn stills_without_labels_are_replayed_with_the_given_step() {
    let folder = stills().join("black-clock");
    let arguments = Arguments { step: Some(seconds(5)), ..of(folder) };
    let (report, tally) = replay(&arguments, &Thresholds::default()).expect("replays");
    assert_eq!(tally, Tally::default());
    assert!(report.contains("KKKKKK  [black since 0s, raised 10s, open]"), "{report}");
    assert!(!report.contains("| label |"), "nothing is labelled: {report}");
}

#[test]
fn a_source_that_shows_a_known_still_is_a_slate() {
    let folder = stills().join("slate");
    let known = Some(folder.clone());
    let arguments = Arguments { known, format: Format::Json, ..of(folder) };
    let (report, _) = replay(&arguments, &Thresholds::default()).expect("replays");
    assert!(report.contains(r#"["slate","slate","slate","slate","slate","slate"]"#), "{report}");
    let known = Some(stills().join("black-clock"));
    let error = replay(&Arguments { known, ..arguments }, &Thresholds::default());
    let error = error.expect_err("is too plain").to_string();
    assert!(error.contains("000.jpg` can't be a known still: it is too plain"), "{error}");
}

#[test]
fn a_folder_without_stills_is_an_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let error = replay(&of(folder), &Thresholds::default()).expect_err("has no stills");
    assert!(matches!(error, ReplayError::Empty { .. }), "{error}");
    assert!(error.to_string().contains("has neither a manifest.json nor any"), "{error}");
}

/// Twenty stills 2 s apart: moving, then `count` stills with `label` from still 5 on, then moving.
fn labelled(label: &str, count: usize) -> Sequence {
    let run = |first, count, label: &str| LabelledRun { first, count, label: label.to_owned() };
    Sequence {
        name: "made-up".to_owned(),
        step: seconds(2),
        stills: Stills::Files(vec![None; 20]),
        runs: vec![run(0, 5, "moving"), run(5, count, label), run(5 + count, 15 - count, "moving")],
        short_black: false,
        accepted: Vec::new(),
        recorded: Vec::new(),
    }
}

fn raised(fault: Fault, set: u64, clear: Option<u64>) -> Played {
    let clear = clear.map(seconds);
    let incident =
        RaisedIncident { fault, since: seconds(10), set: seconds(set), clear, evidence: None };
    Played { incidents: vec![incident], ..Played::default() }
}

#[track_caller]
fn assert_tally(sequence: &Sequence, played: &Played, missed: usize, false_alarms: usize) {
    let score = score(sequence, played, &quick());
    assert_eq!((score.missed.len(), score.false_alarms.len()), (missed, false_alarms));
}

#[test]
fn a_fault_is_due_from_its_set_time_on_and_may_be_raised_one_still_late() {
    assert_tally(&labelled("frozen", 5), &Played::default(), 1, 0);
    assert_tally(&labelled("frozen", 4), &Played::default(), 0, 0);
    assert_tally(&labelled("frozen", 5), &raised(Fault::Frozen, 18, None), 0, 0);
    assert_tally(&labelled("frozen", 5), &raised(Fault::Frozen, 20, None), 0, 0);
    assert_tally(&labelled("frozen", 5), &raised(Fault::Frozen, 22, None), 1, 1);
}

#[test]
fn an_incident_of_another_fault_is_both_a_miss_and_a_false_alarm() {
    assert_tally(&labelled("black", 6), &raised(Fault::Frozen, 18, None), 1, 1);
}

#[test]
fn an_accepted_fault_is_as_right_as_the_labelled_one_or_none() {
    let accepted = vec![Fault::Bars, Fault::Frozen];
    let bars = Sequence { accepted: accepted.clone(), ..labelled("bars", 6) };
    assert_tally(&bars, &raised(Fault::Frozen, 8, None), 0, 0);
    assert_tally(&bars, &Played::default(), 1, 0);
    assert_tally(&bars, &raised(Fault::Flat, 8, None), 1, 1);
    let moving = Sequence { accepted, ..labelled("moving", 6) };
    assert_tally(&moving, &raised(Fault::Frozen, 8, None), 0, 0);
    assert_tally(&moving, &raised(Fault::Black, 8, None), 0, 1);
}

#[test]
fn a_manifest_names_the_faults_that_it_accepts() {
    assert_eq!(accepted(Some("bars or frozen"), false), Some(vec![Fault::Bars, Fault::Frozen]));
    assert_eq!(accepted(Some("fault by any name"), false), Some(Fault::ALL.to_vec()));
    assert_eq!(accepted(Some("bars or nothing"), false), None);
    assert_eq!(accepted(None, false), Some(Vec::new()));
}

#[test]
fn short_black_and_moving_allow_no_incident() {
    let short_black = Sequence { short_black: true, ..labelled("black", 6) };
    assert_tally(&short_black, &raised(Fault::Black, 16, Some(24)), 0, 1);
    assert_tally(&labelled("moving", 6), &raised(Fault::Frozen, 18, None), 0, 1);
}

#[test]
fn a_slate_may_be_frozen_or_nothing_and_never_flat() {
    for label in ["slate", "test_pattern", "frozen_background"] {
        assert_tally(&labelled(label, 8), &Played::default(), 0, 0);
        assert_tally(&labelled(label, 8), &raised(Fault::Frozen, 18, None), 0, 0);
        assert_tally(&labelled(label, 8), &raised(Fault::Flat, 18, None), 0, 1);
    }
}

#[test]
fn an_expected_fault_is_never_due() {
    let thresholds = Thresholds { expected: vec![Fault::Bars], ..quick() };
    assert_eq!(score(&labelled("bars", 8), &Played::default(), &thresholds).missed, []);
}
