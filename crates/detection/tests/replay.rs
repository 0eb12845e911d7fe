//! The program `replay` as a whole, with a shell script in the place of ffmpeg. `.ci/replay` has
//! the real one.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "tests")]

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, id},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One test at a time: a script cannot be started while a process that another test has just
/// started still has it open for writing.
static TURN: Mutex<()> = Mutex::new(());

/// A folder with a program `ffmpeg` that runs a script. It is removed in the end.
struct Folder(PathBuf, #[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);

impl Folder {
    fn new(name: &str, script: &str) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = env::temp_dir().join(format!("replay-{}-{name}", id()));
        fs::create_dir_all(&folder).expect("can be created");
        let program = folder.join("ffmpeg");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("can be changed");
        Self(folder, turn)
    }

    /// Runs `replay` with arguments, in this folder and with nothing else on `PATH`.
    fn replay(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replay"));
        command.args(arguments).current_dir(&self.0).env_clear().env("PATH", &self.0);
        command.output().expect("can be started")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A script that writes the stills of a sequence in the repository.
fn stills(sequence: &str) -> String {
    let stills = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills").join(sequence);
    format!("/bin/cat {}/*.jpg", stills.display())
}

#[track_caller]
fn assert_ends(output: &Output, code: i32, message: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(message), "{errors}");
}

#[test]
fn stills_of_a_video_are_judged_at_their_positions() {
    let folder = Folder::new("positions", &stills("freeze-and-back"));
    fs::write(folder.0.join("-a.mp4"), "").expect("can be written");
    let arguments = ["--step", "10", "--report", "page.html", "--", "-a.mp4"];
    let output = folder.replay(&arguments);
    assert_ends(&output, 0, "-a.mp4: 00:01:00 frozen raised");
    let report = String::from_utf8_lossy(&output.stdout);
    for line in [
        "-a.mp4: 13 stills, one every 10s",
        "  00:00:40 to 00:01:20  frozen",
        "  [frozen since 00:00:30, raised 00:01:00, cleared 00:01:40]",
    ] {
        assert!(report.contains(line), "{line}: {report}");
    }
    let page = fs::read_to_string(folder.0.join("page.html")).expect("was written");
    assert_eq!(page.matches("<figure").count(), 13);
}

#[test]
fn a_video_that_breaks_off_is_reported_as_incomplete() {
    let script = format!("{}; echo 'rtmp://a/b?key=1: broken' >&2; exit 1", stills("black-clock"));
    let folder = Folder::new("incomplete", &script);
    let output = folder.replay(&["rtmp://a/b?key=1"]);
    assert_ends(&output, 2, "");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(report.contains("00:00:00 to 00:00:10  black"), "{report}");
    assert!(report.contains("INCOMPLETE: ffmpeg stopped: rtmp://a/b: broken"), "{report}");
}

#[test]
fn the_last_message_of_ffmpeg_says_why_there_is_no_still() {
    let folder =
        Folder::new("broken", "echo 'first' >&2; echo 'file:a.mp4: moov missing' >&2; exit 1");
    fs::write(folder.0.join("a.mp4"), "").expect("can be written");
    let message = "replay: failed to read `a.mp4` with ffmpeg: a.mp4: moov missing";
    assert_ends(&folder.replay(&["a.mp4"]), 2, message);
}

#[test]
fn a_file_without_video_is_an_error() {
    let folder =
        Folder::new("sound", "echo \"Stream map '0:V:0' matches no streams.\" >&2; exit 1");
    fs::write(folder.0.join("a.wav"), "").expect("can be written");
    assert_ends(&folder.replay(&["a.wav"]), 2, "replay: `a.wav` has no video");
}

#[test]
fn videos_need_ffmpeg_and_stills_do_not() {
    let folder = Folder::new("missing", "");
    fs::remove_file(folder.0.join("ffmpeg")).expect("is there");
    fs::write(folder.0.join("a.mp4"), "").expect("can be written");
    assert_ends(&folder.replay(&["."]), 2, "replay: ffmpeg was not found on PATH");
    let stills = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stills/slate");
    assert_ends(&folder.replay(&[stills.to_str().expect("is text")]), 0, "");
}

#[test]
fn a_page_that_cannot_be_written_is_known_before_anything_is_replayed() {
    let folder = Folder::new("page", "echo started >&2; exit 1");
    let output = folder.replay(&["udp://127.0.0.1:1", "--report", "missing/page.html"]);
    assert_ends(&output, 2, "replay: failed to write `missing/page.html`");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("started"));
}

/// A live stream, which ends only with Ctrl-C.
#[test]
fn a_signal_ends_a_stream_with_a_report() {
    let script = format!("{}; kill -INT $PPID; {0}; exec /bin/sleep 60", stills("black-clock"));
    let folder = Folder::new("signal", &script);
    let output = folder.replay(&["udp://127.0.0.1:1", "--json"]);
    assert_ends(&output, 0, "");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let conditions = report["sequences"][0]["conditions"].as_array().expect("there are some");
    assert!(conditions.iter().all(|condition| condition == "black"), "{report}");
}
