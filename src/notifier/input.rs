//! The active input and the last schedule action in words. Pure.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use super::{
    facts::{Action, ActiveInput, ChannelFacts},
    text::{date_and_time, duration, name},
};

/// An action this long before a fault or this long after its beginning may be its cause: an
/// immediate input switch happens up to 10 s later, and a fault is seen at the next sample.
const NEAR: Duration = Duration::from_secs(60);

/// The active input of a channel, one line: `"source-a" on both pipelines`.
#[must_use]
pub fn active_input(facts: &ChannelFacts) -> String {
    let Some(inputs) = &facts.inputs else { return "not known".to_owned() };
    let attachments: BTreeMap<_, _> =
        inputs.iter().map(|(pipeline, input)| (pipeline, attachment(input))).collect();
    let mut different: Vec<_> = attachments.values().collect();
    different.dedup();
    match &different[..] {
        [] => "not known".to_owned(),
        [one] if attachments.len() == 2 => format!("{one} on both pipelines"),
        _ => {
            let each = attachments.iter();
            let each = each.map(|(pipeline, one)| format!("{one} on pipeline {}", name(pipeline)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

fn attachment(input: &ActiveInput) -> String {
    match &input.attachment {
        Some(attachment) => format!("\"{}\"", name(attachment)),
        None => "no input".to_owned(),
    }
}

/// The last schedule action before `now`, one line; `began` is when the fault began.
#[must_use]
pub fn last_action(facts: &ChannelFacts, began: Option<SystemTime>, now: SystemTime) -> String {
    let Some(actions) = &facts.actions else { return "not known".to_owned() };
    let started = |action: &&Action| action.at.is_some_and(|at| at <= now);
    if let Some(action) = actions.iter().filter(started).max_by_key(|action| action.at) {
        return words(action, began);
    }
    // An action without a time of its own that MediaLive names as the one in effect.
    let mut switches = facts.inputs.iter().flat_map(BTreeMap::values);
    match switches.find_map(|input| input.switched_by.as_ref()) {
        Some(switch) => format!("\"{}\" switched the input", name(switch)),
        None => "none".to_owned(),
    }
}

fn words(action: &Action, began: Option<SystemTime>) -> String {
    let mut words = format!("\"{}\"", name(&action.name));
    if let Some(target) = &action.switches_to {
        words = format!("{words} switched to \"{}\"", name(target));
    }
    let Some(at) = action.at else { return words };
    words = format!("{words} at {}", date_and_time(at));
    match began.map(|began| (began.duration_since(at), at.duration_since(began))) {
        Some((Ok(before), _)) if before <= NEAR => {
            let seconds = duration(before.as_secs());
            format!("{words}, {seconds} before the fault began: was it meant?")
        }
        Some((_, Ok(after))) if after <= NEAR => {
            let seconds = duration(after.as_secs());
            format!("{words}, {seconds} after the fault began")
        }
        _ => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + seconds)
    }

    fn inputs(attachments: &[&str]) -> ChannelFacts {
        let input = |(pipeline, name): (usize, &&str)| {
            let attachment = if name.is_empty() { None } else { Some((*name).to_owned()) };
            (pipeline.to_string(), ActiveInput { attachment, switched_by: None })
        };
        let inputs = attachments.iter().enumerate().map(input).collect();
        ChannelFacts { inputs: Some(inputs), ..ChannelFacts::default() }
    }

    #[test]
    fn the_active_input_is_named_for_each_pipeline_that_has_another() {
        assert_eq!(active_input(&ChannelFacts::default()), "not known");
        assert_eq!(active_input(&inputs(&["a"])), "\"a\" on pipeline 0");
        assert_eq!(active_input(&inputs(&["a", "a"])), "\"a\" on both pipelines");
        assert_eq!(
            active_input(&inputs(&["a", ""])),
            "\"a\" on pipeline 0, no input on pipeline 1"
        );
    }

    #[test]
    fn the_last_action_that_has_started_is_named_with_its_distance_from_the_fault() {
        let action = |name: &str, seconds, target: Option<&str>| Action {
            name: name.to_owned(),
            at: Some(at(seconds)),
            switches_to: target.map(str::to_owned),
        };
        let facts = ChannelFacts {
            actions: Some(vec![
                action("new", 500, None),
                action("slate", 100, Some("slate-file")),
                action("old", 0, None),
            ]),
            ..ChannelFacts::default()
        };
        let last = |began, now| last_action(&facts, Some(at(began)), at(now));
        let slate = "\"slate\" switched to \"slate-file\" at 1970-01-12 13:48:20 UTC";
        assert_eq!(last(112, 200), format!("{slate}, 12 s before the fault began: was it meant?"));
        assert_eq!(last(97, 200), format!("{slate}, 3 s after the fault began"));
        assert_eq!(last(161, 200), slate);
        assert_eq!(
            last(10, 50),
            "\"old\" at 1970-01-12 13:46:40 UTC, 10 s before the fault began: was it meant?"
        );
    }

    #[test]
    fn without_a_dated_action_the_switch_that_is_in_effect_is_named() {
        let mut facts = inputs(&["a"]);
        assert_eq!(last_action(&facts, None, at(0)), "not known");
        facts.actions = Some(Vec::new());
        assert_eq!(last_action(&facts, None, at(0)), "none");
        if let Some(input) = facts.inputs.as_mut().and_then(|inputs| inputs.get_mut("0")) {
            input.switched_by = Some("now\n".to_owned());
        }
        assert_eq!(last_action(&facts, None, at(0)), "\"now \" switched the input");
    }
}
