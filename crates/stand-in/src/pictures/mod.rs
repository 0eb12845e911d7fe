//! Pictures: scenes, how a programme of scenes plays out, and the JPEGs that are served.
//!
//! Imports `wire` for the name of a feed and nothing else.

pub(crate) mod canvas;
pub(crate) mod picture;
mod jpeg;
pub(crate) mod quality;
pub(crate) mod still;
pub(crate) mod scene;
pub(crate) mod playout;
pub mod malformed_jpegs;
pub mod load_pictures;
