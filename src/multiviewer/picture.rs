//! The picture of a feed: a thumbnail that may be put into an attribute, or why there is none.
//! Pure; `pictures` fetches thumbnails.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use crate::aws::ErrorKind;

/// MediaLive makes a thumbnail every 2 s. One that is older than this is no live picture.
const OLD: Duration = Duration::from_secs(10);

/// The picture of a feed, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A thumbnail.
    Jpeg {
        /// Base64 of bytes that begin as a JPEG does: only letters, digits, `+`, `/` and `=`.
        /// [`Picture::served`] checks it.
        base64: Arc<str>,
        /// Its age when it was received; `None` if MediaLive gave no time stamp.
        age: Option<Duration>,
    },
    /// MediaLive has no thumbnail of the feed.
    NotServed,
    /// MediaLive served something that is not a JPEG.
    NotAJpeg,
    /// DescribeThumbnails failed.
    Failed(ErrorKind),
    /// The time was over before the thumbnail was received.
    NotReached,
    /// The thumbnails of more important feeds fill the response.
    NoRoom,
}

impl Picture {
    /// The picture in a response that was received at `now`. `stamp` is when MediaLive made the
    /// thumbnail.
    #[must_use]
    pub fn served(base64: String, stamp: Option<SystemTime>, now: SystemTime) -> Self {
        if !is_jpeg(&base64) {
            return Self::NotAJpeg;
        }
        // A stamp from a clock that is ahead of this one counts as now.
        let age = stamp.map(|stamp| now.duration_since(stamp).unwrap_or_default());
        Self::Jpeg { base64: base64.into(), age }
    }

    /// Whether it is older than a live picture can be, by its own time stamp.
    #[must_use]
    pub fn is_old(&self) -> bool {
        matches!(self, Self::Jpeg { age: Some(age), .. } if *age > OLD)
    }

    /// The bytes that it takes in a response.
    #[must_use]
    pub fn bytes(&self) -> usize {
        if let Self::Jpeg { base64, .. } = self { base64.len() } else { 0 }
    }
}

/// The picture of a feed, and the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What was fetched for this view.
    pub picture: Picture,
    /// The last picture that the process has shown of the feed, if there is none now.
    pub last: Option<LastPicture>,
}

/// The last picture of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastPicture {
    /// As in [`Picture::Jpeg`].
    pub base64: Arc<str>,
    /// When MediaLive made it, or else when it was received.
    pub taken: SystemTime,
}

/// For the log, without the picture itself.
impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jpeg { .. } => f.write_str("shown"),
            Self::NotServed => f.write_str("not served"),
            Self::NotAJpeg => f.write_str("not a JPEG"),
            Self::Failed(kind) => write!(f, "failed: {kind:?}"),
            Self::NotReached => f.write_str("not reached in time"),
            Self::NoRoom => f.write_str("no room in the response"),
        }
    }
}

/// Whether the whole text is base64 and begins with the three bytes of every JPEG. It is put into
/// an attribute unescaped, so it must not contain anything else.
fn is_jpeg(base64: &str) -> bool {
    /// FF D8 FF: start of image, and the first byte of the next marker.
    const START: &str = "/9j/";
    let unpadded = base64.trim_end_matches('=');
    base64.starts_with(START)
        && base64.len() - unpadded.len() <= 2
        && base64.len().is_multiple_of(4)
        && unpadded.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_base64_of_a_jpeg_is_accepted() {
        let jpeg = |rest: &[u8]| STANDARD.encode([&[0xFF, 0xD8, 0xFF], rest].concat());
        for rest in [&[][..], &[1], &[1, 2], &[1, 2, 3]] {
            assert!(is_jpeg(&jpeg(rest)));
        }
        assert!(!is_jpeg(&STANDARD.encode(b"<svg onload=alert(1)>")));
        assert!(!is_jpeg("/9j/\" onerror=\"alert(1)=="));
        assert!(!is_jpeg("/9j/AAA"));
        assert!(!is_jpeg("/9j/===="));
        assert!(!is_jpeg(""));
    }

    #[test]
    fn a_stamp_ahead_of_the_clock_has_no_age() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_mins(1);
        let served = |stamp| Picture::served("/9j/".to_owned(), stamp, now);
        let aged = |age| Picture::Jpeg { base64: "/9j/".into(), age };
        assert_eq!(served(Some(now - Duration::from_secs(3))), aged(Some(Duration::from_secs(3))));
        assert_eq!(served(Some(now + Duration::from_secs(3))), aged(Some(Duration::ZERO)));
        assert_eq!(served(None), aged(None));
    }

    proptest! {
        #[test]
        fn an_accepted_text_contains_only_base64(text in "(/9j/)?[A-Za-z0-9+/=<>\"' ]{0,40}") {
            if is_jpeg(&text) {
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
            }
        }
    }
}
