//! Why a JPEG could not be read.

use thiserror::Error;

/// Why a thumbnail could not be read. The message completes "the picture could not be read: ...".
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There are no bytes.
    #[error("it is empty")]
    Empty,
    /// The first bytes, at most four, are not those of a JPEG.
    #[error("it is not a JPEG: it starts with {0:02x?}")]
    NotJpeg(Vec<u8>),
    /// A JPEG of a supported kind that is cut short or violates the standard; the text says where.
    #[error("it is broken or cut short: {0}")]
    Broken(&'static str),
    /// A JPEG of a kind that is not read, such as lossless or CMYK; the text names the kind.
    #[error("it is a JPEG of a kind that is not supported: {0}")]
    Unsupported(&'static str),
    /// Too large to be decoded in a function's memory.
    #[error("it is {width}x{height}, more than {most} pixels")]
    TooLarge {
        /// Width in pixels, from the header.
        width: usize,
        /// Height in pixels, from the header.
        height: usize,
        /// The most pixels that were allowed.
        most: usize,
    },
    /// Too small to show anything.
    #[error("it is {width}x{height}, and at least 16x16 is needed")]
    TooSmall {
        /// Width in pixels, from the header.
        width: usize,
        /// Height in pixels, from the header.
        height: usize,
    },
    /// The decoder panicked; its message is on standard error.
    #[error("the decoder failed on it")]
    DecoderFailed,
}
