//! JPEGs that are encoded once and cached: from a [`Picture`] or from given bytes to a [`Still`]
//! that is cheap to serve.
//!
//! A drawn still gets a comment segment (COM) with the feed's name, so that no two feeds serve
//! equal bytes and a picture that is sent to Rekognition identifies its feed. Base64 encodes groups
//! of three bytes, so the comment is padded until the rest of the file keeps its alignment: only
//! the head has to be encoded for each request.

use std::{
    collections::HashMap,
    hash::Hasher,
    sync::{Arc, Mutex, OnceLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use jpeg_encoder::ColorType;

use super::{
    jpeg::{self, Coding},
    picture::{self, Picture},
    quality::{self, Quality},
};
use crate::{lock, wire::api::Feed};

/// Quality of the drawn JPEGs: 20 to 30 kB for a programme.
const JPEG_QUALITY: u8 = 85;
/// JPEG's marker of a comment segment (COM).
const COMMENT: [u8; 2] = [0xff, 0xfe];
/// The marker of the start of the image (SOI) and that of the JFIF segment (APP0), which comes
/// first.
const JFIF_START: [u8; 4] = [0xff, 0xd8, 0xff, 0xe0];

/// A hash of these bytes that is the same in every process.
pub fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A JPEG, or whatever else a channel serves as one.
#[derive(Debug)]
pub(crate) struct Still {
    jpeg: Bytes,
    /// Offset at which the comment is inserted; `None` if the bytes are served unchanged.
    comment_at: Option<usize>,
    /// Base64 of the bytes after the comment.
    tail: String,
    quality: OnceLock<Option<Quality>>,
}

impl Still {
    /// A still that serves these bytes unchanged.
    pub(crate) fn verbatim(jpeg: impl Into<Bytes>) -> Self {
        let jpeg = jpeg.into();
        Self { tail: STANDARD.encode(&jpeg), jpeg, comment_at: None, quality: OnceLock::new() }
    }

    fn drawn(picture: Picture) -> Self {
        let rgb = picture::draw(picture).rgb;
        let jpeg = jpeg::encode(&rgb, ColorType::Rgb, JPEG_QUALITY, Coding::Baseline);
        let comment_at = end_of_first_segment(&jpeg);
        Self {
            tail: STANDARD.encode(&jpeg[comment_at..]),
            comment_at: Some(comment_at),
            jpeg: jpeg.into(),
            quality: OnceLock::new(),
        }
    }

    /// The base64 of this feed's bytes in two parts, of which the second is cached.
    pub(crate) fn base64(&self, feed: &Feed) -> (String, &str) {
        let head = match self.comment_at {
            Some(comment_at) => STANDARD.encode(self.head(comment_at, feed)),
            None => String::new(),
        };
        (head, &self.tail)
    }

    /// The bytes that this feed serves.
    pub(crate) fn bytes(&self, feed: &Feed) -> Bytes {
        match self.comment_at {
            Some(comment_at) => {
                [&self.head(comment_at, feed), &self.jpeg[comment_at..]].concat().into()
            }
            None => self.jpeg.clone(),
        }
    }

    /// The numbers that DetectLabels returns for this still; `None` if it cannot be decoded.
    pub(crate) fn quality(&self) -> Option<Quality> {
        *self.quality.get_or_init(|| Some(quality::measure(&quality::decode(&self.jpeg).ok()?)))
    }

    /// The bytes up to and including the comment; their number is a multiple of three.
    fn head(&self, comment_at: usize, feed: &Feed) -> Vec<u8> {
        let mut text = feed.to_string();
        while !(comment_at + 4 + text.len()).is_multiple_of(3) {
            text.push(' ');
        }
        let length = u16::try_from(text.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
        [&self.jpeg[..comment_at], &COMMENT, &length, text.as_bytes()].concat()
    }
}

/// The feed that the comment of a JPEG names, if the stand-in wrote it.
pub(crate) fn feed_of(jpeg: &[u8]) -> Option<Feed> {
    if !jpeg.starts_with(&JFIF_START) {
        return None;
    }
    let comment = jpeg.get(end_of_first_segment(jpeg)..)?.strip_prefix(&COMMENT)?;
    let length = usize::from(u16::from_be_bytes([*comment.first()?, *comment.get(1)?]));
    Feed::parse(std::str::from_utf8(comment.get(2..length)?).ok()?)
}

/// Offset of the end of the segment after SOI. JFIF requires its own segment there.
fn end_of_first_segment(jpeg: &[u8]) -> usize {
    4 + jpeg.get(4..6).map_or(0, |length| usize::from(u16::from_be_bytes([length[0], length[1]])))
}

/// All drawn stills, each encoded when it is first served. Bounded, because [`Picture`] has
/// finitely many values.
#[derive(Debug, Default)]
pub(crate) struct StillCache(Mutex<HashMap<Picture, Arc<OnceLock<Arc<Still>>>>>);

impl StillCache {
    /// The still of this picture.
    pub(crate) fn still(&self, picture: Picture) -> Arc<Still> {
        let slot = lock(&self.0).entry(picture).or_default().clone();
        slot.get_or_init(|| Arc::new(Still::drawn(picture))).clone()
    }
}
