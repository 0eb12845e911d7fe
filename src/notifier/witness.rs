//! What else is known, weighed: whether it confirms the incident, contradicts it, or is no data.
//! Pure.
//!
//! | witness | confirms | contradicts |
//! | --- | --- | --- |
//! | frame rate, fill, input loss; a picture with a fault | frames arrive: the fault is in the picture | the input is lost: there is no picture to be wrong |
//! | the same; no picture | the input is lost | frames arrive: only the thumbnail is missing |
//! | MQCS, where a channel delivers CMAF Ingest | a score below 100 for a frozen or black output | 100 |
//! | alerts | one that explains the fault | one that explains a missing thumbnail by something else |
//!
//! No datapoint and no alert are no data: metrics arrive late, and MediaLive has no alert for a
//! source that is frozen, black, bars or flat.

use super::{
    event::Incident,
    facts::{ActiveAlert, ChannelFacts, NativeMetrics},
    text::{name, remark},
};

/// What a witness says about the incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It fits.
    Confirms,
    /// It does not fit, or explains the incident by something other than the source.
    Contradicts,
    /// Nothing.
    NoData,
}

impl Says {
    /// The word in a message.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Confirms => "confirms",
            Self::Contradicts => "contradicts",
            Self::NoData => "no data",
        }
    }
}

/// A statement about an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Who says it: `frame rate`, `fill`, `input loss`, `MQCS`, `alerts`.
    pub witness: &'static str,
    /// What that means for the incident.
    pub says: Says,
    /// The statement in everyday words, one line.
    pub text: String,
}

/// The lowest frame rate of an input that delivers, in frames per second.
const MIN_FRAME_RATE: f64 = 1.0;

/// The score of an output without a fault
/// (<https://docs.aws.amazon.com/medialive/latest/ug/monitoring-eml-metrics.html>).
const GOOD_SCORE: f64 = 100.0;

/// The longest list of alerts in a message.
const MAX_ALERTS: usize = 5;

/// What the facts say about an incident, in the order in which people ask.
#[must_use]
pub fn statements(incident: &Incident, facts: &ChannelFacts) -> Vec<Statement> {
    if incident.condition == "mismatch" {
        // That an input arrives says nothing about what it carries.
        return Vec::new();
    }
    let metrics = facts.metrics.as_ref().and_then(|all| all.get(&incident.pipeline)).copied();
    let metrics = metrics.unwrap_or_default();
    let mut statements =
        vec![frame_rate(incident, metrics), fill(incident, metrics), input_loss(incident, metrics)];
    statements.extend(score(incident, metrics));
    statements.extend(alerts(incident, facts.alerts.as_deref()));
    statements
}

/// What an input means for the incident.
fn input(incident: &Incident, arrives: bool) -> Says {
    let fault_in_picture = incident.condition != "no_picture";
    if arrives == fault_in_picture { Says::Confirms } else { Says::Contradicts }
}

fn frame_rate(incident: &Incident, metrics: NativeMetrics) -> Statement {
    let witness = "frame rate";
    let Some(rate) = metrics.frame_rate else {
        return no_data(witness, "the frame rate of the input is not known");
    };
    let arrives = rate >= MIN_FRAME_RATE;
    let text = match (arrives, incident.condition.as_str()) {
        (true, "no_picture") => format!(
            "the input still delivers {} frames/s: MediaLive has the signal, and only its thumbnail is missing",
            frames(rate)
        ),
        (true, _) => {
            format!("the input still delivers {} frames/s: check upstream", frames(rate))
        }
        (false, _) => {
            "the input delivers no frames: check the sender and the network to MediaLive".to_owned()
        }
    };
    Statement { witness, says: input(incident, arrives), text }
}

fn fill(incident: &Incident, metrics: NativeMetrics) -> Statement {
    let witness = "fill";
    match metrics.fill_milliseconds {
        None => no_data(witness, "whether MediaLive fills the output is not known"),
        Some(fill) if fill > 0.0 => Statement {
            witness,
            says: input(incident, false),
            text: "MediaLive fills the output itself, because its input is lost".to_owned(),
        },
        Some(_) => Statement {
            witness,
            says: input(incident, true),
            text: "MediaLive does not fill the output: it uses what it receives".to_owned(),
        },
    }
}

fn input_loss(incident: &Incident, metrics: NativeMetrics) -> Statement {
    let witness = "input loss";
    match metrics.input_loss_seconds {
        None => no_data(witness, "not measured; only RTP and MediaConnect inputs have it"),
        Some(seconds) if seconds > 0.0 => Statement {
            witness,
            says: input(incident, false),
            text: format!("the input was lost for {seconds:.0} s in the last minutes"),
        },
        Some(_) => Statement {
            witness,
            says: input(incident, true),
            text: "the input was not lost in the last minutes".to_owned(),
        },
    }
}

/// MediaLive's own quality score, where there is one for the fault.
fn score(incident: &Incident, metrics: NativeMetrics) -> Option<Statement> {
    let (score, what) = match incident.condition.as_str() {
        "frozen" => (metrics.freeze_score?, "frozen"),
        "black" => (metrics.black_score?, "black"),
        _ => return None,
    };
    let is_good = score >= GOOD_SCORE;
    let says = if is_good { Says::Contradicts } else { Says::Confirms };
    let text = if is_good {
        format!("MediaLive's own quality score sees no {what} output: look at the output too")
    } else {
        format!("MediaLive's own quality score sees a {what} output too ({score:.0} of 100)")
    };
    Some(Statement { witness: "MQCS", says, text })
}

fn alerts(incident: &Incident, alerts: Option<&[ActiveAlert]>) -> Vec<Statement> {
    let witness = "alerts";
    let Some(alerts) = alerts else {
        return vec![no_data(witness, "MediaLive's active alerts could not be read")];
    };
    let concerns = |alert: &&ActiveAlert| {
        alert.pipeline.as_ref().is_none_or(|pipeline| *pipeline == incident.pipeline)
    };
    let of_pipeline: Vec<_> = alerts.iter().filter(concerns).collect();
    if of_pipeline.is_empty() {
        let text =
            "MediaLive has no active alert; it has none for a source that delivers a dead picture";
        return vec![no_data(witness, text)];
    }
    of_pipeline.into_iter().take(MAX_ALERTS).map(|alert| weighed(incident, alert)).collect()
}

fn weighed(incident: &Incident, alert: &ActiveAlert) -> Statement {
    let ActiveAlert { kind, message, .. } = alert;
    let message = remark(message);
    let colon = if message.is_empty() { "" } else { ": " };
    let wording = format!("MediaLive alert \"{}\"{colon}{message}", name(kind));
    // The type is the alert's wording
    // (<https://docs.aws.amazon.com/medialive/latest/ug/monitoring-api.html>); its number, by which
    // people know alerts, is accepted too.
    let is = |number: &str, words: &str| {
        kind.contains(number) || kind.to_lowercase().contains(&words.to_lowercase())
    };
    let (says, note) = match incident.condition.as_str() {
        "no_picture" if is("6043", "failed to upload thumbnail") => (
            Says::Contradicts,
            " (the channel's role may not write thumbnails; the source may be well)",
        ),
        "no_picture" if is("5201", "video not detected") || is_input_lost(kind) => {
            (Says::Confirms, "")
        }
        "black" if is("5202", "black video detected") => (Says::Confirms, ""),
        _ if is_input_lost(kind) => (Says::Contradicts, " (the input is lost)"),
        _ => (Says::NoData, ""),
    };
    Statement { witness: "alerts", says, text: format!("{wording}{note}") }
}

/// Alerts that report a lost input
/// (<https://docs.aws.amazon.com/medialive/latest/ug/monitor-activity-types-alerts-channels.html>).
fn is_input_lost(kind: &str) -> bool {
    const NUMBERS: [&str; 7] = ["5301", "5302", "5305", "5307", "5308", "5309", "5313"];
    const WORDS: [&str; 3] = ["udp input", "rtmp", "http get"];
    let lower = kind.to_lowercase();
    NUMBERS.iter().any(|number| kind.contains(number))
        || WORDS.iter().any(|words| lower.contains(words))
}

fn no_data(witness: &'static str, text: &str) -> Statement {
    Statement { witness, says: Says::NoData, text: text.to_owned() }
}

/// A frame rate without needless digits: `25`, `29.97`.
fn frames(rate: f64) -> String {
    let text = format!("{rate:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{super::notice::tests::incident, *};

    fn said(
        condition: &str,
        metrics: NativeMetrics,
        alerts: &[(&str, &str)],
    ) -> Vec<(&'static str, Says)> {
        let alert = |(kind, pipeline): &(&str, &str)| ActiveAlert {
            kind: (*kind).to_owned(),
            pipeline: Some((*pipeline).to_owned()),
            ..ActiveAlert::default()
        };
        let facts = ChannelFacts {
            metrics: Some([("0".to_owned(), metrics)].into()),
            alerts: Some(alerts.iter().map(alert).collect()),
            ..ChannelFacts::default()
        };
        let statements = statements(&incident("1", "0", condition), &facts);
        statements.into_iter().map(|one| (one.witness, one.says)).collect()
    }

    const ARRIVES: NativeMetrics = NativeMetrics {
        frame_rate: Some(25.0),
        fill_milliseconds: Some(0.0),
        input_loss_seconds: Some(0.0),
        freeze_score: None,
        black_score: None,
    };

    const LOST: NativeMetrics = NativeMetrics {
        frame_rate: Some(0.0),
        fill_milliseconds: Some(4_000.0),
        input_loss_seconds: Some(12.0),
        ..ARRIVES
    };

    #[test]
    fn frames_that_arrive_confirm_a_fault_in_the_picture_and_contradict_a_missing_one() {
        let three = |says| [("frame rate", says), ("fill", says), ("input loss", says)];
        assert_eq!(said("black", ARRIVES, &[])[..3], three(Says::Confirms));
        assert_eq!(said("black", LOST, &[])[..3], three(Says::Contradicts));
        assert_eq!(said("no_picture", ARRIVES, &[])[..3], three(Says::Contradicts));
        assert_eq!(said("no_picture", LOST, &[])[..3], three(Says::Confirms));
    }

    #[test]
    fn what_is_not_known_is_no_data() {
        let nothing = statements(&incident("1", "0", "frozen"), &ChannelFacts::default());
        let witnesses: Vec<_> = nothing.iter().map(|one| (one.witness, one.says)).collect();
        let no_data = |witness| (witness, Says::NoData);
        assert_eq!(witnesses, ["frame rate", "fill", "input loss", "alerts"].map(no_data));
        assert_eq!(
            said("frozen", NativeMetrics::default(), &[]),
            witnesses,
            "absence says nothing"
        );
    }

    #[test]
    fn a_quality_score_is_asked_about_its_own_fault() {
        let scored = |condition, freeze_score, black_score| {
            let metrics = NativeMetrics { freeze_score, black_score, ..ARRIVES };
            let said = said(condition, metrics, &[]);
            said.into_iter().find(|(witness, _)| *witness == "MQCS").map(|(_, says)| says)
        };
        assert_eq!(scored("frozen", Some(80.0), Some(100.0)), Some(Says::Confirms));
        assert_eq!(scored("frozen", Some(100.0), None), Some(Says::Contradicts));
        assert_eq!(scored("black", Some(100.0), Some(99.0)), Some(Says::Confirms));
        assert_eq!(scored("black", Some(100.0), None), None);
        assert_eq!(scored("bars", Some(0.0), Some(0.0)), None);
    }

    #[test]
    fn an_alert_that_explains_a_missing_thumbnail_contradicts_a_dead_source() {
        let of = |condition, kind| said(condition, ARRIVES, &[(kind, "0")])[3].1;
        assert_eq!(of("no_picture", "Failed To Upload Thumbnail"), Says::Contradicts);
        assert_eq!(of("no_picture", "6043"), Says::Contradicts);
        assert_eq!(of("no_picture", "Video Not Detected"), Says::Confirms);
        assert_eq!(of("no_picture", "UDP Input Stopped"), Says::Confirms);
        assert_eq!(of("black", "Black Video Detected"), Says::Confirms);
        assert_eq!(of("black", "RTMP Stream Not Found"), Says::Contradicts);
        assert_eq!(of("frozen", "MQCS Low"), Says::NoData);
        assert_eq!(said("black", ARRIVES, &[("Video Not Detected", "1")])[3].1, Says::NoData);
    }

    #[test]
    fn statements_are_in_everyday_words() {
        let facts = ChannelFacts {
            metrics: Some([("0".to_owned(), ARRIVES)].into()),
            ..ChannelFacts::default()
        };
        let text = statements(&incident("1", "0", "black"), &facts)[0].text.clone();
        assert_eq!(text, "the input still delivers 25 frames/s: check upstream");
        assert_eq!([25.0, 29.97, 23.976, 50.0].map(frames), ["25", "29.97", "23.98", "50"]);
    }
}
