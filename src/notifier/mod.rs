//! The function that tells people of incidents: a rule of EventBridge invokes it with the event of
//! a round that changed something, and it sends a mail and, if asked to, chat messages through SNS.
//!
//! ```text
//! event ─► notice ─► gather ─► facts ─► witness ─┬─► subject, body ─► send ─► SNS ─► mail
//!          what is   MediaLive,                  │
//!          news      CloudWatch                  └─► chat ─────────► send ─► SNS ─► Amazon Q
//! ```
//!
//! The monitor never waits for it, and it has a role of its own. One round is one mail, however
//! many incidents it changed. What else is known is read within limits and can fail without costing
//! the message. An invocation fails if a message was not sent; Lambda then repeats it, and what was
//! sent is not sent again.
//!
//! In reading order: a file imports only those above it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`event`] | the event of a round |
//! | `error` | why an invocation failed |
//! | [`text`] | untrusted text, durations and times as they may be in a message |
//! | [`notice`] | what is news in a round, by channel |
//! | [`told`] | what this process has told before |
//! | [`words`] | faults, places and endings in everyday words |
//! | [`subject`] | the subject of a mail |
//! | [`facts`] | values: what MediaLive and CloudWatch reported |
//! | [`witness`] | whether they confirm an incident, contradict it, or are no data |
//! | [`input`] | the active input and the last schedule action in words |
//! | [`known`] | what is known of a channel, and where to look first |
//! | [`mute`] | the command that mutes a channel |
//! | [`declare`] | the command that declares a picture known |
//! | [`body`] | the body of a mail |
//! | [`chat`] | messages for Amazon Q in Slack and Teams |
//! | `native` | GetMetricData: MediaLive's own metrics |
//! | `gather` | DescribeChannel, DescribeSchedule, ListAlerts, and `native` |
//! | `send` | Publish |
//!
//! Only the last three know the SDK. The others are pure.

pub mod event;
mod error;
pub mod text;
pub mod notice;
pub mod told;
pub mod words;
pub mod subject;
pub mod facts;
pub mod witness;
pub mod input;
pub mod known;
pub mod mute;
pub mod declare;
pub mod body;
pub mod chat;
mod native;
mod gather;
mod send;

use std::time::{Duration, SystemTime};

pub use error::NotifyError;
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{error, info};

use crate::{
    aws::{CallError, NotifierClients, NotifierOperations},
    lambda::{Clock, Function, Invocation, time_left},
    settings::NotifierSettings,
};
use body::Facts;
use event::Round;
use gather::Deadlines;
use notice::{Notice, change_id};
use send::{Message, send};
use told::Told;

/// What else is known is read for this long at most: whoever is woken wants the message now.
const MAX_GATHER_TIME: Duration = Duration::from_secs(6);

/// The share of that time for CloudWatch, which is asked last.
const METRICS_TIME: Duration = Duration::from_secs(2);

/// Kept back before the deadline of an invocation for sending the messages: two attempts of 5 s for
/// the mail, and as long for the chat messages.
const SENDING_RESERVE: Duration = Duration::from_secs(20);

/// Kept back for the end of the invocation.
const END_RESERVE: Duration = Duration::from_millis(500);

/// How long an invocation may take if its deadline isn't known.
const UNKNOWN_TIME_LEFT: Duration = Duration::from_secs(30);

/// The notifier. From one invocation to the next it keeps its clients and what it has told.
#[derive(Debug)]
pub struct Notifier {
    settings: NotifierSettings,
    operations: NotifierOperations,
    told: Told,
    told_in_chat: Told,
}

/// What an invocation did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The id of the round.
    pub round: String,
    /// Mails sent, 0 or 1.
    pub mails: usize,
    /// Chat messages sent.
    pub chat_messages: usize,
    /// Changes of incidents that are news.
    pub changes: usize,
    /// Channels that more is known of.
    pub channels: usize,
    /// Attempts that were refused by a quota.
    pub throttles: u64,
    /// Attempts that failed otherwise.
    pub api_errors: u64,
}

/// The times of an invocation.
#[derive(Clone, Copy, Debug)]
struct Schedule {
    gather: Deadlines,
    send: Instant,
}

/// How many messages were sent, how many were not, and why not.
#[derive(Debug, Default)]
struct Sent {
    messages: usize,
    unsent: usize,
    error: Option<CallError>,
}

impl Sent {
    /// Counts a message; remembers the changes that it told of if it was sent.
    fn add<'a>(
        &mut self,
        result: Result<(), CallError>,
        told: &mut Told,
        changes: impl IntoIterator<Item = &'a str>,
    ) {
        match result {
            Ok(()) => {
                self.messages += 1;
                told.add(changes);
            }
            Err(cause) => {
                error!(%cause, "a message was not sent");
                self.unsent += 1;
                self.error.get_or_insert(cause);
            }
        }
    }
}

impl Notifier {
    /// A notifier that calls AWS through these clients.
    #[must_use]
    pub fn new(settings: NotifierSettings, clients: NotifierClients) -> Self {
        let operations = NotifierOperations::new(clients);
        Self { settings, operations, told: Told::default(), told_in_chat: Told::default() }
    }

    /// Tells people of what an event reports. `deadline` is when Lambda ends the invocation by
    /// force; a time that is already past means that it isn't known.
    ///
    /// # Errors
    /// If the event is not the monitor's about a round, or if a message was not sent.
    pub async fn notify(
        &mut self,
        event: &Value,
        deadline: SystemTime,
    ) -> Result<Report, NotifyError> {
        let round = event::read(event)?;
        let clock = Clock::read();
        self.operations.connections.begin_invocation(&clock);
        let before = self.operations.counts();
        let schedule = schedule(deadline, &clock);
        let (mail, chat) = (news(&round, &self.told), self.chat_news(&round));
        let widest = if mail.changes() >= chat.changes() { &mail } else { &chat };
        let channels = widest.raised_channels();
        let facts =
            gather::gather(&self.operations, &channels, schedule.gather, clock.wall()).await;
        let mut report = Report {
            round: round.id.clone(),
            changes: widest.changes(),
            channels: facts.len(),
            ..Report::default()
        };
        let mails = self.send_mail(&mail, &facts, &clock, schedule.send).await;
        let chats = self.send_chat(&chat, &facts, &clock, schedule.send).await;
        (report.mails, report.chat_messages) = (mails.messages, chats.messages);
        let counts = self.operations.counts() - before;
        (report.throttles, report.api_errors) = (counts.throttles, counts.errors);
        finished(report, mails, chats)
    }

    /// What is news in the chat; nothing without a chat.
    fn chat_news<'a>(&self, round: &'a Round) -> Notice<'a> {
        match self.settings.chat_topic {
            Some(_) => news(round, &self.told_in_chat),
            None => Notice::new(round, |_, _| false),
        }
    }

    async fn send_mail(
        &mut self,
        notice: &Notice<'_>,
        facts: &Facts,
        clock: &Clock,
        deadline: Instant,
    ) -> Sent {
        let mut sent = Sent::default();
        if notice.is_empty() {
            return sent;
        }
        let subject = subject::subject(notice);
        let text = body::body(notice, facts, clock.now());
        let message = Message { topic: &self.settings.topic, subject: Some(&subject), text: &text };
        let result = send(&self.operations.publish, message, deadline).await;
        info!(subject, sent = result.is_ok(), "mail");
        let changes = notice.change_ids();
        sent.add(result, &mut self.told, changes.iter().map(String::as_str));
        sent
    }

    async fn send_chat(
        &mut self,
        notice: &Notice<'_>,
        facts: &Facts,
        clock: &Clock,
        deadline: Instant,
    ) -> Sent {
        let mut sent = Sent::default();
        let Some(topic) = &self.settings.chat_topic else { return sent };
        if notice.is_empty() {
            return sent;
        }
        for chat in chat::messages(notice, facts, clock.now()) {
            let message = Message { topic, subject: None, text: &chat.json };
            let result = send(&self.operations.publish, message, deadline).await;
            sent.add(result, &mut self.told_in_chat, chat.changes.iter().map(String::as_str));
        }
        sent
    }
}

impl Function for Notifier {
    type Response = Report;
    type Error = NotifyError;

    async fn invoke(&mut self, invocation: Invocation) -> Result<Report, NotifyError> {
        self.notify(&invocation.event, invocation.deadline).await
    }
}

/// What is news for those who were told of these changes.
fn news<'a>(round: &'a Round, told: &Told) -> Notice<'a> {
    Notice::new(round, |change, incident| !told.contains(&change_id(change, incident)))
}

/// The result of an invocation.
fn finished(report: Report, mails: Sent, chats: Sent) -> Result<Report, NotifyError> {
    info!(
        round = report.round,
        mails = report.mails,
        chat_messages = report.chat_messages,
        changes = report.changes,
        channels = report.channels,
        throttles = report.throttles,
        api_errors = report.api_errors,
        "notified"
    );
    let unsent = mails.unsent + chats.unsent;
    match mails.error.or(chats.error) {
        None => Ok(report),
        Some(cause) => Err(NotifyError::NotSent {
            unsent,
            messages: mails.messages + chats.messages + unsent,
            round: report.round,
            cause,
        }),
    }
}

/// The times of an invocation that starts now and has to end by `deadline`.
fn schedule(deadline: SystemTime, clock: &Clock) -> Schedule {
    let now = clock.wall();
    let gather = time_left(deadline, now, SENDING_RESERVE).unwrap_or(MAX_GATHER_TIME);
    let gather = gather.min(MAX_GATHER_TIME);
    let send = time_left(deadline, now, END_RESERVE).unwrap_or(UNKNOWN_TIME_LEFT);
    let metrics = clock.start() + gather;
    Schedule {
        gather: Deadlines { channels: metrics - METRICS_TIME.min(gather / 3), metrics },
        send: clock.start() + send,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_read_for_six_seconds_at_most_and_sending_has_the_rest() {
        let clock = Clock::read();
        let times = |deadline: SystemTime| {
            let Schedule { gather, send } = schedule(deadline, &clock);
            [gather.channels, gather.metrics, send].map(|time| (time - clock.start()).as_millis())
        };
        assert_eq!(times(clock.wall() + Duration::from_secs(60)), [4_000, 6_000, 59_500]);
        assert_eq!(times(clock.wall() + Duration::from_secs(9)), [4_000, 6_000, 8_500]);
        assert_eq!(times(clock.wall() + Duration::from_secs(3)), [1_333, 2_000, 2_500]);
        assert_eq!(times(SystemTime::UNIX_EPOCH), [4_000, 6_000, 30_000]);
    }
}
