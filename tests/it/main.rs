//! Tests that need more than one module, by what they run. Unit tests are beside the code.
//!
//! One executable, because each further one links the SDKs again.
//!
//! | folder | runs |
//! | --- | --- |
//! | `in_process` | both functions in this process, with SDK clients that call the stand-in for AWS |
//! | `functions` | the built functions as processes, against a Lambda Runtime API and the stand-in |
//! | `repository` | no function: compares the template, the documents and the imports with the code |
//! | `stand_in` | the stand-in alone, called by the SDK clients |
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests read the wall clock")]
#![allow(
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "small whole numbers"
)]

mod harness;
mod schema;
mod in_process;
mod functions;
mod repository;
mod stand_in;
