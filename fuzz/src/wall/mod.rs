//! The picture wall without its SDKs: what reads a browser's words, what selects, what draws.

mod browser;
mod fleet;
#[path = "../../../src/wall/render/link.rs"]
mod link;
#[path = "../../../src/wall/picture.rs"]
mod picture;
#[path = "../../../src/wall/reading.rs"]
mod reading;
#[path = "../../../src/wall/render/mod.rs"]
mod render;
#[path = "../../../src/wall/request.rs"]
mod request;
#[path = "../../../src/wall/select.rs"]
mod select;
#[path = "../../../src/wall/settings.rs"]
mod settings;
#[path = "../../../src/wall/standing.rs"]
mod standing;

pub use fleet::Fleet;
use request::{Request, View};
use serde_json::Value;

/// Reads a widget's event and checks what must hold of whatever it asks for.
///
/// # Panics
/// Where it doesn't hold.
pub fn check(event: &Value) {
    match request::read(event) {
        Err(_) => assert!(!event.is_object()),
        Ok(Request::Describe) => assert!(event.get("describe").is_some()),
        Ok(Request::Show(view, canvas)) => {
            check_view(&view);
            assert!((120..=8_192).contains(&canvas.width) && (80..=8_192).contains(&canvas.height));
        }
        Ok(Request::Refused(faults, _)) => {
            assert!((1..=10).contains(&faults.len()));
            for fault in faults {
                let held = fault.held.unwrap_or_default();
                assert!(fault.name.chars().count() <= 63 && held.chars().count() <= 63);
                assert!(!fault.takes.is_empty());
            }
        }
    }
}

fn check_view(view: &View) {
    assert!((1..=200).contains(&view.per_page) && view.page >= 1);
    assert!(view.channels.len() <= 100);
    for id in &view.channels {
        assert!(request::is_channel_id(id), "{id:?}");
        assert!(link::channel("eu-west-1", id).is_some_and(|link| link.ends_with(id)));
    }
    if let Some(tag) = &view.tag {
        assert!((1..=128).contains(&tag.key.chars().count()));
        assert!(tag.value.as_ref().is_none_or(|value| value.chars().count() <= 256));
    }
}

/// Whatever stands in the place of an id and of a Region, a link has nothing in it that HTML knows.
///
/// # Panics
/// Where it has.
pub fn check_link(region: &str, id: &str) {
    if let Some(link) = link::channel(region, id) {
        assert!(link.starts_with("https://"));
        assert!(
            link.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.?=#-".contains(&byte)),
            "{link}"
        );
    }
}
