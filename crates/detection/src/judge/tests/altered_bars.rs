//! Colour bars that something altered or hides in part, and stripes that are no bars.

use super::pictures::{at, bars, draw, inside, quick, taken};
use crate::{
    judge::{Condition, FeedState},
    picture::Picture,
};

/// What one picture shows.
fn condition(picture: Picture) -> Condition {
    FeedState::new().observe(at(0), taken(0, picture), &quick()).condition
}

#[track_caller]
fn assert_bars(what: &str, colour: impl Fn(f32, f32) -> [f32; 3]) {
    assert_eq!(condition(draw(colour)), Condition::Bars, "{what}");
}

#[track_caller]
fn assert_no_bars(what: &str, colour: impl Fn(f32, f32) -> [f32; 3]) {
    assert_ne!(condition(draw(colour)), Condition::Bars, "{what}");
}

/// Turns the hue of a colour in U and V by so many degrees.
fn turn([red, green, blue]: [f32; 3], degrees: f32) -> [f32; 3] {
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    let (u, v) = (0.492 * (blue - luma), 0.877 * (red - luma));
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (u, v) = (u * cosine - v * sine, u * sine + v * cosine);
    let (red, blue) = (luma + v / 0.877, luma + u / 0.492);
    [red, (luma - 0.299 * red - 0.114 * blue) / 0.587, blue]
}

/// Changes the saturation of a colour.
fn saturate(colour: [f32; 3], saturation: f32) -> [f32; 3] {
    let luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    colour.map(|level| luma + (level - luma) * saturation)
}

#[test]
fn mirrored_bars_are_bars() {
    assert_bars("EBU", |x, _| bars(479.0 - x));
}

#[test]
fn smpte_bars_upside_down_are_bars() {
    assert_bars(
        "a third of something else above",
        |x, y| if y < 90.0 { [20.0; 3] } else { bars(x) },
    );
}

#[test]
fn bars_with_a_turned_hue_or_less_saturation_are_bars() {
    for degrees in [-60.0, -40.0, -20.0, 20.0, 40.0, 60.0] {
        assert_bars(&format!("turned by {degrees}"), |x, _| turn(bars(x), degrees));
    }
    for saturation in [0.3, 0.5, 0.7] {
        assert_bars(&format!("saturation {saturation}"), |x, _| saturate(bars(x), saturation));
    }
}

#[test]
fn bars_with_swapped_colour_channels_are_bars() {
    for [red, green, blue] in [[2, 1, 0], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2]] {
        let swapped = |x, _| {
            let colour = bars(x);
            [colour[red], colour[green], colour[blue]]
        };
        assert_bars(&format!("channels {red}, {green}, {blue}"), swapped);
    }
}

#[test]
fn washed_out_bars_between_grey_panels_are_bars() {
    // BT.2111: grey to the left and right of the bars. PQ shown as SDR lies between 40 and 180.
    assert_bars("BT.2111", |x, y| {
        let colour = if (60.0..420.0).contains(&x) { bars((x - 60.0) / 0.75) } else { [104.0; 3] };
        let colour = if y < 157.0 { colour } else { [x / 2.0; 3] };
        colour.map(|level| 40.0 + level * 0.55)
    });
}

#[test]
fn bars_in_a_window_are_bars() {
    for (left, top, size) in [(20.0, 10.0, 0.35), (240.0, 130.0, 0.4), (100.0, 60.0, 0.5)] {
        let frame = [left, top, 480.0 * size, 270.0 * size];
        assert_bars(&format!("{size} at {left}, {top}"), |x, y| {
            if inside(x, y, frame) { bars((x - left) / size) } else { [0.0; 3] }
        });
    }
}

#[test]
fn bars_behind_a_caption_or_a_slate_are_bars() {
    let hidden = [
        ("a caption", [0.0, 90.0, 480.0, 40.0]),
        ("a slate in the middle", [96.0, 60.0, 288.0, 130.0]),
        ("a slate over the left half", [0.0, 0.0, 240.0, 270.0]),
        ("a slate over the right half", [240.0, 0.0, 240.0, 270.0]),
    ];
    for (what, card) in hidden {
        assert_bars(what, |x, y| {
            let is_text = (x / 9.0).fract() < 0.5
                && (y / 30.0).fract() < 0.4
                && inside(x, y, [card[0] + 20.0, card[1], card[2] - 40.0, card[3]]);
            match (inside(x, y, card), is_text) {
                (true, true) => [235.0; 3],
                (true, false) => [38.0; 3],
                _ => bars(x),
            }
        });
    }
}

#[test]
fn coloured_stripes_in_another_order_are_no_bars() {
    let stripes = |colours: &[[f32; 3]], x: f32| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0-479")]
        let pixel = x as usize;
        colours[pixel * colours.len() / 480]
    };
    let [white, black, red, green, blue] =
        [[255.0; 3], [0.0; 3], [255.0, 0.0, 0.0], [0.0, 255.0, 0.0], [0.0, 0.0, 255.0]];
    let [yellow, cyan, magenta, orange] =
        [[255.0, 255.0, 0.0], [0.0, 255.0, 255.0], [255.0, 0.0, 255.0], [255.0, 140.0, 0.0]];
    assert_no_bars("a rainbow flag", |x, _| {
        stripes(&[red, orange, yellow, green, blue, magenta], x)
    });
    assert_no_bars("a flag of three colours", |x, _| stripes(&[blue, white, red], x));
    assert_no_bars("ffmpeg's testsrc", |x, _| {
        stripes(&[black, red, cyan, magenta, blue, yellow, green, red, white], x)
    });
    assert_no_bars("a curtain", |x, _| [130.0 + 70.0 * (x / 11.0).sin(), 30.0, 40.0]);
}

#[test]
fn the_bars_of_a_test_card_are_not_colour_bars() {
    // Philips PM5544 has six bars in a fifth of its circle's height, without a white one.
    assert_no_bars("PM5544", |x, y| {
        let (across, down) = (x - 240.0, y - 135.0);
        let is_line = (x / 34.0).fract() < 0.1 || (y / 34.0).fract() < 0.1;
        match (across.hypot(down) < 120.0, (-60.0..-5.0).contains(&down)) {
            (true, true) => bars((across + 120.0) * 1.714 + 68.6),
            (true, false) => [230.0; 3],
            (false, _) if is_line => [240.0; 3],
            (false, _) => [104.0; 3],
        }
    });
}
