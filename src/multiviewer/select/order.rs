//! The order of the wall, and its pages. Pure.

use std::{
    cmp::{Ordering, Reverse},
    collections::HashMap,
    iter::Peekable,
    ops::Range,
    str::Chars,
    time::SystemTime,
};

use super::{Entry, Rank};
use crate::multiviewer::{
    request::{Order, View},
    status::FeedStatus,
};

/// Puts the feeds in order: those of a channel together, channels with the worst feed first, and
/// of two with a fault the one whose fault began later; all others, and with `order: name` all, by
/// name.
pub(super) fn sort(entries: Vec<Entry>, view: &View) -> Vec<Entry> {
    let mut places = places(entries);
    places.sort_by(|one, other| compare(one, other, view.order));
    if view.group_by.is_some() {
        sort_by_section(&mut places, view.order);
    }
    places.into_iter().flatten().collect()
}

/// Puts channels with the same tag together, without changing their order otherwise: the section of
/// the first channel first, or sections by name.
fn sort_by_section(places: &mut [Vec<Entry>], order: Order) {
    if order == Order::Name {
        places.sort_by(|one, other| {
            by_section_name(one[0].section.as_deref(), other[0].section.as_deref())
        });
        return;
    }
    let mut first = HashMap::new();
    for (index, place) in places.iter().enumerate() {
        first.entry(place[0].section.clone()).or_insert(index);
    }
    places.sort_by_key(|place| first.get(&place[0].section).copied());
}

/// The feeds of each channel, or of two channels that are linked, by pipeline.
fn places(mut entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    entries.sort_by(|one, other| (&one.place, &one.feed.key).cmp(&(&other.place, &other.feed.key)));
    let mut places: Vec<Vec<Entry>> = Vec::new();
    for entry in entries {
        match places.last_mut().filter(|place| place[0].place == entry.place) {
            Some(place) => place.push(entry),
            None => places.push(vec![entry]),
        }
    }
    places
}

fn compare(one: &[Entry], other: &[Entry], order: Order) -> Ordering {
    let by_trouble = match order {
        Order::Faults => urgency(one).cmp(&urgency(other)),
        Order::Name => Ordering::Equal,
    };
    let (one, other) = (&one[0], &other[0]);
    by_trouble
        .then_with(|| natural(&one.feed.channel.name, &other.feed.channel.name))
        .then_with(|| natural(&one.place, &other.place))
}

/// The worst feed of a channel, and when its fault began.
fn urgency(place: &[Entry]) -> (Rank, Reverse<Option<SystemTime>>) {
    let of_feed = |entry: &Entry| {
        let since = match entry.status {
            FeedStatus::Faulty(ongoing) | FeedStatus::Pending(ongoing) => Some(ongoing.since),
            _ => None,
        };
        (Rank::of(entry.status), Reverse(since))
    };
    place.iter().map(of_feed).min().unwrap_or((Rank::NotWatched, Reverse(None)))
}

/// Channels without the tag come last.
fn by_section_name(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => natural(one, other),
        _ => other.is_some().cmp(&one.is_some()),
    }
}

/// Compares two texts as people do: numbers by their value, letters without regard to case.
pub(super) fn natural(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.chars().peekable(), other.chars().peekable());
    loop {
        let order = match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return one.cmp(other),
            (Some(digit), Some(another)) if digit.is_ascii_digit() && another.is_ascii_digit() => {
                number(&mut left).cmp(&number(&mut right))
            }
            (Some(letter), Some(another)) => {
                left.next();
                right.next();
                letter.to_lowercase().cmp(another.to_lowercase())
            }
            (end, another) => end.is_some().cmp(&another.is_some()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The number at which a text stands: of two, the one with more digits is larger, apart from
/// leading zeros.
fn number(text: &mut Peekable<Chars<'_>>) -> (usize, String) {
    let mut digits = String::new();
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        if !digits.is_empty() || digit != '0' {
            digits.push(digit);
        }
    }
    (digits.len(), digits)
}

/// The pages of the wall: at most `per_page` feeds on each, and the feeds of a channel on the same
/// one, unless they are more than a page has.
pub(super) fn pages(entries: &[Entry], per_page: usize) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let (mut start, mut end) = (0, 0);
    for place in entries.chunk_by(|one, other| one.place == other.place) {
        if end > start && end - start + place.len() > per_page {
            pages.push(start..end);
            start = end;
        }
        end += place.len();
        while end - start > per_page {
            pages.push(start..start + per_page);
            start += per_page;
        }
    }
    if end > start || pages.is_empty() {
        pages.push(start..end);
    }
    pages
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_in_natural_order() {
        let mut names = ["Sport 10", "sport 9", "Sport 09b", "News", "sport", "Sport 9"];
        names.sort_by(|one, other| natural(one, other));
        assert_eq!(names, ["News", "sport", "Sport 9", "sport 9", "Sport 09b", "Sport 10"]);
    }

    proptest! {
        #[test]
        fn natural_order_is_total(names in prop::collection::vec("[aAbB0-3 ]{0,6}", 3)) {
            let [a, b, c] = [&names[0], &names[1], &names[2]];
            prop_assert_eq!(natural(a, b), natural(b, a).reverse());
            prop_assert_eq!(natural(a, b) == Ordering::Equal, a == b);
            if natural(a, b).is_le() && natural(b, c).is_le() {
                prop_assert!(natural(a, c).is_le());
            }
        }
    }
}
