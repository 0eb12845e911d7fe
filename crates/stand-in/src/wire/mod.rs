//! The wire protocols: operations, responses, errors and encodings as the services define them.
//!
//! The lowest layer: it imports no other folder and knows neither channels nor metrics.

pub(crate) mod api;
pub(crate) mod cbor;
pub(crate) mod query_string;
pub(crate) mod response;
pub(crate) mod body;
pub(crate) mod resettable_stream;
