//! A JPEG has the cells that libjpeg finds, or it is rejected.
//!
//! The encoders and the decoder are other people's. Damage is made in code.

mod conformance;
mod damage;
mod encoders;
mod kinds;

use self::encoders::{Encoding, MADE_BY_JPEG_ENCODER, MADE_BY_LIBJPEG, reference};
use super::*;
use crate::picture::THUMBNAIL_PIXELS;

fn read(jpeg: &[u8]) -> Result<SizedGrid, Unreadable> {
    luma_grid(jpeg, THUMBNAIL_PIXELS)
}

/// The largest difference between two grids in one cell.
fn largest_difference(one: &Grid, other: &Grid) -> u8 {
    let cells = one.cells().iter().zip(other.cells());
    cells.map(|(&one, &other)| one.abs_diff(other)).max().unwrap_or_default()
}

/// The grid of the red, green and blue pixels. They are read twice in a different way, so a
/// difference from the grid is an error in one of the two.
fn grid_of_colour(jpeg: &[u8], width: usize, height: usize) -> Grid {
    let rgb = rgb(jpeg, THUMBNAIL_PIXELS).expect("has pixels");
    let [red, green, blue] = rgb.channels();
    let pixels = red.iter().zip(green).zip(blue);
    let luma: Vec<_> = pixels
        .map(|((&red, &green), &blue)| crate::picture::colour::luma([red, green, blue]))
        .collect();
    Grid::from_pixels(&luma, width, width, height)
}

/// The JPEG is read, and each cell differs from libjpeg's by at most `levels`.
#[track_caller]
fn assert_reads_as_libjpeg(jpeg: &[u8], levels: u8, name: &str) {
    let read = read(jpeg).unwrap_or_else(|error| panic!("{name}: {error}"));
    let expected = reference(jpeg).unwrap_or_else(|| panic!("{name}: libjpeg rejects it"));
    assert_eq!((read.width, read.height), (expected.width, expected.height), "{name}");
    let difference = largest_difference(&read.grid, &expected.grid);
    assert!(difference <= levels, "{name}: a cell differs by {difference}");
}

#[track_caller]
fn assert_broken(jpeg: &[u8], name: &str) {
    let result = read(jpeg);
    assert!(matches!(result, Err(Unreadable::Broken(_))), "{name}: {result:?}");
}

#[track_caller]
fn assert_unsupported(jpeg: &[u8], kind: &str) {
    match read(jpeg) {
        Err(Unreadable::Unsupported(message)) => assert!(message.contains(kind), "{message}"),
        other => panic!("{kind}: {other:?}"),
    }
}

/// Where the marker `code` first is.
#[track_caller]
fn position(jpeg: &[u8], code: u8) -> usize {
    let is_marker = |bytes: &[u8]| bytes == [marker::PREFIX, code];
    jpeg.windows(2).position(is_marker).unwrap_or_else(|| panic!("has no marker {code:x}"))
}
