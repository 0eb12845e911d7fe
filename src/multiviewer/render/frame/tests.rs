//! The colours of the style sheet, measured: every text and every frame can be seen in both themes.

use std::collections::HashMap;

use super::STYLE;

const THEMES: [&str; 2] = [".msm-wall", ".msm-wall.msm-dark"];

/// The colours of a theme by their names.
fn colours(class: &str) -> HashMap<String, String> {
    let rule = STYLE.lines().find(|line| line.starts_with(&format!("{class}{{"))).unwrap();
    rule.split(['{', ';', '}'])
        .filter_map(|declaration| declaration.strip_prefix("--")?.split_once(':'))
        .map(|(name, colour)| (name.to_owned(), colour.to_owned()))
        .collect()
}

/// Luminance and contrast as <https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio> has them.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits: Vec<_> = colour.trim_start_matches('#').chars().collect();
        let wide: String = if digits.len() == 3 {
            digits.iter().flat_map(|digit| [*digit, *digit]).collect()
        } else {
            digits.into_iter().collect()
        };
        let channel = |at: usize| {
            let part = f64::from(u8::from_str_radix(&wide[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_has_enough_contrast_in_both_themes() {
    for class in THEMES {
        let colours = colours(class);
        for (text, ground) in [
            ("text", "page"),
            ("muted", "page"),
            ("link", "page"),
            ("none-text", "none"),
            ("fault-text", "fault"),
            ("young-text", "young"),
            ("unknown-text", "unknown"),
            ("well-text", "well"),
            ("off-text", "off"),
            ("lost-text", "lost"),
            ("muted", "band"),
            ("text", "band"),
        ] {
            let contrast = contrast(&colours[text], &colours[ground]);
            assert!(contrast >= 4.5, "{class} {text} on {ground}: {contrast:.2}");
        }
    }
}

#[test]
fn every_frame_stands_out_from_the_page_and_a_fault_is_hatched_without_colours_too() {
    for class in THEMES {
        let colours = colours(class);
        for (frame, ground) in [
            ("fault", "page"),
            ("hatch", "page"),
            ("hatch", "fault"),
            ("fault", "band"),
            ("hatch", "band"),
            ("lost", "page"),
            ("lost", "band"),
            ("young-line", "band"),
            ("unknown-line", "band"),
            ("well-line", "band"),
            ("off-line", "band"),
            ("young-line", "page"),
            ("unknown-line", "page"),
            ("well-line", "page"),
            ("off-line", "page"),
        ] {
            let contrast = contrast(&colours[frame], &colours[ground]);
            assert!(contrast >= 3.0, "{class} {frame} on {ground}: {contrast:.2}");
        }
    }
}

#[test]
fn the_age_of_an_old_picture_can_be_read() {
    let label = STYLE.lines().find(|line| line.contains(".msm-amber{")).unwrap();
    let colour = |name: &str| {
        let value = label.split(['{', ';']).find_map(|one| one.strip_prefix(name)).unwrap();
        value.to_owned()
    };
    assert!(contrast(&colour("color:"), &colour("background:")) >= 4.5);
}
