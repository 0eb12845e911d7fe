//! Any JSON as the monitor's event: one part of the fleet or a refusal of bounded length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mounted::trigger::{self, MOST_SHARDS, Trigger};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(event) = serde_json::from_slice::<Value>(bytes) else { return };
    match trigger::read(&event) {
        Ok(Trigger { shard, of }) => {
            assert!(shard < of && of <= MOST_SHARDS);
            let id = String::from_utf8_lossy(bytes);
            let parts = (0..of).filter(|&shard| Trigger { shard, of }.has(&id)).count();
            assert_eq!(parts, 1, "a channel is in exactly one part");
        }
        Err(refused) => assert!(refused.to_string().len() <= mounted::MOST_SAID, "{refused}"),
    }
});
