//! The body of a mail: plain text that tells someone who does not know the monitor what happened,
//! what is known and what to do. Pure.

use std::{collections::BTreeMap, time::SystemTime};

use super::{
    declare::declare_command,
    event::{Incident, Round},
    facts::ChannelFacts,
    known::{advice, known, maintenance_of, runbook_of},
    mute::mute_command,
    notice::{ChannelIncidents, Notice},
    subject::headline_of_several,
    text::{console_link, date_and_time, duration, name, pictures_page, remark},
    words::{consequence, count, ending, fault, faults, headline, pipelines},
};
use crate::console::channel_page;

/// The longest list of channels or incidents in a mail.
const MAX_LISTED: usize = 50;

/// What is known about channels, by their ids.
pub type Facts = BTreeMap<String, ChannelFacts>;

/// Collects the lines of a mail.
#[derive(Debug, Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }

    /// A heading with its lines; nothing without lines.
    fn section(&mut self, heading: &str, lines: impl IntoIterator<Item = String>) {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_none() {
            return;
        }
        self.add("");
        self.add(heading);
        for line in lines {
            self.add(format!("- {line}"));
        }
    }

    fn steps(&mut self, steps: impl IntoIterator<Item = String>) {
        self.add("");
        self.add("WHAT TO DO");
        for (number, step) in (1..).zip(steps) {
            self.add(format!("{number}. {step}"));
        }
    }
}

/// The body of the mail about a notice that is not empty.
#[must_use]
pub fn body(notice: &Notice<'_>, facts: &Facts, now: SystemTime) -> String {
    let mut lines = Lines::default();
    match &notice.raised_channels()[..] {
        [] => cleared_only(&mut lines, notice),
        [one] => one_channel(&mut lines, one, notice, (facts, now)),
        several => storm(&mut lines, several, notice, (facts, now)),
    }
    if !notice.raised.is_empty() {
        let ended = notice.cleared.iter().map(|one| ended(one));
        lines.section("ENDED IN THE SAME ROUND", at_most(ended));
    }
    let open = notice.round.open.iter().filter(|one| !one.muted).map(open);
    let open: Vec<_> = open.collect();
    lines.section(&format!("STILL OPEN ({})", open.len()), at_most(open));
    if notice.round.not_listed > 0 {
        lines.add("");
        let more = notice.round.not_listed;
        lines.add(format!("{more} more incidents found no room in the event: see the dashboard."));
    }
    footer(&mut lines, notice.round);
    lines.0
}

fn one_channel(
    lines: &mut Lines,
    channel: &ChannelIncidents<'_>,
    notice: &Notice<'_>,
    (facts, now): (&Facts, SystemTime),
) {
    let first = channel.first();
    let nothing = ChannelFacts::default();
    let known_facts = facts.get(channel.id()).unwrap_or(&nothing);
    let head = headline(&first.redundancy);
    lines.add(format!("{head}: {}", title(first)));
    lines.add(format!("Its source is {}, since {}.", faults(channel, notice), since(channel)));
    lines.add(consequence(&first.redundancy));
    lines.section("WHAT IS KNOWN", known(channel, known_facts, now));
    if let Some(maintenance) = maintenance_of(channel) {
        lines.section("MAINTENANCE", [maintenance_line(&maintenance)]);
    }
    let mut steps = Vec::new();
    steps.extend(runbook_of(channel).map(|runbook| format!("Follow the runbook: {runbook}")));
    steps.push(advice(channel, known_facts).to_owned());
    steps.extend(picture_links(notice.round, channel));
    steps.extend(channel_link(notice.round, channel.id()));
    steps.extend(wall_link(notice.round));
    steps.extend(declare_step(notice.round, first));
    steps.extend(mute_step(notice.round, channel.id(), now));
    lines.steps(steps);
}

fn storm(
    lines: &mut Lines,
    channels: &[ChannelIncidents<'_>],
    notice: &Notice<'_>,
    (facts, now): (&Facts, SystemTime),
) {
    let off_air = channels.iter().filter(|one| one.first().redundancy == "off air").count();
    let of = count(channels.len(), "channel");
    lines.add(format!("{}, on {of}; {off_air} off air.", headline_of_several(notice)));
    lines.section("SOURCES", at_most(channels.iter().map(|one| source(one, notice))));
    let mut steps = vec![
        "They failed in the same round: look first for what they share (router, network, playout)."
            .to_owned(),
    ];
    steps.extend(wall_link(notice.round));
    steps.extend(mute_step(notice.round, channels[0].id(), now));
    lines.steps(steps);
    for channel in channels.iter().filter(|one| facts.contains_key(one.id())) {
        let heading = format!("WHAT IS KNOWN OF {}", title(channel.first()));
        lines.section(&heading, known(channel, &facts[channel.id()], now));
    }
}

/// A channel in the list of a storm.
fn source(channel: &ChannelIncidents<'_>, notice: &Notice<'_>) -> String {
    let first = channel.first();
    let head = headline(&first.redundancy);
    let mut line =
        format!("{head}: {}, {}, since {}", title(first), faults(channel, notice), since(channel));
    if let Some(runbook) = runbook_of(channel) {
        line = format!("{line}. Runbook: {runbook}");
    }
    if let Some(maintenance) = maintenance_of(channel) {
        line = format!("{line}. {}", maintenance_line(&maintenance));
    }
    line
}

fn cleared_only(lines: &mut Lines, notice: &Notice<'_>) {
    let channels = notice.cleared_channels();
    match &channels[..] {
        [one] => lines.add(format!("CLEARED: {}", title(one.first()))),
        several => lines.add(format!(
            "CLEARED: {} on {}.",
            count(notice.cleared.len(), "source"),
            count(several.len(), "channel")
        )),
    }
    lines.section("ENDED", at_most(notice.cleared.iter().map(|one| ended(one))));
    lines.section("LINKS", links(notice.round, &channels));
}

fn links(round: &Round, channels: &[ChannelIncidents<'_>]) -> Vec<String> {
    let mut links = Vec::new();
    if let [one] = channels {
        links.extend(picture_links(round, one));
        links.extend(channel_link(round, one.id()));
    }
    links.extend(wall_link(round));
    links
}

/// `Sports (1002)`, on a line of its own.
fn title(incident: &Incident) -> String {
    let (title, id) = (name(&incident.channel_name), name(&incident.channel_id));
    if title.trim().is_empty() { format!("channel {id}") } else { format!("{title} ({id})") }
}

fn since(channel: &ChannelIncidents<'_>) -> String {
    let lasted = duration(channel.seconds());
    match channel.began() {
        Some(time) => format!("{} ({lasted})", date_and_time(time)),
        None => format!("{lasted} ago"),
    }
}

fn ended(incident: &Incident) -> String {
    let after = duration(incident.seconds);
    let fault = fault(&incident.condition);
    let place = pipelines(&[incident]);
    let ending = ending(incident.reason.as_deref());
    format!("{} {place}, {fault}, after {after}. {ending}", title(incident))
}

fn open(incident: &Incident) -> String {
    let lasted = duration(incident.seconds);
    let fault = fault(&incident.condition);
    format!("{} {}, {fault}, for {lasted}", title(incident), pipelines(&[incident]))
}

fn maintenance_line(date: &str) -> String {
    format!("MediaLive restarts the channel for maintenance at {date}")
}

fn channel_link(round: &Round, channel_id: &str) -> Option<String> {
    let page = channel_page(&round.region, channel_id)?;
    Some(format!("Look at the channel, its inputs and alerts: {page}"))
}

fn picture_links(round: &Round, channel: &ChannelIncidents<'_>) -> Vec<String> {
    let page = |incident: &&Incident| pictures_page(round.pictures.as_deref(), incident);
    let pages = channel.incidents.iter().filter_map(page);
    pages
        .map(|page| format!("Compare the last picture before with the first after: {page}"))
        .collect()
}

fn wall_link(round: &Round) -> Option<String> {
    let page = console_link(round.dashboard.as_deref()?)?;
    Some(format!("Look at all sources on the picture wall: {page}"))
}

fn declare_step(round: &Round, incident: &Incident) -> Option<String> {
    let command = declare_command(round.pictures.as_deref(), incident)?;
    Some(format!("If the channel shows this picture on purpose, declare it known:\n\n   {command}"))
}

fn mute_step(round: &Round, channel_id: &str, now: SystemTime) -> Option<String> {
    let command = mute_command(&round.account, &round.region, channel_id, now)?;
    let channel_id = name(channel_id);
    Some(format!("If the fault is meant, mute channel {channel_id} for an hour:\n\n   {command}"))
}

fn footer(lines: &mut Lines, round: &Round) {
    lines.add("");
    lines.add(format!(
        "MediaLive source monitor, account {}, {}",
        remark(&round.account),
        remark(&round.id)
    ));
}

/// The first lines, and how many more there are.
fn at_most(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut lines = lines.into_iter();
    let mut listed: Vec<_> = lines.by_ref().take(MAX_LISTED).collect();
    let more = lines.count();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed
}

#[cfg(test)]
mod tests;
