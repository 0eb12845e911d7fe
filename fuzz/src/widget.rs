//! Checks of the widget's event and of links: whatever they contain, the result is within its
//! bounds.

use medialive_source_monitor::{
    console::channel_page,
    feed::is_channel_id,
    multiviewer::request::{self, Request, View, Wall},
};
use serde_json::Value;

/// The longest excerpt of a text, with its three dots.
const MAX_EXCERPT: usize = 63;

/// Reads a widget's event and checks the request.
///
/// # Panics
/// If the request is not within its bounds.
pub fn check_event(event: &Value) {
    match request::read(event) {
        Err(_) => assert!(!event.is_object()),
        Ok(Request::Describe) => assert!(event.get("describe").is_some()),
        Ok(Request::Show(Wall { view, canvas, invalid })) => {
            check_view(&view);
            assert!((120..=8_192).contains(&canvas.width) && (80..=8_192).contains(&canvas.height));
            assert!(invalid.len() <= 10);
            for parameter in invalid {
                let value = parameter.value.unwrap_or_default();
                assert!(
                    parameter.name.chars().count() <= MAX_EXCERPT
                        && value.chars().count() <= MAX_EXCERPT
                );
                assert!(!parameter.accepts.is_empty());
            }
        }
    }
}

fn check_view(view: &View) {
    assert!((1..=200).contains(&view.per_page) && view.page >= 1);
    assert!(view.channels.len() <= 100);
    for id in &view.channels {
        assert!(is_channel_id(id), "{id:?}");
        assert!(channel_page("eu-west-1", id).is_some_and(|link| link.ends_with(id)));
    }
    if let Some(key) = &view.group_by {
        assert!((1..=128).contains(&key.chars().count()));
    }
    if let Some(tag) = &view.tag {
        assert!((1..=128).contains(&tag.key.chars().count()));
        assert!(tag.value.as_ref().is_none_or(|value| value.chars().count() <= 256));
    }
}

/// Checks the link for these texts in the places of a Region and an id.
///
/// # Panics
/// If the link contains a character that has a meaning in HTML.
pub fn check_link(region: &str, id: &str) {
    let Some(link) = channel_page(region, id) else { return };
    assert!(link.starts_with("https://"));
    assert!(
        link.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.?=#-".contains(&byte)),
        "{link}"
    );
}
