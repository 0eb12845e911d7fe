//! Stage 3: analyses a thumbnail. Its pixels are always decoded; Rekognition rates it when that is
//! due.

mod quality;

use aws_sdk_rekognition::Client;
pub use quality::{Colour, Quality};
use source_detection::{Picture, Unreadable};
use tokio::time::{Instant, timeout_at};

use crate::aws::{ApiName, CallError, Service};

/// What Rekognition contributed to a sample.
#[derive(Debug)]
pub enum Rating {
    /// Rekognition rated this picture.
    Rated(Quality),
    /// Rekognition rated these very bytes last time, so the numbers are known and were not paid for
    /// twice.
    Unchanged,
    /// A rating was not due.
    NotDue,
    /// The call failed.
    Failed(CallError),
}

/// Whether a rating is due for a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingPlan {
    /// Not this time.
    NotDue,
    /// It is due.
    Due {
        /// The hash of the thumbnail that was rated last.
        last_rated: Option<u64>,
    },
}

/// What a thumbnail shows.
#[derive(Debug)]
pub struct Analysis {
    /// What its pixels show.
    pub picture: Picture,
    /// What Rekognition contributed.
    pub rating: Rating,
}

/// Analyses a JPEG; a rating has to arrive by `deadline`.
///
/// # Errors
/// When the JPEG can't be decoded. Rekognition is not called for those.
pub async fn analyse(
    jpeg: Vec<u8>,
    plan: RatingPlan,
    detect_labels: &Service<Client>,
    deadline: Instant,
) -> Result<Analysis, Unreadable> {
    let picture = Picture::decode(&jpeg)?;
    let rating = match plan {
        RatingPlan::NotDue => Rating::NotDue,
        RatingPlan::Due { last_rated } if last_rated == Some(picture.hash) => Rating::Unchanged,
        RatingPlan::Due { .. } => {
            match timeout_at(deadline, quality::rate(detect_labels, jpeg)).await {
                Ok(Ok(quality)) => Rating::Rated(quality),
                Ok(Err(error)) => Rating::Failed(error),
                Err(_) => Rating::Failed(CallError::out_of_time(ApiName::DetectLabels)),
            }
        }
    };
    Ok(Analysis { picture, rating })
}
