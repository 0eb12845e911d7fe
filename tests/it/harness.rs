//! A monitor that is wired to the stand-in, and what it wrote to its log instead of to CloudWatch.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use medialive_source_monitor::{
    clients::Clients,
    error::TickError,
    report::Report,
    settings::{Settings, from_map},
    tick::Monitor,
};
use serde_json::{Value, json};

use crate::{
    reach::reach,
    standin::{Channel, StandIn},
};

/// The shortest interval, so that a tick of three rounds takes six seconds.
const INTERVAL: Duration = Duration::from_secs(2);

/// So many running channels, from 1001 on.
pub fn running(count: usize) -> Vec<Channel> {
    (0..count).map(|number| Channel::new((1001 + number).to_string())).collect()
}

/// A monitor under test.
pub struct Rig {
    pub monitor: Monitor,
    spilled: Spill,
}

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

impl Rig {
    /// A monitor with these settings; without them it looks as fast as it can, every 2 s for `rounds` rounds. A single
    /// round comes at once, so it may take long on a machine that is busy.
    pub fn new(aws: &StandIn, rounds: u64, settings: &[(&str, &str)]) -> Self {
        let interval = if rounds == 1 { 30 } else { INTERVAL.as_secs() };
        let mut variables: BTreeMap<String, String> = [
            ("DETECTION_INTERVAL".to_owned(), interval.to_string()),
            ("SCHEDULE_PERIOD".to_owned(), (rounds * interval).to_string()),
            // Few at once, so that no call waits for the others' processor time on a busy machine.
            ("CONCURRENT_FEEDS".to_owned(), "4".to_owned()),
            ("THUMBNAIL_TPS".to_owned(), "10000".to_owned()),
            ("REKOGNITION_TPS".to_owned(), "10000".to_owned()),
        ]
        .into();
        variables.extend(settings.iter().map(|&(name, held)| (name.to_owned(), held.to_owned())));
        let settings = Settings::read(from_map(&variables)).unwrap();
        let clients = Clients::new(&reach(&aws.endpoint()), None);
        let spilled = Spill::default();
        Self { monitor: Monitor::new(settings, clients, Box::new(spilled.clone())), spilled }
    }

    /// One tick that has all the time it needs.
    pub async fn tick(&mut self) -> Report {
        self.try_tick(Duration::from_secs(120)).await.unwrap()
    }

    /// One tick with a deadline.
    pub async fn try_tick(&mut self, time_left: Duration) -> Result<Report, TickError> {
        self.monitor.tick(&json!({}), SystemTime::now() + time_left).await
    }

    /// The lines in embedded metric format.
    pub fn spilled(&self) -> Vec<Value> {
        let bytes = self.spilled.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
