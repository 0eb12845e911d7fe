//! Names of channels in events: any Unicode of any length enters, one short readable line leaves.
//! Pure.

/// The longest name in an event, in characters. MediaLive's own limit is not documented.
pub const MAX_NAME: usize = 255;

/// A text as one line of at most `max` characters. Line breaks and other control characters become
/// blanks. Characters that change the direction of the text around them are left out, because they
/// could make a message read as another one; letters of any direction stay.
#[must_use]
pub fn one_line(text: &str, max: usize) -> String {
    let mut line = String::new();
    for (number, letter) in text.chars().filter(|letter| !changes_direction(*letter)).enumerate() {
        if number == max {
            line.pop();
            line.push('…');
            break;
        }
        line.push(if is_control(letter) { ' ' } else { letter });
    }
    line
}

/// Control characters, and the two separators that break a line without being one.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// The embeddings, overrides and isolates of <https://www.unicode.org/reports/tr9/>.
fn changes_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_line_of_limited_length() {
        assert_eq!(one_line("News\r\n2 \u{2028}", 20), "News  2  ");
        assert_eq!(one_line("abcdef", 6), "abcdef");
        assert_eq!(one_line("abcdefg", 6), "abcde…");
    }

    #[test]
    fn letters_of_any_direction_stay_and_overrides_go() {
        assert_eq!(one_line("ערוץ 2 الأخبار", 20), "ערוץ 2 الأخبار");
        assert_eq!(one_line("News \u{202e}evil\u{202c} \u{2067}x\u{2069}", 20), "News evil x");
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_line_within_the_limit(text in ".*", max in 1_usize..40) {
            let line = one_line(&text, max);
            prop_assert!(line.chars().count() <= max);
            prop_assert!(!line.chars().any(|letter| is_control(letter) || changes_direction(letter)));
        }
    }
}
