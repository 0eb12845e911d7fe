//! Scripted faults: which calls fail and what that does to a response.

pub(crate) mod damage;
pub(crate) mod fault;
