//! Stage 3: finds out what is in a thumbnail. Pixels are looked at here; Rekognition is asked for its quality numbers.

pub mod quality;

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use aws_sdk_rekognition::Client;
use tokio::time::{Instant, timeout_at};

pub use quality::{Colour, Quality};

use crate::calls::{Api, ApiName, CallError};

/// What tells one thumbnail's bytes from another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Self(hasher.finish())
    }
}

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
    /// The bytes, for recognising them.
    pub digest: Digest,
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
    /// The thumbnail that was rated last.
    pub last_digest: Option<Digest>,
    /// When the slot is over.
    pub until: Instant,
}

/// Analyses a thumbnail: always its pixels, and its quality where that is due.
pub async fn analyse(jpeg: Vec<u8>, asking: Asking<'_>) -> Analysed {
    let digest = Digest::of(&jpeg);
    let rated = if !asking.due {
        Rated::NotDue
    } else if asking.last_digest == Some(digest) {
        Rated::Same
    } else {
        match timeout_at(asking.until, quality::quality(asking.client, asking.api, jpeg)).await {
            Ok(Ok(quality)) => Rated::Now(quality),
            Ok(Err(error)) => Rated::Failed(error),
            Err(_) => Rated::Failed(CallError::out_of_time(ApiName::DetectLabels)),
        }
    };
    Analysed { digest, rated }
}
