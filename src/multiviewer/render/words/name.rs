//! Names of channels, cut in the middle, because what tells two names apart is often at their ends:
//! `Sport HD London MAIN`, `Sport HD London BACKUP`. Pure.

use crate::feed::Channel;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 120;

/// The width of the sign that stands for what is left out.
const ELLIPSIS: u32 = 100;

/// The name of a channel, of at most 120 characters; its id if it has no name.
pub(in super::super) fn name(channel: &Channel) -> String {
    let name = channel.name.trim();
    if name.is_empty() {
        return format!("channel {}", channel.id);
    }
    if name.chars().count() <= MAX_NAME {
        return name.to_owned();
    }
    let letters: Vec<_> = name.chars().collect();
    let (head, tail) = (&letters[..MAX_NAME / 2], &letters[letters.len() - MAX_NAME / 2 + 1..]);
    head.iter().chain(&['…']).chain(tail).collect()
}

/// The text, without its middle if it is wider than `width`, in hundredths of the font size.
pub(in super::super) fn shortened(text: &str, width: u32) -> String {
    let letters: Vec<_> = text.chars().collect();
    let total = letters.iter().fold(0_u32, |sum, letter| sum.saturating_add(letter_width(*letter)));
    if total <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(ELLIPSIS);
    let (mut head, mut tail) = (0, letters.len());
    // From both ends, the end first, until the next letter has no room.
    while head < tail {
        let from_end = letters.len() - tail <= head;
        let letter = if from_end { letters[tail - 1] } else { letters[head] };
        let Some(rest) = room.checked_sub(letter_width(letter)) else { break };
        room = rest;
        if from_end {
            tail -= 1;
        } else {
            head += 1;
        }
    }
    letters[..head].iter().chain(&['…']).chain(&letters[tail..]).collect()
}

/// About the width of a letter in the console's bold font, in hundredths of the font size, rather
/// too much than too little: what is too wide after all loses its end.
const fn letter_width(letter: char) -> u32 {
    match letter {
        'f' | 'i' | 'j' | 'l' | 'r' | 't' | 'I' | ' ' | '.' | ',' | ':' | ';' | '!' | '|'
        | '\'' | '(' | ')' | '-' | '/' => 38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 95,
        'A'..='Z' => 73,
        '\0'..='\u{7f}' => 60,
        // From Hangul on, most letters are square.
        '\u{1100}'.. => 105,
        _ => 70,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(shortened("Sport HD London MAIN", 900), "Sport …on MAIN");
        assert_eq!(shortened("Sport HD London BACKUP", 900), "Sport … BACKUP");
        assert_eq!(shortened("News", 900), "News");
        assert_eq!(shortened("News", 0), "…");
    }

    #[test]
    fn a_name_has_at_most_120_characters() {
        let channel = Channel::named("1", &format!("{} MAIN", "ü".repeat(300)));
        let name = name(&channel);
        assert_eq!(name.chars().count(), 120);
        assert!(name.ends_with(" MAIN"));
        assert_eq!(super::name(&Channel::named("7", " ")), "channel 7");
    }

    proptest! {
        #[test]
        fn a_shortened_text_is_within_the_width(text in ".{0,40}", width in 100_u32..3_000) {
            let shown = shortened(&text, width);
            let total: u32 = shown.chars().map(letter_width).sum();
            // The sign itself is counted with its own width.
            prop_assert!(shown == text || total <= width + letter_width('…'));
        }
    }
}
