//! The recipes in `recipes/`: which events their rules select, what their targets receive, and what
//! `docs/recipes.md` says about them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex_lite::Regex;
use serde_json::{Value, json};

use super::{
    pattern::selects,
    template::read::{of_type, parsed},
};

const RECIPES: [&str; 4] = ["chosen-channels", "fallback-switcher", "pagerduty", "webhook"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn recipe(name: &str) -> Value {
    parsed(&read(&root().join("recipes").join(format!("{name}.yaml"))))
}

fn page() -> String {
    read(&root().join("docs/recipes.md"))
}

/// One of the samples in `events/`.
fn event(name: &str) -> Value {
    serde_json::from_str(&read(&root().join("events").join(name))).unwrap()
}

fn set() -> Value {
    event("sent-set.json")
}

fn cleared() -> Value {
    event("sent-cleared.json")
}

/// The beginning of an incident with another value of a member of `detail`.
fn set_with(member: &str, value: &str) -> Value {
    let mut event = set();
    assert!(event["detail"].get(member).is_some(), "no member {member}");
    event["detail"][member] = value.into();
    event
}

/// An alert of MediaLive itself, which has the same form.
fn of_medialive() -> Value {
    let mut event = set_with("alert_type", "Video Not Detected");
    event["source"] = json!("aws.medialive");
    event
}

fn rule(recipe: &Value) -> &Value {
    &recipe["Resources"]["Rule"]["Properties"]
}

/// The rule's pattern, where `Ref` and the condition of `Fn::If` have the values in `chosen`.
fn pattern(name: &str, chosen: &Value) -> Value {
    fn resolved(value: &Value, chosen: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(|one| resolved(one, chosen)).collect(),
            Value::Object(members) => {
                if let Some(parameter) = members.get("Ref") {
                    return chosen[parameter.as_str().unwrap()].clone();
                }
                if let Some(arguments) = members.get("Fn::If") {
                    let holds = chosen[arguments[0].as_str().unwrap()].as_bool().unwrap();
                    return resolved(&arguments[if holds { 1 } else { 2 }], chosen);
                }
                let member = |(name, value): (&String, _)| (name.clone(), resolved(value, chosen));
                members.iter().map(member).collect::<serde_json::Map<_, _>>().into()
            }
            value => value.clone(),
        }
    }
    resolved(&rule(&recipe(name))["EventPattern"], chosen)
}

/// What the rule's target receives, by its input transformer. As EventBridge does not escape, a
/// text is inserted as it is.
fn received(name: &str, event: &Value) -> Value {
    let recipe = recipe(name);
    let transformer = &rule(&recipe)["Targets"][0]["InputTransformer"];
    let mut text = transformer["InputTemplate"].as_str().unwrap().to_owned();
    for (variable, path) in transformer["InputPathsMap"].as_object().unwrap() {
        let pointer = path.as_str().unwrap().strip_prefix('$').unwrap().replace('.', "/");
        let value = match event.pointer(&pointer) {
            Some(Value::String(value)) => value.clone(),
            Some(value @ Value::Number(_)) => value.to_string(),
            other => panic!("{name}: {path} is {other:?}"),
        };
        let placeholder = format!("<{variable}>");
        assert!(text.contains(&placeholder), "{name} does not use {variable}");
        text = text.replace(&placeholder, &value);
    }
    assert!(!text.contains('<'), "{name} has a variable without a path: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error} in {text}"))
}

#[track_caller]
fn assert_selects(pattern: &Value, selected: &[Value], others: &[Value]) {
    for event in selected {
        assert!(selects(pattern, event), "{event:#}");
    }
    for event in others {
        assert!(!selects(pattern, event), "{event:#}");
    }
}

#[test]
fn pagerduty_gets_the_beginning_and_the_end_of_each_incident() {
    let pattern = pattern("pagerduty", &json!({"OffAirOnly": false}));
    let selected = [set(), set_with("severity", "warning"), cleared()];
    assert_selects(&pattern, &selected, &[event("sent-changed.json"), of_medialive()]);
}

#[test]
fn pagerduty_gets_what_is_off_air_and_every_end_if_asked_for_off_air_only() {
    let pattern = pattern("pagerduty", &json!({"OffAirOnly": true}));
    let others = [set_with("severity", "warning"), event("sent-changed.json"), of_medialive()];
    assert_selects(&pattern, &[set(), cleared()], &others);
}

#[test]
fn a_webhook_gets_the_beginning_and_the_end_of_each_incident() {
    let pattern = pattern("webhook", &json!({}));
    let selected = [set(), set_with("severity", "warning"), cleared()];
    assert_selects(&pattern, &selected, &[event("sent-changed.json"), of_medialive()]);
}

#[test]
fn a_team_gets_the_incidents_of_its_channels_and_no_others() {
    let both = pattern("chosen-channels", &json!({"ChannelIds": ["1002", "1003"]}));
    assert_selects(&both, &[set(), cleared()], &[event("sent-changed.json"), of_medialive()]);
    let one = pattern("chosen-channels", &json!({"ChannelIds": ["1002"]}));
    let others = [cleared(), set_with("channel_id", "10022"), set_with("channel_id", "100")];
    assert_selects(&one, &[set()], &others);
}

#[test]
fn the_fallback_switcher_gets_dead_pictures_of_its_channels_that_are_off_air() {
    let pattern = pattern("fallback-switcher", &json!({"ChannelIds": ["1002"]}));
    let selected =
        ["frozen", "black", "bars", "flat"].map(|condition| set_with("condition", condition));
    let others = [
        set_with("condition", "no_picture"),
        set_with("condition", "frozen_background"),
        set_with("condition", "repeating"),
        set_with("condition", "partial"),
        set_with("condition", "slate"),
        set_with("redundancy", "redundancy lost"),
        set_with("channel_id", "1003"),
        set_with("channel_arn", ""),
        set_with("alarm_state", "CLEARED"),
        cleared(),
        event("sent-changed.json"),
        of_medialive(),
    ];
    assert_selects(&pattern, &selected, &others);
}

#[test]
fn pagerduty_opens_and_resolves_by_the_key_of_the_feed() {
    let opened = received("pagerduty", &set());
    assert_eq!(opened["event_action"], "trigger");
    assert_eq!(opened["dedup_key"], "eu-west-1/1002/0");
    assert_eq!(opened["payload"]["severity"], "critical");
    let resolved = received("pagerduty", &cleared());
    assert_eq!(resolved["event_action"], "resolve");
    assert_eq!(resolved["dedup_key"], "eu-west-1/1003/0");
    assert_eq!(resolved["payload"]["severity"], "info");
}

#[test]
fn the_page_shows_what_pagerduty_and_a_team_receive() {
    let page = page();
    let block = |language: &str| {
        let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
        let block = rest.split("```").next().unwrap();
        serde_json::from_str::<Value>(block).unwrap()
    };
    assert_eq!(block("json"), received("pagerduty", &set()));
    let recipe = recipe("chosen-channels");
    assert_eq!(rule(&recipe)["Targets"][0]["InputPath"], "$.detail.message");
    assert_eq!(block("text"), set()["detail"]["message"]);
}

#[test]
fn the_fallback_switcher_receives_the_alert_on_which_it_acts() {
    let channel = "arn:aws:medialive:eu-west-1:111122223333:channel:1002";
    let expected = json!({
        "version": "0",
        "id": "6f9e9d1b-0f5c-4f5a-9b2e-3a1f1c0d7e11",
        "detail-type": "MediaLive Channel Alert",
        "source": "aws.medialive",
        "account": "111122223333",
        "time": "2026-11-25T03:13:10Z",
        "region": "eu-west-1",
        "resources": [channel],
        "detail": {
            "alarm_state": "SET",
            "alarm_id": "eu-west-1/1002/0/frozen/2026-11-25T03:12:40Z",
            "alert_type": "Video Not Detected",
            "pipeline": "0",
            "channel_arn": channel,
            "message": "Sent by the MediaLive source monitor, not by MediaLive",
        },
    });
    assert_eq!(received("fallback-switcher", &set()), expected);
}

#[test]
fn quotes_and_line_feeds_in_texts_break_no_message() {
    let mut hostile = set();
    for member in ["channel_name", "message", "evidence"] {
        hostile["detail"][member] = json!("\"A\",\n\\");
    }
    for name in ["fallback-switcher", "pagerduty"] {
        assert_eq!(received(name, &hostile), received(name, &set()), "{name}");
    }
    // These pass on the text or the event as it is, which EventBridge itself writes as JSON.
    for name in ["chosen-channels", "webhook"] {
        let recipe = recipe(name);
        assert!(rule(&recipe)["Targets"][0].get("InputTransformer").is_none(), "{name}");
    }
}

#[test]
fn the_role_of_a_target_trusts_the_rule_of_its_own_stack() {
    let mut roles = 0;
    for name in RECIPES {
        let recipe = recipe(name);
        for (_, role) in of_type(&recipe, "AWS::IAM::Role") {
            roles += 1;
            let statement = &role["AssumeRolePolicyDocument"]["Statement"][0];
            let trusted = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].as_str();
            let rule = rule(&recipe)["Name"]["Fn::Sub"].as_str().unwrap();
            assert!(trusted.unwrap().ends_with(&format!(":rule/{rule}")), "{name}: {trusted:?}");
        }
    }
    assert_eq!(roles, 3);
}

#[test]
fn a_target_keeps_what_it_could_not_deliver() {
    let queue = json!({"Fn::GetAtt": "LostEvents.Arn"});
    for name in RECIPES {
        let recipe = recipe(name);
        assert_eq!(rule(&recipe)["Targets"][0]["DeadLetterConfig"]["Arn"], queue, "{name}");
        let (_, policy) = of_type(&recipe, "AWS::SQS::QueuePolicy").next().unwrap();
        let statement = &policy["PolicyDocument"]["Statement"][0];
        assert_eq!(statement["Resource"], queue, "{name}");
        let from = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
        assert_eq!(*from, json!({"Fn::GetAtt": "Rule.Arn"}), "{name}");
    }
}

#[test]
fn secrets_are_parameters_that_nobody_reads_back() {
    for (name, secret) in [("pagerduty", "RoutingKey"), ("webhook", "HeaderValue")] {
        let recipe = recipe(name);
        let parameter = &recipe["Parameters"][secret];
        assert_eq!(parameter["NoEcho"], true, "{name}");
        assert_eq!(parameter.get("Default"), None, "{name}");
        let connection = &recipe["Resources"]["Connection"]["Properties"]["AuthParameters"];
        let key = &connection["ApiKeyAuthParameters"]["ApiKeyValue"];
        assert_eq!(*key, json!({"Ref": secret}), "{name}");
        assert!(!recipe["Outputs"].to_string().contains(secret), "{name}");
    }
}

#[test]
fn the_page_deploys_each_recipe_with_parameters_that_it_has() {
    let files = fs::read_dir(root().join("recipes")).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let expected = RECIPES.map(|name| format!("{name}.yaml"));
    assert_eq!(files.collect::<BTreeSet<_>>(), expected.into());

    let page = page();
    let deployment =
        Regex::new(r"--template-file recipes/([a-z-]+)\.yaml([^`]*?)\n(?:\n|```)").unwrap();
    let given = Regex::new(r"\b([A-Z][A-Za-z]+)=").unwrap();
    let mut deployed = BTreeSet::new();
    for found in deployment.captures_iter(&page) {
        let recipe = recipe(&found[1]);
        let parameters = recipe["Parameters"].as_object().unwrap();
        let named: BTreeSet<_> =
            given.captures_iter(&found[2]).map(|found| found[1].to_owned()).collect();
        for name in &named {
            assert!(parameters.contains_key(name), "{} has no parameter {name}", &found[1]);
        }
        for (name, parameter) in parameters {
            let has_value = parameter.get("Default").is_some() || named.contains(name);
            assert!(has_value, "the page gives {} no {name}", &found[1]);
        }
        deployed.insert(found[1].to_owned());
    }
    assert_eq!(deployed, RECIPES.map(String::from).into());
}
