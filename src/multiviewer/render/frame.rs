//! The outermost element, which carries the style sheet, the theme and the class to which all rules
//! are scoped.

#[cfg(test)]
mod tests;

use maud::{Markup, PreEscaped, html};

use crate::multiviewer::request::{Canvas, Theme};

/// The style sheet. Its rules are scoped by a class, because CloudWatch applies it to the whole
/// dashboard.
pub const STYLE: &str = include_str!("style.css");

/// On a canvas that is narrower than this, in pixels, the header is smaller.
const NARROW: u32 = 700;

/// The content within the outermost element. The style sheet goes inside it, because sanitising
/// HTML removes a style element that comes first.
pub(super) fn frame(canvas: Canvas, is_detail: bool, content: &Markup) -> Markup {
    let theme = match canvas.theme {
        Theme::Light => "msm-light",
        Theme::Dark => "msm-dark",
    };
    let size = if canvas.width < NARROW { " msm-narrow" } else { "" };
    let detail = if is_detail { " msm-detail" } else { "" };
    html! {
        div class={ "msm-wall " (theme) (size) (detail) } {
            style { (PreEscaped(STYLE)) }
            (content)
        }
    }
}
