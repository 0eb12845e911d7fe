//! Parameters of a query string, and percent-decoding.

/// The decoded value of a parameter; `None` if the query does not contain it.
pub(crate) fn parameter(query: &str, key: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == key)?;
    Some(decode(value))
}

/// Decodes percent signs; a sign without two hexadecimal digits stays, and invalid UTF-8 is
/// replaced.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match hex_byte(tail) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex_byte(text: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(text.get(..2)?).ok()?, 16).ok()
}
