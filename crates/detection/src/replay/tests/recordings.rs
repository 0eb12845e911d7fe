//! Recordings: samples with times of their own, and those without a picture.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use super::{
    super::{
        Header, Played, RecordedOutcome, RecordedSample, RecordedTime, SAMPLES_FILE, play,
        sequences,
    },
    Arguments, ReplayError, of, quick, replay, seconds, stills,
};
use crate::judge::{Condition, Fault, Thresholds};

/// A recording of one feed, sampled every 2 s, in a folder that is removed with it.
struct Recording {
    folder: PathBuf,
    text: String,
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + seconds(1_800_000_000) + Duration::from_millis(millis)
}

fn file(name: &str) -> RecordedOutcome {
    RecordedOutcome::Picture { file: name.to_owned(), stamp: None }
}

impl Recording {
    /// A folder with the stills of a sequence, and no sample yet.
    fn of(test: &str, sequence: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("replay-{test}-{}", std::process::id()));
        let feed = folder.join("1001-0");
        fs::create_dir_all(&feed).unwrap();
        for entry in fs::read_dir(stills().join(sequence)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), feed.join(entry.file_name())).unwrap();
        }
        let header = Header { feed: "1001-0".to_owned(), interval_s: 2 };
        Self { folder, text: serde_json::to_string(&header).unwrap() + "\n" }
    }

    /// Adds a sample that was taken this many milliseconds after the first slot.
    fn add(mut self, millis: u64, outcome: RecordedOutcome) -> Self {
        let (slot, taken) = (RecordedTime(at(millis / 2_000 * 2_000)), RecordedTime(at(millis)));
        let sample = RecordedSample { slot, taken, starting: false, outcome };
        self.text += &(serde_json::to_string(&sample).unwrap() + "\n");
        self
    }

    /// Adds samples of the stills, so many and 2 s apart.
    fn stills(mut self, count: u64) -> Self {
        for still in 0..count {
            self = self.add(still * 2_000, file(&format!("{still:03}.jpg")));
        }
        self
    }

    fn write(&self) {
        fs::write(self.folder.join("1001-0").join(SAMPLES_FILE), &self.text).unwrap();
    }

    fn play(&self) -> Played {
        self.write();
        let sequences = sequences(&self.folder, None).unwrap();
        let [sequence] = sequences.as_slice() else { panic!("one feed: {sequences:?}") };
        assert_eq!((sequence.name.as_str(), sequence.step), ("1001-0", seconds(2)));
        play(sequence, &sequence.thresholds(&quick()), &mut ()).unwrap()
    }

    fn error(&self) -> String {
        self.write();
        replay_folder(&self.folder, None).expect_err("is rejected").to_string()
    }
}

fn replay_folder(folder: &std::path::Path, step: Option<Duration>) -> Result<String, ReplayError> {
    let arguments = Arguments { step, ..of(folder.to_owned()) };
    replay(&arguments, &Thresholds::default()).map(|(report, _)| report)
}

#[test]
fn samples_are_judged_at_the_times_at_which_they_were_taken() {
    let recording = Recording::of("times", "black-clock")
        .add(100, file("000.jpg"))
        .add(2_350, file("001.jpg"))
        .add(4_000, file("002.jpg"))
        .add(12_900, file("003.jpg"));
    let played = recording.play();
    assert_eq!(played.conditions, [Condition::Black; 4]);
    let lasted = [0, 2, 4, 12].map(|slots| Some((Fault::Black, seconds(slots))));
    assert_eq!(played.lasting, lasted);
    // A quarter of a second is missing at the third sample, which is jitter of this interval.
    let [black] = played.incidents.as_slice() else { panic!("one incident: {played:?}") };
    assert_eq!((black.since, black.set), (seconds(0), Duration::from_millis(3_900)));
}

#[test]
fn samples_without_a_picture_and_unknown_ones_are_what_they_were() {
    let unknown = || RecordedOutcome::Unknown { reason: "throttled".to_owned() };
    let recording = Recording::of("without", "moving-zoom")
        .add(0, file("000.jpg"))
        .add(2_000, unknown())
        .add(4_000, RecordedOutcome::NoPicture)
        .add(70_000, file("000.jpg"));
    let conditions = recording.play().conditions;
    let expected = [Condition::Moving, Condition::Unknown, Condition::NoPicture, Condition::Moving];
    assert_eq!(conditions, expected);
}

#[test]
fn a_time_stamp_that_stands_still_is_stale() {
    let mut recording = Recording::of("stale", "moving-zoom");
    for sample in 0..5 {
        let (name, stamp) = (format!("{sample:03}.jpg"), Some(RecordedTime(at(0))));
        recording = recording.add(sample * 2_000, RecordedOutcome::Picture { file: name, stamp });
    }
    let conditions = recording.play().conditions;
    let (moving, stale) = (Condition::Moving, Condition::Stale);
    assert_eq!(conditions, [moving, moving, moving, stale, stale]);
}

#[test]
fn a_fault_of_a_source_that_starts_counts_from_the_end_of_the_grace() {
    let mut recording = Recording::of("starting", "black-clock").stills(6);
    recording.text = recording.text.replacen(r#""starting":false"#, r#""starting":true"#, 1);
    recording.write();
    let report = replay_folder(&recording.folder, None).unwrap();
    assert!(report.contains("KKKKKK\n"), "the grace of 60 s is not over: {report}");
    assert_eq!(recording.play().incidents, []);
}

#[test]
fn a_feed_may_be_replayed_by_itself_and_a_line_without_an_end_is_ignored() {
    let mut recording = Recording::of("alone", "black-clock").stills(6);
    recording.text += r#"{"slot":"2027-0"#;
    recording.write();
    let report = replay_folder(&recording.folder.join("1001-0"), None).unwrap();
    assert!(report.contains("KKKKKK  [black since 0s, raised 10s, open]"), "{report}");
}

#[test]
fn an_invalid_line_is_named_with_what_is_wrong() {
    let valid = || Recording::of("invalid", "black-clock").stills(2);
    let with = |from: &str, to: &str| {
        let mut recording = valid();
        recording.text = recording.text.replacen(from, to, 1);
        recording.error()
    };
    for (from, to, line, problem) in [
        ("interval_s", "interval", 1, "missing field `interval_s`"),
        ("picture", "photo", 2, "unknown variant `photo`"),
        (r#"slot":"2027"#, r#"slot":"27"#, 2, "is not a time in UTC"),
        ("000.jpg", "../000.jpg", 2, "`../000.jpg` is not the name of a file"),
        ("001.jpg", "..", 3, "`..` is not the name of a file"),
    ] {
        let error = with(from, to);
        assert!(error.contains(&format!("line {line}: ")) && error.contains(problem), "{error}");
    }
    let recording = valid();
    recording.write();
    let error = replay_folder(&recording.folder, Some(seconds(2))).expect_err("has its own times");
    assert!(error.to_string().contains("omit --step"), "{error}");
}
