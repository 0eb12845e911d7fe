//! The wire: sockets, requests and responses in the services' own protocols.

pub(crate) mod api;
pub(crate) mod cbor;
pub(crate) mod handler;
pub(crate) mod request;
pub(crate) mod resettable_stream;
pub(crate) mod response;
pub(crate) mod server;
