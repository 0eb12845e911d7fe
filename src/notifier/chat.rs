//! Messages for Amazon Q Developer in chat applications, in its schema for custom notifications.
//! Pure.
//!
//! <https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>. It drops whatever
//! else arrives on its topic without an error. All text from outside is code, in which neither
//! markdown nor a mention nor an address means anything.

use std::time::SystemTime;

use serde::Serialize;

use super::{
    body::Facts,
    event::{Incident, Round},
    facts::ChannelFacts,
    known::{advice, known, runbook_of},
    notice::{Change, ChannelIncidents, Notice, change_id},
    subject::headline_of_several,
    text::{code, console_link, date_and_time, duration, pictures_page},
    words::{count, ending, headline},
};
use crate::{announce::text::one_line, console::channel_page};

/// With more changes in a round than this, one message tells of all.
pub const MAX_SINGLE: usize = 5;

/// The longest title and the longest description, in characters
/// (<https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>).
const MAX_TITLE: usize = 250;
const MAX_DESCRIPTION: usize = 8_000;

/// The longest name in a message, and the longest id of a thread, in characters.
const MAX_NAME: usize = 80;
const MAX_THREAD: usize = 128;

/// The longest list of channels in a message.
const MAX_LISTED: usize = 20;

/// A message for the chat topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// The JSON.
    pub json: String,
    /// The changes that it tells of.
    pub changes: Vec<String>,
}

#[derive(Serialize)]
struct Notification {
    version: &'static str,
    source: &'static str,
    content: Content,
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    text_type: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_steps: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    thread_id: String,
    event_type: &'static str,
}

/// The messages about a notice: one for each change, in the thread of its feed; or one for all of a
/// storm.
#[must_use]
pub fn messages(notice: &Notice<'_>, facts: &Facts, now: SystemTime) -> Vec<ChatMessage> {
    if notice.changes() > MAX_SINGLE {
        return vec![storm(notice)];
    }
    let cleared = notice.cleared.iter().map(|one| ended(one, notice.round));
    let raised = notice.raised.iter().map(|one| began(one, notice.round, (facts, now)));
    cleared.chain(raised).collect()
}

fn began(incident: &Incident, round: &Round, (facts, now): (&Facts, SystemTime)) -> ChatMessage {
    let channel = ChannelIncidents { incidents: vec![incident] };
    let nothing = ChannelFacts::default();
    let facts = facts.get(channel.id()).unwrap_or(&nothing);
    let since = incident.began().map(|time| format!(" since {}", date_and_time(time)));
    let head = format!("{}: {}", headline(&incident.redundancy), place(incident));
    let known = known(&channel, facts, now);
    let mut description = format!("{}{}\n", code(&incident.condition), since.unwrap_or_default());
    description.extend(known.iter().map(|line| format!("- {}\n", code(line))));
    description.push_str(&links(round, Some(incident)));
    let mut next_steps = Vec::new();
    next_steps.extend(runbook_of(&channel).map(|text| format!("Runbook: {}", linked(&text))));
    next_steps.push(advice(&channel, facts).to_owned());
    let change = change_id(Change::Raised, incident);
    let content = Content { next_steps, ..content(&head, &description) };
    message(content, thread(incident, round), vec![change])
}

fn ended(incident: &Incident, round: &Round) -> ChatMessage {
    let head = format!("CLEARED: {} after {}", place(incident), duration(incident.seconds));
    let ending = ending(incident.reason.as_deref());
    let links = links(round, Some(incident));
    let description = format!("{} {ending}\n{links}", code(&incident.condition));
    let change = change_id(Change::Cleared, incident);
    message(content(&head, &description), thread(incident, round), vec![change])
}

fn storm(notice: &Notice<'_>) -> ChatMessage {
    let (raised, cleared) = (notice.raised_channels(), notice.cleared_channels());
    let head = if notice.raised.is_empty() {
        format!("CLEARED: {}", count(notice.cleared.len(), "source"))
    } else {
        headline_of_several(notice)
    };
    let line =
        |head: &str, one: &ChannelIncidents<'_>| format!("- {head}: {}\n", place(one.first()));
    let mut lines: Vec<_> =
        raised.iter().map(|one| line(headline(&one.first().redundancy), one)).collect();
    lines.extend(cleared.iter().map(|one| line("CLEARED", one)));
    let more = lines.len().saturating_sub(MAX_LISTED);
    lines.truncate(MAX_LISTED);
    if more > 0 {
        lines.push(format!("- and {more} more\n"));
    }
    lines.push(links(notice.round, None));
    let content = content(&head, &lines.concat());
    message(content, notice.round.id.clone(), notice.change_ids())
}

fn content(title: &str, description: &str) -> Content {
    Content {
        text_type: "client-markdown",
        title: title.chars().take(MAX_TITLE).collect(),
        description: description.chars().take(MAX_DESCRIPTION).collect(),
        next_steps: Vec::new(),
    }
}

fn message(content: Content, thread_id: String, changes: Vec<String>) -> ChatMessage {
    let notification = Notification {
        version: "1.0",
        source: "custom",
        content,
        metadata: Metadata { thread_id, event_type: "MediaLive source monitor" },
    };
    // Always succeeds: all members are texts.
    ChatMessage { json: serde_json::to_string(&notification).unwrap_or_default(), changes }
}

/// The addresses of the pictures, of the channel's page and of the picture wall, one line each.
fn links(round: &Round, incident: Option<&Incident>) -> String {
    let channel = incident.and_then(|one| channel_page(&round.region, &one.channel_id));
    let channel = channel.map(|page| format!("Channel: {page}\n")).unwrap_or_default();
    let wall = round.dashboard.as_deref().and_then(console_link);
    let wall = wall.map(|page| format!("Picture wall: {page}\n")).unwrap_or_default();
    let pictures = incident.and_then(|one| pictures_page(round.pictures.as_deref(), one));
    let pictures = pictures.map(|page| format!("Pictures: {page}\n")).unwrap_or_default();
    pictures + &channel + &wall
}

/// A runbook: an address that is nothing else stays one, every other text is code.
fn linked(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.?=#-_&%+~".contains(&byte);
    let is_link = text.starts_with("https://") && text.bytes().all(is_plain);
    if is_link { text.to_owned() } else { code(text) }
}

/// Channel and pipeline of an incident.
fn place(incident: &Incident) -> String {
    let Incident { channel_name, channel_id, pipeline, .. } = incident;
    let name = if channel_name.trim().is_empty() { "channel" } else { channel_name };
    code(&format!("{} ({channel_id}) pipeline {pipeline}", one_line(name, MAX_NAME)))
}

/// The thread of a feed: its dedup key, so that an end is found below its beginning.
fn thread(incident: &Incident, round: &Round) -> String {
    let Incident { channel_id, pipeline, .. } = incident;
    one_line(&format!("{}/{channel_id}/{pipeline}", round.region), MAX_THREAD)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{
        super::notice::tests::{incident, round},
        *,
    };

    fn messages_of(round: &Round) -> Vec<Value> {
        let notice = Notice::new(round, |_, _| true);
        let messages = messages(&notice, &Facts::new(), SystemTime::UNIX_EPOCH);
        messages.iter().map(|one| serde_json::from_str(&one.json).unwrap()).collect()
    }

    #[test]
    fn an_incident_and_its_end_are_in_the_thread_of_the_feed() {
        let began = round(vec![incident("1002", "0", "black")], Vec::new());
        let ended = round(Vec::new(), vec![incident("1002", "0", "black")]);
        let (began, ended) = (&messages_of(&began)[0], &messages_of(&ended)[0]);
        assert_eq!((&began["version"], &began["source"]), (&json!("1.0"), &json!("custom")));
        assert_eq!(began["content"]["textType"], "client-markdown");
        assert_eq!(began["content"]["title"], "OFF AIR: `Name 1002 (1002) pipeline 0`");
        assert_eq!(ended["content"]["title"], "CLEARED: `Name 1002 (1002) pipeline 0` after 30 s");
        for message in [began, ended] {
            assert_eq!(message["metadata"]["threadId"], "eu-west-1/1002/0");
            let description = message["content"]["description"].as_str().unwrap();
            assert!(description.contains("Channel: https://eu-west-1.console.aws.amazon.com/"));
        }
    }

    #[test]
    fn more_than_five_changes_are_one_message_that_knows_all_of_them() {
        let incidents = |count: usize| -> Vec<_> {
            (0..count).map(|id| incident(&(1000 + id).to_string(), "0", "frozen")).collect()
        };
        assert_eq!(messages_of(&round(incidents(5), Vec::new())).len(), 5);
        let storm = round(incidents(30), Vec::new());
        let notice = Notice::new(&storm, |_, _| true);
        let messages = messages(&notice, &Facts::new(), SystemTime::UNIX_EPOCH);
        assert_eq!((messages.len(), messages[0].changes.len()), (1, 30));
        let message: Value = serde_json::from_str(&messages[0].json).unwrap();
        assert_eq!(message["content"]["title"], "30 sources down");
        assert_eq!(message["metadata"]["threadId"], storm.id);
        let description = message["content"]["description"].as_str().unwrap();
        assert!(description.ends_with("- and 10 more\n"), "{description}");
    }

    #[test]
    fn a_hostile_name_is_code_and_nothing_else() {
        let name = "`<!channel> *bold* [a](https://evil.example)\r\n> quote \u{202e}";
        let hostile = Incident {
            channel_name: name.repeat(200),
            evidence: Some(name.to_owned()),
            ..incident("1002", "0", name)
        };
        let message = &messages_of(&round(vec![hostile], Vec::new()))[0];
        let title = message["content"]["title"].as_str().unwrap();
        assert!(title.chars().count() <= MAX_TITLE && !title.contains('\n'), "{title}");
        let description = message["content"]["description"].as_str().unwrap();
        assert!(description.chars().count() <= MAX_DESCRIPTION);
        for text in description.lines().chain([title]) {
            // What is outside of code is at the even places.
            let outside: String = text.split('`').step_by(2).collect();
            assert!(!outside.contains(['<', '*', '[', '\u{202e}']), "{text}");
            assert!(!outside.contains("evil"), "{text}");
        }
    }

    #[test]
    fn a_runbook_is_a_link_only_if_it_is_nothing_else() {
        assert_eq!(linked("https://wiki.example/1002?a=b#c"), "https://wiki.example/1002?a=b#c");
        assert_eq!(linked("https://x|<!here>"), "`https://x|<!here>`");
        assert_eq!(linked("call 555"), "`call 555`");
    }
}
