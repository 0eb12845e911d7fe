//! The notifier with the monitor's own events: which mails and chat messages people get when
//! incidents begin and end, and what the messages say.

use std::time::{Duration, SystemTime};

use aws_stand_in::{Channel, ChannelAlert, InputSwitch, Message, Metric, Pace, Scene, StandIn};
use medialive_source_monitor::{
    notifier::{Notifier, NotifyError, Report},
    settings::NotifierSettings,
};
use serde_json::Value;
use source_detection::variables::from_map;

use crate::{
    harness::{Harness, notifier_clients},
    schema::received,
};

pub(super) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";
pub(super) const CHAT: &str = "arn:aws:sns:eu-west-1:111122223333:chat";

/// Set times that two or three rounds of two seconds reach, and no ratings.
const QUICK: [(&str, &str); 6] = [
    ("BLACK_AFTER", "4"),
    ("NO_PICTURE_AFTER", "4"),
    ("CLEAR_AFTER", "2"),
    ("FROZEN_AFTER", "4"),
    ("REKOGNITION_INTERVAL", "0"),
    ("DASHBOARD", "wall"),
];

/// A notifier of a mail topic, and of a chat topic if wanted.
pub(super) fn notifier(aws: &StandIn, with_chat: bool) -> Notifier {
    let chat = if with_chat { CHAT } else { "" };
    let variables = [("TOPIC_ARN", TOPIC), ("CHAT_TOPIC_ARN", chat)];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = NotifierSettings::read(from_map(&variables)).unwrap();
    Notifier::new(settings, notifier_clients(aws))
}

/// Invokes the notifier with all the time that it needs.
pub(super) async fn notify(notifier: &mut Notifier, event: &Value) -> Result<Report, NotifyError> {
    notifier.notify(event, SystemTime::now() + Duration::from_secs(60)).await
}

/// The latest event of a round.
fn latest(aws: &StandIn) -> Value {
    received(aws.events_of("MediaLive Sources Changed").last().unwrap())
}

pub(super) fn subjects(aws: &StandIn) -> Vec<String> {
    aws.messages_to(TOPIC).into_iter().map(|mail| mail.subject.unwrap()).collect()
}

/// A chat message as JSON.
fn chat(message: &Message) -> Value {
    serde_json::from_str(&message.text).unwrap()
}

/// The time of day at which the first raised incident of an event began.
fn since(event: &Value) -> String {
    let since = event["detail"]["raised"][0]["since"].as_str().unwrap();
    since.split_once('T').unwrap().1.to_owned()
}

#[tokio::test]
async fn an_incident_and_its_end_are_a_mail_each() {
    let channel = Channel::new("1002").name("Sports").standard().shows(Scene::Black);
    let aws = StandIn::builder().channel(channel).pace(Pace::PerRequest).start();
    let mut monitor = Harness::new(&aws, 3, &QUICK);
    let mut notifier = notifier(&aws, true);
    monitor.tick().await;
    let event = latest(&aws);
    let report = notify(&mut notifier, &event).await.unwrap();
    assert_eq!((report.mails, report.chat_messages, report.changes), (1, 2, 2));
    let since = since(&event);
    assert_eq!(
        subjects(&aws),
        [format!("OFF AIR: Sports (1002) black on both pipelines since {since}")]
    );

    aws.set_programme("1002", 0, Scene::Moving);
    aws.set_programme("1002", 1, Scene::Moving);
    monitor.tick().await;
    let event = latest(&aws);
    notify(&mut notifier, &event).await.unwrap();
    let seconds = event["detail"]["cleared"][0]["seconds"].as_u64().unwrap();
    assert_eq!(
        subjects(&aws)[1],
        format!("CLEARED: Sports (1002) both pipelines after {seconds} s")
    );
    let messages: Vec<_> = aws.messages_to(CHAT).iter().map(chat).collect();
    let threads: Vec<_> = messages.iter().map(|one| &one["metadata"]["threadId"]).collect();
    let feeds = ["eu-west-1/1002/0", "eu-west-1/1002/1"];
    assert_eq!(threads, [feeds[0], feeds[1], feeds[0], feeds[1]], "the end is in the same thread");
}

#[tokio::test]
async fn one_pipeline_of_two_is_lost_redundancy_and_the_second_is_off_air() {
    let channel = Channel::new("1002").name("Sports").standard().pipeline(1, Scene::Black);
    let aws = StandIn::builder().channel(channel).pace(Pace::PerRequest).start();
    let mut monitor = Harness::new(&aws, 3, &QUICK);
    let mut notifier = notifier(&aws, false);
    monitor.tick().await;
    let first = latest(&aws);
    notify(&mut notifier, &first).await.unwrap();
    aws.set_programme("1002", 0, Scene::Black);
    monitor.tick().await;
    let second = latest(&aws);
    notify(&mut notifier, &second).await.unwrap();
    assert_eq!(
        subjects(&aws),
        [
            format!("REDUNDANCY LOST: Sports (1002) black on pipeline 1 since {}", since(&first)),
            format!("OFF AIR: Sports (1002) black on both pipelines since {}", since(&second)),
        ]
    );
    assert!(aws.messages_to(CHAT).is_empty());
}

/// A channel that is black while its input delivers, after an input switch.
fn well_known_channel() -> StandIn {
    let channel = Channel::new("1002")
        .name("Sports")
        .shows(Scene::Black)
        .input(0, "playout")
        .cmaf_ingest("cmaf")
        .scheduled(InputSwitch::at(
            "evening",
            "playout",
            SystemTime::now() - Duration::from_secs(3_600),
        ))
        .scheduled(InputSwitch::at("night", "loop", SystemTime::now() + Duration::from_secs(3_600)))
        .alert(ChannelAlert::set("Black Video Detected", "pipeline 0", 0))
        .alert(ChannelAlert::set("Video Not Detected", "ended", 0).cleared());
    let aws = StandIn::builder().channel(channel).pace(Pace::PerRequest).start();
    let feed = [("ChannelId", "1002"), ("Pipeline", "0")];
    let group = [("ChannelId", "1002"), ("Pipeline", "0"), ("OutputGroupName", "cmaf")];
    let at = SystemTime::now() - Duration::from_secs(20);
    for (name, dimensions, value) in [
        ("InputVideoFrameRate", &feed[..], 25.0),
        ("FillMsec", &feed[..], 0.0),
        ("MqcsBlackFrameDetected", &group[..], 40.0),
    ] {
        aws.add_history(Metric::new("AWS/MediaLive", name, dimensions), at, value);
    }
    aws
}

#[tokio::test]
async fn a_mail_says_what_is_known_and_what_to_do() {
    let aws = well_known_channel();
    Harness::new(&aws, 3, &QUICK).tick().await;
    let report = notify(&mut notifier(&aws, false), &latest(&aws)).await.unwrap();
    assert_eq!((report.channels, report.api_errors), (1, 0));
    let mail = &aws.messages_to(TOPIC)[0].text;
    let console = "https://eu-west-1.console.aws.amazon.com";
    for part in [
        "- pipeline 0: The source is black.\n",
        "- measured on pipeline 0: 100.0 % of cells dark",
        "- active input: \"playout\" on pipeline 0\n",
        "- last schedule action: \"evening\" switched to \"playout\" at ",
        "frame rate (confirms): the input still delivers 25 frames/s: check upstream\n",
        "fill (confirms): MediaLive does not fill the output",
        "input loss (no data): ",
        "MQCS (confirms): MediaLive's own quality score sees a black output too (40 of 100)\n",
        "alerts (confirms): MediaLive alert \"Black Video Detected\": pipeline 0\n",
        &format!("{console}/medialive/home?region=eu-west-1#/channels/1002\n"),
        &format!("{console}/cloudwatch/home?region=eu-west-1#dashboards/dashboard/wall\n"),
        "aws medialive create-tags --region eu-west-1 --resource-arn arn:aws:medialive:eu-west-1:111122223333:channel:1002 ",
    ] {
        assert!(mail.contains(part), "{part:?} is not in\n{mail}");
    }
    assert!(!mail.contains("Video Not Detected") && !mail.contains("night"), "{mail}");
}

#[tokio::test]
async fn a_missing_thumbnail_that_an_alert_explains_is_no_dead_source() {
    let channel = Channel::new("1006").shows(Scene::NoThumbnail).alert(ChannelAlert::set(
        "Failed To Upload Thumbnail",
        "S3",
        0,
    ));
    let aws = StandIn::builder().channel(channel).pace(Pace::PerRequest).start();
    Harness::new(&aws, 3, &QUICK).tick().await;
    notify(&mut notifier(&aws, false), &latest(&aws)).await.unwrap();
    let mail = &aws.messages_to(TOPIC)[0].text;
    assert!(
        mail.contains("alerts (contradicts): MediaLive alert \"Failed To Upload Thumbnail\": S3 (")
    );
    assert!(mail.contains("The signal may be well: check that the channel still makes thumbnails"));
}

#[tokio::test]
async fn a_muted_incident_is_not_mentioned_and_costs_no_call() {
    let aws = well_known_channel();
    Harness::new(&aws, 3, &QUICK).tick().await;
    let mut event = latest(&aws);
    event["detail"]["raised"][0]["muted"] = true.into();
    aws.reset_call_log();
    let report = notify(&mut notifier(&aws, true), &event).await.unwrap();
    assert_eq!((report.mails, report.chat_messages, report.changes), (0, 0, 0));
    assert!(aws.operations().is_empty());
    assert!(aws.messages().is_empty());
}

#[tokio::test]
async fn a_channel_that_a_tag_mutes_is_in_no_mail_about_another() {
    let muted = Channel::new("1001").name("Quiet").shows(Scene::Black);
    let muted = muted.tag("source-monitor:mute-until", "2100-01-01T00:00:00Z");
    let loud = Channel::new("1002").name("Loud").shows(Scene::Black);
    let aws = StandIn::builder().channel(muted).channel(loud).pace(Pace::PerRequest).start();
    Harness::new(&aws, 3, &QUICK).tick().await;
    notify(&mut notifier(&aws, false), &latest(&aws)).await.unwrap();
    let mails = aws.messages_to(TOPIC);
    assert!(subjects(&aws)[0].starts_with("OFF AIR: Loud (1002) "), "{mails:?}");
    assert!(mails.len() == 1 && !mails[0].text.contains("Quiet"), "{mails:?}");
}

#[tokio::test]
async fn the_runbook_of_a_tag_and_a_maintenance_are_in_the_messages() {
    let aws = well_known_channel();
    aws.set_tag("1002", "source-monitor:runbook", "https://wiki.example/1002");
    Harness::new(&aws, 3, &QUICK).tick().await;
    notify(&mut notifier(&aws, true), &latest(&aws)).await.unwrap();
    let mail = &aws.messages_to(TOPIC)[0].text;
    assert!(mail.contains("1. Follow the runbook: https://wiki.example/1002\n"), "{mail}");
    // The stand-in's maintenance date.
    assert!(
        mail.contains("restarts the channel for maintenance at 2027-07-18 12:04:24 UTC\n"),
        "{mail}"
    );
    let steps = &chat(&aws.messages_to(CHAT)[0])["content"]["nextSteps"];
    assert_eq!(steps[0], "Runbook: https://wiki.example/1002");
}
