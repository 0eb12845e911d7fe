//! Stage 3: finds out what is in a thumbnail. Its pixels are always looked at; Rekognition is asked for its quality numbers
//! where that is due.

pub mod bars;
mod blocks;
pub mod colour;
pub mod grid;
pub mod picture;
pub mod quality;
pub mod tone;

use aws_sdk_rekognition::Client;
use tokio::time::{Instant, timeout_at};

pub use picture::{Picture, Unreadable};
pub use quality::{Colour, Quality};

use crate::calls::{Api, ApiName, CallError};

/// What became of the question to Rekognition.
#[derive(Debug)]
pub enum Rated {
    /// It answered.
    Now(Quality),
    /// These very bytes were rated last time, so the answer is known and was not paid for twice.
    Same,
    /// It was not its turn.
    NotDue,
    /// It gave no answer.
    Failed(CallError),
}

/// What is in a thumbnail.
#[derive(Debug)]
pub struct Analysed {
    /// The pixels' part.
    pub picture: Picture,
    /// Rekognition's part.
    pub rated: Rated,
}

/// How Rekognition is to be asked, if at all.
#[derive(Debug)]
pub struct Asking<'a> {
    /// The client.
    pub client: &'a Client,
    /// Its pace and counts.
    pub api: &'a Api,
    /// Whether the feed's turn has come.
    pub due: bool,
    /// The hash of the thumbnail that was rated last.
    pub last_rated: Option<u64>,
    /// When the slot is over.
    pub until: Instant,
}

/// Analyses a thumbnail.
///
/// # Errors
/// When it is no picture; Rekognition is not asked about those.
pub async fn analyse(jpeg: Vec<u8>, asking: Asking<'_>) -> Result<Analysed, Unreadable> {
    let picture = Picture::decode(&jpeg)?;
    let rated = if !asking.due {
        Rated::NotDue
    } else if asking.last_rated == Some(picture.hash) {
        Rated::Same
    } else {
        match timeout_at(asking.until, quality::quality(asking.client, asking.api, jpeg)).await {
            Ok(Ok(quality)) => Rated::Now(quality),
            Ok(Err(error)) => Rated::Failed(error),
            Err(_) => Rated::Failed(CallError::out_of_time(ApiName::DetectLabels)),
        }
    };
    Ok(Analysed { picture, rated })
}
