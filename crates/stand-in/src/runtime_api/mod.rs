//! The Lambda Runtime API, and the process of a built function that polls it: events in, responses,
//! errors and log out.
//!
//! Routes and headers: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>. Knows
//! nothing of what the function does.

mod log;
mod server;
mod function;

pub use function::Function;
pub use server::{FunctionResponse, Invocation};
