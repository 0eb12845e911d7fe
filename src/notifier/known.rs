//! What is known of the incidents of one channel, as lines that mails and chat messages share.
//! Pure.

use std::time::SystemTime;

use super::{
    event::Incident,
    facts::ChannelFacts,
    input::{active_input, last_action},
    notice::ChannelIncidents,
    text::{date_and_time, remark, runbook},
    witness::{Says, Statement, statements},
    words::{meaning, pipelines},
};

/// What is known, one line for each thing: the picture, the input, and what each witness says.
#[must_use]
pub fn known(channel: &ChannelIncidents<'_>, facts: &ChannelFacts, now: SystemTime) -> Vec<String> {
    let mut lines = Vec::new();
    for (incidents, meaning) in grouped(channel, |one| vec![meaning(&one.condition).to_owned()]) {
        lines.push(format!("{}: {meaning}", pipelines(&incidents)));
    }
    for incident in &channel.incidents {
        if let Some(evidence) = &incident.evidence {
            lines.push(format!("measured on {}: {}", pipelines(&[incident]), remark(evidence)));
        }
    }
    lines.push(format!("active input: {}", active_input(facts)));
    let action = last_action(facts, channel.began(), now);
    lines.push(format!("last schedule action: {action}"));
    let said = |one: &Incident| statements(one, facts).iter().map(sentence).collect();
    for (incidents, sentence) in grouped(channel, said) {
        lines.push(format!("{}, {sentence}", pipelines(&incidents)));
    }
    lines
}

fn sentence(statement: &Statement) -> String {
    let Statement { witness, says, text } = statement;
    format!("{witness} ({}): {text}", says.word())
}

/// The lines of all incidents of a channel, each with the incidents that have it.
fn grouped<'a>(
    channel: &ChannelIncidents<'a>,
    lines: impl Fn(&Incident) -> Vec<String>,
) -> Vec<(Vec<&'a Incident>, String)> {
    let mut groups: Vec<(Vec<&'a Incident>, String)> = Vec::new();
    for &incident in &channel.incidents {
        for line in lines(incident) {
            match groups.iter_mut().find(|(_, known)| *known == line) {
                Some((incidents, _)) => incidents.push(incident),
                None => groups.push((vec![incident], line)),
            }
        }
    }
    groups
}

/// Where to look first.
#[must_use]
pub fn advice(channel: &ChannelIncidents<'_>, facts: &ChannelFacts) -> &'static str {
    let incident = channel.first();
    if incident.condition == "mismatch" {
        return "Compare the inputs of the two pipelines: one gets another programme (router, playout, switched input). If \
                that is meant, tag the channel source-monitor:mismatch-after = never.";
    }
    let statements = statements(incident, facts);
    let says = |wanted| statements.iter().any(|one| one.says == wanted && one.witness != "MQCS");
    match (incident.condition.as_str(), says(Says::Confirms), says(Says::Contradicts)) {
        ("slate", ..) => {
            "Check whether the programme should have begun: the source still shows a picture that is meant for pauses."
        }
        ("no_picture", _, true) => {
            "The signal may be well: check that the channel still makes thumbnails, and what its alerts say."
        }
        ("no_picture", true, false) | (_, _, true) => {
            "MediaLive has lost the input: check the sender and the network between it and MediaLive."
        }
        (_, true, false) => {
            "The signal arrives and its picture is dead: check what feeds the input (playout, router, encoder)."
        }
        (_, false, false) => {
            "Check whether the signal reaches MediaLive, then what feeds it (playout, router, encoder)."
        }
    }
}

/// The operator's runbook for the channel.
#[must_use]
pub fn runbook_of(channel: &ChannelIncidents<'_>) -> Option<String> {
    let text = channel.incidents.iter().find_map(|one| one.runbook.as_deref())?;
    let text = runbook(text);
    if text.is_empty() { None } else { Some(text) }
}

/// The channel's maintenance, if MediaLive has scheduled one.
#[must_use]
pub fn maintenance_of(channel: &ChannelIncidents<'_>) -> Option<String> {
    let date = channel.incidents.iter().find_map(|one| one.maintenance.as_deref())?;
    // MediaLive writes it without a zone, and means UTC.
    Some(match humantime::parse_rfc3339_weak(date) {
        Ok(time) => date_and_time(time),
        Err(_) => remark(date),
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{facts::NativeMetrics, notice::tests::incident},
        *,
    };

    fn facts(frame_rate: f64) -> ChannelFacts {
        let metrics = NativeMetrics { frame_rate: Some(frame_rate), ..NativeMetrics::default() };
        let both = [("0".to_owned(), metrics), ("1".to_owned(), metrics)];
        ChannelFacts { metrics: Some(both.into()), ..ChannelFacts::default() }
    }

    #[test]
    fn what_both_pipelines_have_in_common_is_one_line() {
        let (first, second) = (incident("1", "0", "black"), incident("1", "1", "black"));
        let channel = ChannelIncidents { incidents: vec![&first, &second] };
        let lines = known(&channel, &facts(25.0), SystemTime::UNIX_EPOCH);
        let expected = [
            "both pipelines: The source is black.",
            "active input: not known",
            "last schedule action: not known",
            "both pipelines, frame rate (confirms): the input still delivers 25 frames/s: check upstream",
            "both pipelines, fill (no data): whether MediaLive fills the output is not known",
            "both pipelines, input loss (no data): not measured; only RTP and MediaConnect inputs have it",
            "both pipelines, alerts (no data): MediaLive's active alerts could not be read",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn evidence_stays_on_its_line() {
        let one = Incident { evidence: Some("a\nb".to_owned()), ..incident("1", "0", "frozen") };
        let channel = ChannelIncidents { incidents: vec![&one] };
        let lines = known(&channel, &ChannelFacts::default(), SystemTime::UNIX_EPOCH);
        assert_eq!(lines[1], "measured on pipeline 0: a b");
    }

    #[test]
    fn the_advice_depends_on_whether_the_signal_arrives() {
        let advice = |condition, facts: &ChannelFacts| {
            let one = incident("1", "0", condition);
            super::advice(&ChannelIncidents { incidents: vec![&one] }, facts)
        };
        assert!(advice("black", &facts(25.0)).starts_with("The signal arrives"));
        assert!(advice("black", &facts(0.0)).starts_with("MediaLive has lost the input"));
        assert!(advice("no_picture", &facts(0.0)).starts_with("MediaLive has lost the input"));
        assert!(advice("no_picture", &facts(25.0)).starts_with("The signal may be well"));
        assert!(advice("frozen", &ChannelFacts::default()).starts_with("Check whether"));
        assert!(advice("mismatch", &facts(25.0)).starts_with("Compare the inputs"));
    }

    #[test]
    fn the_runbook_of_either_pipeline_is_the_channels() {
        let plain = incident("1", "0", "black");
        let with =
            Incident { runbook: Some(" call 555 ".to_owned()), ..incident("1", "1", "black") };
        assert_eq!(
            runbook_of(&ChannelIncidents { incidents: vec![&plain, &with] }),
            Some("call 555".to_owned())
        );
        assert_eq!(runbook_of(&ChannelIncidents { incidents: vec![&plain] }), None);
        assert_eq!(maintenance_of(&ChannelIncidents { incidents: vec![&plain] }), None);
    }

    #[test]
    fn a_maintenance_without_a_zone_is_in_utc_and_an_unreadable_one_stays_on_its_line() {
        let maintenance = |date: &str| {
            let date = Some(date.to_owned());
            let one = Incident { maintenance: date, ..incident("1", "0", "black") };
            maintenance_of(&ChannelIncidents { incidents: vec![&one] })
        };
        let readable = Some("2026-11-29 02:00:00 UTC".to_owned());
        assert_eq!(maintenance("2026-11-29T02:00:00"), readable);
        assert_eq!(maintenance("2026-11-29T02:00:00Z"), readable);
        assert_eq!(maintenance("on\nSunday"), Some("on Sunday".to_owned()));
    }
}
