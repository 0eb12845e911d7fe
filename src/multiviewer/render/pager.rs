//! Buttons to the previous and the next page.

use maud::{Markup, html};

use super::{
    action::{self, Display},
    words,
};
use crate::multiviewer::{request::View, select::Selected};

/// The buttons; nothing if there is one page.
pub(super) fn pager(selected: &Selected, view: &View, function_arn: &str) -> Markup {
    let (current, pages) = (selected.page, selected.pages);
    if pages <= 1 {
        return html! {};
    }
    let button = |text: &str, page: usize| {
        let call = action::call(&action::page(view, page), function_arn, Display::Widget);
        html! { a.btn { (text) } (call) }
    };
    html! {
        div.msm-pager {
            @if current > 1 { (button("‹ Previous", current - 1)) }
            span { "Page " (current) " of " (pages) " · " (words::count(selected.entries.len(), "feed")) }
            @if current < pages { (button("Next ›", current + 1)) }
        }
    }
}
