//! The page of sequences that were made up, and of one from the repository.

use std::{rc::Rc, time::SystemTime};

use super::*;
use crate::{
    judge::Fault,
    replay::{
        LabelledRun, Played, Score, Sequence, Stills,
        album::{Mark, Pictures},
    },
};

const HOSTILE: &str = "<script>alert(1)</script>\"'&.mp4";

/// A sequence of one condition, whose names and messages are hostile.
fn report(stills: usize) -> Report {
    let shown = Shown {
        index: 0,
        time: Duration::from_secs(3_725),
        taken: SystemTime::UNIX_EPOCH,
        condition: Condition::Frozen,
        lasting: Some((Fault::Frozen, Duration::from_secs(4))),
        facts: None,
        marks: vec![Mark::Raised(Fault::Frozen)],
        jpeg: Some(Rc::from(&b"jpeg"[..])),
    };
    let mut sequence = Sequence::unlabelled(
        HOSTILE.to_owned(),
        Duration::from_secs(2),
        Stills::Files(vec![None; stills]),
    );
    sequence.runs = vec![LabelledRun { first: 0, count: stills, label: HOSTILE.to_owned() }];
    let conditions = vec![Condition::Frozen; stills];
    let incomplete = Some(HOSTILE.to_owned());
    let played = Played { conditions, incomplete, ..Played::default() };
    let pictures = Pictures((0..stills.min(1)).map(|index| (index, shown.clone())).collect());
    Report { sequence, played, score: Score::default(), pictures }
}

fn page(reports: &[Report]) -> String {
    let mut page = Vec::new();
    write(reports, &Thresholds::default(), &mut page).expect("a vector takes everything");
    String::from_utf8(page).expect("is text")
}

#[test]
fn names_labels_and_messages_are_escaped() {
    let page = page(&[report(3)]);
    assert!(!page.contains("<script"), "{page}");
    // The name twice, the label of the stretch and of the still, the message twice.
    assert_eq!(page.matches("&lt;script&gt;alert(1)&lt;/script&gt;&quot;").count(), 6, "{page}");
}

#[test]
fn a_still_has_its_picture_position_verdict_label_and_mark() {
    let page = page(&[report(3)]);
    let still = page.split("<figure").nth(1).expect("there is one");
    for part in [
        "src=\"data:image/jpeg;base64,anBlZw==\"",
        "alt=\"Still at 01:02:05: frozen\"",
        "<strong>01:02:05 frozen</strong> (frozen for 4s)",
        "label: &lt;script",
        "frozen raised",
    ] {
        assert!(still.contains(part), "{part}: {still}");
    }
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let page = page(&[report(3)]);
    assert!(!page.contains("http"), "{page}");
    assert!(!page.contains("url("), "{page}");
}

#[test]
fn every_element_is_closed_in_order() {
    const VOID: [&str; 3] = ["!DOCTYPE", "meta", "img"];
    let page = page(&[report(3), report(0)]);
    let mut open = Vec::new();
    for tag in page.split('<').skip(1) {
        let name: String = tag.chars().take_while(|letter| !" >".contains(*letter)).collect();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed));
        } else if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_long_video_has_a_bounded_page() {
    let mut report = report(0);
    for index in 0..100_000 {
        let condition = if index % 2 == 0 { Condition::Moving } else { Condition::Black };
        report.played.conditions.push(condition);
    }
    let page = page(&[report]);
    assert!(page.contains("and 99800 more"));
    assert!(page.len() < 100_000, "{} bytes", page.len());
    // Black in each column, although every second still is alive.
    assert_eq!(page.matches("<rect").count(), 1);
}

#[test]
fn the_styles_know_every_condition() {
    let known = |condition: Condition| {
        // Unknown is grey, as anything else would be.
        condition == Condition::Unknown
            || include_str!("../page.css").contains(&format!(".{condition}"))
    };
    for (condition, _) in SYMBOLS {
        assert!(known(condition), "{condition}");
    }
}
