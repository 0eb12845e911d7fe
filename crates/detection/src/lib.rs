//! Finds dead sources in JPEG stills: frozen, black, colour bars, one flat colour, no picture.

pub mod judge;
pub mod picture;
pub mod replay;
pub mod variables;

pub use judge::{Condition, Fault, FeedState, Observation, Thresholds, Verdict};
pub use picture::{Picture, Unreadable};
