//! Everything that needs more than one module: whole ticks over the real wire, the built binary, the template, the docs.
//!
//! One executable, because each further one links the SDKs again.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "tests know what time it is")]
#![allow(
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "small whole numbers"
)]

#[path = "../../examples/local/reach.rs"]
mod reach;
#[path = "../../examples/local/standin/mod.rs"]
mod standin;

mod binary;
mod dates;
mod faults;
mod rig;
mod runtime_api;
#[path = "standin.rs"]
mod standin_itself;
mod start;
mod survival;
mod template;
mod ticks;
mod tidy;
mod verdicts;
mod wall;
