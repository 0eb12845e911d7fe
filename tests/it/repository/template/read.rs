//! The template as plain values: short tags written out, texts filled in, and who uses which metric.

use std::collections::BTreeSet;

use regex_lite::Regex;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

const TEMPLATE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/template.yaml"));

/// The template with its short tags written out: `!Sub x` as `{"Fn::Sub": "x"}`.
pub(super) fn template() -> Value {
    written_out(&Yaml::load_from_str(TEMPLATE).unwrap()[0])
}

fn written_out(node: &Yaml) -> Value {
    match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(held)) => Value::from(*held),
        Yaml::Value(Scalar::Integer(held)) => Value::from(*held),
        Yaml::Value(Scalar::FloatingPoint(held)) => Value::from(held.into_inner()),
        Yaml::Value(Scalar::String(held)) => Value::from(&**held),
        Yaml::Sequence(nodes) => nodes.iter().map(written_out).collect(),
        Yaml::Mapping(members) => members
            .iter()
            .map(|(key, held)| (key.as_str().unwrap().to_owned(), written_out(held)))
            .collect::<Map<_, _>>()
            .into(),
        Yaml::Tagged(tag, held) => {
            let name = match tag.suffix.as_str() {
                plain @ ("Ref" | "Condition") => plain.to_owned(),
                function => format!("Fn::{function}"),
            };
            Value::Object(Map::from_iter([(name, written_out(held))]))
        }
        other => panic!("a template has no {other:?}"),
    }
}

pub(super) fn of_type<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().unwrap();
    resources
        .iter()
        .filter(move |(_, body)| body["Type"] == kind)
        .map(|(name, body)| (name.as_str(), &body["Properties"]))
}

pub(super) fn default_of(template: &Value, parameter: &str) -> Option<String> {
    match template["Parameters"].get(parameter)?.get("Default").unwrap() {
        Value::String(text) => Some(text.clone()),
        number => Some(number.to_string()),
    }
}

/// A text with its placeholders filled in: parameters by their defaults, all else by its own name. Of a choice, the first.
fn text(template: &Value, value: &Value) -> String {
    if let Some(choice) = value.get("Fn::If") {
        return text(template, &choice[1]);
    }
    match value.get("Fn::Sub") {
        None => value.as_str().unwrap().to_owned(),
        Some(Value::String(format)) => filled(template, format, &Value::Null),
        Some(both) => filled(template, both[0].as_str().unwrap(), &both[1]),
    }
}

fn filled(template: &Value, format: &str, given: &Value) -> String {
    let mut filled = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap();
        filled += before;
        if let Some(literal) = name.strip_prefix('!') {
            filled.extend(["${", literal, "}"]);
        } else if let Some(own) = given.get(name) {
            filled += &text(template, own);
        } else {
            filled += &default_of(template, name).unwrap_or_else(|| name.to_owned());
        }
        rest = after;
    }
    filled + rest
}

/// A metric that an alarm or a widget uses: namespace, name and the names of the dimensions.
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

pub(super) fn used_by_alarms(template: &Value) -> Vec<(String, Use)> {
    let mut uses = Vec::new();
    for (name, alarm) in of_type(template, "AWS::CloudWatch::Alarm") {
        let before = uses.len();
        let mut add = |one: Use| uses.push((name.to_owned(), one));
        if alarm.get("MetricName").is_some() {
            add(plain_use(template, alarm));
        }
        for metric in alarm.get("Metrics").and_then(Value::as_array).into_iter().flatten() {
            if let Some(stat) = metric.get("MetricStat") {
                add(plain_use(template, &stat["Metric"]));
            } else if let Some(query) = query_use(&text(template, &metric["Expression"])) {
                add(query);
            }
        }
        assert!(uses.len() > before, "{name} watches nothing that can be read");
    }
    uses
}

fn plain_use(template: &Value, metric: &Value) -> Use {
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

fn query_use(expression: &str) -> Option<Use> {
    let query =
        Regex::new(r#"^SELECT MAX\((\w+)\) FROM "([^"]+)" GROUP BY ([\w, ]+) ORDER BY MAX\(\) DESC$"#)
            .unwrap();
    let parts = query.captures(expression)?;
    Some(Use::new(&parts[2], &parts[1], parts[3].split(',')))
}

pub(super) fn widgets(template: &Value) -> Vec<Value> {
    let (_, dashboard) = of_type(template, "AWS::CloudWatch::Dashboard").next().unwrap();
    let body = text(template, &dashboard["DashboardBody"]);
    let body: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error} in {body}"));
    body["widgets"].as_array().unwrap().clone()
}

pub(super) fn used_by_dashboard(template: &Value) -> Vec<(String, Use)> {
    let search = Regex::new(r#"SEARCH\('\{"([^"]+)",([\w,]+)\} MetricName="(\w+)"'"#).unwrap();
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
            uses.extend(
                found
                    .iter()
                    .map(|parts| (title.to_owned(), Use::new(&parts[1], &parts[3], parts[2].split(',')))),
            );
        }
    }
    uses
}

/// What may be done by a role, over all its policies.
pub(super) fn allowed(template: &Value, role: &str) -> BTreeSet<String> {
    let own = &template["Resources"][role]["Properties"]["Policies"];
    let apart = of_type(template, "AWS::IAM::Policy")
        .map(|(_, policy)| policy)
        .filter(|policy| policy["Roles"].as_array().unwrap().iter().any(|one| one["Ref"] == role));
    own.as_array()
        .unwrap()
        .iter()
        .chain(apart)
        .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
        .flat_map(|statement| match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            action => vec![action.clone()],
        })
        .map(|action| action.as_str().unwrap().to_owned())
        .collect()
}
