//! Events as the console sends them, and as people mistype them.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[track_caller]
fn wall(event: &Value) -> Wall {
    match read(event) {
        Ok(Request::Show(wall)) => wall,
        other => panic!("{other:?}"),
    }
}

/// The view of an event whose parameters are valid.
#[track_caller]
fn view(event: &Value) -> View {
    let wall = wall(event);
    assert_eq!(wall.invalid, []);
    wall.view
}

#[track_caller]
fn invalid(event: &Value) -> Vec<InvalidSetting> {
    wall(event).invalid
}

#[test]
fn without_parameters_everything_is_shown() {
    let everything = View::default();
    assert_eq!((everything.page, everything.per_page), (1, 40));
    assert_eq!(view(&json!({})), everything);
    assert_eq!(view(&json!({"channels": [], "tag": "", "page": null})), everything);
}

#[test]
fn parameters_are_read() {
    let event = json!({
        "channels": ["1234567", 2_345_678], "tag": "env = prod", "onlyFaulty": true,
        "order": "name", "groupBy": " studio ", "page": 2, "perPage": 9, "detail": true,
    });
    let expected = View {
        channels: vec!["1234567".to_owned(), "2345678".to_owned()],
        tag: Some(RequiredTag { key: "env".to_owned(), value: Some("prod".to_owned()) }),
        only_faulty: true,
        order: Order::Name,
        group_by: Some("studio".to_owned()),
        page: 2,
        per_page: 9,
        detail: true,
    };
    assert_eq!(view(&event), expected);
    assert_eq!(view(&json!({"channels": 1})).channels, ["1"]);
    assert_eq!(
        view(&json!({"tag": "studio"})).tag,
        Some(RequiredTag { key: "studio".to_owned(), value: None })
    );
}

#[test]
fn an_invalid_parameter_is_reported_with_what_it_accepts() {
    for (name, value) in [
        ("channels", json!(["seven"])),
        ("channels", json!([1.5])),
        ("tag", json!("=prod")),
        ("onlyFaulty", json!("yes")),
        ("order", json!("newest")),
        ("groupBy", json!("studio=1")),
        ("detail", json!(1)),
        ("page", json!(0)),
        ("perPage", json!(201)),
    ] {
        let accepts =
            PARAMETERS.iter().find(|known| known.name == name).unwrap().accepts.to_owned();
        let expected =
            InvalidSetting { name: name.to_owned(), value: Some(value.to_string()), accepts };
        assert_eq!(invalid(&json!({name: value})), [expected]);
    }
}

#[test]
fn an_invalid_parameter_has_its_default_and_the_others_apply() {
    let wall = wall(&json!({"page": "two", "perPage": 9, "onlyFaulty": true}));
    assert_eq!(wall.invalid.len(), 1);
    assert_eq!(wall.view, View { per_page: 9, only_faulty: true, ..View::default() });
}

#[test]
fn an_unknown_parameter_is_reported_with_the_known_ones() {
    let expected = InvalidSetting {
        name: "onlyfaulty".to_owned(),
        value: None,
        accepts: "channels, tag, onlyFaulty, order, groupBy, perPage, page, detail".to_owned(),
    };
    assert_eq!(invalid(&json!({"onlyfaulty": true, "widgetContext": {}})), [expected]);
}

#[test]
fn ten_invalid_parameters_are_reported_with_excerpts_of_what_they_held() {
    let mut event = json!({"page": "x".repeat(100)});
    for number in 0..20 {
        event[format!("{number:0>100}")] = json!(true);
    }
    let invalid = invalid(&event);
    assert_eq!(invalid.len(), 10);
    assert_eq!(invalid[0].value, Some(format!("\"{}...", "x".repeat(59))));
    assert_eq!(invalid[1].name, format!("{}...", "0".repeat(60)));
}

#[test]
fn describe_takes_precedence_over_parameters() {
    assert_eq!(read(&json!({"describe": true, "page": 0})), Ok(Request::Describe));
    assert_eq!(read(&json!("describe")), Err(NotAWidget));
}

proptest! {
    #[test]
    fn reading_an_event_never_panics(name in ".*", value in ".*", number in any::<f64>()) {
        let context = json!({"width": number, "theme": value});
        let _ = read(&json!({&name: value, "page": number, "widgetContext": context}));
    }
}
