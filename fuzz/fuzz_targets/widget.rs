//! Any JSON as the widget's event: a view within its bounds, or a few short messages. Any other
//! text as a Region and an id: a link without markup.
#![no_main]

use checks::widget::{check_event, check_link};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = serde_json::from_slice::<Value>(bytes) {
        check_event(&event);
    } else {
        let text = String::from_utf8_lossy(bytes);
        let (region, id) = text.split_once('\n').unwrap_or(("eu-west-1", &text));
        check_link(region, id);
    }
});
