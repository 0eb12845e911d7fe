//! A monitor in this process whose clients call the stand-in. What it would write to the log is
//! kept.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudwatch::config::{Credentials, SharedCredentialsProvider};
use aws_stand_in::{Channel, Datum, Metric, StandIn};
use medialive_source_monitor::{
    aws::{Bucket, Clients, NotifierClients},
    monitor::{Monitor, Report, TickError},
    settings::Settings,
};
use serde_json::{Value, json};
use source_detection::variables::from_map;

/// The namespace of the metrics unless a setting changes it.
pub const NAMESPACE: &str = "EmlRekognitionWatcher";

/// The shortest interval that the settings accept: a tick of three rounds takes six seconds.
const INTERVAL: Duration = Duration::from_secs(2);

/// The interval of a tick of one round, which starts at once and may take long on a busy machine.
const SINGLE_ROUND_INTERVAL: Duration = Duration::from_secs(30);

/// Running channels with consecutive ids from `first_id` on.
pub fn channels(first_id: usize, count: usize) -> impl Iterator<Item = Channel> {
    (first_id..first_id + count).map(|id| Channel::new(id.to_string()))
}

/// A metric of pipeline 0 of a channel, for what an earlier process has published.
pub fn feed_metric(channel: &str, name: &str) -> Metric {
    Metric::new(NAMESPACE, name, &[("ChannelId", channel), ("Pipeline", "0")])
}

/// The production clients, with the stand-in as their endpoint.
pub fn clients(aws: &StandIn) -> Clients {
    Clients::new(&sdk_config(&aws.endpoint()), None)
}

/// A bucket of the stand-in.
pub fn bucket(aws: &StandIn, name: &str) -> Bucket {
    clients(aws).with_bucket(&sdk_config(&aws.endpoint()), name).bucket.unwrap()
}

/// The notifier's production clients, with the stand-in as their endpoint.
pub fn notifier_clients(aws: &StandIn) -> NotifierClients {
    NotifierClients::new(&sdk_config(&aws.endpoint()))
}

/// An SDK configuration for a service at this loopback endpoint.
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// A monitor under test.
pub struct Harness {
    pub monitor: Monitor,
    spill: Spill,
}

/// The datapoints that the monitor spilled, as bytes.
#[derive(Clone, Default)]
struct Spill(Arc<Mutex<Vec<u8>>>);

impl Write for Spill {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Harness {
    /// A monitor that makes `rounds` rounds a tick, 2 s apart. `settings` override the harness's
    /// own.
    pub fn new(aws: &StandIn, rounds: u64, settings: &[(&str, &str)]) -> Self {
        let interval = if rounds == 1 { SINGLE_ROUND_INTERVAL } else { INTERVAL };
        let mut variables: BTreeMap<String, String> = [
            ("DETECTION_INTERVAL".to_owned(), interval.as_secs().to_string()),
            ("SCHEDULE_PERIOD".to_owned(), (rounds * interval.as_secs()).to_string()),
            // Few concurrent feeds, so that no call times out because a busy machine serves the
            // others first.
            ("CONCURRENT_FEEDS".to_owned(), "4".to_owned()),
            ("THUMBNAIL_TPS".to_owned(), "10000".to_owned()),
            ("REKOGNITION_TPS".to_owned(), "10000".to_owned()),
        ]
        .into();
        variables.extend(settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        let settings = Settings::read(from_map(&variables)).unwrap();
        let spill = Spill::default();
        let mut clients = clients(aws);
        clients.bucket = settings.pictures.as_ref().map(|pictures| bucket(aws, &pictures.bucket));
        Self { monitor: Monitor::new(settings, clients, Box::new(spill.clone())), spill }
    }

    /// One tick that has all the time it needs.
    pub async fn tick(&mut self) -> Report {
        self.try_tick(Duration::from_secs(120)).await.unwrap()
    }

    /// One tick with a deadline this far ahead.
    pub async fn try_tick(&mut self, time_left: Duration) -> Result<Report, TickError> {
        self.monitor.tick(&json!({}), SystemTime::now() + time_left).await
    }

    /// The spilled lines in embedded metric format.
    pub fn spilled(&self) -> Vec<Value> {
        let bytes = self.spill.0.lock().unwrap().clone();
        String::from_utf8(bytes)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The open incidents of a report: channel, condition and seconds.
pub fn open(report: &Report) -> Vec<(&str, &str, u64)> {
    let incidents = report.incidents.iter();
    incidents.map(|open| (open.channel.as_str(), open.condition, open.seconds)).collect()
}

/// The values of these datapoints, in their order.
pub fn values(data: &[Datum]) -> Vec<f64> {
    data.iter().map(|datum| datum.value).collect()
}
