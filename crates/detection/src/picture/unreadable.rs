//! Why a JPEG could not be read.

use thiserror::Error;
use zune_jpeg::errors::DecodeErrors;

/// Why a thumbnail could not be read. The message completes "the picture could not be read: ...".
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There are no bytes.
    #[error("it is empty")]
    Empty,
    /// The first bytes, at most four, are not those of a JPEG.
    #[error("it is not a JPEG: it starts with {0:02x?}")]
    NotJpeg(Vec<u8>),
    /// The bytes are cut short or violate the JPEG format.
    #[error("it is broken or cut short: {0:?}")]
    Broken(#[source] DecodeErrors),
    /// A kind of JPEG that the decoder does not support, such as lossless or arithmetic coding.
    #[error("it is a JPEG of a kind that is not supported: {0:?}")]
    Unsupported(#[source] DecodeErrors),
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
    /// The decoder panicked (its message is on standard error) or returned something impossible.
    #[error("the decoder failed on it")]
    DecoderFailed,
}

impl From<DecodeErrors> for Unreadable {
    fn from(error: DecodeErrors) -> Self {
        match error {
            DecodeErrors::Unsupported(_) => Self::Unsupported(error),
            _ => Self::Broken(error),
        }
    }
}
