//! `record` against the stand-in: what it saves, what it calls, and how `replay` judges it.

mod judged;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    future::pending,
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use aws_stand_in::{Api, Channel, ChannelState, Fault, Pace, StandIn, TimeStamp, fingerprint};
use medialive_source_monitor::{
    record::{End, Options, RecordError, Recorder, Recording, SampleCounts},
    settings::Settings,
};
use source_detection::{
    Condition,
    replay::{Played, Sequence, play, sequences},
    variables::from_map,
};

use crate::harness::{channels, clients};

const INTERVAL: Duration = Duration::from_secs(2);

/// A folder that is removed with its test.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new(test: &str) -> Self {
        Self(std::env::temp_dir().join(format!("record-{test}-{}", std::process::id())))
    }

    /// The options of a test, which needs no second for a call.
    fn options(&self, rounds: u32) -> Options {
        Options {
            length: INTERVAL * rounds,
            calls_per_second: NonZeroU32::new(10_000).unwrap(),
            ..Options::new(self.0.clone())
        }
    }

    /// The names of the files of a feed.
    fn files(&self, feed: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.join(feed)).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    fn bytes(&self) -> u64 {
        let feeds = fs::read_dir(&self.0).unwrap();
        let names = feeds.map(|feed| feed.unwrap().file_name().into_string().unwrap());
        let files = names.flat_map(|feed| self.files(&feed));
        files.map(|file| fs::metadata(file).unwrap().len()).sum()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn record(aws: &StandIn, options: Options) -> Result<Recording, RecordError> {
    Ok(Recorder::prepare(options, clients(aws)).await?.run(pending()).await)
}

async fn error(aws: &StandIn, options: Options) -> String {
    record(aws, options).await.expect_err("does not begin").to_string()
}

/// A feed of a recording, and what it leads to.
struct Judged {
    sequence: Sequence,
    played: Played,
}

/// Judges a recording with the set times of these settings, by feed.
fn judged(folder: &Path, settings: &[(&str, &str)]) -> BTreeMap<String, Judged> {
    let variables = settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let settings = Settings::read(from_map(&variables.collect())).unwrap();
    let mut judged = BTreeMap::new();
    for sequence in sequences(folder, None).unwrap() {
        let thresholds = sequence.thresholds(&settings.thresholds);
        let played = play(&sequence, &thresholds, &mut ()).unwrap();
        judged.insert(sequence.name.clone(), Judged { sequence, played });
    }
    judged
}

#[tokio::test]
async fn thumbnails_are_saved_as_they_came_and_each_once() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001").name("Süd"))
        .channel(Channel::new("1002").time_stamp(TimeStamp::Stale))
        .pace(Pace::PerRequest)
        .start();
    let folder = TemporaryFolder::new("saved");
    let recording = record(&aws, folder.options(3)).await.unwrap();
    assert_eq!((recording.feeds, recording.thumbnails), (2, 4));
    assert_eq!(recording.samples, SampleCounts { thumbnail: 6, ..SampleCounts::default() });
    assert_eq!(recording.bytes, folder.bytes());
    for (feed, thumbnails) in [("1001", 3), ("1002", 1)] {
        let files = folder.files(&format!("{feed}-0"));
        let (list, jpegs) = files.split_last().unwrap();
        assert_eq!(list.file_name().unwrap(), "samples.jsonl");
        let saved: Vec<_> =
            jpegs.iter().map(|file| fingerprint(&fs::read(file).unwrap())).collect();
        let mut served: Vec<_> =
            aws.thumbnails_served(feed, 0).iter().map(|still| still.fingerprint).collect();
        served.dedup();
        assert_eq!((saved.len(), saved), (thumbnails, served), "{feed}");
    }
    let list = fs::read_to_string(folder.0.join("1001-0/samples.jsonl")).unwrap();
    let first = list.lines().next().unwrap();
    assert_eq!(first, r#"{"feed":"1001-0","interval_s":2,"channel_name":"Süd"}"#);
    let stamp = aws.thumbnails_served("1001", 0)[0].time_stamp.unwrap();
    let stamp = humantime::format_rfc3339_millis(stamp).to_string();
    assert!(list.lines().nth(1).unwrap().contains(&stamp), "{list}");
}

#[tokio::test]
async fn it_makes_exactly_the_calls_that_its_policy_allows() {
    let page = include_str!("../../../docs/operations.md");
    let policy = page.split("<!-- policy of record -->").nth(1).unwrap();
    let policy = policy.split("```").nth(1).unwrap().trim_start_matches("json");
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let allowed: BTreeSet<_> =
        statements.map(|one| one["Action"].as_str().unwrap().to_owned()).collect();
    let aws = StandIn::builder().channels(channels(1001, 2)).pace(Pace::PerRequest).start();
    record(&aws, TemporaryFolder::new("calls").options(1)).await.unwrap();
    assert_eq!(aws.operations(), allowed);
}

#[tokio::test]
async fn it_ends_before_the_folder_is_too_large_and_when_it_is_told_to() {
    let aws = StandIn::builder().channels(channels(1001, 5)).pace(Pace::PerRequest).start();
    let folder = TemporaryFolder::new("full");
    let options = Options { at_most: 200_000, ..folder.options(60) };
    let recording = record(&aws, options).await.unwrap();
    assert!(matches!(recording.end, End::Full), "{recording:?}");
    assert!((150_000..=200_000).contains(&folder.bytes()), "{recording:?}");
    assert_eq!(judged(&folder.0, &[]).len(), 5, "what is there can be judged");

    let folder = TemporaryFolder::new("stopped");
    let recorder = Recorder::prepare(folder.options(60), clients(&aws)).await.unwrap();
    let recording = recorder.run(tokio::time::sleep(INTERVAL * 2)).await;
    assert!(matches!(recording.end, End::Stopped), "{recording:?}");
    assert_eq!(recording.thumbnails % 5, 0, "whole rounds");
    assert_eq!(judged(&folder.0, &[]).len(), 5, "what is there can be judged");
}

#[tokio::test]
async fn only_the_named_channels_are_recorded_or_all_that_no_tag_excludes() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .channel(Channel::new("1002").tag("source-monitor", "off"))
        .channel(Channel::new("1003").state(ChannelState::Idle))
        .pace(Pace::PerRequest)
        .start();
    let folder = TemporaryFolder::new("all");
    record(&aws, folder.options(1)).await.unwrap();
    assert_eq!(judged(&folder.0, &[]).into_keys().collect::<Vec<_>>(), ["1001-0"]);
    let folder = TemporaryFolder::new("named");
    let options = Options { channels: vec!["1002".to_owned()], ..folder.options(1) };
    record(&aws, options).await.unwrap();
    assert_eq!(judged(&folder.0, &[]).into_keys().collect::<Vec<_>>(), ["1002-0"]);
}

#[tokio::test]
async fn what_prevents_a_recording_is_named_and_leaves_no_folder() {
    let aws = StandIn::builder()
        .channels(channels(1001, 3))
        .channel(Channel::new("1004").state(ChannelState::Idle))
        .pace(Pace::PerRequest)
        .start();
    let folder = TemporaryFolder::new("prevented");
    let options = || folder.options(1);
    let named = Options { channels: vec!["1001".to_owned(), "1004".to_owned()], ..options() };
    let message = "not running in eu-west-1: 1004; running: 1001, 1002, 1003";
    assert_eq!(error(&aws, named).await, message);
    let calls = Options { calls_per_second: NonZeroU32::MIN, ..options() };
    let message = "3 feeds every 2 s are more than 1 calls a second: name fewer with --channel, \
                   use --every 3s, or allow more with --calls-per-second if the quota does";
    assert_eq!(error(&aws, calls).await, message);

    aws.fault(Fault::on(Api::ListChannels).denied().times(1));
    let denied = error(&aws, options()).await;
    assert!(denied.starts_with("the permission medialive:ListChannels is missing: "), "{denied}");
    aws.fault(Fault::on(Api::ListChannels).expired().times(1));
    let expired = error(&aws, options()).await;
    assert!(expired.starts_with("the credentials were refused: "), "{expired}");
    let none = StandIn::builder().start();
    let none = error(&none, options()).await;
    assert!(none.starts_with("no channel to record in eu-west-1: "), "{none}");
    assert!(!folder.0.exists());

    fs::create_dir_all(&folder.0).unwrap();
    fs::write(folder.0.join("notes.txt"), "").unwrap();
    let message = format!("`{}` is not empty: name a new or an empty folder", folder.0.display());
    assert_eq!(error(&aws, options()).await, message);
}

#[tokio::test]
async fn a_recording_ends_where_no_thumbnail_may_be_described_and_continues_where_one_may() {
    let aws = StandIn::builder().channels(channels(1001, 2)).pace(Pace::PerRequest).start();
    aws.fault(Fault::on(Api::DescribeThumbnails).channel("1002").forbidden());
    let folder = TemporaryFolder::new("one-denied");
    let recording = record(&aws, folder.options(2)).await.unwrap();
    let samples = SampleCounts { thumbnail: 2, unknown: 2, ..SampleCounts::default() };
    assert_eq!(recording.samples, samples);
    assert_eq!(judged(&folder.0, &[])["1002-0"].played.conditions, [Condition::Unknown; 2]);

    aws.fault(Fault::on(Api::DescribeThumbnails).channel("1001").forbidden());
    let folder = TemporaryFolder::new("all-denied");
    let recording = record(&aws, folder.options(2)).await.unwrap();
    let End::Failed(error) = &recording.end else { panic!("it fails: {recording:?}") };
    let error = error.to_string();
    assert!(error.starts_with("the permission medialive:DescribeThumbnails is missing"), "{error}");
}

#[tokio::test]
async fn a_channel_that_starts_while_it_records_is_recorded_too() {
    let aws = StandIn::builder()
        .channel(Channel::new("1001"))
        .channel(Channel::new("1002").state(ChannelState::Idle))
        .pace(Pace::PerRequest)
        .start();
    let folder = TemporaryFolder::new("late");
    let recorder = Recorder::prepare(folder.options(8), clients(&aws)).await.unwrap();
    aws.set_state("1002", ChannelState::Running);
    recorder.run(pending()).await;
    let judged = judged(&folder.0, &[]);
    let samples = |feed: &str| judged[feed].played.conditions.len();
    assert_eq!(samples("1001-0"), 8);
    assert!((1..8).contains(&samples("1002-0")), "{}", samples("1002-0"));
}
