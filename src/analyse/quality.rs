//! Rates a picture with Rekognition: brightness, sharpness, contrast and dominant colours.

use std::cell::Cell;

use aws_sdk_rekognition::{
    Client,
    primitives::Blob,
    types::{DetectLabelsFeatureName, DetectLabelsImageProperties, Image},
};
use tokio::time::{Instant, timeout_at};

use super::{Rating, RatingRequest};
use crate::aws::{ApiName, CallError, Service};

/// Rekognition's numbers for a whole picture, each 0-100, higher is more
/// (<https://docs.aws.amazon.com/rekognition/latest/dg/labels-detect-labels-image.html>).
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// Brightness, 0-100.
    pub brightness: f64,
    /// Sharpness, 0-100.
    pub sharpness: f64,
    /// Contrast, 0-100.
    pub contrast: f64,
    /// The dominant colours, the largest first.
    pub colours: Vec<Colour>,
}

/// One dominant colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colour {
    /// One of Rekognition's twelve plain names, such as `grey`.
    pub name: String,
    /// Its share of the picture in per cent, rounded.
    pub percent: u8,
}

impl Quality {
    /// The AWS sample's number: the sum of the three without its fraction. Zero is a valid sum: a
    /// black picture has it.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the AWS sample's definition; the sum is at most 300"
    )]
    pub fn whole_sum(&self) -> i32 {
        (self.brightness + self.sharpness + self.contrast) as i32
    }
}

/// Rates a JPEG by a deadline.
pub async fn rate(
    detect_labels: &Service<Client>,
    request: RatingRequest,
    deadline: Instant,
) -> Rating {
    let RatingRequest { jpeg, attempts } = request;
    // Whether the rate limit has let the request through.
    let sent = Cell::new(false);
    let calling = detect_labels.call_with(attempts, |client| {
        sent.set(true);
        let image = Image::builder().bytes(Blob::new(jpeg.to_vec())).build();
        client
            .detect_labels()
            .image(image)
            .features(DetectLabelsFeatureName::ImageProperties)
            .send()
    });
    match timeout_at(deadline, calling).await {
        Ok(Ok(response)) => match read(response.image_properties) {
            Some(quality) => Rating::Rated(quality),
            None => Rating::Failed(CallError::unreadable(
                ApiName::DetectLabels,
                "the response lacks a quality number",
            )),
        },
        Ok(Err(error)) => Rating::Failed(error),
        Err(_) if sent.get() => Rating::Failed(CallError::out_of_time(ApiName::DetectLabels)),
        Err(_) => Rating::NotReached,
    }
}

fn read(properties: Option<DetectLabelsImageProperties>) -> Option<Quality> {
    let properties = properties?;
    let quality = properties.quality?;
    let colours = properties.dominant_colors.unwrap_or_default().into_iter().map(|colour| Colour {
        name: colour.simplified_color.unwrap_or_default(),
        percent: percent(colour.pixel_percent),
    });
    Some(Quality {
        brightness: as_sent(quality.brightness?),
        sharpness: as_sent(quality.sharpness?),
        contrast: as_sent(quality.contrast?),
        colours: colours.collect(),
    })
}

/// The number as the response spells it. The SDK keeps 32 bits of it, and widening 86.2 gives
/// 86.199996948: enough to keep a sum below a whole number that the AWS sample sees it reach.
fn as_sent(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a percentage, clamped"
)]
fn percent(share: Option<f32>) -> u8 {
    share.unwrap_or_default().round().clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(brightness: f32, sharpness: f32, contrast: f32) -> Quality {
        Quality {
            brightness: as_sent(brightness),
            sharpness: as_sent(sharpness),
            contrast: as_sent(contrast),
            colours: Vec::new(),
        }
    }

    #[test]
    fn a_sum_that_is_whole_in_decimals_is_whole() {
        assert_eq!(quality(99.3, 0.7, 100.0).whole_sum(), 200);
        assert_eq!(quality(57.2, 68.0, 74.8).whole_sum(), 200);
    }

    #[test]
    fn a_black_picture_has_the_sum_zero() {
        assert_eq!(quality(0.4, 0.3, 0.2).whole_sum(), 0);
    }
}
