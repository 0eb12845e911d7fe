//! Uploads the pictures that wait, after datapoints and events and within the rest of a round.

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::album::{SharedAlbum, WaitingPicture};
use crate::aws::{Bucket, CallError, Service};

/// Uploads at a time. One takes some 50 ms, so 1,000 take 13 s.
const CONCURRENT_UPLOADS: usize = 4;

/// A picture that could not be uploaded in so many rounds is dropped.
const MAX_FAILURES: u32 = 3;

/// What became of the pictures that waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Uploaded.
    pub stored: usize,
    /// Dropped, because they could not be uploaded or found no room.
    pub dropped: usize,
}

/// Uploads what waits until the deadline. What fails or finds no time waits for the next call, up
/// to a limit.
pub async fn store(service: &Service<Bucket>, album: &SharedAlbum, deadline: Instant) -> Stored {
    let mut result = Stored::default();
    if album.lock().has_none_waiting() {
        return result;
    }
    let waiting = album.lock().take_waiting();
    let mut failure = None;
    let mut uploads = stream::iter(waiting)
        .map(|picture| upload(service, picture, deadline))
        .buffered(CONCURRENT_UPLOADS);
    while let Some((mut picture, outcome)) = uploads.next().await {
        match outcome {
            Some(Ok(())) => {
                result.stored += 1;
                continue;
            }
            Some(Err(error)) => {
                picture.failures += 1;
                failure = Some(error);
            }
            // No time: it has not failed.
            None => {}
        }
        if picture.failures < MAX_FAILURES {
            album.lock().put_waiting(picture);
        } else {
            result.dropped += 1;
        }
    }
    result.dropped += album.lock().take_dropped();
    if let Some(error) = failure {
        warn!(%error, dropped = result.dropped, "failed to store pictures of incidents");
    }
    result
}

/// The picture and how its upload ended; `None` if there was no time.
async fn upload(
    service: &Service<Bucket>,
    picture: WaitingPicture,
    deadline: Instant,
) -> (WaitingPicture, Option<Result<(), CallError>>) {
    if Instant::now() >= deadline {
        return (picture, None);
    }
    let key = picture.name.to_string();
    let put = service.call(|bucket| bucket.clone().put(key.clone(), picture.jpeg.clone()));
    let outcome = timeout_at(deadline, put).await.ok();
    (picture, outcome)
}
