//! What is left of a failed call where no SDK is known.

#[path = "../../src/calls/cause.rs"]
mod cause;

pub use cause::Cause;
