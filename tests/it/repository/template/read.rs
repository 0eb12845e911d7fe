//! Reads `template.yaml` into JSON values: short tags and merge keys are expanded, texts
//! substituted, and metrics listed by the alarm or widget that uses them.

use std::collections::BTreeSet;

use regex_lite::Regex;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

const TEMPLATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/template.yaml"));

/// The logical ids of the functions of the shards, by shard.
pub(super) const MONITORS: [&str; 8] =
    ["Monitor", "Monitor1", "Monitor2", "Monitor3", "Monitor4", "Monitor5", "Monitor6", "Monitor7"];

/// The template with its short tags expanded: `!Sub x` is `{"Fn::Sub": "x"}`.
pub(super) fn template() -> Value {
    parsed(TEMPLATE)
}

/// Any template with its short tags expanded.
pub(in crate::repository) fn parsed(text: &str) -> Value {
    expanded(&Yaml::load_from_str(text).unwrap()[0])
}

fn expanded(node: &Yaml) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::FloatingPoint(value)) => Value::from(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => Value::from(&**value),
        Yaml::Sequence(nodes) => nodes.iter().map(expanded).collect(),
        Yaml::Mapping(members) => {
            let member =
                |(key, value): (&Yaml, &Yaml)| (key.as_str().unwrap().to_owned(), expanded(value));
            Value::Object(merged(members.iter().map(member).collect()))
        }
        Yaml::Tagged(tag, value) => {
            let name = match tag.suffix.as_str() {
                plain @ ("Ref" | "Condition") => plain.to_owned(),
                function => format!("Fn::{function}"),
            };
            Value::Object(Map::from_iter([(name, expanded(value))]))
        }
        other => panic!("unexpected in a template: {other:?}"),
    }
}

/// The members, with those of the mapping under YAML's merge key that they do not replace.
fn merged(mut members: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::Object(others)) = members.remove("<<") {
        for (key, value) in others {
            members.entry(key).or_insert(value);
        }
    }
    members
}

/// The resources of this type: logical ids and properties.
pub(in crate::repository) fn of_type<'a>(
    template: &'a Value,
    kind: &'a str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().unwrap();
    resources
        .iter()
        .filter(move |(_, body)| body["Type"] == kind)
        .map(|(name, body)| (name.as_str(), &body["Properties"]))
}

/// A parameter's default as text; `None` if there is no such parameter.
pub(super) fn default_of(template: &Value, parameter: &str) -> Option<String> {
    match template["Parameters"].get(parameter)?.get("Default").unwrap() {
        Value::String(text) => Some(text.clone()),
        number => Some(number.to_string()),
    }
}

/// A text after substitution: a parameter becomes its default, any other name stays as it is,
/// `Fn::If` takes its first branch, and `Fn::FindInMap` the value that it finds.
fn text(template: &Value, value: &Value) -> String {
    if let Some(branches) = value.get("Fn::If") {
        return text(template, &branches[1]);
    }
    if let Some(keys) = value.get("Fn::FindInMap") {
        let [map, first, second] = [0, 1, 2].map(|index| text(template, &keys[index]));
        return text(template, &template["Mappings"][map][first][second]);
    }
    if let Some(name) = value.get("Ref").and_then(Value::as_str) {
        return default_of(template, name).unwrap_or_else(|| name.to_owned());
    }
    match value.get("Fn::Sub") {
        None => value.as_str().unwrap().to_owned(),
        Some(Value::String(format)) => substituted(template, format, &Value::Null),
        Some(arguments) => substituted(template, arguments[0].as_str().unwrap(), &arguments[1]),
    }
}

/// `format` with the placeholders of `Fn::Sub` replaced, first by `variables`.
fn substituted(template: &Value, format: &str, variables: &Value) -> String {
    let mut result = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap();
        result += before;
        if let Some(literal) = name.strip_prefix('!') {
            result.extend(["${", literal, "}"]);
        } else if let Some(variable) = variables.get(name) {
            result += &text(template, variable);
        } else {
            result += &default_of(template, name).unwrap_or_else(|| name.to_owned());
        }
        rest = after;
    }
    result + rest
}

/// A metric that an alarm or a widget uses: its namespace, its name and the names of its
/// dimensions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) namespace: String,
    pub(super) metric: String,
    dimensions: Vec<String>,
}

impl Use {
    pub(super) fn new<'a>(
        namespace: &str,
        metric: &str,
        dimensions: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let dimensions = dimensions.into_iter().map(|name| name.trim().to_owned()).collect();
        Self { namespace: namespace.to_owned(), metric: metric.to_owned(), dimensions }
    }
}

/// The metrics that the alarms use, those with a condition too, each with the alarm's logical id.
/// Panics at an alarm whose metrics it can't read.
pub(super) fn used_by_alarms(template: &Value) -> Vec<(String, Use)> {
    let mut uses = Vec::new();
    for (name, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        let before = uses.len();
        let mut add = |metric: Use| uses.push((name.to_owned(), metric));
        if alarm.get("MetricName").is_some() {
            add(metric_use(template, alarm));
        }
        for metric in alarm.get("Metrics").and_then(Value::as_array).into_iter().flatten() {
            let metric = metric.get("Fn::If").map_or(metric, |branches| &branches[1]);
            if let Some(stat) = metric.get("MetricStat") {
                add(metric_use(template, &stat["Metric"]));
            } else if let Some(query) = query_use(&text(template, &metric["Expression"])) {
                add(query);
            }
        }
        assert!(uses.len() > before, "{name} uses no metric that this test can read");
    }
    uses
}

/// The metric of an alarm's properties or of a `MetricStat`, which have the same members.
fn metric_use(template: &Value, metric: &Value) -> Use {
    let namespace = match metric["Namespace"].get("Ref") {
        Some(parameter) => default_of(template, parameter.as_str().unwrap()).unwrap(),
        None => metric["Namespace"].as_str().unwrap().to_owned(),
    };
    let dimensions = metric.get("Dimensions").and_then(Value::as_array).into_iter().flatten();
    Use::new(
        &namespace,
        metric["MetricName"].as_str().unwrap(),
        dimensions.map(|one| one["Name"].as_str().unwrap()),
    )
}

/// The metric of a Metrics Insights query; `None` for any other expression.
fn query_use(expression: &str) -> Option<Use> {
    let query = Regex::new(
        r#"^SELECT MAX\((\w+)\) FROM (?:SCHEMA\()?"([^"]+)"(?:, ([\w, ]+)\))? GROUP BY ([\w, ]+) ORDER BY MAX\(\) (?:ASC|DESC)$"#,
    )
    .unwrap();
    let parts = query.captures(expression)?;
    // A schema selects the series with exactly its dimensions.
    assert!(parts.get(3).is_none_or(|schema| schema.as_str() == &parts[4]), "{expression}");
    Some(Use::new(&parts[2], &parts[1], parts[4].split(',')))
}

/// The dashboard's widgets, as CloudWatch gets them for the parameters' defaults.
pub(super) fn widgets(template: &Value) -> Vec<Value> {
    let (_, dashboard) = of_type(template, "AWS::CloudWatch::Dashboard").next().unwrap();
    let body = text(template, &dashboard["DashboardBody"]);
    let body: Value =
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error} in {body}"));
    body["widgets"].as_array().unwrap().clone()
}

/// The metrics that the widgets use, each with the widget's title. Panics at a `SEARCH` that it
/// can't read.
pub(super) fn used_by_dashboard(template: &Value) -> Vec<(String, Use)> {
    let search = Regex::new(r#"SEARCH\('\{"([^"]+)",([\w,]+)\} MetricName="(\w+)"[^']*'"#).unwrap();
    let mut uses = Vec::new();
    for widget in widgets(template) {
        let properties = &widget["properties"];
        let title = properties["title"].as_str().unwrap();
        for row in properties.get("metrics").and_then(Value::as_array).into_iter().flatten() {
            let names: Vec<_> = row.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            if let [namespace, metric, dimensions @ ..] = &names[..] {
                uses.push((
                    title.to_owned(),
                    Use::new(namespace, metric, dimensions.iter().step_by(2).copied()),
                ));
            }
            let expression = row[0].get("expression").and_then(Value::as_str).unwrap_or_default();
            let found: Vec<_> = search.captures_iter(expression).collect();
            assert_eq!(found.len(), expression.matches("SEARCH").count(), "{expression}");
            uses.extend(found.iter().map(|parts| {
                (title.to_owned(), Use::new(&parts[1], &parts[3], parts[2].split(',')))
            }));
        }
    }
    uses
}

/// The IAM actions that a role allows, in its inline policies and in the policies that are
/// resources of their own.
pub(super) fn allowed(template: &Value, role: &str) -> BTreeSet<String> {
    let inline = &template["Resources"][role]["Properties"]["Policies"];
    let separate = of_type(template, "AWS::IAM::Policy")
        .map(|(_, policy)| policy)
        .filter(|policy| policy["Roles"].as_array().unwrap().iter().any(|one| one["Ref"] == role));
    inline
        .as_array()
        .unwrap()
        .iter()
        .chain(separate)
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
        .flat_map(|statement| match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            action => vec![action.clone()],
        })
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}
