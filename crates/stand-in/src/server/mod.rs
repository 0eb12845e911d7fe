//! The server: from a connection to a response. The only folder that knows HTTP and the call log.

pub(crate) mod request;
pub(crate) mod open_call;
pub(crate) mod handler;
pub(crate) mod listener;
