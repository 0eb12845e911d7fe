//! Processors that don't sleep: a shell on each that counts for nothing and yields to everybody.
//!
//! A processor that slept through an API's latency comes back slow, and in a virtual machine how slow is chance. A real function pays
//! that too; but it hides what is compared here.

use std::{
    process::{Child, Command},
    thread::available_parallelism,
};

/// They spin until this is dropped.
pub(crate) struct Awake(Vec<Child>);

impl Awake {
    pub(crate) fn start() -> Self {
        let processors = available_parallelism().unwrap().get();
        let spin = |_| {
            let mut command = Command::new("chrt");
            command.args(["--idle", "0", "/bin/sh", "-c", "while :; do :; done"]).spawn().expect("chrt runs")
        };
        Self((0..processors).map(spin).collect())
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        for spinning in &mut self.0 {
            let _ = spinning.kill();
            let _ = spinning.wait();
        }
    }
}
