//! Any fleet on the wall, with every text untrusted: a browser's parser finds only the
//! multiviewer's own elements.
#![no_main]

use checks::Fleet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|fleet: Fleet| fleet.check());
