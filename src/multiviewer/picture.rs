//! What there is to see of a feed: a thumbnail that may stand in an attribute, or why there is none. Pure; [`super::pictures`]
//! fetches it.

use std::time::{Duration, SystemTime};

use crate::calls::Cause;

/// What there is to see of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Picture {
    /// A thumbnail.
    Jpeg {
        /// Base64 of what begins as a JPEG does: nothing but letters, digits, `+`, `/` and `=`.
        base64: String,
        /// How old it was when it came, where MediaLive says when it was made.
        age: Option<Duration>,
    },
    /// MediaLive has no thumbnail of the feed.
    NotServed,
    /// What came as a thumbnail is not a JPEG.
    NotAJpeg,
    /// The call gave nothing.
    Failed(Cause),
    /// The time was over before its turn came.
    NotReached,
    /// There was one, and those before it fill the answer already.
    NoRoom,
}

impl Picture {
    /// What was served as a thumbnail at `now`, `stamp` being when MediaLive says that it was made.
    pub(super) fn served(base64: String, stamp: Option<SystemTime>, now: SystemTime) -> Self {
        if !is_jpeg(&base64) {
            return Self::NotAJpeg;
        }
        // A stamp ahead of this clock is one that was made just now.
        let age = stamp.map(|stamp| now.duration_since(stamp).unwrap_or_default());
        Self::Jpeg { base64, age }
    }
}

/// Whether this is base64, all of it, of something that begins with the three bytes of every JPEG. It becomes part of an
/// attribute as it stands, so nothing else may be in it.
fn is_jpeg(base64: &str) -> bool {
    /// FF D8 FF: start of image, and the first byte of the next marker.
    const START: &str = "/9j/";
    let letters = base64.trim_end_matches('=');
    base64.starts_with(START)
        && base64.len() - letters.len() <= 2
        && base64.len().is_multiple_of(4)
        && letters.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_jpeg_in_plain_base64_is_one() {
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
        let aged = |age| Picture::Jpeg { base64: "/9j/".to_owned(), age };
        assert_eq!(served(Some(now - Duration::from_secs(3))), aged(Some(Duration::from_secs(3))));
        assert_eq!(served(Some(now + Duration::from_secs(3))), aged(Some(Duration::ZERO)));
        assert_eq!(served(None), aged(None));
    }

    proptest! {
        #[test]
        fn what_passes_for_a_jpeg_is_base64_that_decodes(text in "(/9j/)?[A-Za-z0-9+/=<>\"' ]{0,40}") {
            if is_jpeg(&text) {
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
            }
        }
    }
}
