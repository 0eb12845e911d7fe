//! Events as the console sends them, and as people mistype them.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[track_caller]
fn view(event: &Value) -> View {
    match read(event) {
        Ok(Request::Show(view, _)) => view,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn faults(event: &Value) -> Vec<ParameterFault> {
    match read(event) {
        Ok(Request::Refused(faults, _)) => faults,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_parameters_everything_is_shown() {
    let everything = View { channels: Vec::new(), tag: None, only_faulty: false, page: 1, per_page: 40 };
    assert_eq!(view(&json!({})), everything);
    assert_eq!(view(&json!({"channels": [], "tag": "", "page": null})), everything);
}

#[test]
fn parameters_are_read() {
    let event = json!({"channels": ["1234567", 2_345_678], "tag": "env = prod", "onlyFaulty": true, "page": 2, "perPage": 9});
    let expected = View {
        channels: vec!["1234567".to_owned(), "2345678".to_owned()],
        tag: Some(TagWanted { key: "env".to_owned(), value: Some("prod".to_owned()) }),
        only_faulty: true,
        page: 2,
        per_page: 9,
    };
    assert_eq!(view(&event), expected);
    assert_eq!(view(&json!({"channels": 1})).channels, ["1"]);
    assert_eq!(
        view(&json!({"tag": "studio"})).tag,
        Some(TagWanted { key: "studio".to_owned(), value: None })
    );
}

#[test]
fn a_parameter_that_cannot_be_used_is_told_with_what_it_takes() {
    for (name, held) in [
        ("channels", json!(["seven"])),
        ("channels", json!([1.5])),
        ("tag", json!("=prod")),
        ("onlyFaulty", json!("yes")),
        ("page", json!(0)),
        ("perPage", json!(201)),
    ] {
        let takes = PARAMETERS.iter().find(|known| known.name == name).unwrap().takes.to_owned();
        let expected = ParameterFault { name: name.to_owned(), held: Some(held.to_string()), takes };
        assert_eq!(faults(&json!({name: held})), [expected]);
    }
}

#[test]
fn a_parameter_that_does_not_exist_is_told_with_those_that_do() {
    let expected = ParameterFault {
        name: "onlyfaulty".to_owned(),
        held: None,
        takes: "channels, tag, onlyFaulty, perPage, page".to_owned(),
    };
    assert_eq!(faults(&json!({"onlyfaulty": true, "widgetContext": {}})), [expected]);
}

#[test]
fn describe_goes_before_everything() {
    assert_eq!(read(&json!({"describe": true, "page": 0})), Ok(Request::Describe));
    assert_eq!(read(&json!("describe")), Err(NotAWidget));
}

#[test]
fn the_canvas_is_the_consoles_or_a_usual_one() {
    let context = json!({"theme": "dark", "width": 588, "height": 369});
    let dark = Canvas { theme: Theme::Dark, width: 588, height: 369 };
    assert_eq!(canvas(&context), dark);
    let usual = Canvas { theme: Theme::Light, width: 1_200, height: 700 };
    assert_eq!(canvas(&Value::Null), usual);
    assert_eq!(canvas(&json!({"theme": "sepia", "width": "wide", "height": -5})), usual);
}

proptest! {
    #[test]
    fn reading_an_event_never_panics(name in ".*", held in ".*", number in any::<f64>()) {
        let _ = read(&json!({&name: held, "page": number, "widgetContext": {"width": number, "theme": held}}));
    }
}
