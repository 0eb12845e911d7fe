//! Page tokens: the position after which the next page starts.

/// What every token starts with.
const PREFIX: &str = "after-";

/// The token of a position.
pub(crate) fn encode(position: u64) -> String {
    format!("{PREFIX}{position}")
}

/// The position of a token; `None` if the stand-in did not issue it.
pub(crate) fn decode(token: &str) -> Option<u64> {
    token.strip_prefix(PREFIX)?.parse().ok()
}
