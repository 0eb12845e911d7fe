//! The subject of a mail. Pure.
//!
//! SNS takes fewer than 100 characters without control characters. Its documentation has asked for
//! ASCII that begins with a letter, a digit or a punctuation mark, and for any UTF-8; what
//! satisfies the first satisfies both
//! (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).

use super::{
    event::Incident,
    notice::{ChannelIncidents, Notice},
    text::{ascii_name, duration, shortened, time_of_day},
    words::{count, faults, headline, pipelines},
};

/// The longest subject, in characters.
pub const MAX_SUBJECT: usize = 99;

/// The longest name in a subject, in characters.
const MAX_NAME: usize = 30;

/// The subject of the mail about a notice that is not empty.
#[must_use]
pub fn subject(notice: &Notice<'_>) -> String {
    let (raised, cleared) = (notice.raised_channels(), notice.cleared_channels());
    let subject = match (&raised[..], &cleared[..]) {
        ([], [one]) => ended(one),
        ([], several) => {
            let start = format!("CLEARED: {}", count(notice.cleared.len(), "source"));
            with_names(&format!("{start}: "), several)
        }
        ([one], _) => began(one, notice),
        (several, _) => with_names(&format!("{}: ", headline_of_several(notice)), several),
    };
    shortened(&ascii(&subject), MAX_SUBJECT)
}

/// What is printable ASCII, with a question mark for the rest.
fn ascii(text: &str) -> String {
    text.chars().map(|letter| if (' '..='~').contains(&letter) { letter } else { '?' }).collect()
}

/// The number of sources that are down: `14 sources down`.
#[must_use]
pub fn headline_of_several(notice: &Notice<'_>) -> String {
    format!("{} down", count(notice.raised.len(), "source"))
}

fn began(channel: &ChannelIncidents<'_>, notice: &Notice<'_>) -> String {
    let since = match channel.began() {
        Some(time) => format!(" since {}", time_of_day(time)),
        None => String::new(),
    };
    let head = headline(&channel.first().redundancy);
    format!("{head}: {} {}{since}", channel_name(channel.first()), faults(channel, notice))
}

fn ended(channel: &ChannelIncidents<'_>) -> String {
    let name = channel_name(channel.first());
    format!(
        "CLEARED: {name} {} after {}",
        pipelines(&channel.incidents),
        duration(channel.seconds())
    )
}

/// The start, and the names of as many channels as fit.
fn with_names(start: &str, channels: &[ChannelIncidents<'_>]) -> String {
    /// For ` and 999 more`.
    const REST: usize = 13;
    let mut subject = start.to_owned();
    for (number, channel) in channels.iter().enumerate() {
        let name = channel_name(channel.first());
        let separator = if number == 0 { "" } else { ", " };
        if subject.len() + separator.len() + name.len() + REST > MAX_SUBJECT {
            let rest = channels.len() - number;
            let and = if number == 0 { "" } else { " and " };
            return format!("{subject}{and}{rest} more");
        }
        subject.push_str(separator);
        subject.push_str(&name);
    }
    subject
}

/// `Sports (1002)`, or `channel 1002` if ASCII can't spell the name.
fn channel_name(incident: &Incident) -> String {
    let id = ascii_name(&incident.channel_id, 20);
    let name = ascii_name(&incident.channel_name, MAX_NAME);
    if name.is_empty() { format!("channel {id}") } else { format!("{name} ({id})") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::notice::tests::{incident, round},
        *,
    };

    fn subject_of(raised: Vec<Incident>, cleared: Vec<Incident>) -> String {
        subject(&Notice::new(&round(raised, cleared), |_, _| true))
    }

    fn sports(pipeline: &str, redundancy: &str) -> Incident {
        Incident {
            channel_name: "Sports".to_owned(),
            redundancy: redundancy.to_owned(),
            ..incident("1002", pipeline, "black")
        }
    }

    #[test]
    fn a_channel_that_is_off_air_is_named_with_fault_and_time() {
        let both = vec![sports("0", "off air"), sports("1", "off air")];
        assert_eq!(
            subject_of(both, Vec::new()),
            "OFF AIR: Sports (1002) black on both pipelines since 03:12:40Z"
        );
    }

    #[test]
    fn a_channel_that_lost_a_pipeline_is_named_with_it() {
        assert_eq!(
            subject_of(vec![sports("1", "redundancy lost")], Vec::new()),
            "REDUNDANCY LOST: Sports (1002) black on pipeline 1 since 03:12:40Z"
        );
    }

    #[test]
    fn an_incident_that_ended_is_named_with_its_duration() {
        let ended = Incident { seconds: 240, ..sports("0", "full") };
        assert_eq!(
            subject_of(Vec::new(), vec![ended.clone()]),
            "CLEARED: Sports (1002) pipeline 0 after 4 min"
        );
        let other = Incident { pipeline: "1".to_owned(), seconds: 300, ..ended };
        assert_eq!(
            subject_of(Vec::new(), vec![other, sports("0", "full")]),
            "CLEARED: Sports (1002) both pipelines after 5 min"
        );
    }

    #[test]
    fn a_storm_is_counted_and_its_first_channels_are_named() {
        let storm: Vec<_> =
            (1001..1015).map(|id| incident(&id.to_string(), "0", "frozen")).collect();
        assert_eq!(
            subject_of(storm.clone(), Vec::new()),
            "14 sources down: Name 1001 (1001), Name 1002 (1002), Name 1003 (1003) and 11 more"
        );
        assert_eq!(
            subject_of(Vec::new(), storm[..2].to_vec()),
            "CLEARED: 2 sources: Name 1001 (1001), Name 1002 (1002)"
        );
    }

    #[test]
    fn a_name_that_ascii_cannot_spell_is_replaced_by_the_id() {
        let named = |name: &str| {
            let one = Incident { channel_name: name.to_owned(), ..sports("0", "off air") };
            subject_of(vec![one], Vec::new())
        };
        assert_eq!(named("ערוץ"), "OFF AIR: channel 1002 black on pipeline 0 since 03:12:40Z");
        assert_eq!(
            named("A\r\nBcc: x@y"),
            "OFF AIR: A Bcc: x@y (1002) black on pipeline 0 since 03:12:40Z"
        );
    }

    proptest! {
        #[test]
        fn any_event_makes_a_subject_that_sns_takes(
            texts in prop::collection::vec((".{0,60}", ".{0,200}", ".{0,30}", ".{0,30}", any::<u64>()), 1..30),
            cleared in 0_usize..30,
        ) {
            let incident = |(id, name, condition, since, seconds): (String, String, String, String, u64)| Incident {
                channel_id: id, channel_name: name, condition, since, seconds,
                pipeline: "0".to_owned(), ..Incident::default()
            };
            let all: Vec<_> = texts.into_iter().map(incident).collect();
            let cleared = cleared.min(all.len());
            let subject = subject_of(all[cleared..].to_vec(), all[..cleared].to_vec());
            prop_assert!(subject.len() <= MAX_SUBJECT, "{subject}");
            prop_assert!(subject.starts_with(|letter: char| letter.is_ascii_alphanumeric()), "{subject}");
            prop_assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject}");
        }
    }
}
