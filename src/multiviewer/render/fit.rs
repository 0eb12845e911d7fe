//! Keeps a page within the limit of a Lambda response. Pictures are left out, feeds never are.

use maud::Markup;

use crate::lambda::MAX_RESPONSE_BYTES;

/// The largest page in bytes, as a JSON string, which is the whole response. AWS does not say which
/// of the two megabytes its limit of 6 MB is counted in, so the smaller one is assumed here.
pub(super) const MAX_PAGE_BYTES: usize = MAX_RESPONSE_BYTES / (1024 * 1024) * 1_000_000;

/// The bytes of a text as a JSON string, without its quotes.
pub(super) fn json_bytes(text: &str) -> usize {
    let escapes: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0C => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() + escapes
}

/// The tiles of these items, in their order, each drawn with `full` if there is room for it and
/// with `bare` otherwise. `by_importance` has the index of each item: earlier ones get room first.
/// `rest` is the size of the page without tiles, as [`json_bytes`] counts it.
pub(super) fn fit<T: Copy>(
    items: &[T],
    by_importance: &[usize],
    (full, bare): (impl Fn(T) -> Markup, impl Fn(T) -> Markup),
    rest: usize,
) -> Vec<Markup> {
    let quotes = 2;
    let mut tiles: Vec<_> = items.iter().map(|item| bare(*item)).collect();
    let mut total = rest + quotes + tiles.iter().map(|tile| json_bytes(&tile.0)).sum::<usize>();
    for &index in by_importance {
        let full = full(items[index]);
        let with_full = total - json_bytes(&tiles[index].0) + json_bytes(&full.0);
        if with_full <= MAX_PAGE_BYTES {
            total = with_full;
            tiles[index] = full;
        }
    }
    tiles
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
    fn the_most_important_pictures_stay_and_no_tile_is_lost() {
        let full = |bytes: usize| PreEscaped("x".repeat(bytes));
        let bare = |_| PreEscaped("-".to_owned());
        let sizes = [4_000_000, 3_000_000, 1_000_000, 1_500_000];
        let lengths = |by_importance: &[usize]| -> Vec<_> {
            let tiles = fit(&sizes, by_importance, (full, bare), 100);
            tiles.iter().map(|tile| tile.0.len()).collect()
        };
        assert_eq!(lengths(&[0, 1, 2, 3]), [4_000_000, 1, 1_000_000, 1]);
        assert_eq!(lengths(&[3, 1, 2, 0]), [1, 3_000_000, 1_000_000, 1_500_000]);
    }

    #[test]
    fn a_page_of_the_largest_size_fits() {
        let full = |bytes: usize| PreEscaped("x".repeat(bytes));
        let bare = |_| PreEscaped(String::new());
        let largest = MAX_PAGE_BYTES - 2;
        assert_eq!(fit(&[largest], &[0], (full, bare), 0)[0].0.len(), largest);
        assert_eq!(fit(&[largest + 1], &[0], (full, bare), 0)[0].0.len(), 0);
    }
}
