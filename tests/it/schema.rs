//! Compares events with `events/sent.schema.json`, which documents them for those who receive them.
//!
//! Supports the keywords that the schema uses and panics on any other.

use aws_stand_in::Event;
use regex_lite::Regex;
use serde_json::{Value, json};

const SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/events/sent.schema.json"));

/// Asserts that an event has the form that the schema describes.
#[track_caller]
pub fn assert_valid(event: &Event) {
    let received = received(event);
    assert_eq!(violations(&received), Vec::<String>::new(), "{received:#}");
}

/// An event as a rule's target receives it.
pub fn received(event: &Event) -> Value {
    json!({
        "version": "0",
        "id": "6f9e9d1b-0f5c-4f5a-9b2e-3a1f1c0d7e11",
        "source": event.source,
        "detail-type": event.detail_type,
        "account": "111122223333",
        "time": humantime::format_rfc3339_seconds(event.time).to_string(),
        "region": "eu-west-1",
        "resources": event.resources,
        "detail": event.detail,
    })
}

/// What is wrong with an event as a target receives it, each with its place.
pub fn violations(event: &Value) -> Vec<String> {
    let root: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut found = Vec::new();
    check(&root, &root, ("$", event), &mut found);
    found
}

fn check(root: &Value, schema: &Value, (place, value): (&str, &Value), found: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                check(root, &root["$defs"][name], (place, value), found);
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        check(root, schema, (&format!("{place}.{name}"), member), found);
                    }
                }
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, (&format!("{place}[{number}]"), item), found);
                }
            }
            "oneOf" => {
                let matches = |schema: &&Value| {
                    let mut found = Vec::new();
                    check(root, schema, (place, value), &mut found);
                    found.is_empty()
                };
                if rule.as_array().unwrap().iter().filter(matches).count() != 1 {
                    found.push(format!("{place}: oneOf"));
                }
            }
            _ if holds(schema, (keyword, rule), value) => {}
            _ => found.push(format!("{place}: {keyword}")),
        }
    }
}

/// Whether a value follows one rule that concerns it alone.
fn holds(schema: &Value, (keyword, rule): (&str, &Value), value: &Value) -> bool {
    let names = || rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    match keyword {
        "type" => is_of_type(value, rule.as_str().unwrap()),
        "const" => value == rule,
        "enum" => rule.as_array().unwrap().contains(value),
        "pattern" => {
            let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
            value.as_str().is_some_and(|text| pattern.is_match(text))
        }
        "minimum" => value.as_i64() >= rule.as_i64(),
        "maxLength" => {
            let length = value.as_str().map_or(0, |text| text.chars().count());
            length as u64 <= rule.as_u64().unwrap()
        }
        "maxItems" => value.as_array().map_or(0, Vec::len) as u64 <= rule.as_u64().unwrap(),
        "required" => names().all(|name| value.get(name).is_some()),
        "additionalProperties" => {
            assert_eq!(*rule, Value::Bool(false));
            let known = schema["properties"].as_object().unwrap();
            value.as_object().is_none_or(|value| value.keys().all(|name| known.contains_key(name)))
        }
        other => panic!("the schema has the keyword {other}, which is not supported here"),
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the schema has the type {other}, which is not supported here"),
    }
}
