//! Rekognition's DetectLabels: from an AWS JSON 1.1 request to image quality and dominant colours.
//!
//! Limits: <https://docs.aws.amazon.com/rekognition/latest/dg/limits.html>. Answers the feature
//! `IMAGE_PROPERTIES`; the list of labels is always empty. Reads JPEG and not PNG. Knows no
//! channels.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    lock,
    pictures::{
        quality::{self, DecodeError, DominantColour, Quality},
        still::fingerprint,
    },
    wire::response::ServiceError,
};

/// Most bytes of an image that is sent in the request.
const MAX_IMAGE_BYTES: usize = 5_242_880;
/// `MaxDominantColors` if the request does not set it, from the service's model.
const DEFAULT_COLOURS: usize = 10;
/// Largest `MaxDominantColors`, from the service's model.
const MAX_COLOURS: usize = 20;
/// Results in the cache before it is emptied.
const MAX_CACHED: usize = 8_192;

/// A request that was read.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) image: Vec<u8>,
    pub(crate) fingerprint: u64,
    max_colours: usize,
    wants_image_properties: bool,
}

/// The JSON of a request. The image's base64 is borrowed, so that it is not copied before it is
/// decoded.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RequestJson<'a> {
    #[serde(borrow)]
    image: ImageJson<'a>,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    settings: Value,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ImageJson<'a> {
    #[serde(borrow, default)]
    bytes: Option<Cow<'a, str>>,
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidParameterException", message)
}

fn unreadable(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "SerializationException", message)
}

/// Reads the body of a request.
pub(crate) fn read(body: &[u8]) -> Result<Request, ServiceError> {
    let request: RequestJson<'_> =
        serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    let base64 =
        request.image.bytes.ok_or_else(|| invalid("The stand-in supports Image.Bytes only."))?;
    let image =
        STANDARD.decode(base64.as_bytes()).map_err(|_| unreadable("Image.Bytes is not base64"))?;
    Ok(Request {
        fingerprint: fingerprint(&image),
        image,
        max_colours: max_colours(&request.settings["ImageProperties"]["MaxDominantColors"])?,
        wants_image_properties: request
            .features
            .iter()
            .any(|feature| feature == "IMAGE_PROPERTIES"),
    })
}

fn max_colours(setting: &Value) -> Result<usize, ServiceError> {
    if setting.is_null() {
        return Ok(DEFAULT_COLOURS);
    }
    match setting.as_u64().map(usize::try_from) {
        Some(Ok(number)) if number <= MAX_COLOURS => Ok(number),
        _ => Err(invalid("MaxDominantColors must be from 0 to 20.")),
    }
}

/// What DetectLabels finds in one image.
#[derive(Debug)]
struct ImageProperties {
    quality: Quality,
    colours: Vec<DominantColour>,
}

/// Results by the image's fingerprint, so that a load test decodes no picture twice.
#[derive(Debug, Default)]
pub(crate) struct LabelCache(Mutex<HashMap<u64, Arc<ImageProperties>>>);

impl LabelCache {
    /// The response as JSON, and the quality in it.
    pub(crate) fn respond(&self, request: &Request) -> Result<(String, Quality), ServiceError> {
        let properties = self.properties(request)?;
        let mut body = json!({ "Labels": [], "LabelModelVersion": "3.0" });
        if request.wants_image_properties {
            let colours: Vec<Value> = properties
                .colours
                .iter()
                .take(request.max_colours)
                .copied()
                .map(colour_json)
                .collect();
            let quality = properties.quality;
            let mut whole_image = quality_json(quality);
            // Contrast is documented for the whole image only.
            whole_image["Contrast"] = json!(quality.contrast);
            body["ImageProperties"] = json!({
                "Quality": whole_image,
                "DominantColors": colours,
                "Foreground": { "Quality": quality_json(quality), "DominantColors": [] },
                "Background": { "Quality": quality_json(quality), "DominantColors": [] },
            });
        }
        Ok((body.to_string(), properties.quality))
    }

    fn properties(&self, request: &Request) -> Result<Arc<ImageProperties>, ServiceError> {
        if request.image.is_empty() {
            return Err(invalid("Image.Bytes has a minimum length of 1."));
        }
        if request.image.len() > MAX_IMAGE_BYTES {
            return Err(ServiceError::new(
                400,
                "ImageTooLargeException",
                "Image size is too large.",
            ));
        }
        if let Some(cached) = lock(&self.0).get(&request.fingerprint) {
            return Ok(cached.clone());
        }
        let pixels = quality::decode(&request.image).map_err(rejected)?;
        let properties = Arc::new(ImageProperties {
            quality: quality::measure(&pixels),
            colours: quality::dominant_colours(&pixels),
        });
        let mut cache = lock(&self.0);
        if cache.len() >= MAX_CACHED {
            cache.clear();
        }
        cache.insert(request.fingerprint, properties.clone());
        Ok(properties)
    }
}

fn rejected(error: DecodeError) -> ServiceError {
    match error {
        DecodeError::Invalid => ServiceError::new(
            400,
            "InvalidImageFormatException",
            "Request has invalid image format",
        ),
        DecodeError::TooSmall => invalid("Image sides must have at least 80 pixels."),
        DecodeError::TooLarge => invalid("Image sides must have at most 10000 pixels."),
    }
}

fn quality_json(quality: Quality) -> Value {
    json!({ "Brightness": quality.brightness, "Sharpness": quality.sharpness })
}

fn colour_json(colour: DominantColour) -> Value {
    let [red, green, blue] = colour.rgb;
    let name = quality::colour_name(colour.rgb);
    json!({
        "Red": red, "Green": green, "Blue": blue, "HexCode": format!("#{red:02x}{green:02x}{blue:02x}"),
        "CSSColor": name, "SimplifiedColor": name, "PixelPercent": colour.percent,
    })
}
