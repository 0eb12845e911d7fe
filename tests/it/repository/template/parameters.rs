//! The parameters are the settings: names, defaults, ranges and patterns. No value passes the
//! template and fails the function.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use medialive_source_monitor::{
    metric::Metric,
    settings::{RekognitionUse, Settings},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
    test_runner::TestRunner,
};
use regex_lite::Regex;
use serde_json::Value;

use super::read::{default_of, template};

/// Variables that no parameter sets, because nobody should have to.
const FIXED: [&str; 5] =
    ["SCHEDULE_PERIOD", "CONCURRENT_FEEDS", "DASHBOARD", "PICTURE_BUCKET", "PICTURE_MEMORY"];

/// The parameters that are whole numbers, with the smallest and the largest.
const RANGES: [(&str, u64, u64); 16] = [
    ("DETECTION_INTERVAL", 2, 60),
    ("FROZEN_AFTER", 1, 86_400),
    ("BLACK_AFTER", 1, 86_400),
    ("BARS_AFTER", 1, 86_400),
    ("FLAT_AFTER", 1, 86_400),
    ("REPEATING_AFTER", 1, 86_400),
    ("FROZEN_BACKGROUND_AFTER", 1, 86_400),
    ("PARTIAL_AFTER", 0, 86_400),
    ("SLATE_AFTER", 0, 86_400),
    ("MISMATCH_AFTER", 0, 86_400),
    ("NO_PICTURE_AFTER", 1, 86_400),
    ("CLEAR_AFTER", 1, 86_400),
    ("START_GRACE", 0, 86_400),
    ("THUMBNAIL_TPS", 1, 10_000),
    ("REKOGNITION_TPS", 1, 10_000),
    ("REKOGNITION_INTERVAL", 0, 86_400),
];

/// Whether the monitor accepts this value of an environment variable while all others are unset.
fn accepts(variable: &str, value: &str) -> bool {
    Settings::read(|name| (name == variable).then(|| value.to_owned())).is_ok()
}

/// The environment variables of both functions.
fn variables(template: &Value) -> BTreeMap<String, Value> {
    let variables =
        template["Globals"]["Function"]["Environment"]["Variables"].as_object().unwrap();
    variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The variables that a parameter sets, with the parameter's name and body.
fn with_parameters(template: &Value) -> Vec<(String, String, Value)> {
    variables(template)
        .into_iter()
        .filter(|(variable, _)| !FIXED.contains(&variable.as_str()))
        .map(|(variable, value)| {
            let value = value.get("Fn::Join").map_or(&value, |join| &join[1]);
            let parameter = value["Ref"].as_str().unwrap().to_owned();
            let body = template["Parameters"][&parameter].clone();
            (variable, parameter, body)
        })
        .collect()
}

/// What a monitor with this `MemorySize` gets, by the mapping's name of it.
fn by_memory(template: &Value, memory: &str, name: &str) -> String {
    template["Mappings"]["Memory"][memory][name].as_str().unwrap().to_owned()
}

/// `FROZEN_AFTER` as `FrozenAfter`.
fn pascal_case(variable: &str) -> String {
    variable.split('_').flat_map(|word| [word[..1].to_owned(), word[1..].to_lowercase()]).collect()
}

/// What is checked before a stack is created: the pattern must match the whole value.
#[derive(Debug)]
struct Gate {
    pattern: Option<Regex>,
    allowed: Option<Vec<String>>,
    longest: Option<usize>,
}

impl Gate {
    fn of(body: &Value) -> Self {
        let pattern = body.get("AllowedPattern").and_then(Value::as_str);
        let allowed = body.get("AllowedValues").and_then(Value::as_array);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        // `regex_lite` has no look-ahead. `passes` evaluates the only one.
        let compiled = |pattern: &str| Regex::new(&pattern.replace("(?!AWS/)", "")).unwrap();
        Self {
            pattern: pattern.map(compiled),
            allowed: allowed.map(|values| values.iter().map(text).collect()),
            longest: body.get("MaxLength").map(|length| length.as_u64().unwrap() as usize),
        }
    }

    fn passes(&self, value: &str) -> bool {
        let whole = |found: regex_lite::Match| found.len() == value.len();
        // The namespaces that AWS reserves; nothing else that has a pattern can begin like one.
        self.pattern.as_ref().is_none_or(|pattern| pattern.find(value).is_some_and(whole))
            && (self.pattern.is_none() || !value.starts_with("AWS/"))
            && self.allowed.as_ref().is_none_or(|values| values.iter().any(|one| one == value))
            && self.longest.is_none_or(|longest| value.chars().count() <= longest)
    }
}

#[test]
fn the_variables_are_the_settings_and_refer_to_the_parameters_of_the_same_name() {
    let template = template();
    let read = RefCell::new(BTreeSet::new());
    let _ = Settings::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        None
    });
    let mut read = read.into_inner();
    assert!(read.remove("AWS_LAMBDA_LOG_LEVEL"), "Lambda sets it from LoggingConfig");
    assert!(read.remove("EVENTS"), "the default holds");
    assert_eq!(variables(&template).into_keys().collect::<BTreeSet<_>>(), read);
    for (variable, parameter, body) in with_parameters(&template) {
        assert_eq!(parameter, pascal_case(&variable));
        assert!(body.is_object(), "{parameter}");
    }
}

#[test]
fn variables_without_a_parameter_have_values_that_the_settings_accept() {
    let template = template();
    let variables = variables(&template);
    // The schedules fire once a minute.
    assert_eq!(variables["SCHEDULE_PERIOD"], "60");
    for size in template["Parameters"]["MemorySize"]["AllowedValues"].as_array().unwrap() {
        let size = size.as_str().unwrap();
        let concurrent = by_memory(&template, size, "ConcurrentFeeds");
        assert!(accepts("CONCURRENT_FEEDS", &concurrent), "{size}: {concurrent}");
        let pictures = by_memory(&template, size, "Pictures");
        assert!(accepts("PICTURE_MEMORY", &pictures), "{size}: {pictures}");
    }
    let bucket = &variables["PICTURE_BUCKET"]["Fn::If"];
    assert_eq!(bucket[1]["Ref"], "IncidentPictures");
    assert!(accepts("PICTURE_BUCKET", bucket[2].as_str().unwrap()));
    assert!(accepts("PICTURE_BUCKET", "source-monitor-incidentpictures-1a2b3c4d5e6f"));
}

#[test]
fn the_parameters_defaults_are_the_settings_defaults_except_for_rekognition_interval() {
    let template = template();
    let parameters: BTreeMap<_, _> = with_parameters(&template)
        .into_iter()
        .map(|(variable, parameter, _)| (variable, parameter))
        .collect();
    let with_template =
        Settings::read(|name| default_of(&template, parameters.get(name)?)).unwrap();
    let mut expected = Settings::read(|_| None).unwrap();
    assert_eq!(expected.rekognition, RekognitionUse::EverySample);
    expected.rekognition = RekognitionUse::Interval(Duration::from_mins(1));
    assert_eq!(with_template, expected);
    let memory = default_of(&template, "MemorySize").unwrap();
    let concurrent = by_memory(&template, &memory, "ConcurrentFeeds");
    assert_eq!(concurrent, expected.concurrent_feeds.to_string());
}

#[test]
fn every_value_of_a_list_is_accepted() {
    for (variable, parameter, body) in with_parameters(&template()) {
        for value in body.get("AllowedValues").and_then(Value::as_array).into_iter().flatten() {
            assert!(accepts(&variable, value.as_str().unwrap()), "{variable}={value}");
        }
        let bounded = ["AllowedValues", "AllowedPattern"].iter().any(|key| body.get(key).is_some());
        assert!(bounded, "{parameter} accepts any value");
    }
}

/// The type accepts 10.5 and 1e1, which the settings reject.
#[test]
fn no_parameter_has_the_type_number() {
    for (parameter, body) in template()["Parameters"].as_object().unwrap() {
        let kind = body["Type"].as_str().unwrap();
        assert!(["String", "CommaDelimitedList"].contains(&kind), "{parameter}: {kind}");
    }
}

#[test]
fn a_parameters_range_is_the_settings_range() {
    let parameters = with_parameters(&template());
    for (variable, smallest, largest) in RANGES {
        let (.., body) = parameters.iter().find(|(name, ..)| name == variable).unwrap();
        let gate = Gate::of(body);
        for value in 0..=largest + 2 {
            let within = (smallest..=largest).contains(&value);
            let value = value.to_string();
            assert_eq!(gate.passes(&value), within, "{variable}={value}");
            assert_eq!(accepts(variable, &value), within, "{variable}={value}");
        }
    }
}

#[test]
fn feed_metrics_offers_every_per_feed_metric() {
    let offered = &template()["Parameters"]["FeedMetrics"]["AllowedValues"];
    let all: Vec<_> = Metric::selectable_metrics().map(Metric::name).collect();
    assert_eq!(*offered, Value::from(all));
}

/// Texts that are numbers for some parser, Regions, namespaces and lists of tags, valid and
/// invalid.
const CANDIDATES: [&str; 72] = [
    "",
    "every-sample",
    "never",
    "10.5",
    "10.0",
    "10.",
    ".5",
    "+10",
    "-10",
    "-0",
    "1e1",
    "1E1",
    "1e+1",
    "0x0a",
    "010",
    "00",
    "1_0",
    "1,0",
    "10f",
    "Infinity",
    "NaN",
    "\u{661}\u{660}",
    "\u{ff11}\u{ff10}",
    "\u{967}\u{966}",
    "\u{b2}",
    "eu-west-1",
    "us-gov-west-1",
    "eu-west",
    "eu--1",
    "-eu-west",
    "EU-WEST-1",
    "eu-west-1a",
    "AWS",
    "AWS/",
    "AWS/Lambda",
    "aws/x",
    "My/AWS/Name",
    "Play.Out_1-#:",
    ":x",
    "a b",
    "n\u{e4}he",
    "k=v",
    "k=",
    "=v",
    " =v",
    "\u{a0}=v",
    "\u{2003}\u{3000}=v",
    "\u{200b}=v",
    "k=v,\u{85}=v",
    "a b=c d",
    "\u{2003}k\u{3000}=\u{a0}v",
    "k=v,",
    ",k=v",
    "k=v=w",
    "k=v,l=w",
    "k=v,,l=w",
    "kv",
    "k\n=v",
    "k=v\n",
    "\t=v",
    "k=\"v\"",
    "k\\=v",
    "K\u{f6}ln=\u{1f3a5}",
    "k=v,\u{2028}",
    "k=v,=",
    "=",
    ",",
    "true",
    "True",
    "false",
    "1",
    "86401",
];

/// The characters that Unicode calls white space, and those that look like it.
const BLANKS: [char; 29] = [
    '\t', '\n', '\u{b}', '\u{c}', '\r', ' ', '\u{85}', '\u{a0}', '\u{1680}', '\u{180e}',
    '\u{2000}', '\u{2001}', '\u{2002}', '\u{2003}', '\u{2004}', '\u{2005}', '\u{2006}', '\u{2007}',
    '\u{2008}', '\u{2009}', '\u{200a}', '\u{200b}', '\u{2028}', '\u{2029}', '\u{202f}', '\u{205f}',
    '\u{2060}', '\u{3000}', '\u{feff}',
];

#[track_caller]
fn assert_accepted_if_it_passes(variable: &str, gate: &Gate, value: &str) {
    if gate.passes(value) {
        assert!(accepts(variable, value), "{variable}={value:?} passes the template");
    }
}

#[test]
fn no_value_passes_the_template_and_fails_the_function() {
    let longest = "n".repeat(256);
    for (variable, _, body) in with_parameters(&template()) {
        let gate = Gate::of(&body);
        for value in CANDIDATES.into_iter().chain([&*longest]) {
            assert_accepted_if_it_passes(&variable, &gate, value);
        }
        for blank in BLANKS {
            for value in ["10", "k=v", "eu-west-1", "Namespace", "60", "true"] {
                for value in [format!("{blank}{value}"), format!("{value}{blank}")] {
                    assert_accepted_if_it_passes(&variable, &gate, &value);
                }
            }
            let numeric = RANGES.iter().any(|(name, ..)| *name == variable);
            let value = format!("1{blank}");
            assert!(!numeric || !gate.passes(&value), "{variable}={value:?}");
        }
    }
}

#[test]
fn the_patterns_accept_what_an_operator_may_need() {
    let template = template();
    for (parameter, value) in [
        ("IncludeTags", "k=v,l=w"),
        ("IncludeTags", "aws:cloudformation:stack-name=play out/1"),
        ("ExcludeTags", "K\u{f6}ln=\u{1f3a5}, env = staging,watch="),
        ("RekognitionRegion", "us-gov-west-1"),
        ("RekognitionRegion", ""),
        ("RekognitionInterval", ""),
        ("RekognitionInterval", "every-sample"),
        ("MetricNamespace", "My/AWS/Name"),
        ("MetricNamespace", &"n".repeat(255)),
        ("AlarmEmail", "ops+night@mcr.example.com"),
        ("PermissionsBoundary", "arn:aws-us-gov:iam::123456789012:policy/team/Bound.ary"),
    ] {
        let gate = Gate::of(&template["Parameters"][parameter]);
        assert!(gate.passes(value), "{parameter}={value:?}");
    }
}

#[test]
fn whatever_passes_the_template_is_accepted_by_the_function() {
    let parameters: Vec<_> = with_parameters(&template())
        .into_iter()
        .filter(|(.., body)| body["Type"] == "String")
        .map(|(variable, _, body)| (variable, Gate::of(&body)))
        .collect();
    let values = (any::<Index>(), vec(select(pieces()), 0..8));
    TestRunner::default()
        .run(&values, |(index, pieces)| {
            let (variable, gate) = index.get(&parameters);
            let value: String = pieces.concat();
            if gate.passes(&value) {
                prop_assert!(accepts(variable, &value), "{variable}={value:?}");
            }
            Ok(())
        })
        .unwrap();
}

/// Pieces of values that are likely to be almost valid.
fn pieces() -> Vec<String> {
    let mut pieces: Vec<_> = BLANKS.into_iter().map(String::from).collect();
    pieces.extend((0..=9).map(|digit| digit.to_string()));
    let others = [
        ".",
        "-",
        "+",
        "e",
        "E",
        "_",
        "=",
        ",",
        "k=v",
        "every-sample",
        "eu-",
        "west-",
        "AWS/",
        ":",
        "\"",
        "\\",
        "\u{661}",
        "\u{1f3a5}",
        "Namespace",
        "true",
        "false",
    ];
    pieces.extend(others.map(String::from));
    pieces
}
