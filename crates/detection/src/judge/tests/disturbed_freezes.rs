//! Freezes that something disturbs without moving the picture, and slow movement that resembles
//! them.

use jpeg_encoder::{ColorType, Encoder};

use super::pictures::{draw, every, grey, inside, noise, quick, scene, show};
use crate::{
    judge::{Fault, FeedState, Verdict},
    picture::Picture,
};

/// Judges twelve pictures 2 s apart with the short times of [`quick`].
fn twelve(picture: impl Fn(u16) -> Picture) -> Vec<Verdict> {
    show(&mut FeedState::new(), &quick(), every(2, 0), (0..12).map(picture))
}

/// The picture of the tests with noise, drawn by its level at x and y.
fn noisy(frame: u16, level: impl Fn(f32, f32) -> f32) -> Picture {
    draw(|x, y| grey(level(x, y) + noise(x, y, frame, 3.0)))
}

#[track_caller]
fn assert_frozen(what: &str, picture: impl Fn(u16) -> Picture) {
    let raised = twelve(picture).iter().find_map(|verdict| verdict.raised);
    let raised = raised.unwrap_or_else(|| panic!("{what}: nothing is raised"));
    assert_eq!((raised.incident.fault, raised.lasted.as_secs()), (Fault::Frozen, 8), "{what}");
}

#[track_caller]
fn assert_alive(what: &str, picture: impl Fn(u16) -> Picture) {
    let raised: Vec<_> = twelve(picture).iter().filter_map(|verdict| verdict.raised).collect();
    assert!(raised.is_empty(), "{what}: {raised:?}");
}

#[test]
fn a_freeze_is_found_at_every_jpeg_quality() {
    for quality in [15, 25, 50, 95] {
        assert_frozen(&format!("quality {quality}"), |frame| {
            let pixels: Vec<u8> = (0..480 * 270)
                .map(|pixel: u32| {
                    #[expect(clippy::cast_precision_loss, reason = "columns and rows")]
                    let (x, y) = ((pixel % 480) as f32, (pixel / 480) as f32);
                    let level = scene(x, y) + noise(x, y, frame, 9.0);
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "clamped"
                    )]
                    let byte = level.clamp(0.0, 255.0) as u8;
                    byte
                })
                .collect();
            let mut jpeg = Vec::new();
            let encoder = Encoder::new(&mut jpeg, quality);
            encoder.encode(&pixels, 480, 270, ColorType::Luma).expect("encodes");
            Picture::decode(&jpeg).expect("decodes")
        });
    }
}

#[test]
fn a_frozen_field_that_jitters_by_a_line_is_frozen() {
    for lines in [480.0, 576.0] {
        assert_frozen(&format!("{lines} lines"), |frame| {
            let shift = f32::from(frame % 2) * 270.0 / lines;
            noisy(frame, move |x, y| scene(x, y + shift))
        });
    }
}

#[test]
fn a_freeze_with_hum_or_with_a_gain_that_flickers_or_drifts_is_frozen() {
    for level in [2.0, 4.0] {
        assert_frozen(&format!("hum of {level} levels"), |frame| {
            let phase = f32::from(frame) * 2.3;
            noisy(frame, move |x, y| scene(x, y) + level * (y / 29.0 + phase).sin())
        });
    }
    assert_frozen("flicker", |frame| {
        let gain = 1.0 + noise(2.0, 3.0, frame, 0.1);
        noisy(frame, move |x, y| scene(x, y) * gain)
    });
    assert_frozen("drift", |frame| {
        let gain = 1.0 - 0.005 * f32::from(frame);
        noisy(frame, move |x, y| scene(x, y) * gain)
    });
}

#[test]
fn lines_of_data_at_an_edge_do_not_end_a_freeze() {
    for (what, top) in [("a line at the top", 0.0), ("six lines at the bottom", 264.0)] {
        let height = if top > 0.0 { 6.0 } else { 1.0 };
        assert_frozen(what, |frame| {
            draw(move |x, y| {
                let bit = noise((x / 4.0).floor(), top, frame, 1.0) > 0.0;
                let is_data = inside(x, y, [0.0, top, 480.0, height]);
                grey(if is_data && bit { 230.0 } else { scene(x, y) })
            })
        });
    }
}

#[test]
fn one_odd_picture_does_not_restart_a_freeze() {
    assert_frozen("a flash", |frame| {
        noisy(frame, move |x, y| if frame == 3 { 250.0 } else { scene(x, y) })
    });
}

#[test]
fn a_slow_zoom_is_alive() {
    for percent in [0.3, 1.0] {
        assert_alive(&format!("{percent} % a second"), |frame| {
            let scale = 1.0 / (1.0 + percent / 50.0 * f32::from(frame));
            noisy(frame, move |x, y| {
                scene(240.0 + (x - 240.0) * scale, 135.0 + (y - 135.0) * scale)
            })
        });
    }
}

#[test]
fn a_slow_pan_between_the_bars_of_a_pillarbox_is_alive() {
    assert_alive("an out-of-focus pan", |frame| {
        let shift = 2.0 * f32::from(frame);
        noisy(frame, move |x, y| {
            let level = 120.0 + 50.0 * ((x + shift) / 50.0 + y / 70.0).sin();
            if inside(x, y, [60.0, 0.0, 360.0, 270.0]) { level } else { 0.0 }
        })
    });
}

#[test]
fn a_dissolve_between_two_pictures_is_alive() {
    assert_alive("a dissolve", |frame| {
        let share = f32::from(frame) / 11.0;
        noisy(frame, move |x, y| scene(x, y) * (1.0 - share) + scene(y * 1.7, x) * share)
    });
}
