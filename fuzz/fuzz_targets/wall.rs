//! Any fleet on the wall, every text of it somebody else's: what a browser makes of the page is ours alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mounted::wall::Fleet;

fuzz_target!(|fleet: Fleet| fleet.check());
