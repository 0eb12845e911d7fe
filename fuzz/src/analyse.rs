//! The part of stage 3 that looks at pixels. Its other part asks Rekognition, and is not here.

#[path = "../../src/analyse/bars.rs"]
pub mod bars;
#[path = "../../src/analyse/blocks/mod.rs"]
mod blocks;
#[path = "../../src/analyse/colour.rs"]
pub mod colour;
#[path = "../../src/analyse/grid.rs"]
pub mod grid;
#[path = "../../src/analyse/picture.rs"]
pub mod picture;
#[path = "../../src/analyse/tone.rs"]
pub mod tone;

pub use picture::{Picture, Unreadable};
