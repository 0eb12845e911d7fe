//! Keeps an answer within what Lambda hands over: pictures are left out, never feeds.

use maud::Markup;

/// The most bytes of an answer. Lambda's limit is 6 MB for a synchronous call
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>), counted after the string became JSON.
pub(super) const MOST_BYTES: usize = 6_000_000;

/// The bytes of a text as a JSON string, its quotes left out.
pub(super) fn json_bytes(text: &str) -> usize {
    let more: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0C => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() + more
}

/// The tiles of these items: `whole`, in their order, as long as there is room, and else `bare`. `taken` bytes are needed
/// for what is around them.
pub(super) fn fit<T: Copy>(
    items: impl Iterator<Item = T>,
    whole: impl Fn(T) -> Markup,
    bare: impl Fn(T) -> Markup,
    taken: usize,
) -> Vec<Markup> {
    let bare: Vec<_> = items.map(|item| (item, bare(item))).collect();
    let mut total = taken + 2 + bare.iter().map(|(_, tile)| json_bytes(&tile.0)).sum::<usize>();
    bare.into_iter()
        .map(|(item, bare)| {
            let whole = whole(item);
            let instead = total - json_bytes(&bare.0) + json_bytes(&whole.0);
            if instead > MOST_BYTES {
                return bare;
            }
            total = instead;
            whole
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use maud::PreEscaped;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_are_counted_as_they_are_sent(text in any::<String>()) {
            prop_assert_eq!(json_bytes(&text) + 2, serde_json::to_string(&text).unwrap().len());
        }
    }

    #[test]
    fn the_first_pictures_stay_and_no_tile_is_lost() {
        let whole = |bytes: usize| PreEscaped("x".repeat(bytes));
        let bare = |_| PreEscaped("-".to_owned());
        let sizes = [4_000_000, 3_000_000, 1_000_000, 1_500_000];
        let tiles = fit(sizes.into_iter(), whole, bare, 100);
        let lengths: Vec<_> = tiles.iter().map(|tile| tile.0.len()).collect();
        assert_eq!(lengths, [4_000_000, 1, 1_000_000, 1]);
    }

    #[test]
    fn the_limit_itself_fits() {
        let whole = |bytes: usize| PreEscaped("x".repeat(bytes));
        let bare = |_| PreEscaped(String::new());
        let at_most = MOST_BYTES - 2;
        assert_eq!(fit([at_most].into_iter(), whole, bare, 0)[0].0.len(), at_most);
        assert_eq!(fit([at_most + 1].into_iter(), whole, bare, 0)[0].0.len(), 0);
    }
}
