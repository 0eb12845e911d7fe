//! What the kernel reports about a process: CPU time, memory, descriptors. Linux only, from /proc.

use std::{fs, path::PathBuf, time::Duration};

/// A running process, by its ID.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(pub(crate) u32);

impl Process {
    /// The process of the driver itself.
    pub(crate) fn this() -> Self {
        Self(std::process::id())
    }

    fn path(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.0)).join(name)
    }

    /// CPU time in user and kernel mode of the threads that exist now, in nanosecond resolution.
    pub(crate) fn cpu(self) -> Duration {
        let threads = fs::read_dir(self.path("task")).unwrap();
        let nanoseconds = threads
            .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok())
            .filter_map(|line| line.split(' ').next()?.parse::<u64>().ok());
        Duration::from_nanos(nanoseconds.sum())
    }

    /// Peak resident memory in MB.
    pub(crate) fn peak_memory(self) -> f64 {
        self.status("VmHWM:")
    }

    /// Resident memory in MB.
    pub(crate) fn memory(self) -> f64 {
        self.status("VmRSS:")
    }

    /// A field of /proc/ID/status in MB; the file has kB.
    fn status(self, field: &str) -> f64 {
        let status = fs::read_to_string(self.path("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// Number of open descriptors.
    pub(crate) fn descriptors(self) -> usize {
        fs::read_dir(self.path("fd")).unwrap().count()
    }
}
