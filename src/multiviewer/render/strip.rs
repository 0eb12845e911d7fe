//! The strip below a picture: what the feed showed in the last five minutes. Kinds differ in
//! height, so that nothing depends on distinguishing colours.

use std::{
    fmt::Write,
    time::{Duration, SystemTime},
};

use maud::{Markup, html};

use super::words;
use crate::{
    multiviewer::past::{Past, Showed},
    restore::LOOK_BACK,
};

/// The height of the drawing, in its own units; a second is one unit wide.
const HEIGHT: u32 = 8;

/// The latest stretches that the strip's title names.
const MAX_NAMED: usize = 6;

/// The strip, with its end at `now`; empty if nothing is known.
pub(super) fn strip(past: &Past, now: SystemTime) -> Markup {
    html! {
        div.msm-past title=(in_words(past)) {
            svg.msm-strip viewBox={ "0 0 " (LOOK_BACK.as_secs()) " " (HEIGHT) }
                preserveAspectRatio="none" aria-hidden="true" {
                @for (class, height) in [("msm-was-well", 2), ("msm-was-young", 5), ("msm-was-faulty", HEIGHT)] {
                    @let path = path(past, class, height, now);
                    @if !path.is_empty() { path class=(class) d=(path) {} }
                }
            }
        }
    }
}

/// The rectangles of the stretches of one kind.
fn path(past: &Past, class: &str, height: u32, now: SystemTime) -> String {
    let begin = now.checked_sub(LOOK_BACK).unwrap_or(SystemTime::UNIX_EPOCH);
    let place =
        |time: SystemTime| time.min(now).duration_since(begin).unwrap_or_default().as_secs();
    let mut path = String::new();
    for stretch in past.stretches.iter().filter(|stretch| class_of(stretch.showed) == class) {
        let (from, to) = (place(stretch.from), place(stretch.to));
        if to > from {
            // Writing to a string does not fail.
            let _ = write!(path, "M{from} {HEIGHT}v-{height}h{}v{height}z", to - from);
        }
    }
    path
}

const fn class_of(showed: Showed) -> &'static str {
    match showed {
        Showed::Healthy => "msm-was-well",
        Showed::Pending(_) => "msm-was-young",
        Showed::Faulty(_) => "msm-was-faulty",
    }
}

/// `Last 5 min: OK 2 min, BLACK 14 s, OK 2 min 40 s`.
fn in_words(past: &Past) -> String {
    let minutes = words::duration(LOOK_BACK);
    let latest = past.stretches.len().saturating_sub(MAX_NAMED);
    let named = past.stretches[latest..].iter().map(|stretch| {
        let lasted = stretch.to.duration_since(stretch.from).unwrap_or(Duration::ZERO);
        let label = match stretch.showed {
            Showed::Healthy => "OK".to_owned(),
            Showed::Pending(fault) => words::pending_label(fault),
            Showed::Faulty(fault) => words::faulty_label(fault),
        };
        format!("{label} {}", words::duration(lasted))
    });
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return format!("Nothing is known of the last {minutes}");
    }
    format!("Last {minutes}: {}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use source_detection::Fault;

    use super::*;
    use crate::multiviewer::past::Stretch;

    #[test]
    fn each_stretch_is_drawn_at_its_time_and_named() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let ago = |seconds| now - Duration::from_secs(seconds);
        let stretch = |from, to, showed| Stretch { from: ago(from), to: ago(to), showed };
        let stretches = vec![
            stretch(400, 114, Showed::Healthy),
            stretch(114, 100, Showed::Faulty(Fault::Black)),
            stretch(100, 0, Showed::Healthy),
        ];
        let html =
            strip(&Past { stretches, ended: None }, now).into_string().replace('\u{a0}', " ");
        assert!(html.contains("title=\"Last 5 min: OK 4 min 46 s, BLACK 14 s, OK 1 min 40 s\""));
        assert!(
            html.contains("class=\"msm-was-well\" d=\"M0 8v-2h186v2zM200 8v-2h100v2z\""),
            "{html}"
        );
        assert!(html.contains("class=\"msm-was-faulty\" d=\"M186 8v-8h14v8z\""), "{html}");
        assert!(!html.contains("msm-was-young"));
    }

    #[test]
    fn without_datapoints_the_strip_is_empty() {
        let html = strip(&Past::default(), SystemTime::UNIX_EPOCH).into_string();
        assert!(html.contains("Nothing is known") && !html.contains("<path"));
    }
}
