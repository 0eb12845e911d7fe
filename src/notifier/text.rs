//! Untrusted text in messages: any Unicode of any length enters, and leaves as what cannot change
//! the subject, the lines or the links of a mail, nor the markdown of a chat message. Pure.

use std::time::SystemTime;

use humantime::format_rfc3339_seconds;

use super::event::Incident;
use crate::announce::text::one_line;

/// The longest name of a channel or an input in a message, in characters.
const MAX_NAME: usize = 80;

/// The longest other text from outside in a message, in characters. A tag's value has up to 256.
const MAX_TEXT: usize = 256;

/// A name on a line of a mail. Mail programs make links of addresses, so that what could be one is
/// taken apart.
#[must_use]
pub fn name(text: &str) -> String {
    without_links(&one_line(text, MAX_NAME))
}

/// Another text from outside on a line of a mail, without links.
#[must_use]
pub fn remark(text: &str) -> String {
    without_links(&one_line(text, MAX_TEXT))
}

/// The operator's runbook: a link that is meant as one, or a short text.
#[must_use]
pub fn runbook(text: &str) -> String {
    one_line(text.trim(), MAX_TEXT)
}

/// An address, if it is one of the AWS console and nothing else: the event that brings it is
/// untrusted.
#[must_use]
pub fn console_link(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://")?;
    let (host, _) = rest.split_once('/')?;
    let is_console =
        ["console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"]
            .iter()
            .any(|domain| host.strip_suffix(domain).is_some_and(|region| region.ends_with('.')));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.?=#-_&".contains(&byte);
    if is_console && text.len() <= 512 && text.bytes().all(is_plain) { Some(text) } else { None }
}

/// The address of an incident's pictures, given the event's address of their bucket. They are
/// uploaded after the event.
#[must_use]
pub fn pictures_page(bucket: Option<&str>, incident: &Incident) -> Option<String> {
    let page = console_link(bucket?)?;
    let folder = incident.picture_folder()?;
    Some(format!("{page}&prefix={folder}"))
}

/// A text as code in a chat message: programs interpret neither markdown nor mentions nor addresses
/// in it.
#[must_use]
pub fn code(text: &str) -> String {
    let line = one_line(text, MAX_TEXT).replace('`', "'");
    if line.trim().is_empty() { "` `".to_owned() } else { format!("`{}`", line.trim()) }
}

/// A name in a mail's subject: ASCII, without what could end a header. Empty if too little of the
/// name is left to recognise it.
#[must_use]
pub fn ascii_name(text: &str, max: usize) -> String {
    let (mut ascii, mut lost, mut kept) = (String::new(), 0, 0);
    for letter in one_line(text, MAX_NAME).chars() {
        match letter {
            ' '..='~' => ascii.push(letter),
            _ => ascii.push_str(latin(letter).unwrap_or("?")),
        }
        if !letter.is_ascii() && latin(letter).is_none() {
            lost += 1;
        } else if letter.is_alphanumeric() {
            kept += 1;
        }
    }
    if lost > kept || kept == 0 {
        return String::new();
    }
    let words: Vec<_> = ascii.split_whitespace().collect();
    shortened(&words.join(" "), max)
}

/// An ASCII text of at most `max` characters.
#[must_use]
pub fn shortened(ascii: &str, max: usize) -> String {
    if ascii.len() <= max {
        return ascii.to_owned();
    }
    format!("{}...", ascii[..max.saturating_sub(3)].trim_end())
}

/// The ASCII spelling of the letters of western European languages and of typographic marks.
fn latin(letter: char) -> Option<&'static str> {
    const SPELLINGS: [(&str, &str); 26] = [
        ("äæ", "ae"),
        ("öœø", "oe"),
        ("ü", "ue"),
        ("ß", "ss"),
        ("ÄÆ", "Ae"),
        ("ÖŒØ", "Oe"),
        ("Ü", "Ue"),
        ("àáâãå", "a"),
        ("ç", "c"),
        ("èéêë", "e"),
        ("ìíîï", "i"),
        ("ñ", "n"),
        ("òóôõ", "o"),
        ("ùúû", "u"),
        ("ýÿ", "y"),
        ("ÀÁÂÃÅ", "A"),
        ("Ç", "C"),
        ("ÈÉÊË", "E"),
        ("ÌÍÎÏ", "I"),
        ("Ñ", "N"),
        ("ÒÓÔÕ", "O"),
        ("ÙÚÛ", "U"),
        ("–—", "-"),
        ("…", "..."),
        ("‘’", "'"),
        ("“”", "\""),
    ];
    SPELLINGS.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, ascii)| *ascii)
}

/// Takes addresses apart: `http://x` is `http: //x`.
fn without_links(text: &str) -> String {
    text.replace("://", ": //").replace("www.", "www .")
}

/// A duration for people: `45 s`, `4 min`, `2 h 5 min`, `3 d 4 h`.
#[must_use]
pub fn duration(seconds: u64) -> String {
    let pair = |large: u64, unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{large} {unit}"),
        _ => format!("{large} {unit} {small} {small_unit}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", (seconds + 30) / 60),
        3_600..86_400 => pair(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// A time for people: `2026-11-25 03:12:40 UTC`.
#[must_use]
pub fn date_and_time(time: SystemTime) -> String {
    format_rfc3339_seconds(time).to_string().replace('T', " ").replace('Z', " UTC")
}

/// The time of day: `03:12:40Z`.
#[must_use]
pub fn time_of_day(time: SystemTime) -> String {
    let text = format_rfc3339_seconds(time).to_string();
    text.split_once('T').map_or(text.as_str(), |(_, time)| time).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_line_without_a_link() {
        assert_eq!(name("News\r\nBcc: x@y.z \u{202e}"), "News  Bcc: x@y.z ");
        assert_eq!(name("see https://evil.example now"), "see https: //evil.example now");
        assert_eq!(name("www.evil.example"), "www .evil.example");
        assert_eq!(name(&"x".repeat(10_000)).chars().count(), MAX_NAME);
    }

    #[test]
    fn only_a_page_of_the_console_is_a_link() {
        for good in [
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/a_b",
            "https://cn-north-1.console.amazonaws.cn/x",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/x",
        ] {
            assert_eq!(console_link(good), Some(good));
        }
        for bad in [
            "https://evil.example/",
            "https://evil.example/.console.aws.amazon.com/",
            "https://evilconsole.aws.amazon.com/",
            "http://eu-west-1.console.aws.amazon.com/x",
            "https://eu-west-1.console.aws.amazon.com/x\nBcc: y",
            "https://eu-west-1.console.aws.amazon.com/|x>",
            "https://a@eu-west-1.console.aws.amazon.com/x",
            "https://eu-west-1.console.aws.amazon.com",
            "javascript:alert(1)",
        ] {
            assert_eq!(console_link(bad), None, "{bad}");
        }
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("a`b"), "`a'b`");
        assert_eq!(code("<!channel> *b* [x](http://y)\n# z"), "`<!channel> *b* [x](http://y) # z`");
        assert_eq!(code(" \n"), "` `");
    }

    #[test]
    fn a_name_in_a_subject_is_spelt_in_ascii_or_left_out() {
        assert_eq!(ascii_name("Regional Süd – “Æther”", 40), "Regional Sued - \"Aether\"");
        assert_eq!(ascii_name("ערוץ 2", 40), "");
        assert_eq!(ascii_name("News ☃", 40), "News ?");
        assert_eq!(ascii_name("\r\n\t", 40), "");
        assert_eq!(ascii_name("  a \n b ", 40), "a b");
        assert_eq!(ascii_name(&"x".repeat(50), 10), "xxxxxxx...");
    }

    #[test]
    fn durations_and_times_are_written_for_people() {
        let written = [0, 59, 89, 90, 3_600, 7_500, 86_400, 273_600].map(duration);
        assert_eq!(
            written,
            ["0 s", "59 s", "1 min", "2 min", "1 h", "2 h 5 min", "1 d", "3 d 4 h"]
        );
        let time = humantime::parse_rfc3339("2026-11-25T03:12:40Z").unwrap();
        assert_eq!(date_and_time(time), "2026-11-25 03:12:40 UTC");
        assert_eq!(time_of_day(time), "03:12:40Z");
    }

    proptest! {
        #[test]
        fn any_text_stays_on_its_line_and_within_its_limit(text in ".*", max in 4_usize..40) {
            let ascii = ascii_name(&text, max);
            prop_assert!(ascii.len() <= max && ascii.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            for line in [name(&text), remark(&text), code(&text), runbook(&text)] {
                prop_assert!(!line.chars().any(char::is_control));
                prop_assert!(line.chars().count() <= 2 * MAX_TEXT);
            }
            prop_assert!(!name(&text).contains("://"));
            prop_assert_eq!(code(&text).matches('`').count(), 2);
        }
    }
}
