//! What the fuzz targets share: the bound on messages, and the checks of the multiviewer.

pub mod widget;
mod browser;
mod page;
mod fleet;

pub use fleet::Fleet;

/// The longest message that untrusted text may lead to, in bytes.
pub const MAX_MESSAGE_BYTES: usize = 4_000;
