//! Any JSON as the monitor's event: a shard of the fleet, or a rejection of bounded length.
#![no_main]

use checks::MAX_MESSAGE_BYTES;
use libfuzzer_sys::fuzz_target;
use medialive_source_monitor::monitor::trigger::{self, MAX_SHARDS, Trigger};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(event) = serde_json::from_slice::<Value>(bytes) else { return };
    match trigger::read(&event) {
        Ok(Trigger { shard, of }) => {
            assert!(shard < of && of <= MAX_SHARDS);
            let id = String::from_utf8_lossy(bytes);
            let shards = (0..of).filter(|&shard| Trigger { shard, of }.watches(&id)).count();
            assert_eq!(shards, 1, "a channel is in exactly one shard");
        }
        Err(rejected) => assert!(rejected.to_string().len() <= MAX_MESSAGE_BYTES, "{rejected}"),
    }
});
