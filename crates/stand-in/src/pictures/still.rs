//! JPEGs, encoded once and kept: from a [`Picture`] or from given bytes to a [`Still`] that is cheap to serve.
//!
//! A drawn still takes a comment segment with the feed's name, so that no two feeds serve equal bytes and a picture that
//! comes back to Rekognition says whose it is. Base64 goes in threes, so the comment is padded until the rest of the file
//! keeps its alignment, and only the head is encoded for each request.

use std::collections::HashMap;
use std::hash::Hasher;
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::wire::api::Feed;
use crate::pictures::canvas::{HEIGHT, WIDTH};
use crate::lock;
use crate::pictures::picture::{self, LOOKS, MOVES, NOISES, Picture};
use crate::pictures::quality::{self, Quality};

/// Quality of the JPEGs that are drawn: 20-30 kB for a programme.
const JPEG_QUALITY: u8 = 85;
/// JPEG's marker of a comment.
const COMMENT: [u8; 2] = [0xff, 0xfe];

/// A number that stands for these bytes, the same in every run.
pub fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A JPEG, or whatever else a channel shows, ready to be served.
#[derive(Debug)]
pub(crate) struct Still {
    jpeg: Bytes,
    /// Where a comment goes; `None` where the bytes are served as they are.
    cut: Option<usize>,
    /// The base64 of all that follows the cut.
    tail: String,
    quality: OnceLock<Option<Quality>>,
}

impl Still {
    /// These bytes and no others.
    pub(crate) fn verbatim(jpeg: impl Into<Bytes>) -> Self {
        let jpeg = jpeg.into();
        Self { tail: STANDARD.encode(&jpeg), jpeg, cut: None, quality: OnceLock::new() }
    }

    fn drawn(picture: Picture) -> Self {
        let canvas = picture::draw(picture);
        let jpeg = encode(&canvas.rgb, WIDTH, HEIGHT);
        let cut = after_first_segment(&jpeg);
        Self {
            tail: STANDARD.encode(&jpeg[cut..]),
            cut: Some(cut),
            jpeg: jpeg.into(),
            quality: OnceLock::new(),
        }
    }

    /// The base64 in two pieces, the second of which is kept.
    pub(crate) fn base64(&self, feed: &Feed) -> (String, &str) {
        (self.cut.map(|cut| STANDARD.encode(self.head(cut, feed))).unwrap_or_default(), &self.tail)
    }

    /// The bytes that this feed serves.
    pub(crate) fn bytes(&self, feed: &Feed) -> Bytes {
        match self.cut {
            Some(cut) => [&self.head(cut, feed), &self.jpeg[cut..]].concat().into(),
            None => self.jpeg.clone(),
        }
    }

    /// What Rekognition would say; `None` where it cannot read the picture.
    pub(crate) fn quality(&self) -> Option<Quality> {
        *self.quality.get_or_init(|| quality::decode(&self.jpeg).ok().map(|pixels| quality::measure(&pixels)))
    }

    /// The file up to the cut and the comment, of a length that three divides.
    fn head(&self, cut: usize, feed: &Feed) -> Vec<u8> {
        let mut text = feed.to_string();
        while !(cut + 4 + text.len()).is_multiple_of(3) {
            text.push(' ');
        }
        let length = u16::try_from(text.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
        [&self.jpeg[..cut], &COMMENT, &length, text.as_bytes()].concat()
    }
}

/// Whose picture this is, by its comment.
pub(crate) fn feed_of(jpeg: &[u8]) -> Option<Feed> {
    let cut = jpeg.starts_with(&[0xff, 0xd8, 0xff, 0xe0]).then(|| after_first_segment(jpeg))?;
    let comment = jpeg.get(cut..)?.strip_prefix(&COMMENT)?;
    let length = usize::from(u16::from_be_bytes([*comment.first()?, *comment.get(1)?]));
    Feed::read(std::str::from_utf8(comment.get(2..length)?).ok()?)
}

/// Where the segment ends that follows the start of the image (JFIF wants its own there).
fn after_first_segment(jpeg: &[u8]) -> usize {
    4 + jpeg.get(4..6).map_or(0, |length| usize::from(u16::from_be_bytes([length[0], length[1]])))
}

/// Encodes RGB.
pub(crate) fn encode(rgb: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let (width, height) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    jpeg_encoder::Encoder::new(&mut jpeg, JPEG_QUALITY)
        .encode(rgb, width, height, jpeg_encoder::ColorType::Rgb)
        .expect("a picture of this size encodes");
    jpeg
}

/// All drawn stills, each encoded when it is first shown. Bounded, since [`Picture`] has finitely many values.
#[derive(Debug, Default)]
pub(crate) struct Stills(Mutex<HashMap<Picture, Arc<OnceLock<Arc<Still>>>>>);

impl Stills {
    /// The still of this picture.
    pub(crate) fn of(&self, picture: Picture) -> Arc<Still> {
        let slot = lock(&self.0).entry(picture).or_default().clone();
        slot.get_or_init(|| Arc::new(Still::drawn(picture))).clone()
    }

    /// Encodes what load tests ask for, before they start.
    pub(crate) fn warm(&self) {
        for look in 0..LOOKS {
            for step in 0..MOVES {
                self.of(Picture::Moving { look, step });
            }
        }
        for noise in 0..NOISES {
            self.of(Picture::Bars { noise });
            self.of(Picture::Slate { noise });
        }
        self.of(Picture::Black);
    }
}
