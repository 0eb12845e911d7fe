//! Selects events by an EventBridge pattern, for the operators that our patterns use.

use serde_json::{Value, json};

/// Whether EventBridge would select the event. Each member of a pattern is an object of such
/// members or a list of alternatives. Panics at an operator that our patterns do not use.
pub(super) fn selects(pattern: &Value, event: &Value) -> bool {
    match pattern {
        Value::Object(members) => members
            .iter()
            .all(|(name, pattern)| event.get(name).is_some_and(|member| selects(pattern, member))),
        Value::Array(alternatives) => alternatives.iter().any(|one| match event {
            Value::Array(elements) => elements.iter().any(|element| matches(one, element)),
            value => matches(one, value),
        }),
        other => panic!("a pattern with {other}"),
    }
}

/// Whether a value is the alternative, or one that its operator describes.
fn matches(alternative: &Value, value: &Value) -> bool {
    let Value::Object(operator) = alternative else {
        return alternative == value;
    };
    let (name, operand) = operator.iter().next().unwrap();
    let (text, operand) = (value.as_str(), operand.as_str().unwrap());
    match name.as_str() {
        "prefix" => text.is_some_and(|text| text.starts_with(operand)),
        "suffix" => text.is_some_and(|text| text.ends_with(operand)),
        other => panic!("a pattern with the operator {other}, which is not supported here"),
    }
}

#[test]
fn a_pattern_selects_by_exact_values_prefixes_and_suffixes() {
    let event = json!({"source": "a.b", "resources": ["arn:1", "arn:2"], "detail": {"id": "7"}});
    for selecting in [
        json!({"source": ["x", "a.b"]}),
        json!({"source": [{"prefix": "a."}], "detail": {"id": [{"suffix": "7"}]}}),
        json!({"resources": ["arn:2"]}),
    ] {
        assert!(selects(&selecting, &event), "{selecting}");
    }
    for other in [
        json!({"source": ["a"]}),
        json!({"source": ["a.b"], "detail": {"id": ["77"]}}),
        json!({"detail": {"id": [7]}}),
        json!({"detail": {"missing": ["7"]}}),
        json!({"missing": {"id": ["7"]}}),
        json!({"resources": [{"prefix": "2"}]}),
    ] {
        assert!(!selects(&other, &event), "{other}");
    }
}
