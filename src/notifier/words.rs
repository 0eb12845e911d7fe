//! Faults, places and endings in the words of everyday, which mails and chat messages share. Pure.

use super::{
    event::Incident,
    notice::{ChannelIncidents, Notice},
    text::remark,
};

/// A fault as an adjective: `black`, `without picture`.
#[must_use]
pub fn fault(condition: &str) -> String {
    match condition {
        "no_picture" => "without picture".to_owned(),
        "bars" => "showing colour bars".to_owned(),
        "flat" => "showing one flat colour".to_owned(),
        "frozen_background" => "frozen behind a clock or a moving card".to_owned(),
        "repeating" => "repeating itself".to_owned(),
        "partial" => "partly dead".to_owned(),
        "slate" => "showing a slate".to_owned(),
        "mismatch" => "not the same".to_owned(),
        other => remark(other),
    }
}

/// What a fault means, as a sentence.
#[must_use]
pub fn meaning(condition: &str) -> &'static str {
    match condition {
        "no_picture" => "MediaLive makes no new picture of the source.",
        "bars" => "The source shows colour bars.",
        "black" => "The source is black.",
        "flat" => "The source shows one flat colour.",
        "frozen" => "The source has shown the same picture all the time.",
        "frozen_background" => "The picture behind a clock or a moving card stands still.",
        "partial" => "A part of the picture is one exact colour or frozen, and the rest is alive.",
        "slate" => "The source shows a picture that was declared known, for longer than it may.",
        "mismatch" => {
            "The two pipelines show different programmes, and neither has a fault of its own."
        }
        "repeating" => "The source shows the same few seconds again and again.",
        _ => "The source shows a fault.",
    }
}

/// Why an incident ended, as a sentence.
#[must_use]
pub fn ending(reason: Option<&str>) -> &'static str {
    match reason {
        Some("recovered") => "The source has recovered.",
        Some("replaced") => "Another fault has replaced it.",
        Some("channel_restarted") => "The channel starts again.",
        Some("channel_stopped") => "The channel was stopped or deleted.",
        Some("channel_excluded") => "A tag or a setting excludes the channel.",
        Some("not_allowed") => "Tags or settings no longer count it as a fault.",
        Some("not_followed") => "The monitor lost track of it: look at the channel.",
        _ => "It has ended.",
    }
}

/// What the channel is reduced to, as the first words of a subject.
#[must_use]
pub fn headline(redundancy: &str) -> &'static str {
    match redundancy {
        "off air" => "OFF AIR",
        "redundancy lost" => "REDUNDANCY LOST",
        "full" => "PIPELINES DIFFER",
        _ => "SOURCE DOWN",
    }
}

/// What the headline means for the viewers, as a sentence.
#[must_use]
pub fn consequence(redundancy: &str) -> &'static str {
    match redundancy {
        "off air" => "No pipeline of the channel has a good source: viewers see the fault.",
        "redundancy lost" => {
            "The channel's other pipeline is still good: viewers see nothing yet, but there is no spare."
        }
        "full" => {
            "Both pipelines deliver: viewers see another programme when the channel changes over."
        }
        _ => "What is left of the channel is not known.",
    }
}

/// The pipelines of a channel: `pipeline 0` or `both pipelines`.
#[must_use]
pub fn pipelines(incidents: &[&Incident]) -> String {
    match incidents {
        [one] if one.pipeline == "both" => "both pipelines".to_owned(),
        [one] => format!("pipeline {}", remark(&one.pipeline)),
        [_, _] => "both pipelines".to_owned(),
        _ => format!("{} pipelines", incidents.len()),
    }
}

/// Fault and place of a channel's incidents: `black on both pipelines`, or `black on pipeline 0,
/// frozen on pipeline 1`. An incident that was open before on the other pipeline is part of it.
#[must_use]
pub fn faults(channel: &ChannelIncidents<'_>, notice: &Notice<'_>) -> String {
    let mut incidents = channel.incidents.clone();
    incidents.extend(notice.open_on(channel.id()));
    incidents.sort_by(|one, other| one.pipeline.cmp(&other.pipeline));
    let first = incidents[0];
    if incidents.iter().all(|one| one.condition == first.condition) {
        return format!("{} on {}", fault(&first.condition), pipelines(&incidents));
    }
    let each = |one: &&Incident| format!("{} on {}", fault(&one.condition), pipelines(&[one]));
    incidents.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// A number with its noun: `1 source`, `2 sources`.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{
        super::notice::tests::{incident, round},
        *,
    };

    fn faults_of(raised: &[(&str, &str)], open: &[(&str, &str)]) -> String {
        let incidents = |list: &[(&str, &str)]| -> Vec<_> {
            list.iter().map(|(pipeline, fault)| incident("1", pipeline, fault)).collect()
        };
        let mut round = round(incidents(raised), Vec::new());
        round.open = incidents(open);
        let notice = Notice::new(&round, |_, _| true);
        faults(&notice.raised_channels()[0], &notice)
    }

    #[test]
    fn faults_are_named_with_their_place() {
        assert_eq!(faults_of(&[("0", "black")], &[]), "black on pipeline 0");
        assert_eq!(faults_of(&[("1", "black"), ("0", "black")], &[]), "black on both pipelines");
        assert_eq!(faults_of(&[("1", "black")], &[("0", "black")]), "black on both pipelines");
        assert_eq!(
            faults_of(&[("1", "frozen")], &[("0", "no_picture")]),
            "without picture on pipeline 0, frozen on pipeline 1"
        );
        assert_eq!(faults_of(&[("both", "mismatch")], &[]), "not the same on both pipelines");
    }

    #[test]
    fn a_fault_that_is_not_known_is_named_as_it_is() {
        assert_eq!(fault("sound\nless"), "sound less");
        assert_eq!(count(1, "source") + " " + &count(2, "source"), "1 source 2 sources");
    }
}
