//! From page to page: buttons that call the function again with the same parameters and another page.

use maud::{Markup, PreEscaped, html};
use serde_json::{Map, Value, json};

use super::{Page, words};
use crate::wall::request::View;

/// The buttons; nothing where there is one page.
pub(super) fn pager(page: &Page<'_>) -> Markup {
    let (current, pages) = (page.selected.page, page.selected.pages);
    if pages <= 1 {
        return html! {};
    }
    html! {
        div.msm-pager {
            @if current > 1 { (button("‹ Previous", current - 1, page)) }
            span { "Page " (current) " of " (pages) " · " (words::count(page.selected.entries.len(), "feed")) }
            @if current < pages { (button("Next ›", current + 1, page)) }
        }
    }
}

/// `cwdb-action` is CloudWatch's own element; it acts on the one before it
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html>).
fn button(text: &str, to: usize, page: &Page<'_>) -> Markup {
    html! {
        a.btn { (text) }
        cwdb-action action="call" endpoint=(page.function_arn) {
            (PreEscaped(inert(&parameters(page.view, to))))
        }
    }
}

/// The parameters of another page. A call has none but those that the button names.
fn parameters(view: &View, page: usize) -> Value {
    let mut named = Map::new();
    let mut name = |key: &str, value: Value| named.insert(key.to_owned(), value);
    if !view.channels.is_empty() {
        name("channels", json!(view.channels));
    }
    if let Some(tag) = &view.tag {
        let written =
            tag.value.as_ref().map_or_else(|| tag.key.clone(), |value| format!("{}={value}", tag.key));
        name("tag", json!(written));
    }
    if view.only_faulty {
        name("onlyFaulty", json!(true));
    }
    name("perPage", json!(view.per_page));
    name("page", json!(page));
    Value::Object(named)
}

/// JSON without a character that HTML knows, which reads the same before and after anybody decodes entities.
fn inert(json: &Value) -> String {
    json.to_string().chars().fold(String::new(), |mut text, letter| {
        match letter {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\'' => text.push_str("\\u0027"),
            other => text.push(other),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wall::request::{self, Request};

    proptest! {
        #[test]
        fn parameters_reach_the_function_as_they_were(
            channels in prop::collection::vec("[0-9]{1,7}", 0..4),
            tag in "[^\\s=]{1,9}(=[^\\s]{0,9})?",
            only_faulty: bool,
            page in 1_usize..1_000,
        ) {
            let event = json!({"channels": channels, "tag": tag, "onlyFaulty": only_faulty, "page": page});
            let Ok(Request::Show(view, canvas)) = request::read(&event) else {
                return Err(TestCaseError::fail("refused"));
            };
            let sent = inert(&parameters(&view, page));
            prop_assert!(!sent.contains(['<', '>', '&', '\'']));
            let received = request::read(&serde_json::from_str(&sent).unwrap());
            prop_assert_eq!(received, Ok(Request::Show(view, canvas)));
        }
    }
}
