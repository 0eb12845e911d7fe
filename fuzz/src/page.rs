//! Checks a page as a browser parses it: it has only the multiviewer's own elements and attributes,
//! whatever the texts in it are.

use medialive_source_monitor::multiviewer::{
    render::STYLE,
    request::{self, Request},
};

use crate::browser::{self, Element};

/// Every element that a page can have.
const ELEMENTS: [&str; 14] = [
    "a",
    "bdi",
    "code",
    "cwdb-action",
    "div",
    "img",
    "li",
    "p",
    "path",
    "span",
    "strong",
    "style",
    "svg",
    "ul",
];

/// The untrusted texts that are allowed in attributes, each in its own.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    /// In the address of a link.
    pub(crate) region: String,
    /// The function that a button calls.
    pub(crate) function_arn: String,
}

impl Texts {
    /// The elements of a page.
    ///
    /// # Panics
    /// If one of them, or one of its attributes, is not the multiviewer's own.
    pub(crate) fn check(&self, html: &str) -> Vec<Element> {
        let elements = browser::parse(html);
        for element in &elements {
            assert!(ELEMENTS.contains(&element.name.as_str()), "{}", element.name);
            for (name, value) in &element.attributes {
                self.check_attribute(element, name, value);
            }
            if element.name == "style" {
                assert_eq!(element.text, STYLE);
            }
            if element.name == "cwdb-action" {
                let sent = serde_json::from_str(&element.text).expect("JSON");
                let is_valid = |request: Request| matches!(request, Request::Show(wall) if wall.invalid.is_empty());
                assert!(request::read(&sent).is_ok_and(is_valid), "{sent}");
            }
        }
        assert_eq!(elements.iter().filter(|element| element.name == "style").count(), 1);
        elements
    }

    fn check_attribute(&self, element: &Element, name: &str, value: &str) {
        match (element.name.as_str(), name) {
            ("img", "src") => {
                let base64 =
                    value.strip_prefix("data:image/jpeg;base64,").expect("an embedded picture");
                assert!(base64.starts_with("/9j/"));
                assert!(
                    base64
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
                );
            }
            ("a", "href") => {
                let console = format!("https://{}.console.", self.region);
                assert!(value.starts_with(&console), "{value}");
            }
            ("a", "target") => assert_eq!(value, "_blank"),
            ("a", "rel") => assert_eq!(value, "noopener noreferrer"),
            ("cwdb-action", "action") => assert_eq!(value, "call"),
            ("cwdb-action", "display") => assert_eq!(value, "popup"),
            ("cwdb-action", "endpoint") => assert_eq!(value, normalised(&self.function_arn)),
            ("div", "style") => assert!(
                value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b":;-(),%".contains(&byte)),
                "{value}"
            ),
            (_, "class") => {
                let is_ours = |class: &str| class == "btn" || class.starts_with("msm-");
                assert!(value.split(' ').all(is_ours), "{value}");
            }
            ("div", "role" | "title")
            | ("img", "alt")
            | ("path", "d" | "fill")
            | ("svg", "viewbox" | "aria-hidden" | "preserveaspectratio") => {}
            _ => panic!("{}: {name}={value}", element.name),
        }
    }
}

/// A text as a browser's parser returns it: all kinds of line end become one, and a zero byte a
/// replacement character.
fn normalised(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}")
}
