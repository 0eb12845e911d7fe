//! Asks Rekognition how good a picture is: brightness, sharpness and contrast, and its colours.

use aws_sdk_rekognition::{
    Client,
    operation::detect_labels::DetectLabelsError,
    primitives::Blob,
    types::{DetectLabelsFeatureName, Image},
};

use crate::calls::{Api, ApiName, CallError, none_expected};

/// Rekognition's numbers for a whole picture, each 0-100, higher is more
/// (<https://docs.aws.amazon.com/rekognition/latest/dg/labels-detect-labels-image.html>).
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// How bright.
    pub brightness: f64,
    /// How sharp.
    pub sharpness: f64,
    /// How rich in contrast.
    pub contrast: f64,
    /// The colours that cover most of it, the largest first.
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
    /// The seed's number: the sum of the three without its fraction. Zero is a value: a black picture has it.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the seed's definition; the sum is at most 300")]
    pub fn whole_sum(&self) -> i32 {
        (self.brightness + self.sharpness + self.contrast) as i32
    }
}

/// The quality numbers of a JPEG.
///
/// # Errors
/// When Rekognition gave no answer, or one without all three numbers.
pub async fn quality(client: &Client, api: &Api, jpeg: Vec<u8>) -> Result<Quality, CallError> {
    let image = Image::builder().bytes(Blob::new(jpeg)).build();
    let answer = api
        .call(none_expected::<DetectLabelsError>, || {
            client
                .detect_labels()
                .image(image.clone())
                .features(DetectLabelsFeatureName::ImageProperties)
                .send()
        })
        .await
        .map_err(|error| CallError::new(ApiName::DetectLabels, error))?;
    let properties = answer.image_properties;
    let numbers = properties
        .as_ref()
        .and_then(|properties| properties.quality.as_ref())
        .and_then(|quality| Some((quality.brightness?, quality.sharpness?, quality.contrast?)));
    let Some((brightness, sharpness, contrast)) = numbers else {
        return Err(CallError::unreadable(ApiName::DetectLabels, "the answer lacks a quality number"));
    };
    let colours = properties.and_then(|properties| properties.dominant_colors).unwrap_or_default();
    Ok(Quality {
        brightness: as_sent(brightness),
        sharpness: as_sent(sharpness),
        contrast: as_sent(contrast),
        colours: colours
            .into_iter()
            .map(|colour| Colour {
                name: colour.simplified_color.unwrap_or_default(),
                percent: percent(colour.pixel_percent),
            })
            .collect(),
    })
}

/// The number that stood in the answer. The SDK keeps 32 bits of it, and 86.2 would become 86.199996948: enough to
/// pull a sum under a whole number that the seed saw it reach.
fn as_sent(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage, clamped")]
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
