//! The pictures: scenes, how they play out, and the JPEGs that are served.

pub(crate) mod canvas;
pub mod malformed_jpegs;
pub(crate) mod picture;
pub(crate) mod playout;
pub(crate) mod quality;
pub(crate) mod scene;
pub(crate) mod still;
