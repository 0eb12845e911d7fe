//! What a click does: CloudWatch calls the function again. A call receives only the parameters that
//! its button names, not the widget's own.

use maud::{Markup, PreEscaped, html};
use serde_json::{Map, Value, json};

use crate::multiviewer::request::{Order, View};

/// Where the page that the function returns is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Display {
    /// In place of the page with the button.
    Widget,
    /// In a window above the dashboard.
    Popup,
}

/// Makes a button of the element before it. `cwdb-action` is CloudWatch's own element
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html>).
pub(super) fn call(parameters: &Value, function_arn: &str, display: Display) -> Markup {
    let display = match display {
        Display::Widget => None,
        Display::Popup => Some("popup"),
    };
    html! {
        cwdb-action action="call" display=[display] endpoint=(function_arn) {
            (PreEscaped(without_markup(parameters)))
        }
    }
}

/// The parameters that show another page.
pub(super) fn page(view: &View, page: usize) -> Value {
    let View { channels, tag, only_faulty, order, group_by, page: _, per_page, detail } = view;
    let mut parameters = Map::new();
    if !channels.is_empty() {
        parameters.insert("channels".to_owned(), json!(channels));
    }
    if let Some(tag) = tag {
        parameters.insert("tag".to_owned(), json!(tag.to_string()));
    }
    for (name, is_set) in [("onlyFaulty", *only_faulty), ("detail", *detail)] {
        if is_set {
            parameters.insert(name.to_owned(), json!(true));
        }
    }
    if *order == Order::Name {
        parameters.insert("order".to_owned(), json!("name"));
    }
    if let Some(key) = group_by {
        parameters.insert("groupBy".to_owned(), json!(key));
    }
    parameters.insert("perPage".to_owned(), json!(per_page));
    parameters.insert("page".to_owned(), json!(page));
    Value::Object(parameters)
}

/// The parameters that show the pipelines of these channels large.
pub(super) fn detail(channels: &[&str]) -> Value {
    json!({ "channels": channels, "detail": true })
}

/// JSON without a character that has a meaning in HTML: decoding entities does not change it.
fn without_markup(json: &Value) -> String {
    let mut text = String::new();
    for letter in json.to_string().chars() {
        match letter {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\'' => text.push_str("\\u0027"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::multiviewer::request::{self, Request};

    proptest! {
        #[test]
        fn parameters_reach_the_function_unchanged(
            channels in prop::collection::vec("[0-9]{1,7}", 0..4),
            tag in "[^\\s=]{1,9}(=[^\\s]{0,9})?",
            (only_faulty, by_name, detail) in any::<(bool, bool, bool)>(),
            group_by in "[^\\s=]{1,9}",
            number in 1_usize..1_000,
        ) {
            let order = if by_name { "name" } else { "faults" };
            let event = json!({
                "channels": channels, "tag": tag, "onlyFaulty": only_faulty, "order": order,
                "groupBy": group_by, "page": number, "detail": detail,
            });
            let Ok(Request::Show(wall)) = request::read(&event) else {
                return Err(TestCaseError::fail("no wall"));
            };
            prop_assert_eq!(&wall.invalid, &[]);
            let sent = without_markup(&page(&wall.view, number));
            prop_assert!(!sent.contains(['<', '>', '&', '\'']));
            let received = request::read(&serde_json::from_str(&sent).unwrap());
            prop_assert_eq!(received, Ok(Request::Show(wall)));
        }
    }
}
