//! The name of a known still.

use std::fmt;

/// The name of a known still: 1 to 48 letters, digits, `.`, `_` and `-`, of ASCII. It is copied
/// into verdicts, and may be written into a log, a mail or a page as it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StillName {
    bytes: [u8; Self::LONGEST],
    length: u8,
}

impl StillName {
    /// The most characters of a name.
    pub const LONGEST: usize = 48;

    /// What a name consists of, for messages about one that is refused.
    pub const ACCEPTS: &str = "1 to 48 letters, digits, dots, underscores and hyphens";

    /// A name; `None` if it is empty, too long, or has other characters.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.is_empty() || name.len() > Self::LONGEST || !name.bytes().all(is_plain) {
            return None;
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..name.len()].copy_from_slice(name.as_bytes());
        Some(Self { bytes, length: u8::try_from(name.len()).ok()? })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl fmt::Display for StillName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for StillName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_or_refused_as_a_whole() {
        let longest = "x".repeat(StillName::LONGEST);
        for name in ["closed", "Back_soon-2.v3", longest.as_str()] {
            assert_eq!(StillName::new(name).expect("is a name").as_str(), name);
        }
        for name in ["", "back soon", "a/b", "<b>", "zur\u{fc}ck", &"x".repeat(49)] {
            assert_eq!(StillName::new(name), None, "{name}");
        }
    }
}
