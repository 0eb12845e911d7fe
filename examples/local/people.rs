//! The people who are told of incidents: hands each event of a round to the real notifier, as a
//! rule of EventBridge does, and prints the subjects of the mails that SNS receives.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_stand_in::{AwsState, Event, Message, StandIn};
use medialive_source_monitor::{
    aws::NotifierClients, notifier::Notifier, settings::NotifierSettings,
};
use serde_json::{Value, json};

use crate::{TIME_LEFT, sdk_config::sdk_config};

/// The topic of the mails.
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:alarms";

/// The detail-type of the events that the rule selects.
const SOURCES_CHANGED: &str = "MediaLive Sources Changed";

/// How often new events are looked for.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Those who get the mails.
pub struct People {
    aws: Arc<AwsState>,
    told: Arc<AtomicUsize>,
}

impl People {
    /// People who are told from now on, while the monitor runs.
    pub fn tell(aws: &StandIn) -> Self {
        let variables = [("TOPIC_ARN".to_owned(), TOPIC.to_owned())].into();
        let settings =
            NotifierSettings::read(source_detection::variables::from_map(&variables)).unwrap();
        let clients = NotifierClients::new(&sdk_config(&aws.endpoint()));
        let told = Arc::new(AtomicUsize::new(0));
        tokio::task::spawn_local(tell_for_ever(
            Notifier::new(settings, clients),
            aws.state(),
            told.clone(),
        ));
        Self { aws: aws.state(), told }
    }

    /// Waits until they were told of all that has happened.
    pub async fn know_all(&self) {
        while self.told.load(Ordering::Relaxed) < self.aws.events_of(SOURCES_CHANGED).len() {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// The mails, in order of arrival.
    pub fn mails(&self) -> Vec<Message> {
        self.aws.messages_to(TOPIC)
    }
}

async fn tell_for_ever(mut notifier: Notifier, aws: Arc<AwsState>, told: Arc<AtomicUsize>) {
    loop {
        let events = aws.events_of(SOURCES_CHANGED);
        let first = told.load(Ordering::Relaxed);
        for event in &events[first..] {
            let before = aws.messages().len();
            let result = notifier.notify(&received(event), SystemTime::now() + TIME_LEFT).await;
            for mail in &aws.messages()[before..] {
                println!("    mail:  {}", mail.subject.as_deref().unwrap_or_default());
            }
            if let Err(error) = result {
                eprintln!("the notifier failed: {error}");
            }
            told.fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// An event as a rule's target receives it.
fn received(event: &Event) -> Value {
    json!({
        "version": "0",
        "source": event.source,
        "detail-type": event.detail_type,
        "account": "111122223333",
        "region": "eu-west-1",
        "resources": event.resources,
        "detail": event.detail,
    })
}
