//! Any JSON as the widget's event: a view within its bounds, or faults that are told in few words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = serde_json::from_slice::<Value>(bytes) {
        mounted::wall::check(&event);
    } else {
        let text = String::from_utf8_lossy(bytes);
        let (region, id) = text.split_once('\n').unwrap_or(("eu-west-1", &text));
        mounted::wall::check_link(region, id);
    }
});
