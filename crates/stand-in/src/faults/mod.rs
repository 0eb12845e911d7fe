//! Scripted faults: which calls fail, and what a fault does to a response.
//!
//! Imports `wire` only. Where a fault applies before the work, and where after it, is decided in
//! `server`.

pub(crate) mod fault;
pub(crate) mod script;
pub(crate) mod effect;
