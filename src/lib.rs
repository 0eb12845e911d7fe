//! Watches the source of every running AWS Elemental `MediaLive` channel and tells `CloudWatch` which are dead.

pub mod analyse;
pub mod calls;
pub mod capture;
pub mod clients;
pub mod discover;
pub mod error;
pub mod feed;
pub mod history;
pub mod judge;
pub mod lambda;
pub mod log;
pub mod measure;
pub mod metric;
pub mod publish;
pub mod replay;
pub mod resume;
pub mod round;
pub mod settings;
pub mod steer;
pub mod tick;
pub mod trigger;
pub mod wall;
