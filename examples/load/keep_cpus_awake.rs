//! Keeps the processors from sleeping: a busy loop at idle priority on each.
//!
//! A processor that slept through an API's latency resumes slowly, and in a virtual machine how
//! slowly varies. A real function pays for that too, but it hides the differences that are measured
//! here.

use std::{
    process::{Child, Command},
    thread::available_parallelism,
};

/// Busy loops that run until this is dropped.
pub(crate) struct BusyLoops(Vec<Child>);

impl BusyLoops {
    pub(crate) fn start() -> Self {
        let processors = available_parallelism().unwrap().get();
        let start = |_| {
            let mut command = Command::new("chrt");
            command
                .args(["--idle", "0", "/bin/sh", "-c", "while :; do :; done"])
                .spawn()
                .expect("chrt runs")
        };
        Self((0..processors).map(start).collect())
    }
}

impl Drop for BusyLoops {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
