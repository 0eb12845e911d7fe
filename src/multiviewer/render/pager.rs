//! Buttons to the previous and the next page. They call the function again with the same
//! parameters.

use maud::{Markup, PreEscaped, html};
use serde_json::{Map, Value, json};

use super::words;
use crate::multiviewer::{request::View, select::Selected};

/// The buttons; nothing if there is one page.
pub(super) fn pager(selected: &Selected, view: &View, function_arn: &str) -> Markup {
    let (current, pages) = (selected.page, selected.pages);
    if pages <= 1 {
        return html! {};
    }
    html! {
        div.msm-pager {
            @if current > 1 { (button("‹ Previous", &parameters(view, current - 1), function_arn)) }
            span { "Page " (current) " of " (pages) " · " (words::count(selected.entries.len(), "feed")) }
            @if current < pages { (button("Next ›", &parameters(view, current + 1), function_arn)) }
        }
    }
}

/// `cwdb-action` is CloudWatch's own element; it acts on the element before it
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html>).
fn button(text: &str, parameters: &Value, function_arn: &str) -> Markup {
    html! {
        a.btn { (text) }
        cwdb-action action="call" endpoint=(function_arn) {
            (PreEscaped(without_markup(parameters)))
        }
    }
}

/// The parameters that show another page. A call receives only those that its button names, not the
/// widget's own.
fn parameters(view: &View, page: usize) -> Value {
    let mut parameters = Map::new();
    if !view.channels.is_empty() {
        parameters.insert("channels".to_owned(), json!(view.channels));
    }
    if let Some(tag) = &view.tag {
        parameters.insert("tag".to_owned(), json!(tag.to_string()));
    }
    if view.only_faulty {
        parameters.insert("onlyFaulty".to_owned(), json!(true));
    }
    parameters.insert("perPage".to_owned(), json!(view.per_page));
    parameters.insert("page".to_owned(), json!(page));
    Value::Object(parameters)
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
            only_faulty: bool,
            page in 1_usize..1_000,
        ) {
            let event = json!({"channels": channels, "tag": tag, "onlyFaulty": only_faulty, "page": page});
            let Ok(Request::Show(view, canvas)) = request::read(&event) else {
                return Err(TestCaseError::fail("rejected"));
            };
            let sent = without_markup(&parameters(&view, page));
            prop_assert!(!sent.contains(['<', '>', '&', '\'']));
            let received = request::read(&serde_json::from_str(&sent).unwrap());
            prop_assert_eq!(received, Ok(Request::Show(view, canvas)));
        }
    }
}
