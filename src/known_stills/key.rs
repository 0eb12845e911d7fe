//! The object key of a known still: of which channel it is, and its name. Pure.
//!
//! ```text
//! known-stills/closed.jpg              of all channels
//! known-stills/1234567/back-soon.jpg   of one channel
//! ```
//!
//! Keys of incident pictures begin with a channel's id, so that both kinds have their own part of
//! the bucket.

use source_detection::judge::StillName;

use crate::feed::is_channel_id;

/// What the keys of known stills begin with.
pub const PREFIX: &str = "known-stills/";

/// The key of a known still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StillKey {
    /// The channel that may show it; `None` for all.
    pub(super) channel: Option<String>,
    /// Its name.
    pub(super) name: StillName,
}

impl StillKey {
    /// Reads a key; `None` if it is not that of a known still.
    pub(super) fn parse(key: &str) -> Option<Self> {
        let rest = key.strip_prefix(PREFIX)?;
        let (channel, file) = match rest.split_once('/') {
            Some((channel, file)) if is_channel_id(channel) => (Some(channel.to_owned()), file),
            Some(_) => return None,
            None => (None, rest),
        };
        let name = file.strip_suffix(".jpg").or_else(|| file.strip_suffix(".jpeg"))?;
        Some(Self { channel, name: StillName::new(name)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_is_of_all_channels_or_of_one() {
        let parsed = |key| StillKey::parse(key).map(|key| (key.channel, key.name.to_string()));
        let name = |name: &str| name.to_owned();
        assert_eq!(parsed("known-stills/closed.jpg"), Some((None, name("closed"))));
        let of_one = Some((Some(name("1234567")), name("back_soon-2.v1")));
        assert_eq!(parsed("known-stills/1234567/back_soon-2.v1.jpeg"), of_one);
        for key in [
            "known-stills/",
            "known-stills/.jpg",
            "known-stills/closed.png",
            "known-stills/back soon.jpg",
            "known-stills/news/closed.jpg",
            "known-stills/1/2/closed.jpg",
            "1234567/20261126T031240Z-pipeline-0-frozen/2-first.jpg",
        ] {
            assert_eq!(parsed(key), None, "{key}");
        }
    }
}
