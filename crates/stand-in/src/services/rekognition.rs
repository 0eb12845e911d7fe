//! Rekognition's DetectLabels: from a JSON 1.1 request to what `quality.rs` sees in its picture.
//!
//! Limits: <https://docs.aws.amazon.com/rekognition/latest/dg/limits.html>. Answers `IMAGE_PROPERTIES`; `GENERAL_LABELS`
//! gives an empty list. Reads JPEG and no PNG. Knows nothing of channels.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::lock;
use crate::pictures::quality::{self, Blind, Quality, Shade};
use crate::wire::response::Refusal;
use crate::pictures::still::fingerprint;

/// Most bytes of an image that comes in the request.
const LARGEST_IMAGE: usize = 5_242_880;
/// What `MaxDominantColors` is where nobody says, by the service's model.
const COLOURS: usize = 10;
/// How many looks are remembered before all are forgotten.
const MEMORY: usize = 8_192;

/// A request that could be read.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) image: Vec<u8>,
    pub(crate) fingerprint: u64,
    colours: usize,
    properties: bool,
}

/// The request, with the image's text not copied before it is decoded.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request<'a> {
    #[serde(borrow)]
    image: Image<'a>,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    settings: Value,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image<'a> {
    #[serde(borrow, default)]
    bytes: Option<Cow<'a, str>>,
}

fn parameter(message: &str) -> Refusal {
    Refusal::new(400, "InvalidParameterException", message)
}

/// Reads a request.
pub(crate) fn read(body: &[u8]) -> Result<Ask, Refusal> {
    let request: Request<'_> = serde_json::from_slice(body)
        .map_err(|error| Refusal::new(400, "SerializationException", error.to_string()))?;
    let bytes = request.image.bytes.ok_or_else(|| parameter("The stand-in takes Image.Bytes only."))?;
    let image = STANDARD
        .decode(bytes.as_bytes())
        .map_err(|_| Refusal::new(400, "SerializationException", "no base64"))?;
    let most = &request.settings["ImageProperties"]["MaxDominantColors"];
    let colours =
        if most.is_null() { Some(COLOURS) } else { most.as_u64().and_then(|n| usize::try_from(n).ok()) };
    Ok(Ask {
        fingerprint: fingerprint(&image),
        image,
        colours: colours.filter(|n| *n <= 20).ok_or_else(|| parameter("MaxDominantColors is 0 to 20."))?,
        properties: request.features.iter().any(|feature| feature == "IMAGE_PROPERTIES"),
    })
}

/// What was seen in a picture.
#[derive(Debug)]
struct Look {
    quality: Quality,
    colours: Vec<Shade>,
}

/// What was seen in pictures before, so that a load test decodes none twice.
#[derive(Debug, Default)]
pub(crate) struct Eye(Mutex<HashMap<u64, Arc<Look>>>);

impl Eye {
    /// Looks at the picture, and says what there is.
    pub(crate) fn answer(&self, ask: &Ask) -> Result<(String, Quality), Refusal> {
        let look = self.look(ask)?;
        let mut answer = json!({ "Labels": [], "LabelModelVersion": "3.0" });
        if ask.properties {
            let colours: Vec<Value> = look.colours.iter().take(ask.colours).copied().map(colour).collect();
            answer["ImageProperties"] = json!({
                "Quality": numbers(look.quality, true),
                "DominantColors": colours,
                "Foreground": { "Quality": numbers(look.quality, false), "DominantColors": [] },
                "Background": { "Quality": numbers(look.quality, false), "DominantColors": [] },
            });
        }
        Ok((answer.to_string(), look.quality))
    }

    fn look(&self, ask: &Ask) -> Result<Arc<Look>, Refusal> {
        if ask.image.is_empty() {
            return Err(parameter("Image.Bytes has a minimum length of 1."));
        }
        if ask.image.len() > LARGEST_IMAGE {
            return Err(Refusal::new(400, "ImageTooLargeException", "Image size is too large."));
        }
        if let Some(known) = lock(&self.0).get(&ask.fingerprint) {
            return Ok(known.clone());
        }
        let pixels = quality::decode(&ask.image).map_err(|blind| match blind {
            Blind::Unreadable => {
                Refusal::new(400, "InvalidImageFormatException", "Request has invalid image format")
            }
            Blind::TooSmall => parameter("Image sides must have at least 80 pixels."),
            Blind::TooLarge => parameter("Image sides must have at most 10000 pixels."),
        })?;
        let look = Arc::new(Look { quality: quality::measure(&pixels), colours: quality::dominant(&pixels) });
        let mut known = lock(&self.0);
        if known.len() >= MEMORY {
            known.clear();
        }
        known.insert(ask.fingerprint, look.clone());
        Ok(look)
    }
}

/// Contrast is documented for the whole picture only.
fn numbers(quality: Quality, whole: bool) -> Value {
    let mut numbers = json!({ "Brightness": quality.brightness, "Sharpness": quality.sharpness });
    if whole {
        numbers["Contrast"] = json!(quality.contrast);
    }
    numbers
}

fn colour(shade: Shade) -> Value {
    let [red, green, blue] = shade.rgb;
    let name = quality::name(shade.rgb);
    json!({
        "Red": red, "Green": green, "Blue": blue, "HexCode": format!("#{red:02x}{green:02x}{blue:02x}"),
        "CSSColor": name, "SimplifiedColor": name, "PixelPercent": shade.percent,
    })
}
